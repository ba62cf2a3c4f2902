"""Sizes and times of Fluent Bit's options, whose kilo is a thousand."""

from __future__ import annotations

import re

_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
_SIZE = re.compile(r"\s*(\d+)\s*([kmg]?)b?\s*\Z", re.IGNORECASE)


def size(text: str, default: int) -> int:
    """Bytes of ``32k``, ``5MB``; the default for what is no size."""
    found = _SIZE.match(text)
    return int(found[1]) * _UNITS[found[2].lower()] if found else default
