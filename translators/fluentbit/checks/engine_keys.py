"""Values that the engine itself refuses, before any plugin starts: those of keys that every section may have."""

from __future__ import annotations

import re

from translators.diagnostics import Refused
from translators.fluentbit.classic import refuse
from translators.fluentbit.configuration import Kind, Property, Section

_LEVELS = frozenset(("off", "error", "warn", "warning", "info", "debug", "trace"))
_STORAGES = frozenset(("filesystem", "memory", "memrb"))
_SWITCHES = frozenset(("true", "on", "yes", "false", "off", "no"))
_SIZE = re.compile(r".*\d(?:[kmg]b?)?|.", re.IGNORECASE | re.DOTALL)
"""A size ends in a digit or in one of six units, right behind it; one character alone is never looked at."""
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_SMALLEST = 5e-324
_SERVICE = (
    ("coro_stack_size", 4096, "invalid coroutine stack size", "Write 4096 bytes or more."),
    ("flush", _SMALLEST, "invalid flush value", "Write seconds above zero, such as 1 or 0.5."),
)
_UNLIMITED = frozenset(("off", "false", "no"))


def check(section: Section) -> None:
    """Refuse the first key whose value Fluent Bit cannot take."""
    for item in section.properties:
        if item.value and (remedy := _remedy(section.kind, item)):
            name = section.last("name")
            raise refuse(
                "fluentbit/bad-value",
                f"[config] could not configure property '{item.key}' on {section.kind.value} plugin "
                f"with section name '{name.value if name else section.name}'",
                item.span,
                remedy,
            )


def check_service(service: Section | None) -> None:
    """Refuse what Fluent Bit looks at when it has read all sections. A value that nobody gave is not judged."""
    for key, least, told, remedy in _SERVICE:
        item = service.last(key) if service else None
        if item is not None and item.value:
            found = _NUMBER.match(item.value)
            if not found or float(found[1]) < least:
                raise Refused("fluentbit/bad-value", f"{told}, aborting.", item.span, remedy)


def _remedy(kind: Kind, item: Property) -> str:
    """The way out; empty when the value is taken."""
    value = item.value.lower()
    if item.key == "log_level" and value not in _LEVELS:
        return "Write off, error, warn, info, debug or trace."
    if kind is Kind.INPUT and item.key == "storage.type" and value not in _STORAGES:
        return "Write filesystem, memory or memrb."
    if kind is Kind.INPUT and item.key == "threaded" and value not in _SWITCHES:
        return "Write On or Off."
    limits = (kind is Kind.INPUT and item.key == "mem_buf_limit" and value != "false") or (
        kind is Kind.OUTPUT and item.key == "storage.total_limit_size" and value not in _UNLIMITED
    )
    if limits and not _SIZE.fullmatch(value):
        return "Write a size as a number with K, M or G right behind it, such as 50MB."
    return ""
