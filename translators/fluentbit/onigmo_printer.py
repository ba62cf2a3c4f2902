"""The printer of RE2 patterns that google-re2 and Go's regexp read the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import assert_never

from translators.fluentbit.onigmo_sets import ALL, DIGIT, LAST, NOT_NEWLINE, WORD, CharSet
from translators.fluentbit.onigmo_syntax import (
    Alternation,
    At,
    Atomic,
    Chars,
    Greed,
    Group,
    Look,
    Node,
    Place,
    Repeat,
    Sequence,
    walk,
)

_SPECIAL = frozenset("\\.+*?()|[]{}^$")
_CONTROL = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f", "\v": "\\v", "\a": "\\a"}
_BLANKS = CharSet.of("\t\n\f\r ")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How to write: with groups that capture, named by where they opened; for a text that may hold newlines."""

    groups: bool
    newlines: bool
    names: Mapping[int, str] = field(default_factory=dict)

    def name(self, group: Group) -> str:
        return self.names.get(group.position, group.name)


def print_re2(node: Node, spelling: Spelling) -> str:
    """The pattern; the tree holds no look-around, atomic group or possessive repetition any more."""
    folded = _all_folded(node)
    some = any(isinstance(one, Chars) and one.folded for one in walk(node))
    text = _Printer(spelling, folded or not some).write(node, 0)
    flags = ("i" if folded else "") + ("m" if spelling.newlines and _has_line_ends(node) else "")
    return f"(?{flags}){text}" if flags else text


def _all_folded(node: Node) -> bool:
    chars = [one for one in walk(node) if isinstance(one, Chars)]
    return any(one.folded for one in chars) and all(one.folded or not one.set.has_letters() for one in chars)


def _has_line_ends(node: Node) -> bool:
    return any(isinstance(one, Place) and one.at in (At.LINE_START, At.LINE_END) for one in walk(node))


class _Printer:
    def __init__(self, spelling: Spelling, folded: bool) -> None:
        self._spelling = spelling
        self._settled = folded

    def write(self, node: Node, level: int) -> str:
        """The node's text, in a plain group when it binds weaker than ``level``."""
        if not self._settled and _all_folded(node):
            return f"(?i:{_Printer(self._spelling, True).write(node, 0)})"
        match node:
            case Chars():
                return print_set(node.set)
            case Place(at):
                return self._place(at)
            case Sequence(items):
                text = self._sequence(items)
                return text if level < 2 or len(items) == 1 else f"(?:{text})"
            case Alternation(branches):
                text = "|".join(self.write(branch, 1) for branch in branches)
                return text if level < 1 else f"(?:{text})"
            case Repeat():
                text = self.write(node.node, 3) + _quantifier(node)
                return text if level < 3 else f"(?:{text})"
            case Group():
                return self._group(node)
            case Atomic() | Look():
                raise ValueError("RE2 has no such group")
            case _:
                assert_never(node)

    def _sequence(self, items: tuple[Node, ...]) -> str:
        """Neighbours that ignore case share one group."""
        runs = [tuple(run) for _, run in groupby(items, _all_folded)]
        return "".join(
            self.write(Sequence(run), 1)
            if len(run) > 1 and not self._settled and _all_folded(run[0])
            else "".join(self.write(item, 1) for item in run)
            for run in runs
        )

    def _group(self, node: Group) -> str:
        inner = self.write(node.node, 0)
        if not self._spelling.groups:
            return f"(?:{inner})"
        name = self._spelling.name(node)
        return f"(?P<{name}>{inner})" if name else f"({inner})"

    def _place(self, at: At) -> str:
        if self._spelling.newlines:
            return {At.TEXT_START: "\\A", At.TEXT_END: "\\z"}.get(at, at.value)
        return {At.TEXT_START: "^", At.TEXT_END: "$", At.LAST_LINE_END: "$"}.get(at, at.value)


def _quantifier(node: Repeat) -> str:
    lazy = "?" if node.greed is Greed.LAZY else ""
    signs = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    if (node.low, node.high) in signs:
        return signs[node.low, node.high] + lazy
    if node.low == node.high:
        return f"{{{node.low}}}"
    return f"{{{node.low},{'' if node.high is None else node.high}}}{lazy}"


def print_set(found: CharSet) -> str:
    """One character, a dot, a class that has a name, or a class in brackets."""
    if found == ALL:
        return "(?s:.)"
    if found == NOT_NEWLINE:
        return "."
    if single := found.single():
        return literal(single)
    for letter, named in (("d", DIGIT), ("w", WORD)):
        if found == named:
            return f"\\{letter}"
        if found == named.inverse():
            return f"\\{letter.upper()}"
    if len(found.properties) == 1 and not found.ranges:
        return found.properties[0] if not found.inverted else f"[^{found.properties[0]}]"
    wide = not found.properties and bool(found.ranges) and found.ranges[-1][1] == LAST
    if found.inverted or wide:
        return f"[^{_members(found.inverse())}]"
    if found.is_empty():
        return f"[^\\x{{0}}-\\x{{{LAST:X}}}]"
    return f"[{_members(found)}]"


def literal(character: str) -> str:
    """One character that stands for itself, outside a class."""
    return f"\\{character}" if character in _SPECIAL else _visible(character)


def _visible(character: str) -> str:
    if character in _CONTROL:
        return _CONTROL[character]
    return character if character.isprintable() else f"\\x{{{ord(character):X}}}"


def _members(found: CharSet) -> str:
    named, rest = "", found.ranges
    for letter, known in (("\\w", WORD), ("\\s", _BLANKS), ("\\d", DIGIT)):
        left = CharSet(rest)
        if (known - left).is_empty():
            named, rest = named + letter, (left - known).ranges
    return named + "".join(found.properties) + "".join(_range(low, high) for low, high in rest)


def _range(low: int, high: int) -> str:
    if high - low < 3:
        return "".join(map(_member, range(low, high + 1)))
    return f"{_member(low)}-{_member(high)}"


def _member(code: int) -> str:
    if 0xD800 <= code < 0xE000:
        return f"\\x{{{code:X}}}"
    character = chr(code)
    return f"\\{character}" if character in "\\]^-[" else _visible(character)
