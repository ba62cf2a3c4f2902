"""Fluent Bit's regular expressions (Onigmo) as RE2, which the agents run: exact where it can be, else refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from translators.diagnostics import Fidelity
from translators.fluentbit.onigmo_around import behind_loops, relaxed, without_ends, without_tail
from translators.fluentbit.onigmo_automaton import pattern as language
from translators.fluentbit.onigmo_automaton import search, size
from translators.fluentbit.onigmo_edges import Stuck, hoisted, without_edges
from translators.fluentbit.onigmo_parser import parse, strip_slashes
from translators.fluentbit.onigmo_printer import Spelling, print_re2
from translators.fluentbit.onigmo_sets import ALL, NEWLINE, NOT_NEWLINE
from translators.fluentbit.onigmo_syntax import (
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
    nullable,
    sequence,
    walk,
)
from translators.fluentbit.onigmo_terms import TooLarge

_STARTS = (At.LINE_START, At.TEXT_START)
_ENDS = (At.LINE_END, At.TEXT_END, At.LAST_LINE_END)
_SEVERAL = re.compile(r"(?i)ss|ff|fi|fl|st|[^\x00-\x7f]")
_NAME = re.compile(r"[A-Za-z0-9_]+\Z")
_ANYTHING = Repeat(Chars(NOT_NEWLINE), 0, None)


@dataclass(frozen=True, slots=True)
class Usage:
    """How Fluent Bit applies the pattern and what the agent needs of it.

    ``groups``: the texts of the groups, else only whether it matches. ``newlines``: the text may hold some.
    ``at_start``: Fluent Bit matches at the start only (Match_Regex). ``whole``: the agent anchors at both ends.
    """

    groups: bool = False
    newlines: bool = False
    at_start: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class GroupName:
    """A named group: as RE2 calls it, and as Fluent Bit does. Two may share the latter; the one that matched counts."""

    name: str
    original: str


@dataclass(frozen=True, slots=True)
class Re2:
    """A pattern for an unanchored search (``whole``: an anchored one) that google-re2 and Go both take.

    ``negated``: the text matches in Fluent Bit when this pattern is *not* found; the caller flips its action. ``note``
    says the condition of an equivalent pattern.
    """

    pattern: str
    groups: tuple[GroupName, ...] = ()
    negated: bool = False
    fidelity: Fidelity = Fidelity.EXACT
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotRe2:
    """No such pattern: why, and at which character of the pattern."""

    reason: str
    position: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    node: Node
    negated: bool = False
    note: str = ""


def to_re2(pattern: str, usage: Usage = Usage()) -> Re2 | NotRe2:
    """The pattern in RE2, or why not. Slashes and flags around it are read as Fluent Bit reads them."""
    inner, modes = strip_slashes(pattern)
    offset = 1 if inner != pattern else 0
    try:
        tree = parse(inner, modes)
    except Onigmo as wrong:
        return NotRe2(wrong.reason, wrong.position + offset)
    node = tree if usage.groups else _ungrouped(tree)
    if usage.at_start:
        node = sequence(Place(At.TEXT_START), node)
    node = _tidied(hoisted(relaxed(_spelled_out(node) if usage.newlines else node)), usage)
    for candidate in _candidates(node, usage):
        found = _finished(candidate, tree, usage)
        if isinstance(found, Re2):
            return found
    return _refusal(tree, offset)


def _spelled_out(node: Node) -> Node:
    """RE2 has no ``\\Z``."""
    match node:
        case Place(At.LAST_LINE_END):
            return Look(sequence(Repeat(Chars(NEWLINE), 0, 1), Place(At.TEXT_END)))
        case Group(inner) | Repeat(inner) | Atomic(inner) | Look(inner):
            return replace(node, node=_spelled_out(inner))
        case Sequence(items):
            return Sequence(tuple(map(_spelled_out, items)))
        case Alternation(branches):
            return Alternation(tuple(map(_spelled_out, branches)))
        case Chars() | Place():
            return node


def _refusal(tree: Node, offset: int) -> NotRe2:
    for node in walk(tree):
        if isinstance(node, Look):
            return NotRe2("this look-around cannot be said in RE2", node.position + offset)
        if isinstance(node, Atomic) or (isinstance(node, Repeat) and node.greed is Greed.POSSESSIVE):
            return NotRe2("what an atomic group or a possessive repetition keeps cannot be said in RE2", offset)
    return NotRe2("RE2 refuses a pattern of this size", offset)


def _candidates(node: Node, usage: Usage) -> Iterator[_Candidate]:
    """From what reads best to what is only exact."""
    if _is_plain(node):
        yield _Candidate(node)
        return
    for way in _WAYS:
        try:
            found = way(node, usage)
        except (Stuck, TooLarge):
            continue
        if found is not None and _is_plain(found.node):
            yield replace(found, node=_tidied(found.node, usage))


def _is_plain(node: Node) -> bool:
    return not any(
        isinstance(one, Look | Atomic) or (isinstance(one, Repeat) and one.greed is Greed.POSSESSIVE)
        for one in walk(node)
    )


def _contains_none(node: Node, usage: Usage) -> _Candidate | None:
    """``^((?!P).)*$`` is "P is nowhere"."""
    match node:
        case Sequence((Place(start), Repeat(Sequence((Look(inner, False, True), Chars(one))), 0, None), Place(end))):
            fits = start in _STARTS and end in _ENDS and one in (ALL, NOT_NEWLINE)
            if fits and _existence_in_a_line(usage) and not nullable(inner):
                return _Candidate(inner, negated=True)
    return None


def _begins_not(node: Node, usage: Usage) -> _Candidate | None:
    """``^(?!P)`` is "P is not at the start"."""
    match node:
        case Sequence((Place(start), *looks)) if start in _STARTS and looks and _existence_in_a_line(usage):
            inner = [look.node for look in looks if isinstance(look, Look) and look.negative and not look.behind]
            if len(inner) == len(looks):
                found = inner[0] if len(inner) == 1 else Alternation(tuple(inner))
                return _Candidate(_tidied(sequence(Place(At.TEXT_START), found), usage), negated=True)
    return None


def _worked_in(node: Node, usage: Usage) -> _Candidate | None:
    """Look-around moved into its neighbours.

    A character taken in front of one branch would let it begin, and win, before the others: only without groups.
    """
    if usage.groups and isinstance(node, Alternation) and any(map(_begins_behind, node.branches)):
        return None
    if usage.newlines and any(isinstance(one, Place) and one.at in (At.LINE_START, At.LINE_END) for one in walk(node)):
        return None
    return _settled(without_ends(node))


def _settled(node: Node) -> _Candidate:
    found, unsure = behind_loops(node)
    note = "the same unless what a look-behind asks for begins before the `.*` in front of it" if unsure else ""
    return _Candidate(without_edges(found), note=note)


def _begins_behind(branch: Node) -> bool:
    return any(isinstance(one, Look) and one.behind for one in walk(branch))


def _with_tail(node: Node, usage: Usage) -> _Candidate | None:
    if usage.newlines or isinstance(node, Alternation):
        return None
    return _settled(without_tail(without_ends(node)))


def _whole_language(node: Node, usage: Usage) -> _Candidate | None:
    """The automaton's pattern, or that of its complement when it is shorter."""
    if usage.groups:
        return None
    machine = search(node, usage.newlines)
    found: list[_Candidate] = []
    for negated in (False, True):
        try:
            inner = language(machine.inverse() if negated else machine)
        except TooLarge:
            continue
        found.append(_Candidate(sequence(Place(At.TEXT_START), inner), negated))
    return min(found, key=lambda one: size(one.node), default=None)


