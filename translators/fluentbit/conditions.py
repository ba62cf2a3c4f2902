"""Conditions on a field of the record as the agents can ask them: before reading, on the line, or on a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from translators.catalog import InLabel, InMetadata, IsConstant, IsLine, Matcher, MatchOperator
from translators.fluentbit.flow import Flow, Spot, as_label, source_of
from translators.fluentbit.regexes import empty_matches, found
from translators.pipeline.model import Relabel, RelabelAction
from translators.pipeline.selectors import COPY, NOTHING, ROUTE, around, having, not_searching, searching, select
from translators.pipeline.stages import DropLines, Stage, When

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


def can_ask(flow: Flow, place: Spot | None) -> bool:
    """Whether the agents can look at that place while the entry passes."""
    return isinstance(place, IsLine | IsConstant) or (place is not None and source_of(flow, place) is not None)


def drop_if(flow: Flow, test: Test) -> Flow:
    """The flow without the entries that pass the test."""
    if isinstance(test.place, IsConstant):
        return flow.then(DROP_ALL) if test.holds(test.place.value) else flow
    early = _origin(flow, test)
    if early:
        return _relabel(flow, early, test, RelabelAction.KEEP if test.negated else RelabelAction.DROP)
    flow, source = _source(flow, test.place)
    if not test.negated:
        return flow.then(DropLines(source=source, expression=test.expression))
    if not source:
        return flow.then(When(select(lacks=test.expression), drop=True))
    flow, label = as_label(flow, source)
    return flow.then(When(select([_present(label), not_searching(label, test.expression)]), drop=True))


def drop_unless(flow: Flow, test: Test) -> Flow:
    """The flow with only the entries that pass the test."""
    if isinstance(test.place, IsConstant):
        return flow if test.holds(test.place.value) else flow.then(DROP_ALL)
    early = _origin(flow, test)
    if early:
        return _relabel(flow, early, test, RelabelAction.DROP if test.negated else RelabelAction.KEEP)
    flow, source = _source(flow, test.place)
    if not source:
        return flow.then(_drop_line(test))
    flow, label = as_label(flow, source)
    absent = When(select([having(label, "")]), drop=True)
    if test.negated:
        return flow.then(absent, When(select([searching(label, test.expression)]), drop=True))
    others = When(select([not_searching(label, test.expression)]), drop=True)
    return flow.then(absent, others) if empty_matches(test.expression) else flow.then(others)


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


def selector(flow: Flow, test: Test) -> tuple[Flow, str]:
    """A selector for the entries that pass the test and have no route yet."""
    flow, asked = ask(flow, test)
    return flow, asked.selector(having(ROUTE, flow.route), having(COPY, ""))


def ask(flow: Flow, test: Test) -> tuple[Flow, Asked]:
    """The flow with the value made readable, and what a selector must hold."""
    if isinstance(test.place, IsConstant):
        return flow, Asked() if test.holds(test.place.value) else Asked((having(NOTHING, "never"),))
    flow, source = _source(flow, test.place)
    if not source:
        return flow, Asked(lacks=test.expression) if test.negated else Asked(matches=test.expression)
    flow, label = as_label(flow, source)
    if test.negated:
        return flow, Asked((_present(label), not_searching(label, test.expression)))
    return flow, Asked((searching(label, test.expression),))


def _present(label: str) -> Matcher:
    return Matcher(label, MatchOperator.NOT_EQUAL, "")


def _source(flow: Flow, place: Spot) -> tuple[Flow, str]:
    asked = source_of(flow, place)
    if asked is None:
        raise ValueError(f"nobody can ask for {place}")
    return asked


def _origin(flow: Flow, test: Test) -> str:
    """The label of service discovery that has the value before any line is read; empty when there is none.

    A value that is missing there is empty: then an expression that finds the empty text would take it too.
    """
    if not isinstance(test.place, InLabel | InMetadata) or empty_matches(test.expression):
        return ""
    return dict(flow.origins).get(test.place.name, "")


def _relabel(flow: Flow, label: str, test: Test, action: RelabelAction) -> Flow:
    rule = Relabel((label,), regex=around(test.expression), action=action)
    return replace(flow, relabels=(*flow.relabels, rule))
