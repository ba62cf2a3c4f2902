"""How Fluent Bit reads the values of options: booleans, sizes, times and lists."""

from __future__ import annotations

import re

from translators.fluentbit.configuration import Section

_TRUE = frozenset(("true", "on", "yes"))
_SIZE = re.compile(r"\s*(-?\d+)\s*([a-zA-Z]*)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def is_true(text: str) -> bool:
    """true, on and yes in any case; ``1`` is not."""
    return text.lower() in _TRUE


def flag(section: Section, key: str, default: bool = False) -> bool:
    found = section.last(key)
    return default if found is None else is_true(found.value)


def size(text: str, unit: int = 1000) -> int:
    """Bytes of ``5M`` or ``64KB``; ``unit`` 1024 for the options that count in binary."""
    found = _SIZE.match(text)
    if not found:
        return 0
    steps = "bkmg".find(found[2][:1].lower() or "b")
    factor: int = unit ** max(steps, 0)
    return int(found[1]) * factor


def seconds(text: str) -> int:
    """Seconds of ``30``, ``5m`` or ``2h``."""
    found = _SIZE.match(text)
    return int(found[1]) * _SECONDS.get(found[2][:1].lower(), 1) if found else 0


def listed(text: str) -> list[str]:
    """A comma list, trimmed, empty entries gone."""
    return [part.strip() for part in text.split(",") if part.strip()]