_WAYS: tuple[Callable[[Node, Usage], _Candidate | None], ...] = (
    _contains_none,
    _begins_not,
    _worked_in,
    _with_tail,
    _whole_language,
)


def _existence_in_a_line(usage: Usage) -> bool:
    return not usage.groups and not usage.newlines


def _tidied(node: Node, usage: Usage) -> Node:
    """Where only existence in one line counts, ``^.*`` in front and ``.*$`` behind say nothing."""
    if not _existence_in_a_line(usage):
        return node
    items = list(node.items if isinstance(node, Sequence) else (node,))
    while len(items) > 1 and _is_start(items[0]) and _is_start(items[1]):
        items.pop(0)
    if len(items) > 1 and isinstance(items[-1], Place) and items[-1].at in _ENDS and _anything(items[-2]):
        items.pop()
    while items and _anything(items[-1]):
        items.pop()
    if len(items) > 1 and _is_start(items[0]) and _anything(items[1]):
        items.pop(0)
    while items and _anything(items[0]):
        items.pop(0)
    if len(items) == 2 and _is_start(items[0]) and isinstance(items[1], Alternation):
        branches = tuple(map(_without_lead, items[1].branches))
        found = [branch for branch in branches if branch is not None]
        return Alternation(tuple(found)) if len(found) == len(branches) else sequence(*items)
    return sequence(*items)


def _without_lead(branch: Node) -> Node | None:
    """What stands behind ``.*``, which begins at the start of the line."""
    items = branch.items if isinstance(branch, Sequence) else (branch,)
    return sequence(*items[1:]) if items and _anything(items[0]) else None


def _is_start(node: Node) -> bool:
    return isinstance(node, Place) and node.at in _STARTS


