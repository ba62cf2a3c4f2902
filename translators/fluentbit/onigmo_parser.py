"""The reader of Onigmo patterns (ONIG_SYNTAX_RUBY, UTF-8), as Fluent Bit compiles them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from translators.fluentbit.onigmo_classes import CharacterReader
from translators.fluentbit.onigmo_sets import ALL, NEWLINE, NOT_NEWLINE, CharSet
from translators.fluentbit.onigmo_syntax import (
    EMPTY,
    Alternation,
    At,
    Atomic,
    Chars,
    Greed,
    Group,
    Look,
    Node,
    Onigmo,
    Place,
    Repeat,
    Sequence,
    alternation,
    sequence,
    walk,
)

_INTERVAL = re.compile(r"\{(?:(\d+)(,(\d*))?|,(\d+))\}")
_PLACES = {"A": At.TEXT_START, "z": At.TEXT_END, "Z": At.LAST_LINE_END, "b": At.WORD_EDGE, "B": At.NO_WORD_EDGE}
_LOOKS = {"=": (False, False), "!": (False, True), "<=": (True, False), "<!": (True, True)}
_LINE_BREAK = Atomic(
    Alternation(
        (
            Sequence((Chars(CharSet.of("\r")), Chars(NEWLINE))),
            Chars(CharSet.of("\n\v\f\r\x85\u2028\u2029")),
        )
    )
)
MAX_REPEAT = 100_000


@dataclass(frozen=True, slots=True)
class Modes:
    """Options in force: case is ignored, the dot takes newlines, blanks are not part of the pattern; a, u or d."""

    ignore_case: bool = False
    dot_all: bool = False
    extended: bool = False
    characters: str = "d"


def strip_slashes(pattern: str) -> tuple[str, Modes]:
    """The pattern inside ``/…/flags`` as Fluent Bit takes it; behind the last slash another letter keeps all."""
    if pattern.startswith("/") and pattern.rfind("/") > 0:
        last = pattern.rfind("/")
        flags = pattern[last + 1 :]
        if flags.strip("imox") == "" and flags.strip("o"):
            return pattern[1:last], Modes("i" in flags, "m" in flags, "x" in flags)
    if pattern.startswith("/") and pattern.endswith("/"):
        return pattern[1:-1], Modes()
    return pattern, Modes()


def parse(pattern: str, modes: Modes = Modes()) -> Node:
    """The tree; unnamed groups are plain when a named one exists. Raises Onigmo with the place of what is wrong."""
    reader = _Parser(pattern, modes)
    tree = reader.alternatives(modes)
    if reader.at < len(pattern):
        raise Onigmo("a parenthesis closes that was not opened", reader.at)
    if any(isinstance(node, Group) and node.name for node in walk(tree)):
        return _without_unnamed(tree)
    return tree


def _without_unnamed(node: Node) -> Node:
    match node:
        case Group(inner, ""):
            return _without_unnamed(inner)
        case Group(inner) | Repeat(inner) | Atomic(inner) | Look(inner):
            return replace(node, node=_without_unnamed(inner))
        case Sequence(items):
            return Sequence(tuple(map(_without_unnamed, items)))
        case Alternation(branches):
            return Alternation(tuple(map(_without_unnamed, branches)))
        case Chars() | Place():
            return node


class _Parser(CharacterReader):
    """A recursive descent; ``at`` is the next character of the pattern."""

    def __init__(self, pattern: str, modes: Modes) -> None:
        super().__init__(pattern)
        self._groups = 0
        self._depth = 0
        del modes

    def alternatives(self, modes: Modes) -> Node:
        """Up to what closes the group, or the end. An option in the middle holds for the rest, branches included."""
        branches: list[Node] = []
        items: list[Node] = []
        while self.at < len(self.text) and self.peek() != ")":
            if self.peek() == "|":
                self.at += 1
                branches.append(sequence(*items))
                items = []
                continue
            if (changed := self._options(modes)) is not None:
                items.append(self.alternatives(changed))
                break
            if not self._skipped(modes):
                items.append(self._repeated(self._atom(modes), modes))
        return alternation(*branches, sequence(*items))

    def _skipped(self, modes: Modes) -> bool:
        """Whether a comment, or in extended mode a blank, was stepped over."""
        if self.text.startswith("(?#", self.at):
            end = self._end_of_comment()
        elif modes.extended and self.peek().isspace():
            end = self.at + 1
        elif modes.extended and self.peek() == "#":
            end = self.text.find("\n", self.at)
            end = len(self.text) if end < 0 else end + 1
        else:
            return False
        self.at = end
        return True

    def _end_of_comment(self) -> int:
        end = re.compile(r"(?:[^)\\]|\\.)*\)", re.DOTALL).match(self.text, self.at)
        if end is None:
            raise Onigmo("a comment does not end", self.at)
        return end.end()

    def _options(self, modes: Modes) -> Modes | None:
        """The modes of an isolated ``(?i)``, which is taken."""
        found = re.compile(r"\(\?([imxdau]*)(-[imx]*)?\)").match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return _changed(modes, found[1], found[2] or "")

    def _atom(self, modes: Modes) -> Node:
        start, character = self.at, self.peek()
        if character == "(":
            return self._group(modes)
        if character in "*+?" or (character == "{" and _INTERVAL.match(self.text, self.at)):
            raise Onigmo("there is nothing to repeat", start)
        if character == "[":
            return Chars(self.bracket(modes.characters, modes.ignore_case), modes.ignore_case)
        self.at += 1
        if character == "\\":
            return self._escape(start, modes)
        if character == ".":
            return Chars(ALL if modes.dot_all else NOT_NEWLINE)
        if character == "^":
            return Place(At.LINE_START)
        if character == "$":
            return Place(At.LINE_END)
        return Chars(CharSet.of(character), modes.ignore_case)

    def _escape(self, start: int, modes: Modes) -> Node:
        letter = self.peek()
        if letter in _PLACES:
            self.at += 1
            return Place(_PLACES[letter])
        if letter == "R":
            self.at += 1
            return _LINE_BREAK
        if letter == "G":
            self.at += 1
            return Place(At.TEXT_START)
        if letter == "u" and self.text.startswith("u{", self.at):
            return Chars(CharSet.of("u"), modes.ignore_case)
        self._refuse_irregular(letter, start)
        found = self.named_set(modes.characters)
        if found is not None:
            return Chars(found, modes.ignore_case and letter in "pP")
        return sequence(*(Chars(CharSet.of(one), modes.ignore_case) for one in self.escaped_text(start)))

    def _refuse_irregular(self, letter: str, start: int) -> None:
        if letter == "k" or (letter.isdigit() and letter != "0"):
            raise Onigmo("a back reference cannot be said in RE2", start)
        reasons = {
            "g": "a call of a group cannot be said in RE2",
            "X": "`\\X` (a grapheme cluster) cannot be said in RE2",
            "K": "`\\K` (keep) cannot be said in RE2",
        }
        if letter in reasons and (letter != "g" or self.text[self.at + 1 : self.at + 2] in ("<", "'")):
            raise Onigmo(reasons[letter], start)

    def _group(self, modes: Modes) -> Node:
        start = self.at
        self._depth += 1
        if self._depth > 200:
            raise Onigmo("groups are nested too deeply", start)
        node = self._group_inside(modes, start)
        if self.peek() != ")":
            raise Onigmo("a parenthesis is not closed", start)
        self.at += 1
        self._depth -= 1
        return node

    def _group_inside(self, modes: Modes, start: int) -> Node:
        if not self.text.startswith("(?", start):
            self.at += 1
            return Group(self.alternatives(modes), "", start)
        for sign, (behind, negative) in _LOOKS.items():
            if self.text.startswith("(?" + sign, start):
                self.at += 2 + len(sign)
                inner = self.alternatives(modes)
                if behind:
                    refuse_variable_length(inner, start)
                return Look(inner, behind, negative, start)
        if self.text.startswith("(?>", start):
            self.at += 3
            return Atomic(self.alternatives(modes), start)
        if (name := self._name(start)) is not None:
            return Group(self.alternatives(modes), name, start)
        found = re.compile(r"\(\?([imxdau]*)(-[imx]*)?:").match(self.text, start)
        if found is None:
            raise Onigmo(_unknown_group(self.text[start : start + 4]), start)
        self.at = found.end()
        return self.alternatives(_changed(modes, found[1], found[2] or ""))

    def _name(self, start: int) -> str | None:
        found = re.compile(r"\(\?(?:<([^>]*)>|'([^']*)')").match(self.text, start)
        if found is None:
            return None
        name = found[1] if found[1] is not None else found[2]
        if not name or name[0].isdigit() or not (name[0].isalpha() or name[0] == "_") or ")" in name:
            raise Onigmo(f"`{name}` is no name for a group", start)
        self.at = found.end()
        return name

    def _repeated(self, node: Node, modes: Modes) -> Node:
        while True:
            while self.at < len(self.text) and modes.extended and self._skipped(modes):
                pass
            repeat = self._quantifier()
            if repeat is None:
                return node
            low, high, greed = repeat
            node = Repeat(node, low, high, greed) if not isinstance(node, Place | Look) else _repeated_place(node, low)

    def _quantifier(self) -> tuple[int, int | None, Greed] | None:
        signs: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self.peek() in signs and self.peek():
            low, high = signs[self.peek()]
            self.at += 1
            return low, high, self._greed("?+")
        found = _INTERVAL.match(self.text, self.at)
        if found is None:
            return None
        low, high = _bounds(found)
        if max(low, high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise Onigmo("a repetition has impossible bounds", self.at)
        self.at = found.end()
        return low, high, self._greed("?" if low != high else "")

    def _greed(self, allowed: str) -> Greed:
        """Ruby: no interval is possessive, and ``{n}?`` is not lazy but optional."""
        sign = self.peek()
        if not sign or sign not in allowed:
            return Greed.GREEDY
        self.at += 1
        return Greed(sign)


def _repeated_place(node: Place | Look, low: int) -> Node:
    """A place is there once or as often as you like; when it may be missing it says nothing."""
    return EMPTY if low == 0 else node


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    low, comma, high, only_high = found.groups()
    if only_high is not None:
        return 0, int(only_high)
    if comma is None:
        return int(low), int(low)
    return int(low), int(high) if high else None


def refuse_variable_length(node: Node, position: int) -> None:
    """Onigmo looks behind by a fixed number of characters; only the outermost alternatives may differ in it."""
    branches = node.branches if isinstance(node, Alternation) else (node,)
    if any(_length(branch) is None for branch in branches):
        raise Onigmo("Onigmo refuses a look-behind of variable length", position)


def _length(node: Node) -> int | None:
    match node:
        case Chars():
            return 1
        case Place():
            return 0
        case Look():
            return 0 if node.behind else None
        case Group(inner) | Atomic(inner):
            return _length(inner)
        case Repeat(inner, low, high):
            length = _length(inner)
            return None if length is None or low != high else length * low
        case Sequence(items):
            lengths = tuple(map(_length, items))
            return None if None in lengths else sum(length or 0 for length in lengths)
        case Alternation(branches):
            several = set(map(_length, branches))
            return several.pop() if len(several) == 1 else None


def _changed(modes: Modes, on: str, off: str) -> Modes:
    return Modes(
        ("i" in on or modes.ignore_case) and "i" not in off,
        ("m" in on or modes.dot_all) and "m" not in off,
        ("x" in on or modes.extended) and "x" not in off,
        next((letter for letter in reversed(on) if letter in "dau"), modes.characters),
    )


def _unknown_group(head: str) -> str:
    if head.startswith("(?P"):
        return "`(?P` is Python's and Go's spelling: Onigmo knows `(?<name>` only and refuses this pattern"
    if head.startswith("(?~"):
        return "an absence operator cannot be said in RE2"
    if head.startswith("(?("):
        return "a condition on a group cannot be said in RE2"
    return f"`{head}` opens no group that Onigmo knows"
