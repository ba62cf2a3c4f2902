"""What Fluent Bit's storage refuses, which starts before the inputs."""

from __future__ import annotations

from collections.abc import Collection

from translators.diagnostics import Refused
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.configuration import Property, Section

_FAILED = "[engine] storage creation failed"
_GIVE_PATH = "Add storage.path to [SERVICE], or take storage.type filesystem out."


def check(service: Section | None, inputs: Collection[Instance]) -> None:
    """Refuse a mode of writing that does not exist, and a filesystem without a folder.

    Without a [SERVICE] the file is a part of a configuration: the folder may stand in another.
    """
    if service is None:
        return
    mode = service.last("storage.sync")
    if mode is not None and mode.value and mode.value.lower() not in ("normal", "full"):
        told = f"[storage] invalid synchronization mode\n{_FAILED}"
        raise Refused("fluentbit/bad-value", told, mode.span, "Write normal or full.")
    for instance in inputs:
        item = instance.section.last("storage.type")
        if item is not None and lacks_path(item.value, service):
            raise _without_path(instance, item)


def lacks_path(kind: str, service: Section | None) -> bool:
    """Whether a ``storage.type`` asks for a folder that the service does not name."""
    return kind.lower() == "filesystem" and service is not None and not service.value("storage.path")


def no_path(name: str) -> str:
    """The line that Fluent Bit logs of it."""
    return f"[storage] instance '{name}' requested filesystem storage but no filesystem path was defined."


def _without_path(instance: Instance, item: Property) -> Refused:
    name = instance.section.value("alias") or instance.name
    lines = (no_path(name), f"[storage] could not create storage for instance: {instance.name}", _FAILED)
    return Refused("fluentbit/storage-without-path", "\n".join(lines), item.span, _GIVE_PATH)
