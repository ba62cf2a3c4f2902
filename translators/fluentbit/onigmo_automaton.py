"""Look-around as a plain regular language: pattern → deterministic automaton → pattern without look-around.

It answers only *whether* a text matches, so it serves filters, conditions and first lines, and the rest of a pattern in
which no group ends. The result is exact; it is refused when it would be too long to read.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from translators.fluentbit.onigmo_sets import ALL, NONE, CharSet, NotComputable
from translators.fluentbit.onigmo_syntax import (
    EMPTY,
    Alternation,
    At,
    Chars,
    Node,
    Place,
    Repeat,
    Sequence,
    alternation,
    sequence,
)
from translators.fluentbit.onigmo_terms import (
    ALWAYS,
    END,
    NEVER,
    Context,
    Derivatives,
    Letter,
    Term,
    Then,
    TooLarge,
    alphabet,
    either,
)

MAX_STATES = 250
MAX_SIZE = 700
_ANYTHING = Repeat(Chars(ALL), 0, None)


@dataclass(frozen=True, slots=True)
class _State:
    term: Term
    context: Context
    behind: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Automaton:
    """States are numbers, 0 the first; ``moves[state]`` goes by letter."""

    letters: tuple[Letter, ...]
    moves: tuple[tuple[int, ...], ...]
    accepting: tuple[bool, ...]

    def inverse(self) -> Automaton:
        return Automaton(self.letters, self.moves, tuple(not accepts for accepts in self.accepting))


def search(node: Node, newlines: bool) -> Automaton:
    """Texts in which the pattern is found somewhere."""
    return _build(Then(_ANYTHING, Then(node, ALWAYS)), node, newlines)


def begins(node: Node, newlines: bool) -> Automaton:
    """Texts at whose start the pattern matches, taken as the text that follows some other text."""
    return _build(Then(node, ALWAYS), node, newlines, start=False)


def ends_alone(node: Node) -> bool:
    """Whether no text of the pattern begins with another, so that from one place on it takes one text at most."""
    try:
        machine = _build(Then(node, END), node, True, start=False)
    except TooLarge:
        return False
    waiting = [to for row, accepts in zip(machine.moves, machine.accepting, strict=True) if accepts for to in row]
    reached: set[int] = set()
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting.extend(machine.moves[state])
    return not any(machine.accepting[state] for state in reached)


def _build(first: Term, node: Node, newlines: bool, start: bool = True) -> Automaton:
    try:
        return _Builder(node, newlines).build(first, start)
    except NotComputable:
        raise TooLarge("a Unicode property") from None


class _Builder:
    def __init__(self, node: Node, newlines: bool) -> None:
        self._steps = Derivatives(node, newlines)
        letters = alphabet(node)
        self._letters = letters if newlines else _without_newline(letters)

    def build(self, term: Term, start: bool) -> Automaton:
        behind = tuple(Then(look.node, END) for look in self._steps.behinds)
        first = _State(term, self._context(Context(start, False, False), behind), behind)
        numbers, moves, waiting = {first: 0}, list[tuple[int, ...]](), deque([first])
        while waiting:
            state = waiting.popleft()
            row = []
            for letter in self._letters:
                reached = self._next(state, letter)
                if reached not in numbers:
                    numbers[reached] = len(numbers)
                    waiting.append(reached)
                row.append(numbers[reached])
            moves.append(tuple(row))
            if len(numbers) > MAX_STATES:
                raise TooLarge("too many states")
        accepting = tuple(self._steps.after(state.term, None, state.context) == ALWAYS for state in numbers)
        return _minimal(Automaton(self._letters, tuple(moves), accepting))

    def _next(self, state: _State, letter: Letter) -> _State:
        term = self._steps.after(state.term, letter, state.context)
        if term in (ALWAYS, NEVER):
            return _State(term, Context(False, False, False), ())
        behind = tuple(
            either((self._steps.after(left, letter, state.context), Then(look.node, END)))
            for left, look in zip(state.behind, self._steps.behinds, strict=True)
        )
        return _State(term, self._context(Context(False, letter.newline, letter.word), behind), behind)

    def _context(self, plain: Context, behind: tuple[Term, ...]) -> Context:
        """Inner look-behinds stand behind the outer ones in the list, so they are asked first."""
        holds: list[bool] = []
        for left in reversed(behind):
            padded = (False,) * (len(behind) - len(holds)) + tuple(reversed(holds))
            context = Context(plain.start, plain.newline, plain.word, padded)
            holds.append(self._steps.after(left, None, context) == ALWAYS)
        return Context(plain.start, plain.newline, plain.word, tuple(reversed(holds)))


def _without_newline(letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
    """A single line holds no newline: what only it would tell apart falls together with its neighbours."""
    return tuple(letter for letter in letters if not letter.newline)


def _minimal(machine: Automaton) -> Automaton:
    """Moore's refinement; states that cannot be told apart become one."""
    block = [int(accepts) for accepts in machine.accepting]
    while True:
        rows = [(block[state], *(block[to] for to in row)) for state, row in enumerate(machine.moves)]
        names = {row: number for number, row in enumerate(dict.fromkeys(rows))}
        refined = [names[row] for row in rows]
        if len(set(refined)) == len(set(block)):
            break
        block = refined
    block = refined
    firsts = {number: block.index(number) for number in dict.fromkeys(block)}
    moves = tuple(tuple(block[to] for to in machine.moves[state]) for state in firsts.values())
    return Automaton(machine.letters, moves, tuple(machine.accepting[state] for state in firsts.values()))


