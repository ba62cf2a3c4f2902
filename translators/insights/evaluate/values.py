"""Values and their conversions: text that is a number, natural order, what counts as the same."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson


class Instant(int):
    """A time: milliseconds since the epoch, shown as a date. Calculating with it gives plain numbers."""

    __slots__ = ()


Value = str | int | float | dict[str, Any] | list[Any] | None
"""A boolean is never one of them: it is 1 or 0 (policy boolean-repr). Maps and lists come from JSON."""

_PLAIN = re.compile(r"[-+]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_DIGITS = re.compile(r"[0-9]+")
LARGEST_WHOLE = 1e15
"""Larger fractions are shown as they are: they are no longer sure to be whole."""


def number_of(text: str) -> int | float | None:
    """The number that a text is, plainly written; None for ``0x10``, ``NaN``, ``1,000``, blanks around it."""
    if not _PLAIN.fullmatch(text):
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else None


def to_number(value: Value) -> int | float | None:
    """The value in calculations; None when it is missing or no number."""
    kind = type(value)
    if kind is int or kind is float:
        return value  # type: ignore[return-value]
    if kind is str:
        return number_of(value)  # type: ignore[arg-type]
    return int(value) if isinstance(value, Instant) else None


def to_text(value: Value) -> str | None:
    """The value in functions on strings; None when it is missing, a map or a list."""
    if type(value) is str:
        return value
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, Instant):
        return date_text(value)
    return number_text(value)  # type: ignore[arg-type]


def number_text(number: int | float) -> str:
    """Whole numbers without a fraction."""
    if isinstance(number, float) and number.is_integer() and abs(number) < LARGEST_WHOLE:
        return str(int(number))
    return str(number)


def date_text(milliseconds: int) -> str:
    """``YYYY-MM-DD HH:MM:SS.mmm`` in UTC."""
    days, rest = divmod(milliseconds, 86_400_000)
    year, month, day = civil(days)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, millis = divmod(rest, 1000)
    return f"{year:04d}-{month:02d}-{day:02d} {hours:02d}:{minutes:02d}:{seconds:02d}.{millis:03d}"


def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day since the epoch, for any year (datetime ends at 9999)."""
    shifted = days + 719_468
    era, of_era = divmod(shifted, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    day_of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    return year_of_era + era * 400 + (month <= 2), month, day


def days_of(year: int, month: int) -> int:
    """The day since the epoch on which a month begins."""
    shifted_year = year - (month <= 2)
    era, year_of_era = divmod(shifted_year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def json_text(value: Any) -> str:
    """A map or list as JSON, compact."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def truth(value: Value) -> bool:
    """Whether a bare value passes a filter: a number but zero, or the text ``true``."""
    if value is None or isinstance(value, dict | list):
        return False
    if isinstance(value, str):
        return bool(number_of(value)) or value.lower() == "true"
    return value != 0


def identity(value: Value) -> str | None:
    """Equal for values that are the same to grouping, dedup and count_distinct: 500, 500.0 and "500" are."""
    if value is None or isinstance(value, str):
        return value
    if type(value) is int or isinstance(value, Instant):
        return str(int(value))
    return json_text(value) if isinstance(value, dict | list) else number_text(value)


SortKey = tuple[int, int | float, str]


def sort_key(value: Value) -> SortKey:
    """The natural order of Insights: nulls, then what is no number, then numbers."""
    if value is None:
        return (0, 0, "")
    kind = type(value)
    if kind is int or kind is float or isinstance(value, Instant):
        return (2, value, "")  # type: ignore[return-value]
    if kind is str:
        number = number_of(value)  # type: ignore[arg-type]
        return (1, 0, natural(value)) if number is None else (2, number, value)  # type: ignore[arg-type,return-value]
    return (1, 0, natural(json_text(value)))


def natural(text: str) -> str:
    """A text whose plain order is the natural one of ``text``: runs of digits by their length, then by value.

    A run stays where digits stand among the letters, and its length comes before its digits.
    """
    return _DIGITS.sub(lambda run: f"0{chr(0x10000 + min(len(run.group()), 0xFFFFF))}{run.group()}", text)
