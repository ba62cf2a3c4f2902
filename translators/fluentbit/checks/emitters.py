"""The inputs that some filters make for the records they send back, since their names have to be new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.checks.storage import lacks_path, no_path
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.options import flag

_EMITTING = ("rewrite_tag", "multiline", "log_to_metrics")


@dataclass(slots=True)
class Emitters:
    """The names that are taken so far, and the service that says where chunks are stored."""

    service: Section | None
    taken: set[str] = field(default_factory=set)
    count: int = 0

    def check(self, instance: Instance) -> None:
        """Take the name of a filter's emitter; raise what stops the filter."""
        section = instance.section
        if section.name not in _EMITTING or (section.name == "multiline" and not flag(section, "buffer", True)):
            return
        self._check_storage_type(instance)
        alias = section.value("alias") or instance.name
        item = section.last("emitter_name")
        name = item.value if item and item.value else f"emitter_for_{alias}"
        if name in self.taken:
            told = f"emitter_name '{name}' already exists"
            remedy = "Give each filter an Emitter_Name of its own, which is no input's name or alias either."
            raise instance.fails("fluentbit/emitter-name", told, item.span if item else section.span, remedy)
        self._check_path(instance, name)
        self.taken |= {name, f"emitter.{self.count}"}
        self.count += 1

    def _check_storage_type(self, instance: Instance) -> None:
        item = instance.section.last("emitter_storage.type")
        if item is not None and item.value.lower() not in ("memory", "filesystem"):
            told = "invalid 'emitter_storage.type' value. Only 'memory' or 'filesystem' types are allowed"
            raise instance.fails("fluentbit/bad-value", told, item.span, "Write memory or filesystem.")

    def _check_path(self, instance: Instance, name: str) -> None:
        item = instance.section.last("emitter_storage.type")
        if item is None or not lacks_path(item.value, self.service):
            return
        told = f"{no_path(name)}\n{instance.prefix} cannot initialize storage for stream '{name}'"
        remedy = "Add storage.path to [SERVICE], or take emitter_storage.type filesystem out."
        raise instance.fails_plainly("fluentbit/storage-without-path", told, item.span, remedy)


def emitters_of(service: Section | None, inputs: Iterable[Instance]) -> Emitters:
    """With the names and aliases of the inputs taken; emitters are inputs, and counted on."""
    taken: set[str] = set()
    count = 0
    for instance in inputs:
        taken |= {instance.name, instance.section.value("alias") or instance.name}
        count += 1
    return Emitters(service, taken, count)
