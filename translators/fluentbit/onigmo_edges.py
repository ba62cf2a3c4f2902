"""Look-around that asks for one character, worked into the neighbouring character, since RE2 cannot look.

``\\S(?!\\.)`` in front of a character becomes ``\\S[^.]``; ``(?<!\\\\)"`` behind ``.*`` becomes ``(?:.*[^\\\\])?"``.
Groups keep their ends, so this serves parsers too. What cannot be done this way raises Stuck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from translators.fluentbit.onigmo_sets import ALL, NONE, CharSet, NotComputable
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
    Place,
    Repeat,
    Sequence,
    alternation,
    nullable,
    sequence,
    walk,
)

_ENDS = {False: (At.LINE_END, At.TEXT_END), True: (At.LINE_START, At.TEXT_START)}


class Stuck(Exception):
    """No rule fits."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The next character (``behind``: the last) is of the set, or the text ends there if ``open``."""

    set: CharSet
    open: bool
    behind: bool


def edge_of(look: Look) -> Edge | None:
    """The look-around as a question about one character, when it is one."""
    found, is_open = NONE, False
    for branch in look.node.branches if isinstance(look.node, Alternation) else (look.node,):
        if isinstance(branch, Place) and branch.at in _ENDS[look.behind]:
            is_open = True
        elif isinstance(branch, Chars):
            found = found | branch.effective()
        else:
            return None
    if look.negative:
        return Edge(found.inverse(), not is_open, look.behind)
    return Edge(found, is_open, look.behind)


def hoisted(node: Node) -> Node:
    """Look-around at the end of a group stands outside of it: it takes no characters."""
    match node:
        case Group(inner):
            before, middle, after = _split(hoisted(inner))
            return sequence(*before, replace(node, node=sequence(*middle)), *after)
        case Sequence(items):
            return sequence(*map(hoisted, items))
        case Alternation(branches):
            return Alternation(tuple(map(hoisted, branches)))
        case Repeat(inner):
            return replace(node, node=hoisted(inner))
        case Chars() | Place() | Atomic() | Look():
            return node


def _split(node: Node) -> tuple[list[Node], list[Node], list[Node]]:
    """Looks behind in front, the rest, looks ahead at the end; groups inside the looks stay where they are."""
    middle = list(node.items if isinstance(node, Sequence) else (node,))
    before: list[Node] = []
    after: list[Node] = []
    while middle and _free_look(middle[0], behind=True):
        before.append(middle.pop(0))
    while middle and _free_look(middle[-1], behind=False):
        after.insert(0, middle.pop())
    return before, middle, after


