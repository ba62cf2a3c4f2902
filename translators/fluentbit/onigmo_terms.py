"""What is left to match, as a term: the states of the automaton that look-around needs, since RE2 has none.

A term is a set of texts (what may still follow). Brzozowski's derivatives lead from term to term; ``Not`` and ``Both``
make look-ahead possible, and a term of its own, restarted at each character, makes look-behind possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from translators.fluentbit.onigmo_sets import NEWLINE, WORD, CharSet
from translators.fluentbit.onigmo_syntax import (
    Alternation,
    At,
    Atomic,
    Chars,
    Group,
    Look,
    Node,
    Place,
    Repeat,
    Sequence,
    walk,
)


class TooLarge(Exception):
    """The automaton or its pattern would be too large to read, or the pattern has what it cannot follow."""


@dataclass(frozen=True, slots=True)
class Always:
    """Any text."""


@dataclass(frozen=True, slots=True)
class Never:
    """No text."""


@dataclass(frozen=True, slots=True)
class End:
    """The empty text."""


@dataclass(frozen=True, slots=True)
class Then:
    """What ``node`` matches, and behind it ``rest``."""

    node: Node
    rest: Term


@dataclass(frozen=True, slots=True)
class Both:
    """Texts in all of the terms."""

    terms: frozenset[Term]


@dataclass(frozen=True, slots=True)
class Either:
    """Texts in one of the terms."""

    terms: frozenset[Term]


@dataclass(frozen=True, slots=True)
class Not:
    """Texts that are not in the term."""

    term: Term


Term = Always | Never | End | Then | Both | Either | Not
ALWAYS, NEVER, END = Always(), Never(), End()


@dataclass(frozen=True, slots=True)
class Context:
    """What stands to the left: the start of the text, the class of the last character, and which look-behinds hold."""

    start: bool
    newline: bool
    word: bool
    behind: tuple[bool, ...] = ()


def either(terms: Iterable[Term]) -> Term:
    found: set[Term] = set()
    for term in terms:
        found |= term.terms if isinstance(term, Either) else {term}
    found.discard(NEVER)
    if ALWAYS in found or any(isinstance(term, Not) and term.term in found for term in found):
        return ALWAYS
    return found.pop() if len(found) == 1 else Either(frozenset(found)) if found else NEVER


def both(terms: Iterable[Term]) -> Term:
    found: set[Term] = set()
    for term in terms:
        found |= term.terms if isinstance(term, Both) else {term}
    found.discard(ALWAYS)
    if NEVER in found or any(isinstance(term, Not) and term.term in found for term in found):
        return NEVER
    return found.pop() if len(found) == 1 else Both(frozenset(found)) if found else ALWAYS


def negated(term: Term) -> Term:
    match term:
        case Always():
            return NEVER
        case Never():
            return ALWAYS
        case Not(inner):
            return inner
        case _:
            return Not(term)


def then(nodes: Iterable[Node], rest: Term) -> Term:
    """The nodes in a row, and behind them the rest."""
    for node in reversed(tuple(nodes)):
        rest = Then(node, rest)
    return rest


@dataclass(frozen=True, slots=True)
class Letter:
    """One class of characters that the pattern cannot tell apart; ``code`` stands for all of them."""

    set: CharSet
    code: int
    newline: bool
    word: bool


class Derivatives:
    """Steps from term to term for one pattern; ``newlines``: the text may hold them."""

    BUDGET = 400_000

    def __init__(self, node: Node, newlines: bool) -> None:
        self.behinds = tuple(one for one in walk(node) if isinstance(one, Look) and one.behind)
        self._newlines = newlines
        self._open: set[Term] = set()
        self._spent = 0
        for look in self.behinds:
            if any(isinstance(one, Place) and one.at not in (At.LINE_START, At.TEXT_START) for one in walk(look.node)):
                raise TooLarge("a look-behind looks ahead")

    def after(self, term: Term, letter: Letter | None, context: Context) -> Term:
        """What is left behind that letter; for None (the end of the text) Always or Never: whether it may end here."""
        self._spent += 1
        if self._spent > self.BUDGET:
            raise TooLarge("too many steps")
        match term:
            case Always() | Never():
                return term
            case End():
                return ALWAYS if letter is None else NEVER
            case Not(inner):
                return negated(self.after(inner, letter, context))
            case Both(terms):
                return both(self.after(one, letter, context) for one in terms)
            case Either(terms):
                return either(self.after(one, letter, context) for one in terms)
            case Then(node, rest):
                return self._node(node, rest, letter, context)
            case _:
                assert_never(term)

    def _node(self, node: Node, rest: Term, letter: Letter | None, context: Context) -> Term:
        match node:
            case Chars():
                return rest if letter is not None and node.effective().holds(letter.code) else NEVER
            case Sequence(items):
                return self.after(then(items, rest), letter, context)
            case Alternation(branches):
                return either(self.after(Then(branch, rest), letter, context) for branch in branches)
            case Group(inner):
                return self.after(Then(inner, rest), letter, context)
            case Repeat():
                return self._repeat(node, rest, letter, context)
            case Look():
                return self._look(node, rest, letter, context)
            case Place(at):
                return self._place(at, rest, letter, context)
            case Atomic():
                raise TooLarge("an atomic group")
            case _:
                assert_never(node)

    def _repeat(self, node: Repeat, rest: Term, letter: Letter | None, context: Context) -> Term:
        """Without a character nothing is gained by a second round, so an open repetition adds nothing."""
        if node.high == 0:
            return self.after(rest, letter, context)
        less = Repeat(node.node, max(node.low - 1, 0), None if node.high is None else node.high - 1)
        again = Then(node.node, Then(less, rest))
        if node.low:
            return self.after(again, letter, context)
        term = Then(node, rest)
        if term in self._open:
            return NEVER
        self._open.add(term)
        try:
            return either((self.after(rest, letter, context), self.after(again, letter, context)))
        finally:
            self._open.discard(term)

    def _look(self, node: Look, rest: Term, letter: Letter | None, context: Context) -> Term:
        if node.behind:
            holds = context.behind[next(i for i, look in enumerate(self.behinds) if look is node)]
            return self.after(rest, letter, context) if holds != node.negative else NEVER
        ahead = self._aside(Then(node.node, ALWAYS), letter, context)
        return both((negated(ahead) if node.negative else ahead, self.after(rest, letter, context)))

    def _aside(self, term: Term, letter: Letter | None, context: Context) -> Term:
        """A look-ahead is a question of its own: repetitions open outside are not open in it."""
        kept, self._open = self._open, set()
        try:
            return self.after(term, letter, context)
        finally:
            self._open = kept

    def _place(self, at: At, rest: Term, letter: Letter | None, context: Context) -> Term:
        if at is At.LAST_LINE_END:
            last = either((END, Then(Chars(NEWLINE), END)))
            return both((self._aside(last, letter, context), self.after(rest, letter, context)))
        return self.after(rest, letter, context) if self._holds(at, letter, context) else NEVER

    def _holds(self, at: At, letter: Letter | None, context: Context) -> bool:
        """Onigmo's ``^`` does not match behind a newline that ends the text."""
        match at:
            case At.TEXT_START:
                return context.start
            case At.LINE_START:
                return context.start or (self._newlines and context.newline and letter is not None)
            case At.TEXT_END:
                return letter is None
            case At.LINE_END:
                return letter is None or (self._newlines and letter.newline)
            case At.WORD_EDGE | At.NO_WORD_EDGE:
                return (context.word != (letter is not None and letter.word)) == (at is At.WORD_EDGE)
            case _:
                return False


def alphabet(node: Node) -> tuple[Letter, ...]:
    """The classes of characters that the pattern tells apart. NotComputable when it names Unicode properties."""
    sets = {one.effective() for one in walk(node) if isinstance(one, Chars)}
    places = {one.at for one in walk(node) if isinstance(one, Place)}
    sets |= {WORD} if places & {At.WORD_EDGE, At.NO_WORD_EDGE} else set()
    sets |= {NEWLINE} if places - {At.TEXT_START, At.TEXT_END} else set()
    cuts = sorted({0} | {cut for one in sets for low, high in one.ranges for cut in (low, high + 1)})
    spans: dict[tuple[bool, ...], list[tuple[int, int]]] = {}
    ordered = sorted(sets, key=lambda one: one.ranges)
    for low, high in zip(cuts, [*cuts[1:], 0x110000], strict=True):
        if low < high:
            spans.setdefault(tuple(one.holds(low) for one in ordered), []).append((low, high - 1))
    return tuple(_letter(CharSet.spanning(span)) for span in spans.values())


def _letter(found: CharSet) -> Letter:
    code = found.ranges[0][0]
    return Letter(found, code, NEWLINE.holds(code) and found.single() == "\n", WORD.holds(code))
