"""The agents' first-line patterns for Fluent Bit's multiline parsers: a line that does not continue begins an entry.

Fluent Bit names the lines that continue and emits any other line alone; the agents glue *every* line until the next
first line. So their pattern is the complement of "continues", which is a regular language: the automaton writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from translators.diagnostics import Fidelity
from translators.fluentbit.firstline_built_in import BUILT_IN
from translators.fluentbit.onigmo_around import relaxed
from translators.fluentbit.onigmo_automaton import Automaton, pattern, search
from translators.fluentbit.onigmo_parser import parse, strip_slashes
from translators.fluentbit.onigmo_printer import Spelling, print_re2
from translators.fluentbit.onigmo_sets import ALL, NOT_NEWLINE
from translators.fluentbit.onigmo_syntax import (
    Alternation,
    At,
    Chars,
    Node,
    Onigmo,
    Place,
    Repeat,
    Sequence,
    sequence,
)
from translators.fluentbit.onigmo_terms import TooLarge

START = "start_state"
LONG = 4000
"""A first line is read by machines: it may be longer than a pattern that a person has to follow."""

LONGEST = 8000
"""The same for several parsers together."""


@dataclass(frozen=True, slots=True)
class MultilineRule:
    """``rule "states" "regex" "to_state"``: the states are those in which the rule is tried."""

    states: tuple[str, ...]
    regex: str
    to_state: str


@dataclass(frozen=True, slots=True)
class FirstLine:
    """An RE2 pattern of the lines that begin an entry; ``note`` says when entries differ, or when they do not."""

    pattern: str
    fidelity: Fidelity
    note: str


@dataclass(frozen=True, slots=True)
class NoFirstLine:
    """No pattern tells the lines apart: why, and in which rule (from 0)."""

    reason: str
    rule: int


PAUSE = (
    "the same while no pause of seconds and no limit of lines falls into an entry, and no empty line stands before the "
    "first"
)
ALONE = (
    "a line that looks like a continuation but follows no start stands alone in Fluent Bit and is glued by the agents"
)

MIXED = "what one of the parsers goes on with also goes on an entry that another began"


def first_line(rules: tuple[MultilineRule, ...]) -> FirstLine | NoFirstLine:
    """The pattern for a multiline parser of type regex."""
    starts: list[Node] = []
    continues: list[Node] = []
    for number, rule in enumerate(rules):
        try:
            node = _tree(rule.regex)
        except Onigmo as wrong:
            return NoFirstLine(wrong.reason, number)
        (starts if START in rule.states else continues).append(node)
    if not continues:
        return NoFirstLine("no rule continues an entry, so Fluent Bit joins nothing", 0)
    return _complement(starts, continues, rules)


def _tree(regex: str) -> Node:
    inner, modes = strip_slashes(regex)
    return relaxed(parse(inner, modes))


def _complement(starts: list[Node], continues: list[Node], rules: tuple[MultilineRule, ...]) -> FirstLine | NoFirstLine:
    for widened in (False, True):
        nodes = [_widened(node) for node in continues] if widened else continues
        try:
            machine = search(Alternation(tuple(nodes)), newlines=False)
            begins = machine.inverse()
            if not any(begins.accepting):
                return NoFirstLine(
                    "some rule continues with any line at all: only the application's own line start helps", 0
                )
            text = _anchored(pattern(begins, LONG))
        except TooLarge:
            continue
        exact = not widened and _one_loop(rules) and _within(begins, starts)
        return FirstLine(text, Fidelity.EQUIVALENT if exact else Fidelity.APPROXIMATE, PAUSE if exact else ALONE)
    return NoFirstLine("the lines that continue cannot be told from the others by a readable pattern", 0)


def _anchored(node: Node) -> str:
    return print_re2(sequence(Place(At.TEXT_START), node), Spelling(groups=False, newlines=False))


def _widened(node: Node) -> Node:
    """What stands before the first ``.*`` or the like: more lines than those of the rule, and easier to tell apart."""
    items = node.items if isinstance(node, Sequence) else (node,)
    for place, item in enumerate(items):
        if (
            isinstance(item, Repeat)
            and item.high is None
            and item.node in (Chars(ALL), Chars(NOT_NEWLINE))
            and place > 1
        ):
            return sequence(*items[:place])
    return node


def _one_loop(rules: tuple[MultilineRule, ...]) -> bool:
    """Whether every line that continues may follow any other line of an entry."""
    continues = [rule for rule in rules if START not in rule.states]
    return all(rule.to_state in other.states for rule in rules for other in continues)


def _within(begins: Automaton, starts: list[Node]) -> bool:
    """Whether every line that does not continue is a start: then no line stands alone."""
    try:
        other = search(Alternation(tuple(starts)), newlines=False)
    except TooLarge:
        return False
    seen = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        a, b = waiting.pop()
        if begins.accepting[a] and not other.accepting[b]:
            return False
        for i, one in enumerate(begins.letters):
            for j, letter in enumerate(other.letters):
                pair = (begins.moves[a][i], other.moves[b][j])
                if pair not in seen and one.set.may_meet(letter.set):
                    seen.add(pair)
                    waiting.append(pair)
    return True


_JAVA_CONTINUES = (
    r"^[\t ]+(?:eval )?at ",
    r"^[\t ]*nested exception is:",
    r"^[\t ]*(?:Caused by|Suppressed):",
    r"^[\t ]*\.\.\. \d",
    r"^[\t ]*--- End of ",
)
_GO_CONTINUES = (r"^$", r"^\s", r"^\[signal ", r"^goroutine \d", r"^created by ", r"^[^\s:()]+\(")
_PYTHON_CONTINUES = (r"^[\t ]+[^\t ]", r"^[\w.]*(?:Error|Exception):")
_RUBY_CONTINUES = (r"^\s+from\s",)
_NOTES = {
    "java": f"{ALONE}; an empty line begins an entry",
    "go": ALONE,
    "python": f"{ALONE}; a last line whose name ends in neither Error nor Exception is an entry of its own",
    "ruby": ALONE,
}
CONTINUES = {"java": _JAVA_CONTINUES, "go": _GO_CONTINUES, "python": _PYTHON_CONTINUES, "ruby": _RUBY_CONTINUES}
"""What goes on an entry of Fluent Bit's own parsers: the beginnings of their rules, in whatever state."""


def built_in(name: str) -> FirstLine | None:
    """The pattern for Fluent Bit's own parser of that name; None for docker and cri, which are no text parsers."""
    return FirstLine(BUILT_IN[name], Fidelity.APPROXIMATE, _NOTES[name]) if name in BUILT_IN else None


@lru_cache(maxsize=16)
def together(continues: tuple[str, ...]) -> FirstLine | NoFirstLine:
    """The pattern for parsers that are tried one after the other: a line that none of them continues with."""
    try:
        machine = search(Alternation(tuple(map(_tree, continues))), newlines=False).inverse()
        if any(machine.accepting):
            return FirstLine(_anchored(pattern(machine, LONGEST)), Fidelity.APPROXIMATE, f"{ALONE}; {MIXED}")
    except (Onigmo, TooLarge):
        return NoFirstLine("the lines that continue cannot be told from the others by a readable pattern", 0)
    return NoFirstLine("some rule continues with any line at all: only the application's own line start helps", 0)


def complement_of(regexes: Iterable[str]) -> str:
    """The pattern of the lines that none of these takes."""
    machine = search(Alternation(tuple(map(_tree, regexes))), newlines=False)
    return _anchored(pattern(machine.inverse(), LONG))
