"""Fluent Bit's Time_Format (strptime with ``%L``) as Go layouts, which the agents' timestamp stages read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, product

from translators.diagnostics import Fidelity, worst
from translators.pipeline.go_time import elements

_BLANKS = " \t\n\v\f\r"
_COMPOUNDS = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "x": "%m/%d/%y",
    "h": "%b",
}
_PADDED = {
    "Y": "2006", "y": "06", "m": "01", "d": "02", "e": "_2", "H": "15", "k": "15", "I": "03", "l": "3", "M": "04",
    "S": "05", "b": "Jan", "B": "January", "a": "Mon", "A": "Monday", "j": "002", "p": "PM", "Z": "MST",
}  # fmt: skip
_LOOSE = _PADDED | {"m": "1", "d": "2", "e": "_2", "I": "3", "M": "4", "S": "5", "j": "__2"}
_ZONES = ("Z07:00", "Z0700", "Z07")
_OWN_ZONE = ("%z", "%Z", "%SZ", "%S.%LZ")
"""Fluent Bit looks for these texts in the format to see whether Time_Offset counts."""
_UNKNOWN_TO_GO = {
    "C": "the century",
    "G": "the year of the week",
    "g": "the year of the week",
    "U": "the week of the year",
    "V": "the week of the year",
    "W": "the week of the year",
    "u": "the number of the weekday",
    "w": "the number of the weekday",
}
_NAMED_OFFSETS = {
    19800: "Asia/Kolkata",
    20700: "Asia/Kathmandu",
    12600: "Asia/Tehran",
    16200: "Asia/Kabul",
    23400: "Asia/Yangon",
    34200: "Australia/Darwin",
    31500: "Australia/Eucla",
}
_READS = {
    "Y": r"\d{1,4}", "j": r"\d{1,3}", "L": r"\d{1,9}", "e": r"\s?\d{1,2}", "p": "[AaPp][Mm]", "Z": "[A-Za-z]+",
    "z": r"(?:Z|[+-]\d\d:?(?:\d\d)?)", **dict.fromkeys("ymdHkIlMS", r"\d{1,2}"), **dict.fromkeys("bBaA", "[A-Za-z]+"),
}  # fmt: skip
"""What the directives take of a text, as RE2."""
RFC3339 = "2006-01-02T15:04:05.999999999Z07:00"


@dataclass(frozen=True, slots=True)
class Layouts:
    """What a timestamp stage needs; an empty ``location`` is UTC. ``note`` says the condition or how times differ."""

    layout: str
    fallbacks: tuple[str, ...] = ()
    location: str = ""
    fidelity: Fidelity = Fidelity.EXACT
    note: str = ""


@dataclass(frozen=True, slots=True)
class NoLayout:
    """Go cannot read such times: why, and at which character of the format."""

    reason: str
    position: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """A directive's letter, or literal text behind an empty letter."""

    letter: str
    text: str
    position: int


class _Wrong(Exception):
    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class Zone:
    """What holds for texts without a zone: Time_Offset, Time_System_Timezone, or Time_Zone with an IANA name."""

    offset: str = ""
    system: bool = False
    name: str = ""


def to_layouts(
    time_format: str, time_offset: str = "", system_timezone: bool = False, time_zone: str = ""
) -> Layouts | NoLayout:
    """The layouts for a parser's Time_Format, with its Time_Offset, Time_System_Timezone and Time_Zone."""
    try:
        pieces = _pieces(time_format)
        if any(piece.letter == "s" for piece in pieces):
            return _epoch(pieces)
        _refuse_without_date(pieces)
        texts = _texts(pieces)
        location, notes = _location(time_format, Zone(time_offset, system_timezone, time_zone))
    except _Wrong as wrong:
        return NoLayout(wrong.reason, wrong.position)
    found = [*notes, *_notes(pieces)]
    names = tuple("RFC3339Nano" if text == RFC3339 else text for text in texts)
    note = "; ".join(text for _, text in found)
    return Layouts(names[0], names[1:], location, worst(fidelity for fidelity, _ in found), note)


