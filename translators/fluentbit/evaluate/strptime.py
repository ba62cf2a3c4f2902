"""strptime as Fluent Bit carries it (OpenBSD's), byte by byte: the C library's and Python's accept other texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DAYS = (b"Sunday", b"Monday", b"Tuesday", b"Wednesday", b"Thursday", b"Friday", b"Saturday")
MONTHS = (
    b"January", b"February", b"March", b"April", b"May", b"June",
    b"July", b"August", b"September", b"October", b"November", b"December",
)  # fmt: skip
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BLANKS = b" \t\n\v\f\r"
_COMPOUNDS = {
    "c": b"%a %b %e %H:%M:%S %Y", "D": b"%m/%d/%y", "F": b"%Y-%m-%d", "R": b"%H:%M", "r": b"%I:%M:%S %p",
    "T": b"%H:%M:%S", "X": b"%H:%M:%S", "x": b"%m/%d/%y",
}  # fmt: skip
_IGNORED = {"U": (0, 53), "W": (0, 53), "V": (0, 53), "w": (0, 6), "u": (1, 7), "g": (0, 99)}
"""Directives whose number only has to be in range; none of them changes the moment."""

HOUR = 3600
_ZONES = (
    ("GMT", 0), ("UTC", 0), ("Z", 0), ("UT", 0), ("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("MST", -7),
    ("MDT", -6), ("PST", -8), ("PDT", -7), ("AKST", -9), ("AKDT", -8), ("HST", -10), ("HADT", -9), ("AST", -4),
    ("ADT", -3), ("NST", -3.5), ("NDT", -2.5), ("WET", 0), ("WEST", 1), ("CET", 1), ("CEST", 2), ("EET", 2),
    ("EEST", 3), ("MSK", 3), ("ART", -3), ("BRT", -3), ("BRST", -2), ("CLT", -4), ("CLST", -3), ("AEST", 10),
    ("AEDT", 11), ("ACST", 9.5), ("ACDT", 10.5), ("AWST", 8), ("NZST", 12), ("NZDT", 13), ("JST", 9), ("KST", 9),
    ("SGT", 8), ("IST", 5.5), ("GST", 4), ("ICT", 7), ("WIB", 7), ("WITA", 8), ("WIT", 9), ("MYT", 8), ("BDT", 6),
    ("NPT", 5.75), ("WAT", 1), ("CAT", 2), ("EAT", 3), ("SAST", 2), ("A", 1), ("B", 2), ("C", 3), ("D", 4), ("E", 5),
    ("F", 6), ("G", 7), ("H", 8), ("I", 9), ("K", 10), ("L", 11), ("M", 12), ("N", -1), ("O", -2), ("P", -3),
    ("Q", -4), ("R", -5), ("S", -6), ("T", -7), ("U", -8), ("V", -9), ("W", -10), ("X", -11), ("Y", -12),
)  # fmt: skip
ZONES = tuple((name.encode(), int(hours * HOUR)) for name, hours in _ZONES)
"""What %Z knows, in the order in which it is tried, with seconds east of Greenwich."""
_OLD_ZONES = {b"EST": -5, b"CST": -6, b"MST": -7, b"PST": -8, b"EDT": -4, b"CDT": -5, b"MDT": -6, b"PDT": -7}


@dataclass(slots=True)
class Moment:
    """A broken-down time while it is read. ``month`` counts from 0; a day of 0 is the last of the month before."""

    year: int = 1900
    month: int = 0
    day: int = 0
    hour: int = 0
    minute: int = 0
    second: int = 0
    offset: int = 0

    def epoch(self) -> int:
        """Seconds since 1970, the zone taken off."""
        days = _days_before(self.year, self.month) + self.day - 1
        return days * 86400 + self.hour * HOUR + self.minute * 60 + self.second - self.offset


@dataclass(slots=True)
class _Reading:
    """The state of one call: the text with a NUL behind it, where we are, and which fields were seen."""

    text: bytes
    at: int
    moment: Moment
    century: int = 1900
    short_year: int = -1
    year_day: int = -1
    has_year: bool = False
    has_month: bool = False
    has_day: bool = False


def strptime(text: bytes, layout: bytes, moment: Moment) -> int | None:
    """Read ``text`` into ``moment``; how many bytes were taken, or None when the layout does not fit.

    What was read before the misfit stays in ``moment``, as in C.
    """
    moment.offset = 0
    reading = _Reading(text.partition(b"\0")[0] + b"\0", 0, moment)
    if not _read(reading, layout):
        return None
    _complete(reading)
    return reading.at


def _read(reading: _Reading, layout: bytes) -> bool:
    position = 0
    while position < len(layout):
        byte = layout[position]
        position += 1
        if byte in _BLANKS:
            _skip_blanks(reading)
            continue
        if reading.text[reading.at] == 0:
            return False
        if byte != 0x25:
            if not _literal(reading, byte):
                return False
            continue
        while layout[position : position + 1] in (b"E", b"O"):
            position += 1
        directive = chr(layout[position]) if position < len(layout) else ""
        position += 1
        if not _directive(reading, directive):
            return False
    return True


def _directive(reading: _Reading, letter: str) -> bool:
    if letter == "%":
        return _literal(reading, 0x25)
    if letter in _COMPOUNDS:
        return _read(reading, _COMPOUNDS[letter])
    if letter in _IGNORED:
        return _number(reading, *_IGNORED[letter]) is not None
    known = _DIRECTIVES.get(letter)
    return known is not None and known(reading)


def _literal(reading: _Reading, byte: int) -> bool:
    reading.at += 1
    return reading.text[reading.at - 1] == byte


def _skip_blanks(reading: _Reading) -> bool:
    while reading.text[reading.at] in _BLANKS:
        reading.at += 1
    return True


def _number(reading: _Reading, low: int, high: int) -> int | None:
    """Digits as long as the number may still grow to ``high``; None when there is none or it is out of range."""
    result, room, text = 0, high, reading.text
    if not 0x30 <= text[reading.at] <= 0x39:
        return None
    while True:
        result = result * 10 + text[reading.at] - 0x30
        reading.at += 1
        room //= 10
        if result * 10 > high or not room or not 0x30 <= text[reading.at] <= 0x39:
            break
    return result if low <= result <= high else None


def _field(name: str, low: int, high: int) -> Callable[[_Reading], bool]:
    def read(reading: _Reading) -> bool:
        number = _number(reading, low, high)
        if number is None:
            return False
        setattr(reading.moment, name, number)
        return True

    return read


def _name_of(reading: _Reading, names: tuple[bytes, ...]) -> int | None:
    rest = reading.text[reading.at : reading.at + 9].lower()
    for index, name in enumerate(names):
        for form in (name.lower(), name[:3].lower()):
            if rest.startswith(form):
                reading.at += len(form)
                return index
    return None


def _week_day(reading: _Reading) -> bool:
    return _name_of(reading, DAYS) is not None


def _month_name(reading: _Reading) -> bool:
    index = _name_of(reading, MONTHS)
    if index is None:
        return False
    reading.moment.month, reading.has_month = index, True
    return True


def _month(reading: _Reading) -> bool:
    number = _number(reading, 1, 12)
    if number is None:
        return False
    reading.moment.month, reading.has_month = number - 1, True
    return True


def _day(reading: _Reading) -> bool:
    number = _number(reading, 1, 31)
    if number is None:
        return False
    reading.moment.day, reading.has_day = number, True
    return True


def _padded_day(reading: _Reading) -> bool:
    reading.at += reading.text[reading.at] in _BLANKS
    return _day(reading)


def _day_of_year(reading: _Reading) -> bool:
    number = _number(reading, 1, 366)
    if number is None:
        return False
    reading.year_day = number - 1
    return True


def _year(reading: _Reading) -> bool:
    number = _number(reading, 0, 9999)
    if number is None:
        return False
    reading.moment.year, reading.has_year, reading.short_year = number, True, -1
    return True


def _short_year(reading: _Reading) -> bool:
    number = _number(reading, 0, 99)
    if number is None:
        return False
    reading.short_year = number
    return True


def _century(reading: _Reading) -> bool:
    number = _number(reading, 0, 99)
    if number is None:
        return False
    reading.century = number * 100
    return True


def _week_year(reading: _Reading) -> bool:
    reading.at += 1
    while 0x30 <= reading.text[reading.at] <= 0x39:
        reading.at += 1
    return True


def _half_day(reading: _Reading) -> bool:
    moment, half = reading.moment, reading.text[reading.at : reading.at + 2].upper()
    if half not in (b"AM", b"PM") or moment.hour > 12:
        return False
    if half == b"AM":
        moment.hour %= 12
    elif moment.hour < 12:
        moment.hour += 12
    reading.at += 2
    return True


def _epoch(reading: _Reading) -> bool:
    number = _number(reading, 0, 2**63 - 1)
    if number is None or number >= 922337203685477580:
        return False
    moment, days = reading.moment, number // 86400
    moment.year, moment.month, moment.day = _civil(days)
    moment.hour, moment.minute, moment.second = number % 86400 // HOUR, number % HOUR // 60, number % 60
    moment.offset = 0
    return True


def _zone_name(reading: _Reading) -> bool:
    rest = reading.text[reading.at :].upper()
    for name, offset in ZONES:
        if rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum():
            return _zone(reading, offset, len(name))
    known = rest[:3] in (b"GMT", b"UTC")
    return known and _zone(reading, 0, 3)


def _zone(reading: _Reading, offset: int, length: int) -> bool:
    reading.moment.offset = offset
    reading.at += length
    return True


def _zone_offset(reading: _Reading) -> bool:
    _skip_blanks(reading)
    rest = reading.text[reading.at : reading.at + 3]
    if rest[:1] == b"Z":
        return _zone(reading, 0, 1)
    if rest == b"GMT":
        return _zone(reading, 0, 3)
    if rest[:2] == b"UT":
        return _zone(reading, 0, 2 + (rest == b"UTC"))
    if rest[:1] in (b"+", b"-"):
        reading.at += 1
        return _hours_and_minutes(reading, -1 if rest[:1] == b"-" else 1)
    hours = _OLD_ZONES.get(rest.upper())
    return hours is not None and _zone(reading, hours * HOUR, 3)


def _hours_and_minutes(reading: _Reading, sign: int) -> bool:
    text = reading.text
    if not text[reading.at : reading.at + 2].isdigit() or len(text) < reading.at + 3:
        return False
    offset = int(text[reading.at : reading.at + 2]) * HOUR
    reading.at += 2
    reading.at += text[reading.at : reading.at + 1] == b":"
    if text[reading.at : reading.at + 1].isdigit():
        minutes = text[reading.at : reading.at + 2]
        if not minutes.isdigit() or len(minutes) < 2:
            return False
        offset += int(minutes) * 60
        reading.at += 2
    reading.moment.offset = sign * offset
    return True


def _complete(reading: _Reading) -> None:
    moment = reading.moment
    if reading.short_year != -1:
        century = reading.century
        if century == 1900 and reading.short_year <= 68:
            century = 2000
        moment.year, reading.has_year = century + reading.short_year, True
    if not reading.has_year or reading.year_day < 0:
        return
    month, rest = 0, reading.year_day
    while month < 11 and rest >= _length(moment.year, month):
        rest -= _length(moment.year, month)
        month += 1
    if not reading.has_month:
        moment.month = month
    if not reading.has_day:
        moment.day = rest + 1


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _length(year: int, month: int) -> int:
    return _LENGTHS[month] + (month == 1 and _is_leap(year))


def _days_before(year: int, month: int) -> int:
    """Days from 1970-01-01 to the first of the month."""
    before = year - 1
    leaps = before // 4 - before // 100 + before // 400
    return before * 365 + leaps - 719162 + sum(_length(year, index) for index in range(month))


def _civil(days: int) -> tuple[int, int, int]:
    year = 1970 + int(days // 365.2425)
    while _days_before(year + 1, 0) <= days:
        year += 1
    while _days_before(year, 0) > days:
        year -= 1
    rest, month = days - _days_before(year, 0), 0
    while rest >= _length(year, month):
        rest -= _length(year, month)
        month += 1
    return year, month, rest + 1


_DIRECTIVES: dict[str, Callable[[_Reading], bool]] = {
    "A": _week_day, "a": _week_day, "B": _month_name, "b": _month_name, "h": _month_name, "C": _century,
    "e": _padded_day, "d": _day, "k": _field("hour", 0, 23), "H": _field("hour", 0, 23), "l": _field("hour", 1, 12),
    "I": _field("hour", 1, 12), "j": _day_of_year, "M": _field("minute", 0, 59), "m": _month, "p": _half_day,
    "S": _field("second", 0, 60), "s": _epoch, "G": _week_year, "Y": _year, "y": _short_year, "Z": _zone_name,
    "z": _zone_offset, "n": _skip_blanks, "t": _skip_blanks,
}  # fmt: skip


def civil_date(seconds: int) -> tuple[int, int, int]:
    """Year, month from 0 and day (UTC) of a moment."""
    return _civil(seconds // 86400)
