"""Time formats of parsers as the layouts that the agents read."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECES = {
    "Y": "2006",
    "y": "06",
    "m": "01",
    "d": "02",
    "e": "_2",
    "H": "15",
    "k": "15",
    "I": "03",
    "l": "3",
    "p": "PM",
    "M": "04",
    "S": "05",
    "b": "Jan",
    "h": "Jan",
    "B": "January",
    "a": "Mon",
    "A": "Monday",
    "j": "002",
    "Z": "MST",
    "L": "999999999",
    "D": "01/02/06",
    "F": "2006-01-02",
    "T": "15:04:05",
    "R": "15:04",
    "n": " ",
    "t": " ",
    "%": "%",
}


@dataclass(frozen=True, slots=True)
class Layouts:
    """The layout and those to try after it. ``to_the_second``: different lines of one second get equal times."""

    layout: str
    fallbacks: tuple[str, ...] = ()
    to_the_second: bool = False
    note: str = ""


def layouts(time_format: str) -> Layouts | None:
    """The layouts for a strptime format; None when Go has none."""
    if time_format == "%s":
        return Layouts("Unix", to_the_second=True)
    pieces = re.findall(r"%.|[^%]+", time_format)
    if any(piece[0] == "%" and piece[1:] not in _PIECES and piece != "%z" for piece in pieces):
        return None
    zones = ("Z0700", "Z07:00", "-07") if "%z" in pieces else ("",)
    texts = tuple(
        "".join(zone if piece == "%z" else _PIECES[piece[1]] if piece[0] == "%" else piece for piece in pieces)
        for zone in zones
    )
    return Layouts(texts[0], texts[1:], "%L" not in pieces)