def leading(time_format: str) -> str:
    """RE2 of the part of a text that the format reads: behind a number at its end Fluent Bit ignores what follows.

    Empty where Go reads the same: the format ends in a zone or a literal, or in what Go has no word for.
    """
    try:
        pieces = _pieces(time_format)
    except _Wrong:
        return ""
    if not pieces or not _READS.get(pieces[-1].letter, "").endswith("}"):
        return ""
    return "".join(_read_by(piece) for piece in pieces)


def _read_by(piece: _Piece) -> str:
    if piece.text == " ":
        return r"\s*"
    return _READS.get(piece.letter) or re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", piece.text)


def _refuse_without_date(pieces: list[_Piece]) -> None:
    letters = {piece.letter for piece in pieces}
    if "j" not in letters and not (letters & {"m", "b", "B"} and letters & {"d", "e"}):
        raise _Wrong("the format has no date: Fluent Bit takes the day of reading, Go the first of January", 0)


def _pieces(time_format: str) -> list[_Piece]:
    found: list[_Piece] = []
    at = 0
    while at < len(time_format):
        start, character = at, time_format[at]
        at += 1
        if character in _BLANKS:
            if not (found and found[-1].text == " "):
                found.append(_Piece("", " ", start))
            continue
        if character != "%":
            found.append(_Piece("", character, start))
            continue
        while time_format[at : at + 1] in ("E", "O") and time_format[at : at + 1]:
            at += 1
        letter = time_format[at : at + 1]
        at += 1
        found.extend(_directive(letter, start))
    return found


def _directive(letter: str, start: int) -> list[_Piece]:
    if letter in _COMPOUNDS:
        return [_Piece(piece.letter, piece.text, start) for piece in _pieces(_COMPOUNDS[letter])]
    if letter in ("n", "t"):
        return [_Piece("", " ", start)]
    if letter == "%":
        return [_Piece("", "%", start)]
    if letter in _UNKNOWN_TO_GO:
        raise _Wrong(f"Go's layouts have no word for %{letter} ({_UNKNOWN_TO_GO[letter]})", start)
    if letter not in _PADDED and letter not in ("L", "z", "s"):
        raise _Wrong(f"Fluent Bit does not know %{letter} either: it reads no time by this format", start)
    return [_Piece(letter, "", start)]


def _epoch(pieces: list[_Piece]) -> Layouts:
    rest = [piece for piece in pieces if piece.letter != "s"]
    if [piece.letter for piece in pieces] == ["s"]:
        return Layouts("Unix")
    if [(piece.letter, piece.text) for piece in rest] == [("", "."), ("L", "")]:
        note = "the same to the nanosecond that a floating point number keeps"
        return Layouts("Unix", fidelity=Fidelity.EQUIVALENT, note=note)
    raise _Wrong("Go's `Unix` stands alone: nothing can stand beside %s", rest[0].position)


def _texts(pieces: list[_Piece]) -> tuple[str, ...]:
    """The usual spelling first, then what Fluent Bit reads too: other offsets, numbers without zeros."""
    zones = _zones(pieces)
    halves = ("PM", "pm") if any(piece.letter == "p" for piece in pieces) else ("PM",)
    tables = [_PADDED, *([_LOOSE] if _apart(pieces) else [])]
    texts = (_layout(pieces, table | {"z": zone, "p": half}) for table, zone, half in product(tables, zones, halves))
    return tuple(dict.fromkeys(texts))


def _zones(pieces: list[_Piece]) -> tuple[str, ...]:
    """Behind a blank the offset is usually written without a colon."""
    place = next((place for place, piece in enumerate(pieces) if piece.letter == "z"), None)
    if place is None:
        return ("",)
    return ("Z0700", "Z07:00", "Z07") if place and pieces[place - 1].text == " " else _ZONES


def _apart(pieces: list[_Piece]) -> bool:
    """Numbers that touch can only be told apart by their width."""
    numbers = frozenset("YymdHkIlMSj")
    return not any(left.letter in numbers and right.letter in numbers for left, right in pairwise(pieces))


