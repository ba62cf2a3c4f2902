"""Look-around of several characters at the places where patterns have it: at the start, at the end, behind ``.*``."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from translators.fluentbit.onigmo_automaton import begins, ends_alone, pattern
from translators.fluentbit.onigmo_sets import CharSet
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


def relaxed(node: Node) -> Node:
    """Possessive repetitions and atomic groups as plain ones, where what follows cannot want back what they took.

    A possessive repetition of single characters is otherwise followed by "and no more of them".
    """
    return _relaxed(node, ())


def _relaxed(node: Node, after: tuple[Node, ...]) -> Node:
    match node:
        case Sequence(items):
            return sequence(*(_relaxed(item, (*items[i + 1 :], *after)) for i, item in enumerate(items)))
        case Alternation(branches):
            return Alternation(tuple(_relaxed(branch, after) for branch in branches))
        case Repeat(inner, greed=Greed.POSSESSIVE):
            plain = replace(node, node=_relaxed(inner, (node, *after)), greed=Greed.GREEDY)
            return _settled(plain, inner, after, node.high is None)
        case Repeat(inner):
            return replace(node, node=_relaxed(inner, (node, *after)))
        case Group(inner) | Look(inner):
            return replace(node, node=_relaxed(inner, after if isinstance(node, Group) else ()))
        case Atomic(inner):
            return _without_atomic(node, _relaxed(inner, ()), after)
        case Chars() | Place():
            return node


def _settled(plain: Node, inner: Node, after: tuple[Node, ...], endless: bool) -> Node:
    if not isinstance(inner, Chars):
        return Atomic(plain)
    if _cannot_begin_with(after, inner.effective()):
        return plain
    return sequence(plain, Look(inner, negative=True)) if endless else Atomic(plain)


def _without_atomic(node: Atomic, inner: Node, after: tuple[Node, ...]) -> Node:
    """An atomic group of fixed choice, or one whose last loop nothing behind can shorten, is a plain group.

    So is one that takes one text at most from any place on.
    """
    if isinstance(inner, Group):
        return replace(inner, node=_without_atomic(replace(node, node=inner.node), inner.node, after))
    items = inner.items if isinstance(inner, Sequence) else (inner,)
    last = items[-1] if items else EMPTY
    fixed = all(isinstance(item, Chars | Place) for item in items[:-1])
    if fixed and isinstance(last, Chars | Place):
        return inner
    if fixed and isinstance(last, Repeat) and isinstance(last.node, Chars) and last.greed is Greed.GREEDY:
        return sequence(*items[:-1], _settled(last, last.node, after, last.high is None))
    if isinstance(inner, Alternation) and _apart(inner, after):
        return inner
    plain = all(isinstance(one, Chars | Sequence | Alternation | Repeat | Group) for one in walk(inner))
    return inner if plain and ends_alone(_without_groups(inner)) else replace(node, node=inner)


def _without_groups(node: Node) -> Node:
    match node:
        case Group(inner):
            return _without_groups(inner)
        case Sequence(items):
            return sequence(*map(_without_groups, items))
        case Alternation(branches):
            return Alternation(tuple(map(_without_groups, branches)))
        case Repeat(inner):
            return replace(node, node=_without_groups(inner))
        case _:
            return node


def _apart(node: Alternation, after: tuple[Node, ...]) -> bool:
    """Whether no branch is the beginning of another with a possible continuation: all branches are plain texts."""
    texts = [_sets(branch) for branch in node.branches]
    for i, one in enumerate(texts):
        for other in texts[i + 1 :]:
            if one is None or other is None or (len(other) > len(one) and _covers(one, other)):
                return False
            if len(one) > len(other) and _covers(other, one) and not _cannot_begin_with(after, one[len(other)]):
                return False
    return True


def _covers(short: tuple[CharSet, ...], long: tuple[CharSet, ...]) -> bool:
    return all(a.may_meet(b) for a, b in zip(short, long, strict=False))


def _sets(node: Node) -> tuple[CharSet, ...] | None:
    items = node.items if isinstance(node, Sequence) else (node,)
    found = tuple(item.effective() for item in items if isinstance(item, Chars))
    return found if len(found) == len(items) else None


def _cannot_begin_with(after: tuple[Node, ...], found: CharSet) -> bool:
    for item in after:
        match item:
            case Chars():
                return not item.effective().may_meet(found)
            case Place(at) if at in (At.LINE_END, At.TEXT_END, At.LAST_LINE_END):
                return not found.may_meet(CharSet.of("\n"))
            case Place(at):
                if at in (At.WORD_EDGE, At.NO_WORD_EDGE):
                    return False
            case Look(inner, behind, negative):
                if behind or negative or not _cannot_begin_with((inner,), found):
                    return False
            case Group(inner) | Repeat(inner) | Atomic(inner):
                if not _cannot_begin_with((inner,), found):
                    return False
            case Sequence(items):
                if not _cannot_begin_with(items, found):
                    return False
            case Alternation(branches):
                if not all(_cannot_begin_with((branch,), found) for branch in branches):
                    return False
        if not nullable(item):
            return True
    return True


def without_ends(node: Node) -> Node:
    """Look-around at the two ends of the pattern, consumed: the groups are the same, only the whole match is longer."""
    items = list(node.items if isinstance(node, Sequence) else (node,))
    while items and isinstance(items[-1], Look) and not items[-1].behind and not items[-1].negative:
        items[-1:] = [items[-1].node]
    first = items[0] if items else EMPTY
    if isinstance(first, Look) and first.behind and not first.negative and _one_length(first.node):
        items[0] = first.node
    return sequence(*items)


def _one_length(node: Node) -> bool:
    branches = node.branches if isinstance(node, Alternation) else (node,)
    lengths = {None if (sets := _sets(branch)) is None else len(sets) for branch in branches}
    return len(lengths) == 1 and None not in lengths


def without_tail(node: Node) -> Node:
    """The last look-ahead and all behind it as one language, when no group begins or ends in there.

    A group that reaches from the look-ahead to the end of the line is kept around it: ``(?!x)(?<rest>.*)$``.
    """
    items = list(node.items if isinstance(node, Sequence) else (node,))
    place = next((i for i, item in enumerate(items) if isinstance(item, Look) and not item.behind), None)
    tail = items[place or 0 :]
    if place is None or any(_looks_left(item) for item in tail):
        return node
    ends = isinstance(tail[-1], Place) and tail[-1].at in (At.LINE_END, At.TEXT_END)
    inner, around = tail, None
    rest = [item for item in tail if not isinstance(item, Look)]
    if ends and len(rest) == 2 and isinstance(rest[0], Group):
        around = rest[0]
        inner = [*(item for item in tail if isinstance(item, Look)), around.node, tail[-1]]
    if any(isinstance(one, Group) for item in inner for one in walk(item)):
        return node
    found = pattern(begins(sequence(*inner), newlines=False))
    return sequence(*items[:place], *([found] if around is None else [replace(around, node=_full(found)), tail[-1]]))


def _full(node: Node) -> Node:
    """What may go on freely takes the rest of the line, so that the group around it ends where the line does."""
    return node if _ends_with_text(node) else sequence(node, Repeat(Chars(CharSet.of("\n").inverse()), 0, None))


def _ends_with_text(node: Node) -> bool:
    match node:
        case Place(At.TEXT_END):
            return True
        case Sequence(items):
            return bool(items) and _ends_with_text(items[-1])
        case Alternation(branches):
            return all(map(_ends_with_text, branches))
        case _:
            return False


def _looks_left(node: Node) -> bool:
    lefts = (At.LINE_START, At.TEXT_START, At.WORD_EDGE, At.NO_WORD_EDGE)
    return any(
        (isinstance(one, Look) and one.behind) or (isinstance(one, Place) and one.at in lefts) for one in walk(node)
    )


def behind_loops(node: Node) -> tuple[Node, bool]:
    """``x.*(?<=LITERAL)`` as ``x(?:.*LITERAL|ERAL)``: the literal inside the loop, or begun by what stands before it.

    The second value says whether a text could begin the literal in what is not fixed before the loop.
    """
    items = list(node.items if isinstance(node, Sequence) else (node,))
    unsure = False
    for place, item in enumerate(items):
        if isinstance(item, Look) and item.behind and not item.negative and place > 0:
            loop, sets = items[place - 1], _sets(item.node)
            if isinstance(loop, Repeat) and isinstance(loop.node, Chars) and sets and _takes(loop, sets):
                known = [one.effective() for one in _fixed_before(items[: place - 1])]
                shared, open_ended = _overlaps(known, sets)
                literal = item.node.items if isinstance(item.node, Sequence) else (item.node,)
                branches = [sequence(loop, *literal), *(sequence(*literal[count:]) for count in shared)]
                items[place - 1 : place + 1] = [alternation(*branches), EMPTY]
                unsure = unsure or open_ended
    return sequence(*items), unsure


def _takes(loop: Repeat, sets: tuple[CharSet, ...]) -> bool:
    inner = loop.node.effective() if isinstance(loop.node, Chars) else CharSet()
    plain = (loop.low, loop.high, loop.greed) == (0, None, Greed.GREEDY)
    return plain and not inner.properties and all(not one.properties and (one - inner).is_empty() for one in sets)


def _fixed_before(items: list[Node]) -> list[Chars]:
    """The single characters directly before, the nearest first."""
    return [
        item for item in takewhile(lambda item: isinstance(item, Chars), reversed(items)) if isinstance(item, Chars)
    ]


def _overlaps(known: list[CharSet], sets: tuple[CharSet, ...]) -> tuple[list[int], bool]:
    """How many characters of the literal can stand before the loop: those certain, and whether more are possible."""
    certain: list[int] = []
    for count in range(1, len(sets) + 1):
        wanted = sets[:count][::-1]
        fits = [have.may_meet(want) for have, want in zip(known, wanted, strict=False)]
        if all(fits) and count > len(known):
            return certain, True
        if all(fits) and all((have - want).is_empty() for have, want in zip(known, wanted, strict=False)):
            certain.append(count)
        elif all(fits):
            return certain, True
    return certain, False
