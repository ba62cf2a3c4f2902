"""Go's time layouts: what the agents' timestamp stage makes of a text. The location's offset is given by the caller."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass

NANOSECONDS = 1_000_000_000
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_ELEMENT = re.compile(
    r"""(?P<month_name>January|Jan(?![a-z])) | (?P<weekday>Monday|Mon(?![a-z])) | (?P<zone>MST)
      | (?P<year_day>002|__2) | (?P<number>0[1-5]) | (?P<short_year>06) | (?P<hour>15) | (?P<month>1)
      | (?P<year>2006) | (?P<under_year>_2006) | (?P<day>_2|2) | (?P<plain>[345]) | (?P<half>PM|pm)
      | (?P<offset>[-Z](?:070000|07:00:00|0700|07:00|07))
      | (?P<fraction>[.,](?:0+|9+)(?!\d))""",
    re.VERBOSE,
)
_CLOCK = {"01": "month", "1": "month", "02": "day", "2": "day", "_2": "day", "03": "half_hour", "3": "half_hour"}
_CLOCK |= {"04": "minute", "4": "minute", "05": "second", "5": "second", "15": "hour"}
_LIMITS = {"month": (1, 12), "hour": (0, 23), "half_hour": (0, 12), "minute": (0, 59), "second": (0, 59)}
_LOOSE_FRACTION = re.compile(r"[.,]\d+")


class Unreadable(ValueError):
    """The text does not fit the layout."""


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of a layout: literal text, or what Go recognizes."""

    text: str
    kind: str = ""


@dataclass(slots=True)
class _Found:
    year: int = 0
    month: int = -1
    day: int = -1
    year_day: int = -1
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    half: str = ""
    offset: int | None = None
    zone: str = ""
    utc: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as read; ``seconds`` are local ones. ``offset`` None: the text has no zone, so the location decides."""

    year: int
    seconds: int
    nanosecond: int
    offset: int | None

    def in_location(self, offset_at: Callable[[int], int]) -> int:
        """Nanoseconds since 1970; ``offset_at`` gives the location's offset for local seconds."""
        offset = offset_at(self.seconds) if self.offset is None else self.offset
        return (self.seconds - offset) * NANOSECONDS + self.nanosecond


def elements(layout: str) -> tuple[Element, ...]:
    """The layout as Go reads it."""
    found: list[Element] = []
    at = 0
    for match in _ELEMENT.finditer(layout):
        start = match.start() + (match.lastgroup == "under_year")
        if start > at:
            found.append(Element(layout[at:start]))
        found.append(Element(layout[start : match.end()], str(match.lastgroup).replace("under_", "")))
        at = match.end()
    if at < len(layout):
        found.append(Element(layout[at:]))
    return tuple(found)


def has_year(layout: str) -> bool:
    """As the agents ask it: with plain text search."""
    return "06" in layout


def read(layout: str, text: str) -> Moment:
    """The time that Go's time.Parse reads; raises Unreadable."""
    found, rest = _Found(), text
    pieces = elements(layout)
    for place, piece in enumerate(pieces):
        if not piece.kind:
            rest = _skip(rest, piece.text)
            continue
        rest = _take(piece, rest, found)
        following = pieces[place + 1].kind if place + 1 < len(pieces) else ""
        if piece.text in ("05", "5") and following != "fraction" and (loose := _LOOSE_FRACTION.match(rest)):
            found.nanosecond, rest = _nanoseconds(loose[0]), rest[loose.end() :]
    if rest:
        raise Unreadable("extra text")
    return _moment(found)


def _skip(text: str, literal: str) -> str:
    """A blank of the layout stands for any number of blanks, but not for none within the text."""
    while literal:
        if literal[0] == " ":
            if text and text[0] != " ":
                raise Unreadable("no blank")
            literal, text = literal.lstrip(" "), text.lstrip(" ")
            continue
        if not text.startswith(literal[0]):
            raise Unreadable("other text")
        literal, text = literal[1:], text[1:]
    return text


def _take(piece: Element, text: str, found: _Found) -> str:
    match piece.kind:
        case "month_name" | "weekday":
            return _name(piece, text, found)
        case "year" | "short_year":
            return _year(piece, text, found)
        case "zone":
            return _zone(text, found)
        case "offset":
            return _offset(piece.text, text, found)
        case "fraction":
            return _fraction(piece.text, text, found)
        case "half":
            if text[:2] not in (("PM", "AM") if piece.text == "PM" else ("pm", "am")):
                raise Unreadable("half of the day")
            found.half = text[:2].lower()
            return text[2:]
        case "year_day":
            return _year_day(piece, text, found)
        case _:
            return _number(piece, text, found)


def _number(piece: Element, text: str, found: _Found) -> str:
    if piece.text == "_2":
        text = text[1:] if text.startswith(" ") else text
    fixed = piece.text.startswith("0")
    digits = re.compile(r"[0-9]{2}" if fixed else r"[0-9]{1,2}").match(text)
    if digits is None:
        raise Unreadable("no number")
    name, value = _CLOCK[piece.text], int(digits[0])
    low, high = _LIMITS.get(name, (0, 99))
    if not low <= value <= high:
        raise Unreadable(f"{name} out of range")
    setattr(found, "hour" if name == "half_hour" else name, value)
    return text[digits.end() :]