def _layout(pieces: list[_Piece], table: dict[str, str]) -> str:
    text = "".join(_spelled(piece, place, pieces, table) for place, piece in enumerate(pieces))
    wanted = [piece for piece in pieces if piece.letter]
    read = [element for element in elements(text) if element.kind]
    if len(read) != len(wanted):
        literal = next((piece for piece in pieces if not piece.letter and piece.text != " "), pieces[0])
        raise _Wrong("Go would read a literal text of this format as a part of the time", literal.position)
    return text


def _spelled(piece: _Piece, place: int, pieces: list[_Piece], table: dict[str, str]) -> str:
    if piece.letter == "L":
        return "999999999"
    if not piece.letter:
        return piece.text
    if piece.letter == "d" and _after_month(pieces, place):
        return "_2"
    return table[piece.letter]


def _after_month(pieces: list[_Piece], place: int) -> bool:
    """``Mar  1``: a blank of strptime takes any number of blanks."""
    return place > 1 and pieces[place - 1].text == " " and pieces[place - 2].letter in ("b", "B")


def _location(time_format: str, zone: Zone) -> tuple[str, list[tuple[Fidelity, str]]]:
    if any(mark in time_format for mark in _OWN_ZONE):
        note = "with Time_System_Timezone Fluent Bit does not count the zone that a text names, Go does"
        counts = zone.system and ("%z" in time_format or "%Z" in time_format)
        return "", [(Fidelity.APPROXIMATE, note)] if counts else []
    if zone.name:
        return zone.name, []
    if zone.system:
        note = "`Local` is the time zone of the agent's container: give it the node's (TZ or /etc/localtime)"
        return "Local", [(Fidelity.EQUIVALENT, note)]
    seconds = _seconds(zone.offset)
    if seconds == 0:
        return "", []
    if seconds % 3600 == 0 and -12 <= seconds // 3600 <= 14:
        return f"Etc/GMT{-seconds // 3600:+d}", []
    if seconds in _NAMED_OFFSETS:
        note = f"{_NAMED_OFFSETS[seconds]} has this offset today; times of years in which it had another differ"
        return _NAMED_OFFSETS[seconds], [(Fidelity.EQUIVALENT, note)]
    raise _Wrong(f"no time zone has the fixed offset {zone.offset}, which Go would need", 0)


def _seconds(offset: str) -> int:
    if not offset or offset[:1] == "Z":
        return 0
    digits = offset[1:].replace(":", "")
    if offset[0] not in "+-" or not digits.isdigit() or len(digits) != 4:
        raise _Wrong(f"`{offset}` is no offset such as +0900", 0)
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if offset[0] == "-" else seconds


def _notes(pieces: list[_Piece]) -> list[tuple[Fidelity, str]]:
    letters = {piece.letter for piece in pieces}
    found: list[tuple[Fidelity, str]] = []
    if "L" in letters:
        found.append(
            (
                Fidelity.EQUIVALENT,
                "the same for fractions of one to nine digits behind the format's own point or comma, days of the "
                "calendar since 1970 and seconds below 60, to the nanosecond",
            )
        )
    elif "S" in letters:
        found.append((Fidelity.EQUIVALENT, "the agents also take a fraction of a second, which Fluent Bit refuses"))
    if "z" in letters:
        found.append((Fidelity.EQUIVALENT, "a zone is Z or an offset below a day in digits, with nothing behind it"))
    if letters & {"b", "B", "a", "A"}:
        found.append((Fidelity.EQUIVALENT, "names of months and days are as long as the format says"))
    if not letters & {"Y", "y"}:
        found.append((Fidelity.EQUIVALENT, "the year is the current one; around New Year the agents choose the nearer"))
    order = [piece.letter for piece in pieces]
    if "L" in letters and "z" in order[: order.index("L")]:
        found.append((Fidelity.APPROXIMATE, "Fluent Bit forgets a zone that stands before the fraction and reads UTC"))
    if "Z" in letters:
        found.append((Fidelity.APPROXIMATE, "Go knows the names UTC and GMT only: another zone's time is read as UTC"))
    return found
