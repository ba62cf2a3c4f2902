"""Conditions on a field of the record as the agents can ask them: before reading, on the line, or on a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from translators.catalog import InJson, InLabel, InMetadata, IsConstant, IsLine, Matcher, MatchOperator
from translators.fluentbit.flow import (
    Discovered,
    Flow,
    JsonOrLine,
    JsonText,
    Spot,
    ValueOrLine,
    as_label,
    is_set,
    source_of,
    text_at,
)
from translators.fluentbit.regexes import NotTaken, Taken, empty_matches, found, take, take_broken
from translators.pipeline.model import Relabel, RelabelAction
from translators.pipeline.selectors import NOTHING, around, having, not_searching, searching, select
from translators.pipeline.stages import DropLines, ParseJson, SetTemplate, Stage, When

DROP_ALL = When(select(), drop=True)


@dataclass(frozen=True, slots=True)
class Test:
    """The text at ``place`` is searched for the RE2 ``expression``; ``negated``: it must not be found.

    A missing text passes no test.
    """

    place: Spot
    expression: str
    negated: bool = False

    def holds(self, text: str) -> bool:
        return found(self.expression, text) is not self.negated


def search_for(flow: Flow, place: Spot | None, pattern: str) -> Taken | NotTaken:
    """What the agents search the text at that place for; JSON and joined lines have texts of several lines."""
    may_break = isinstance(place, InJson | JsonText | JsonOrLine) or (flow.is_joined() and isinstance(place, IsLine))
    return take_broken(pattern) if may_break else take(pattern)


def can_ask(flow: Flow, place: Spot | None) -> bool:
    """Whether the agents can look at that place while the entry passes."""
    return isinstance(place, IsLine | IsConstant | Discovered) or (
        place is not None and source_of(flow, place) is not None
    )


def drop_if(flow: Flow, test: Test) -> Flow:
    """The flow without the entries that pass the test."""
    if isinstance(test.place, IsConstant):
        return flow.then(DROP_ALL) if test.holds(test.place.value) else flow
    early = _origin(flow, test)
    if early:
        return _relabel(flow, early, test, RelabelAction.KEEP if test.negated else RelabelAction.DROP)
    if isinstance(test.place, IsLine):
        stage = (
            When(select(lacks=test.expression), drop=True) if test.negated else DropLines(expression=test.expression)
        )
        return flow.then(stage)
    if not test.negated and not empty_matches(test.expression):
        read, source = _source(flow, test.place)
        if not is_set(read, source):
            return read.then(DropLines(source=source, expression=test.expression))
    flow, asked = ask(flow, test)
    return flow.then(When(select(asked.matchers), drop=True))


def drop_unless(flow: Flow, test: Test) -> Flow:
    """The flow with only the entries that pass the test."""
    if isinstance(test.place, IsConstant):
        return flow if test.holds(test.place.value) else flow.then(DROP_ALL)
    early = _origin(flow, test)
    if early:
        return _relabel(flow, early, test, RelabelAction.DROP if test.negated else RelabelAction.KEEP)
    if isinstance(test.place, IsLine):
        return flow.then(_drop_line(test))
    flow, asked = ask(flow, test)
    return flow.then(*(When(select([_inverse(matcher)]), drop=True) for matcher in asked.matchers))


_INVERSE = {
    MatchOperator.EQUAL: MatchOperator.NOT_EQUAL,
    MatchOperator.NOT_EQUAL: MatchOperator.EQUAL,
    MatchOperator.MATCHES: MatchOperator.NOT_MATCHES,
    MatchOperator.NOT_MATCHES: MatchOperator.MATCHES,
}


def _inverse(matcher: Matcher) -> Matcher:
    return replace(matcher, operator=_INVERSE[matcher.operator])


def _drop_line(test: Test) -> Stage:
    return DropLines(expression=test.expression) if test.negated else When(select(lacks=test.expression), drop=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a selector must hold for a test: matchers, or one filter on the line."""

    matchers: tuple[Matcher, ...] = ()
    matches: str = ""
    lacks: str = ""

    @property
    def on_line(self) -> bool:
        return bool(self.matches or self.lacks)

    def selector(self, *more: Matcher) -> str:
        return select([*more, *self.matchers], matches=self.matches, lacks=self.lacks)


def together(asked: Sequence[Asked]) -> str:
    """One selector for all of them; at most one of them is about the line."""
    matchers = [matcher for one in asked for matcher in one.matchers]
    line = next((one for one in asked if one.on_line), Asked())
    return select(matchers, matches=line.matches, lacks=line.lacks)


