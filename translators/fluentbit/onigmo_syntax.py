"""The syntax tree of an Onigmo pattern, in the words of what it matches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from translators.fluentbit.onigmo_sets import CharSet


class Onigmo(Exception):
    """The pattern cannot be read, or says what no regular language can: ``reason``, at ``position`` of the pattern."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (at character {position + 1})")
        self.reason = reason
        self.position = position


class At(Enum):
    """A place in the text, matched without taking a character."""

    LINE_START = "^"
    LINE_END = "$"
    TEXT_START = "\\A"
    TEXT_END = "\\z"
    LAST_LINE_END = "\\Z"
    WORD_EDGE = "\\b"
    NO_WORD_EDGE = "\\B"


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of the set. ``folded``: whatever its case."""

    set: CharSet
    folded: bool = False

    def effective(self) -> CharSet:
        return self.set.folded() if self.folded else self.set


@dataclass(frozen=True, slots=True)
class Place:
    """An anchor."""

    at: At


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; empty: the empty text."""

    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternation:
    """The first that leads to a match."""

    branches: tuple[Node, ...]


class Greed(Enum):
    """How a repetition chooses."""

    GREEDY = ""
    LAZY = "?"
    POSSESSIVE = "+"


@dataclass(frozen=True, slots=True)
class Repeat:
    """``high`` None: without end."""

    node: Node
    low: int
    high: int | None
    greed: Greed = Greed.GREEDY


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group; ``name`` empty: numbered only."""

    node: Node
    name: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class Atomic:
    """What it matched first is not given back."""

    node: Node
    position: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """The text ahead (or behind) must match, or must not."""

    node: Node
    behind: bool = False
    negative: bool = False
    position: int = 0


Node = Chars | Place | Sequence | Alternation | Repeat | Group | Atomic | Look
EMPTY = Sequence()


def sequence(*nodes: Node) -> Node:
    """The nodes in a row, without sequences inside sequences."""
    items: list[Node] = []
    for node in nodes:
        items.extend(node.items if isinstance(node, Sequence) else (node,))
    return items[0] if len(items) == 1 else Sequence(tuple(items))


def alternation(*branches: Node) -> Node:
    return branches[0] if len(branches) == 1 else Alternation(branches)


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Sequence(items):
            return items
        case Alternation(branches):
            return branches
        case Repeat(inner) | Group(inner) | Atomic(inner) | Look(inner):
            return (inner,)
        case Chars() | Place():
            return ()


def walk(node: Node) -> tuple[Node, ...]:
    """The node and all below it, in the order of the pattern."""
    return (node, *(found for child in children(node) for found in walk(child)))


def nullable(node: Node) -> bool:
    """Whether it can match without taking a character."""
    match node:
        case Chars():
            return False
        case Place() | Look():
            return True
        case Sequence(items):
            return all(map(nullable, items))
        case Alternation(branches):
            return any(map(nullable, branches))
        case Repeat(inner, low):
            return low == 0 or nullable(inner)
        case Group(inner) | Atomic(inner):
            return nullable(inner)