def _free_look(node: Node, behind: bool) -> bool:
    return isinstance(node, Look) and node.behind == behind and not any(isinstance(one, Group) for one in walk(node))


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a row inside the pattern, walking away from it."""

    before: tuple[Node, ...]
    after: tuple[Node, ...]

    def beyond(self, edge: Edge) -> list[Node]:
        return list(self.before if edge.behind else self.after)


def without_edges(node: Node, around: _Around | None = None) -> Node:
    """The tree with every one-character look-around worked in. ``around`` None: the node is the whole pattern."""
    match node:
        case Group(inner):
            return replace(node, node=without_edges(inner, around or _Around((), ())))
        case Repeat(inner):
            return replace(node, node=_repeatable(inner))
        case Alternation(branches):
            return Alternation(tuple(without_edges(branch, around) for branch in branches))
        case Sequence():
            return _row(node, around)
        case Look():
            return _row(Sequence((node,)), around)
        case Chars() | Place() | Atomic():
            return node


def _repeatable(inner: Node) -> Node:
    """A round may be followed by another, so its edges are settled inside of it or not at all."""
    unknown: tuple[Node, ...] = (Atomic(EMPTY),)
    if not any(isinstance(one, Look) for one in walk(inner)):
        return inner
    return _row(sequence_of(inner), _Around(unknown, unknown))


def sequence_of(node: Node) -> Sequence:
    return node if isinstance(node, Sequence) else Sequence((node,))


def _row(row: Sequence, around: _Around | None) -> Node:
    items = list(row.items)
    for i, item in enumerate(items):
        if not isinstance(item, Look):
            items[i] = without_edges(item, _neighbours(items, i, around))
    while (place := next((i for i, item in enumerate(items) if isinstance(item, Look)), None)) is not None:
        look = items[place]
        edge = edge_of(look) if isinstance(look, Look) else None
        if edge is None:
            raise Stuck
        beyond = around.beyond(edge) if around else None
        try:
            if edge.behind:
                items = [*_reversed(_constrained(_reversed(items[:place]), edge, beyond)), *items[place + 1 :]]
            else:
                items = [*items[:place], *_constrained(items[place + 1 :], edge, beyond)]
        except NotComputable:
            raise Stuck from None
    return sequence(*items)


def _neighbours(items: list[Node], place: int, around: _Around | None) -> _Around:
    before = (*_reversed(items[:place]), *(around.before if around else ()))
    after = (*items[place + 1 :], *(around.after if around else ()))
    return _Around(before, after)


def _reversed(items: list[Node]) -> list[Node]:
    return items[::-1]


def _constrained(items: list[Node], edge: Edge, beyond: list[Node] | None) -> list[Node]:
    """The items, in the order of walking away from the edge, so that their first character fits it.

    ``beyond`` are the items behind these, which cannot be changed; None: the pattern ends there.
    """
    if not items:
        return _at_the_end(edge) if beyond is None else _settled(beyond, edge)
    head, rest = items[0], items[1:]
    match head:
        case Chars():
            return [_fitting(head, edge), *rest]
        case Place(at) if at in _ENDS[edge.behind]:
            return items if edge.open else [Chars(NONE), *rest]
        case Place() | Look():
            return [head, *_constrained(rest, edge, beyond)]
        case Repeat():
            return _repeated(head, rest, edge, beyond)
        case Group():
            return [replace(head, node=_joined(_inside(head.node, rest, edge, beyond), edge)), *rest]
        case Alternation(branches):
            return [Alternation(tuple(_joined(_inside(one, rest, edge, beyond), edge) for one in branches)), *rest]
        case Sequence(inner):
            return _constrained([*(_reversed(list(inner)) if edge.behind else inner), *rest], edge, beyond)
        case Atomic():
            raise Stuck


def _fitting(chars: Chars, edge: Edge) -> Chars:
    found = chars.effective() & edge.set
    return chars if found == chars.effective() else Chars(found)


def _settled(beyond: list[Node], edge: Edge) -> list[Node]:
    """Nothing is to be done when what stands beyond fits anyway."""
    if _constrained(beyond, edge, None) != beyond:
        raise Stuck
    return []


def _at_the_end(edge: Edge) -> list[Node]:
    """Beyond the pattern a character may be taken: no group sees it."""
    if edge.set == ALL and edge.open:
        return []
    if not edge.open:
        return [Chars(edge.set)]
    place: Node = Place(At.TEXT_START if edge.behind else At.TEXT_END)
    return [Alternation((place, Chars(edge.set)) if edge.behind else (Chars(edge.set), place))]


def _inside(node: Node, rest: list[Node], edge: Edge, beyond: list[Node] | None) -> list[Node]:
    """Inside a group: what may be empty is only constrained when the constraint holds behind it anyway."""
    inner = list(node.items if isinstance(node, Sequence) else (node,))
    inner = _reversed(inner) if edge.behind else inner
    if not nullable(node):
        return _constrained(inner, edge, [Atomic(EMPTY)])
    if _constrained(rest, edge, beyond) != rest or len(inner) != 1 or not isinstance(inner[0], Repeat):
        raise Stuck
    return [_optional(inner[0], edge)]


def _joined(items: list[Node], edge: Edge) -> Node:
    return sequence(*(_reversed(items) if edge.behind else items))


def _repeated(head: Repeat, rest: list[Node], edge: Edge, beyond: list[Node] | None) -> list[Node]:
    if head.greed is Greed.POSSESSIVE or any(isinstance(one, Group) for one in walk(head)):
        raise Stuck
    if head.high == 0:
        return _constrained(rest, edge, beyond)
    if head.low:
        return [*_once_more(head, edge), *rest]
    if nullable(head.node):
        raise Stuck
    fitting = _constrained(rest, edge, beyond)
    if fitting == rest:
        return [_optional(head, edge), *rest]
    return _either(head, rest, fitting, edge)


def _once_more(head: Repeat, edge: Edge) -> list[Node]:
    """One round that fits, and the others."""
    less = Repeat(head.node, max(head.low - 1, 0), None if head.high is None else head.high - 1, head.greed)
    first = _constrained([head.node], edge, [Atomic(EMPTY)])
    if first == [head.node]:
        return [Repeat(head.node, max(head.low, 1), head.high, head.greed)]
    return [*first, *([] if less.high == 0 else [less])]


def _optional(head: Repeat, edge: Edge) -> Node:
    some = _once_more(head, edge)
    if some == [Repeat(head.node, 1, head.high, head.greed)]:
        return head
    return Repeat(_joined(some, edge), 0, 1, head.greed)


def _either(head: Repeat, rest: list[Node], fitting: list[Node], edge: Edge) -> list[Node]:
    """With rounds, or without and then the next fits; what is next stands in both branches."""
    same = 0
    while same < min(len(rest), len(fitting)) and rest[-1 - same] == fitting[-1 - same]:
        same += 1
    plain, fitted = rest[: len(rest) - same], fitting[: len(fitting) - same]
    if any(isinstance(one, Group) for item in plain for one in walk(item)):
        raise Stuck
    if edge.behind and not all(isinstance(item, Chars | Place) for item in plain):
        raise Stuck
    some = _joined([*_once_more(head, edge), *plain], edge)
    none = _joined(fitted, edge)
    branches = (none, some) if head.greed is Greed.LAZY else (some, none)
    live = [branch for branch in branches if Chars(NONE) not in sequence_of(branch).items]
    return [alternation(*live) if live else Chars(NONE), *rest[len(rest) - same :]]
