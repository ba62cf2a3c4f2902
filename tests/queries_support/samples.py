"""Texts that a pattern matches, and texts that it nearly matches."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from random import Random
from typing import Any

import re2

_WORD = string.ascii_letters + string.digits + "_"
_CATEGORIES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_WORD": _WORD,
    "CATEGORY_SPACE": " \t",
    "CATEGORY_NOT_DIGIT": string.ascii_letters,
    "CATEGORY_NOT_WORD": " -:/",
    "CATEGORY_NOT_SPACE": _WORD,
}
_FEW = 3


def sample(pattern: str, random: Random, holes: Mapping[int, str] | None = None) -> str | None:
    """A text in which RE2 finds the pattern; ``holes`` are wanted texts of groups. None when none was found."""
    try:
        parsed: Any = re._parser.parse(re.sub(r"\(\?<(?![=!])[^>]*>", "(", pattern))  # type: ignore[attr-defined]
    except (re.error, RecursionError):
        return None
    options = re2.Options()
    options.log_errors = False
    for wanted in (holes or {}, {}):
        for _ in range(20):
            text = _sequence(parsed, random, wanted)
            if re2.search(pattern, text, options=options):
                return text
    return None


def near(text: str, random: Random) -> str:
    """The text with one letter changed, or cut, or in the other case."""
    if not text:
        return "x"
    at = random.randrange(len(text))
    ways = [
        text[:at] + "~" + text[at + 1 :],
        text[:at] + text[at + 1 :],
        text.swapcase(),
        text[: max(1, len(text) // 2)],
        text[:at] + " " + text[at:],
    ]
    return random.choice(ways)


def _sequence(parsed: Any, random: Random, holes: Mapping[int, str]) -> str:
    return "".join(_one(str(op), argument, random, holes) for op, argument in parsed)


def _one(op: str, argument: Any, random: Random, holes: Mapping[int, str]) -> str:
    match op:
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return random.choice([one for one in "abz019 " if one != chr(argument)])
        case "ANY":
            return random.choice("abcXYZ0189 -한é")
        case "IN":
            return _in(argument, random)
        case "BRANCH":
            return _sequence(random.choice(argument[1]), random, holes)
        case "SUBPATTERN":
            if argument[0] in holes:
                return holes[argument[0]]
            return _sequence(argument[-1], random, holes)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = argument
            count = random.randint(least, min(int(most), least + _FEW))
            return "".join(_sequence(inner, random, holes) for _ in range(count))
        case _:
            return ""


def _in(items: Any, random: Random) -> str:
    negated = str(items[0][0]) == "NEGATE"
    chars: set[str] = set()
    for op, argument in items[1:] if negated else items:
        match str(op):
            case "LITERAL":
                chars.add(chr(argument))
            case "RANGE":
                low, high = argument
                chars |= {chr(one) for one in range(low, min(high, low + 300) + 1)}
            case "CATEGORY":
                chars |= set(_CATEGORIES.get(str(argument), ""))
    if negated:
        chars = set(_WORD + " -:") - chars or {"한"}
    return random.choice(sorted(chars)) if chars else ""
