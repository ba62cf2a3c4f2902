"""Sets of characters, since Onigmo intersects and nests character classes and RE2 does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LAST = 0x10FFFF
Ranges = tuple[tuple[int, int], ...]


class NotComputable(Exception):
    """The set needs Unicode properties that we do not have as ranges."""


@dataclass(frozen=True, slots=True)
class CharSet:
    """Code points in ``ranges`` (sorted, apart) or RE2's ``properties`` (``\\p{L}``); ``inverted``: all others."""

    ranges: Ranges = ()
    properties: tuple[str, ...] = ()
    inverted: bool = False

    @classmethod
    def of(cls, text: str) -> CharSet:
        return cls.spanning((ord(character), ord(character)) for character in text)

    @classmethod
    def spanning(cls, ranges: Iterable[tuple[int, int]]) -> CharSet:
        return cls(_merged(ranges))

    def __or__(self, other: CharSet) -> CharSet:
        if self.inverted or other.inverted:
            return (self.inverse() & other.inverse()).inverse()
        properties = tuple(dict.fromkeys((*self.properties, *other.properties)))
        return CharSet(_merged((*self.ranges, *other.ranges)), properties)

    def __and__(self, other: CharSet) -> CharSet:
        """Both; sets with properties intersect only with themselves, with all, or when both are inverted."""
        if self == other or other == ALL:
            return self
        if self == ALL:
            return other
        if self.inverted and other.inverted:
            return (self.inverse() | other.inverse()).inverse()
        if self.properties or other.properties:
            raise NotComputable
        return CharSet(_common(self.ranges, other.ranges))

    def __sub__(self, other: CharSet) -> CharSet:
        return self & other.inverse()

    def inverse(self) -> CharSet:
        if self.properties:
            return CharSet(self.ranges, self.properties, not self.inverted)
        gaps, start = [], 0
        for low, high in self.ranges:
            if low > start:
                gaps.append((start, low - 1))
            start = high + 1
        return CharSet((*gaps, (start, LAST)) if start <= LAST else tuple(gaps))

    def single(self) -> str:
        """The only character of the set, or nothing."""
        if self.properties or self.inverted or len(self.ranges) != 1 or self.ranges[0][0] != self.ranges[0][1]:
            return ""
        return chr(self.ranges[0][0])

    def holds(self, code: int) -> bool:
        if self.properties:
            raise NotComputable
        return any(low <= code <= high for low, high in self.ranges)

    def is_empty(self) -> bool:
        return not self.ranges and not self.properties and not self.inverted

    def may_meet(self, other: CharSet) -> bool:
        """False only when no character is in both."""
        try:
            return not (self & other).is_empty()
        except NotComputable:
            return True

    def folded(self) -> CharSet:
        """The set with each letter in both cases, as RE2 and Onigmo fold single characters."""
        if self.properties:
            return self
        return self | CharSet.spanning((code, code) for code in _other_cases(self.ranges))

    def has_letters(self) -> bool:
        return bool(self.properties) or bool(_other_cases(self.ranges))


def _common(left: Ranges, right: Ranges) -> Ranges:
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low <= high:
            found.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _other_cases(ranges: Ranges) -> set[int]:
    """Only small sets of letters are folded one by one; in a wide range both cases are there already."""
    found: set[int] = set()
    for low, high in ranges:
        for code in range(low, min(high, low + 0x3000) + 1):
            found |= _CLOSURE.get(code, frozenset()) or _simple_cases(code)
    return {code for code in found if not any(low <= code <= high for low, high in ranges)}


def _simple_cases(code: int) -> frozenset[int]:
    if code < 0x80:
        return frozenset({code ^ 0x20}) if chr(code).isalpha() else frozenset()
    cases = {text for text in (chr(code).lower(), chr(code).upper()) if len(text) == 1}
    return frozenset(map(ord, cases)) - {code}


_CLOSURE = {
    code: frozenset(map(ord, letters)) - {code} for letters in ("kK\u212a", "sS\u017f") for code in map(ord, letters)
}
ALL = CharSet(((0, LAST),))
NONE = CharSet()
NEWLINE = CharSet.of("\n")
NOT_NEWLINE = NEWLINE.inverse()
DIGIT = CharSet.spanning([(0x30, 0x39)])
WORD = CharSet.spanning([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
SPACE = CharSet.spanning([(0x09, 0x0D), (0x20, 0x20)])
HEXADECIMAL = CharSet.spanning([(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)])
ASCII = CharSet.spanning([(0, 0x7F)])
UNICODE_SPACE = CharSet(SPACE.ranges, ("\\p{Z}",)) | CharSet.of("\x85")
UNICODE_WORD = CharSet((), ("\\p{L}", "\\p{M}", "\\p{Nd}", "\\p{Pc}"))
UNICODE_DIGIT = CharSet((), ("\\p{Nd}",))
BRACKETS = {
    "alnum": CharSet((), ("\\p{L}", "\\p{Nl}", "\\p{M}", "\\p{Nd}")),
    "alpha": CharSet((), ("\\p{L}", "\\p{Nl}", "\\p{M}")),
    "ascii": ASCII,
    "blank": CharSet.of("\t") | CharSet((), ("\\p{Zs}",)),
    "cntrl": CharSet((), ("\\p{Cc}",)),
    "digit": UNICODE_DIGIT,
    "graph": CharSet(SPACE.ranges, ("\\p{Z}", "\\p{Cc}", "\\p{Cs}"), inverted=True),
    "lower": CharSet((), ("\\p{Ll}",)),
    "print": CharSet((), ("\\p{Cc}", "\\p{Cs}", "\\p{Zl}", "\\p{Zp}"), inverted=True),
    "punct": CharSet.of("$+<=>^`|~") | CharSet((), ("\\p{P}",)),
    "space": UNICODE_SPACE,
    "upper": CharSet((), ("\\p{Lu}",)),
    "xdigit": HEXADECIMAL,
    "word": UNICODE_WORD,
}
_ASCII_PRINT = CharSet.spanning([(0x20, 0x7E)])
_LETTERS = CharSet.spanning([(0x41, 0x5A), (0x61, 0x7A)])
ASCII_BRACKETS = {
    "alnum": _LETTERS | DIGIT,
    "alpha": _LETTERS,
    "ascii": ASCII,
    "blank": CharSet.of(" \t"),
    "cntrl": CharSet.spanning([(0, 0x1F), (0x7F, 0x7F)]),
    "digit": DIGIT,
    "graph": CharSet.spanning([(0x21, 0x7E)]),
    "lower": CharSet.spanning([(0x61, 0x7A)]),
    "print": _ASCII_PRINT,
    "punct": CharSet.spanning([(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
    "space": SPACE,
    "upper": CharSet.spanning([(0x41, 0x5A)]),
    "xdigit": HEXADECIMAL,
    "word": WORD,
}