def _year_day(piece: Element, text: str, found: _Found) -> str:
    if piece.text == "__2":
        text = text[len(text[:2]) - len(text[:2].lstrip(" ")) :]
    digits = re.compile(r"[0-9]{3}" if piece.text == "002" else r"[0-9]{1,3}").match(text)
    if digits is None:
        raise Unreadable("no day of the year")
    found.year_day = int(digits[0])
    return text[digits.end() :]


def _name(piece: Element, text: str, found: _Found) -> str:
    names = _MONTHS if piece.kind == "month_name" else _DAYS
    for number, name in enumerate(names):
        wanted = name if len(piece.text) > 3 else name[:3]
        if text[: len(wanted)].lower() == wanted.lower() and text[: len(wanted)].isascii():
            if piece.kind == "month_name":
                found.month = number + 1
            return text[len(wanted) :]
    raise Unreadable("no name")


def _year(piece: Element, text: str, found: _Found) -> str:
    size = 4 if piece.kind == "year" else 2
    digits = text[:size]
    if len(digits) != size or not digits.isascii() or not digits.isdigit():
        raise Unreadable("no year")
    found.year = int(digits) if size == 4 else int(digits) + (1900 if int(digits) >= 69 else 2000)
    return text[size:]


_OFFSETS = {
    "07": r"([+-])(\d\d)",
    "0700": r"([+-])(\d\d)(\d\d)",
    "07:00": r"([+-])(\d\d):(\d\d)",
    "070000": r"([+-])(\d\d)(\d\d)(\d\d)",
    "07:00:00": r"([+-])(\d\d):(\d\d):(\d\d)",
}


def _offset(spelled: str, text: str, found: _Found) -> str:
    if spelled.startswith("Z") and text.startswith("Z"):
        found.utc = True
        return text[1:]
    match = re.compile(_OFFSETS[spelled[1:]], re.ASCII).match(text)
    if match is None:
        raise Unreadable("no offset")
    hours, minutes, seconds = (*map(int, match.groups()[1:]), 0, 0)[:3]
    if hours > 24 or minutes > 60 or seconds > 60:
        raise Unreadable("offset out of range")
    found.offset = (hours * 3600 + minutes * 60 + seconds) * (-1 if match[1] == "-" else 1)
    return text[match.end() :]


def _zone(text: str, found: _Found) -> str:
    """A name of a zone that is not the location's own is taken for UTC."""
    if text.startswith("UTC"):
        found.utc = True
        return text[3:]
    match = re.compile(
        r"ChST|MeST|GMT(?:[+-](?:2[0-3]|[01]?\d)(?!\d))?|[+-](?:2[0-3]|[01]?\d)(?!\d)|[A-Z]{4}T|[A-Z]{3}T|WITA|[A-Z]{3}"
    ).match(text)
    letters = len(text[:6]) - len(text[:6].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if match is None or (letters == 6 and not match[0].startswith("GMT")):
        raise Unreadable("no zone")
    if match[0].isalpha() and not match[0].startswith("GMT") and match[0].isupper() and letters != len(match[0]):
        raise Unreadable("no zone")
    found.zone = match[0]
    return text[match.end() :]


def _fraction(spelled: str, text: str, found: _Found) -> str:
    if "9" in spelled:
        match = _LOOSE_FRACTION.match(text)
        if match is None:
            return text
    else:
        match = re.compile(rf"[.,]\d{{{len(spelled) - 1}}}", re.ASCII).match(text)
        if match is None:
            raise Unreadable("no fraction")
    found.nanosecond = _nanoseconds(match[0])
    return text[match.end() :]


def _nanoseconds(text: str) -> int:
    return int(text[1:10].ljust(9, "0"))


def _moment(found: _Found) -> Moment:
    hour = found.hour
    if found.half == "pm" and hour < 12:
        hour += 12
    elif found.half == "am" and hour == 12:
        hour = 0
    month, day = _date(found)
    leap = calendar.isleap(found.year)
    length = 29 if month == 2 and leap else _LENGTHS[month]
    if not 1 <= day <= length:
        raise Unreadable("day out of range")
    seconds = days_since_1970(found.year, month, day) * 86400 + hour * 3600 + found.minute * 60 + found.second
    offset = 0 if found.utc or (found.zone and found.offset is None) else found.offset
    return Moment(found.year, seconds, found.nanosecond, offset)


def _date(found: _Found) -> tuple[int, int]:
    if found.year_day < 0:
        return (found.month if found.month > 0 else 1), (found.day if found.day >= 0 else 1)
    leap = calendar.isleap(found.year)
    if not 1 <= found.year_day <= 365 + leap:
        raise Unreadable("day of the year out of range")
    month, left = 1, found.year_day
    while left > _LENGTHS[month] + (leap and month == 2):
        left -= _LENGTHS[month] + (leap and month == 2)
        month += 1
    if (found.month > 0 and found.month != month) or (found.day >= 0 and found.day != left):
        raise Unreadable("day of the year does not match")
    return month, left


def days_since_1970(year: int, month: int, day: int) -> int:
    """Days from the epoch, in the Gregorian calendar of all times; years before 1 too."""
    shifted = year - (month <= 2)
    era, of_era = divmod(shifted, 400)
    of_year = (153 * ((month - 3) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