def pattern(machine: Automaton, limit: int = MAX_SIZE) -> Node:
    """The language as a pattern for the start of the text, which the caller anchors; TooLarge above the cap.

    What may end only with the text ends in ``\\z``; what accepts anything behind it just ends.
    """
    graph = _Graph(machine, limit)
    while graph.inner:
        graph.eliminate(min(graph.inner, key=lambda state: (graph.weight(state), -state)))
    loop, out = graph.edges.get((0, 0)), graph.edges.get((0, graph.final))
    if out is None:
        return Chars(NONE)
    found = _path(EMPTY, loop, out)
    if size(found) > limit:
        raise TooLarge("the pattern would be too long")
    return found


class _Graph:
    """Edges between states carry patterns; taking a state out joins the edges through it."""

    def __init__(self, machine: Automaton, limit: int) -> None:
        self._limit = limit
        self.final = len(machine.moves)
        self.inner = set(range(1, self.final))
        self.edges: dict[tuple[int, int], Node] = {}
        self._sizes: dict[tuple[int, int], int] = {}
        missing = _missing(machine.letters)
        for state, row in enumerate(machine.moves):
            free = machine.accepting[state] and set(row) == {state}
            if machine.accepting[state]:
                self._put((state, self.final), EMPTY if free else Place(At.TEXT_END))
            for to in sorted(set(row)) if not free else ():
                letters = [letter.set for letter, reached in zip(machine.letters, row, strict=True) if reached == to]
                self._put((state, to), Chars(_shorter(letters, missing)))
        self._forget_dead()

    def _put(self, edge: tuple[int, int], node: Node) -> None:
        self.edges[edge] = node
        self._sizes[edge] = size(node)

    def _forget_dead(self) -> None:
        """States from which nothing is accepted are no way to anything."""
        alive = {self.final}
        while more := {a for a, b in self.edges if b in alive} - alive:
            alive |= more
        for edge in [edge for edge in self.edges if edge[1] not in alive]:
            del self.edges[edge], self._sizes[edge]
        self.inner &= alive

    def weight(self, state: int) -> int:
        into = [self._sizes[edge] for edge in self.edges if edge[1] == state != edge[0]]
        out = [self._sizes[edge] for edge in self.edges if edge[0] == state != edge[1]]
        loop = self._sizes.get((state, state), 0)
        return sum(into) * max(len(out) - 1, 0) + (sum(out) + loop) * max(len(into) - 1, 0)

    def eliminate(self, state: int) -> None:
        self.inner.discard(state)
        loop = self.edges.get((state, state))
        into = [(edge[0], node) for edge, node in self.edges.items() if edge[1] == state != edge[0]]
        out = [(edge[1], node) for edge, node in self.edges.items() if edge[0] == state != edge[1]]
        for edge in [edge for edge in self.edges if state in edge]:
            del self.edges[edge], self._sizes[edge]
        for a, before in into:
            for b, behind in out:
                path = _path(before, loop, behind)
                self._put((a, b), _union_of(self.edges[a, b], path) if (a, b) in self.edges else path)
        if sum(self._sizes.values()) > 8 * self._limit:
            raise TooLarge("the pattern would be too long")


def _path(before: Node, loop: Node | None, behind: Node) -> Node:
    """``before loop* behind``; one round that stands before the loop already becomes ``+``."""
    if loop is None:
        return sequence(before, behind)
    head = before.items if isinstance(before, Sequence) else (before,)
    if head and head[-1] == loop:
        return sequence(*head[:-1], Repeat(loop, 1, None), behind)
    return sequence(before, Repeat(loop, 0, None), behind)


def _missing(letters: tuple[Letter, ...]) -> CharSet:
    return CharSet.spanning(span for letter in letters for span in letter.set.ranges).inverse()


def _shorter(sets: list[CharSet], missing: CharSet) -> CharSet:
    """What a text of one line cannot hold may be in the set or not; the shorter way to write it is taken."""
    found = CharSet.spanning(span for one in sets for span in one.ranges)
    wider = found | missing
    if missing.is_empty() or wider == ALL:
        return found
    return wider if len(wider.ranges) <= len(found.ranges) else found


def _union_of(left: Node, right: Node) -> Node:
    """One of the two; single characters become one set, an empty branch becomes an option."""
    branches: list[Node] = []
    chars = NONE
    optional = False
    for node in (*_branches(left), *_branches(right)):
        if isinstance(node, Chars):
            chars = chars | node.set
        elif node == EMPTY:
            optional = True
        elif node not in branches:
            branches.append(node)
    if not chars.is_empty():
        branches.insert(0, Chars(chars))
    if not branches:
        return EMPTY
    found = alternation(*branches)
    return Repeat(found, 0, 1) if optional else found


def _branches(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Repeat) and (node.low, node.high) == (0, 1):
        return (EMPTY, *_branches(node.node))
    return node.branches if isinstance(node, Alternation) else (node,)


def size(node: Node) -> int:
    """About the number of characters to read."""
    match node:
        case Chars(found):
            return 1 + len(found.ranges)
        case Sequence(items):
            return sum(map(size, items))
        case Alternation(branches):
            return 3 + sum(map(size, branches)) + len(branches)
        case Repeat(inner):
            return 1 + size(inner)
        case _:
            return 2