def _anything(node: Node) -> bool:
    return (
        isinstance(node, Repeat)
        and (node.low, node.high) == (0, None)
        and node.node
        in (
            Chars(ALL),
            Chars(NOT_NEWLINE),
        )
    )


def _ungrouped(node: Node) -> Node:
    match node:
        case Group(inner):
            return _ungrouped(inner)
        case Repeat(inner) | Atomic(inner) | Look(inner):
            return replace(node, node=_ungrouped(inner))
        case Sequence(items):
            return sequence(*map(_ungrouped, items))
        case Alternation(branches):
            return Alternation(tuple(map(_ungrouped, branches)))
        case Chars() | Place():
            return node


def _finished(candidate: _Candidate, tree: Node, usage: Usage) -> Re2 | None:
    names = _names(candidate.node)
    node = _anchored(candidate.node) if usage.whole else candidate.node
    spelling = Spelling(usage.groups, usage.newlines, {group.position: name.name for group, name in names})
    text = print_re2(node, spelling)
    if not _compiles(text):
        return None
    notes = [*([candidate.note] if candidate.note else []), *_notes(tree, usage)]
    fidelity = Fidelity.EQUIVALENT if notes else Fidelity.EXACT
    if usage.groups and any(map(_keeps_empty_rounds, walk(tree))):
        fidelity = Fidelity.APPROXIMATE
        notes.append("a group inside a repetition that can match nothing may keep the text of another round")
    groups = tuple(name for _, name in names) if usage.groups else ()
    return Re2(text, groups, candidate.negated, fidelity, "; ".join(notes))


def _names(node: Node) -> list[tuple[Group, GroupName]]:
    """RE2 wants each name once, of ASCII word characters."""
    found: list[tuple[Group, GroupName]] = []
    taken: set[str] = set()
    for group in walk(node):
        if isinstance(group, Group) and group.name:
            base = group.name if _NAME.match(group.name) else re.sub(r"[^A-Za-z0-9_]", "_", group.name)
            name, number = base, 2
            while name in taken:
                name, number = f"{base}__{number}", number + 1
            taken.add(name)
            found.append((group, GroupName(name, group.name)))
    return found


def _anchored(node: Node) -> Node:
    """For an agent that anchors at both ends: anything may stand around what is searched."""
    items = list(node.items if isinstance(node, Sequence) else (node,))
    starts = bool(items) and _is_start(items[0])
    ends = bool(items) and isinstance(items[-1], Place) and items[-1].at in _ENDS
    inner = items[int(starts) : len(items) - int(ends and len(items) > int(starts))]
    return sequence(*([] if starts else [_ANYTHING]), sequence(*inner), *([] if ends else [_ANYTHING]))


def _notes(tree: Node, usage: Usage) -> Iterator[str]:
    """The conditions under which both engines agree."""
    nodes = walk(tree)
    places = {node.at for node in nodes if isinstance(node, Place)}
    if places & {At.WORD_EDGE, At.NO_WORD_EDGE}:
        yield r"the same where no letter beyond ASCII stands at a `\b`"
    if any(isinstance(node, Chars) and node.set.properties for node in nodes):
        yield "Unicode classes follow the engine's Unicode version, and letters take in combining marks"
    folded = "".join(node.set.single() or " " for node in nodes if isinstance(node, Chars) and node.folded)
    if _SEVERAL.search(folded):
        yield "the same in texts without `ß` and ligatures, which Fluent Bit takes for two letters when case is ignored"
    if usage.newlines and At.LINE_START in places and not _needs_more(tree):
        yield "the same unless the text ends in a newline, behind which RE2's `^` matches too"
    if usage.at_start and nullable(tree) and not any(map(_anything, walk(tree))):
        yield "Fluent Bit does not count a match of no characters"


def _needs_more(node: Node) -> bool:
    """Whether a character has to follow each ``^``, so that none can stand behind the text's last newline."""
    match node:
        case Group(inner):
            return _needs_more(inner)
        case Alternation(branches):
            return all(map(_needs_more, branches))
        case Sequence((Place(At.LINE_START), *rest)):
            return not any(map(_starts_a_line, rest)) and not nullable(sequence(*rest))
    return not _starts_a_line(node)


def _starts_a_line(node: Node) -> bool:
    return any(isinstance(one, Place) and one.at is At.LINE_START for one in walk(node))


def _keeps_empty_rounds(node: Node) -> bool:
    repeated = isinstance(node, Repeat) and node.high != 1 and nullable(node.node)
    return repeated and any(isinstance(one, Group) for one in walk(node))


def _compiles(text: str) -> bool:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(text, options)
    except re2.error:
        return False
    return True