def ask(flow: Flow, test: Test) -> tuple[Flow, Asked]:
    """The flow with the value made readable, and what a selector must hold."""
    if isinstance(test.place, IsConstant):
        return flow, Asked() if test.holds(test.place.value) else Asked((having(NOTHING, "never"),))
    if isinstance(test.place, Discovered):
        return _ask_discovery(flow, test.place, test)
    flow, source = _source(flow, test.place)
    if not source:
        return flow, Asked(lacks=test.expression) if test.negated else Asked(matches=test.expression)
    flow, label = as_label(flow, source)
    if not test.negated and not empty_matches(test.expression):
        return flow, Asked((searching(label, test.expression),))
    flow, there = _there(flow, test.place, label)
    found = not_searching(label, test.expression) if test.negated else searching(label, test.expression)
    return flow, Asked((*there, found))


def _ask_discovery(flow: Flow, place: Discovered, test: Test) -> tuple[Flow, Asked]:
    """Relabel rules leave two labels for the stages: whether the pod has it, and whether the expression is found."""
    flow, present = flow.fresh()
    flow, found = flow.fresh()
    rules = (
        Relabel((place.present,), present),
        Relabel((place.value,), found, around(test.expression), "true"),
    )
    marked = replace(flow, relabels=(*flow.relabels, *rules), scratch=(*flow.scratch, present, found))
    operator = MatchOperator.NOT_EQUAL if test.negated else MatchOperator.EQUAL
    return marked, Asked((having(present, "true"), Matcher(found, operator, "true")))


def ask_presence(flow: Flow, place: Discovered, wanted: bool) -> tuple[Flow, Asked]:
    """Whether the pod has that label or annotation, whatever its value."""
    flow, present = flow.fresh()
    rules = (*flow.relabels, Relabel((place.present,), present))
    operator = MatchOperator.EQUAL if wanted else MatchOperator.NOT_EQUAL
    return replace(flow, relabels=rules, scratch=(*flow.scratch, present)), Asked((Matcher(present, operator, "true"),))


def _there(flow: Flow, place: Spot, label: str) -> tuple[Flow, tuple[Matcher, ...]]:
    """What a selector must hold for entries that have a text there, the empty one too: as a label it looks missing.

    A group of a regular expression that is empty is no key in Fluent Bit's record.
    """
    match place:
        case InJson(path):
            return _marked(flow, f"type({text_at(path)}) == 'string'", MatchOperator.EQUAL)
        case JsonText(path, root):
            return _marked(flow, f"type({text_at(path, root)}) == 'string'", MatchOperator.EQUAL)
        case JsonOrLine(path, root):
            missing = f" && type({text_at(path, root)}) != 'string'" if path else ""
            return _marked(flow, f"type(@) == 'object'{missing}", MatchOperator.NOT_EQUAL)
        case ValueOrLine(source, found):
            return _missing(flow, source, found)
        case _:
            return flow, (Matcher(label, MatchOperator.NOT_EQUAL, ""),)


def _marked(flow: Flow, condition: str, operator: MatchOperator) -> tuple[Flow, tuple[Matcher, ...]]:
    """A condition on the line's JSON as a label that is ``true`` where it holds."""
    flow, name = flow.fresh()
    flow, label = as_label(flow.then(ParseJson(((name, condition),))), name)
    return flow, (Matcher(label, operator, "true"),)


def _missing(flow: Flow, source: str, found: str) -> tuple[Flow, tuple[Matcher, ...]]:
    """Where the parser found something, but not this; a label says so."""
    flow, name = flow.fresh()
    told = f"{{{{ if .{source} }}}}{{{{ else }}}}yes{{{{ end }}}}" if source else "yes"
    template = f'{{{{ if hasKey . "{found}" }}}}{told}{{{{ end }}}}'
    flow, label = as_label(flow.then(SetTemplate(name, template)), name)
    return flow, (Matcher(label, MatchOperator.EQUAL, ""),)


def _source(flow: Flow, place: Spot) -> tuple[Flow, str]:
    asked = source_of(flow, place)
    if asked is None:
        raise ValueError(f"nobody can ask for {place}")
    return asked


def _origin(flow: Flow, test: Test) -> str:
    """The label of service discovery that has the value before any line is read; empty when there is none.

    A value that is missing there is empty: then an expression that finds the empty text would take it too.
    """
    if flow.forked or empty_matches(test.expression):
        return ""
    if isinstance(test.place, Discovered):
        return "" if test.negated else test.place.value
    if not isinstance(test.place, InLabel | InMetadata):
        return ""
    return dict(flow.origins).get(test.place.name, "")


def _relabel(flow: Flow, label: str, test: Test, action: RelabelAction) -> Flow:
    rule = Relabel((label,), regex=around(test.expression), action=action)
    return replace(flow, relabels=(*flow.relabels, rule))
