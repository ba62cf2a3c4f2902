"""The fields of a journal entry: those that journald documents, and those of services that a configuration names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from translators.fluentbit.configuration import Configuration, Section
from translators.fluentbit.words import tokens

FIELDS = (
    "PRIORITY",
    "SYSLOG_FACILITY",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_PID",
    "_TRANSPORT",
    "_PID",
    "_UID",
    "_GID",
    "_COMM",
    "_EXE",
    "_CMDLINE",
    "_SYSTEMD_UNIT",
    "_SYSTEMD_SLICE",
    "_SYSTEMD_CGROUP",
    "_SYSTEMD_INVOCATION_ID",
    "_HOSTNAME",
    "_MACHINE_ID",
    "_BOOT_ID",
    "MESSAGE_ID",
    "CODE_FILE",
    "CODE_LINE",
    "CODE_FUNC",
    "_SOURCE_REALTIME_TIMESTAMP",
    "_SOURCE_MONOTONIC_TIMESTAMP",
    "_STREAM_ID",
    "_CAP_EFFECTIVE",
    "_SELINUX_CONTEXT",
    "_KERNEL_DEVICE",
    "_KERNEL_SUBSYSTEM",
    "SYSLOG_TIMESTAMP",
)
"""The fields that journald itself documents; a service's own are not known before it logs."""

_ASKING = frozenset((
    "regex", "exclude", "rename", "hard_rename", "copy", "hard_copy", "remove", "remove_key", "allowlist_key",
    "whitelist_key", "key_name", "log_key", "multiline.key_content", "str_key", "int_key", "uint_key", "float_key",
))  # fmt: skip
"""Options whose first word is the key of a record."""
_MAKING = {"add": 0, "set": 0, "record": 0, "rename": 1, "hard_rename": 1, "copy": 1, "hard_copy": 1}
"""Which word of an option is a key that the filter makes."""
_ACCESSOR = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_FIELD = re.compile(r"[A-Z_][A-Z0-9_]*")


def public(name: str) -> str:
    """The name of a journal field as structured metadata."""
    return {"_HOSTNAME": "hostname"}.get(name, name.strip("_").lower())


def asked(configuration: Configuration) -> tuple[str, ...]:
    """The keys of records that filters and outputs ask for, unless a filter made them."""
    sections = tuple(_all((*configuration.inputs, *configuration.filters, *configuration.outputs)))
    made = {key for section in sections for key in _made(section)}
    return tuple(key for key in dict.fromkeys(key for one in sections for key in _asked(one)) if key not in made)


def _all(sections: Iterable[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _all(section.groups)


def _asked(section: Section) -> Iterator[str]:
    for item in section.properties:
        words = tokens(item.value, 3)
        if item.key in _ASKING:
            yield from words[:1]
        elif item.key == "condition":
            yield from words[1:2]
        yield from _ACCESSOR.findall(item.value)


def _made(section: Section) -> Iterator[str]:
    for item in section.properties:
        at = _MAKING.get(item.key)
        if at is not None:
            yield from tokens(item.value, 3)[at : at + 1]


def of_services(keys: Iterable[str], known: Iterable[str], lowercase: bool, stripped: bool) -> tuple[str, ...]:
    """The fields that services add, of the ``keys`` that are asked for; ``known`` are the keys of journald's own.

    Where Fluent Bit strips the underscores of names, a key without one may have had some: services write none.
    """
    taken, names = set(known), {public(name) for name in FIELDS}
    found = (
        key.upper() if lowercase else key for key in keys if key not in taken and not (lowercase and key != key.lower())
    )
    fits = (name for name in found if _FIELD.fullmatch(name) and public(name) and public(name) not in names)
    return tuple(dict.fromkeys(name for name in fits if not (stripped and name.startswith("_"))))
