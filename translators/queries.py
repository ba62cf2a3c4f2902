"""Compositions for queries: what to ask of Loki for a plan, and what its translation looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import count
from string import ascii_uppercase

import re2

from translators.catalog import Catalog, InLabel, IsGone, MatchOperator, RecordKind
from translators.diagnostics import Diagnostic, Fidelity, worst
from translators.frozen import frozen
from translators.logql.model import LogQuery
from translators.logql.narrowing import narrowed_query
from translators.logql.printer import Unspeakable, print_query
from translators.logql.translate.tables import translate
from translators.query.bind import OF_CLOUDWATCH, Bound, Envelope, Lost, Nothing, groups_of, resolve
from translators.query.escapes import escapes_met, with_chosen_escapes
from translators.query.expressions import And, Expression, Field
from translators.query.folding import folded
from translators.query.formula import AllHold, Formula, LabelIs, OneHolds, all_of, one_of
from translators.query.narrow import Narrower
from translators.query.plan import Operator, Plan, Shift
from translators.query.policies import Policies
from translators.query.split.scans import Demand, Reads, reads_of
from translators.query.split.table import Beyond, Mode, Request, Table
from translators.query.tree import scans

LOG_STREAM, MESSAGE = ("@logStream",), ("@message",)
READ_PAGE = 5000
"""Entries that one request asks for: Loki's default max_entries_limit_per_query."""


@frozen
class Part:
    """The rows of one shape of a log group that a scan needs: at least those that ``query`` gives.

    ``query`` None: none can count. ``exact``: what it gives is what the filters of the plan would keep.
    """

    scan: int
    shift: Shift
    bound: Bound
    query: LogQuery | None
    exact: bool
    formula: Formula

    @property
    def asks_streams(self) -> bool:
        """Whether it would be cheaper to know the streams: a condition on the line or on their labels."""
        return any(_is_mixed(one) for one in _flat(self.formula))


def known_streams(part: Part, streams: tuple[Mapping[str, str], ...]) -> Part:
    """The part, when these are all its streams: conditions on labels that no stream meets fall away."""
    formula = all_of(tuple(_known(one, streams) for one in _flat(part.formula)))
    return part if formula == part.formula else _asked(replace(part, formula=formula))


def _flat(formula: Formula) -> tuple[Formula, ...]:
    return formula.parts if isinstance(formula, AllHold) else (formula,)


def _is_mixed(formula: Formula) -> bool:
    if not isinstance(formula, OneHolds):
        return False
    on_streams = any(isinstance(one, LabelIs) and isinstance(one.place, InLabel) for one in formula.parts)
    return on_streams and any(not isinstance(one, LabelIs) for one in formula.parts)


def _known(formula: Formula, streams: tuple[Mapping[str, str], ...]) -> Formula:
    if not _is_mixed(formula) or not isinstance(formula, OneHolds):
        return formula
    return one_of(tuple(one for one in formula.parts if not _on_no_stream(one, streams)))


def _on_no_stream(formula: Formula, streams: tuple[Mapping[str, str], ...]) -> bool:
    if not isinstance(formula, LabelIs) or not isinstance(formula.place, InLabel):
        return False
    matcher = formula.matcher
    if matcher.operator is not MatchOperator.MATCHES:
        return False
    return not any(re2.fullmatch(matcher.value, stream.get(matcher.label, "")) for stream in streams)


@frozen
class Prepared:
    """A plan with what to ask for each of its scans.

    ``ask`` gives one part for each of ``bounds``: only who reads rows, not who shows a panel, needs those.
    """

    plan: Plan
    bounds: tuple[Bound, ...]
    findings: tuple[Diagnostic, ...]
    ask: Callable[[], tuple[Part, ...]]

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.ask()

    @property
    def fidelity(self) -> Fidelity:
        """At most equivalent when an undocumented choice decides."""
        policies = [Fidelity.EQUIVALENT] if self.plan.policies else []
        said = (finding.fidelity for finding in (*self.plan.diagnostics, *self.findings))
        return worst((*said, *policies))


class Asking:
    """The parts of a plan, made when they are first asked for."""

    def __init__(self, asked: tuple[tuple[Demand, Bound], ...], policies: Policies) -> None:
        self._asked = asked
        self._policies = policies
        self._parts: tuple[Part, ...] | None = None

    def __call__(self) -> tuple[Part, ...]:
        if self._parts is None:
            self._parts = tuple(_part(demand, bound, self._policies) for demand, bound in self._asked)
        return self._parts


def prepare(
    plan: Plan, catalog: Catalog, chosen: tuple[str, ...], policies: Policies, reads: Reads | None = None
) -> Prepared:
    """What to ask of Loki. Raises NotInLoki for a group that is not there, Refused for a wrong choice of groups.

    ``reads``: what the plan reads, where the caller has looked already.
    """
    reads = reads or reads_of(plan.root)
    asked: list[tuple[Demand, Bound]] = []
    findings: dict[tuple[str, str], Diagnostic] = {}
    for demand in reads.demands:
        bounds = tuple(with_chosen_escapes(bound, policies) for bound in groups_of(demand.scan, chosen, catalog))
        for diagnostic in _findings(reads.fields, bounds):
            findings[(diagnostic.rule, diagnostic.message)] = diagnostic
        asked += [(demand, bound) for bound in bounds]

    bounds = tuple(bound for _, bound in asked)
    if any(field.path == MESSAGE for field in reads.fields):
        met = escapes_met(plan.root, bounds)
        plan = plan if met is None else replace(plan, policies=(*plan.policies, met))
    return Prepared(plan, bounds, tuple(findings.values()), Asking(tuple(asked), policies))


def _part(demand: Demand, bound: Bound, policies: Policies) -> Part:
    narrower = Narrower(bound.shape, demand.made_of(), policies)
    narrowed = [narrower.narrow(item) for predicate in demand.predicates for item in _conjuncts(predicate)]
    formula: Formula = all_of(tuple(one.formula for one in narrowed))
    exact = all(one.exact for one in narrowed)
    return _asked(Part(demand.scan.id, demand.scan.shift, bound, None, exact, formula))


def _asked(part: Part) -> Part:
    """The part with its query; what LogQL cannot spell is left to the evaluator."""
    try:
        query = narrowed_query(part.bound.shape.selector, part.formula)
        if query is not None:
            print_query(query)
    except Unspeakable:
        return replace(part, query=LogQuery(part.bound.shape.selector), exact=False)
    return replace(part, query=query)


def _conjuncts(predicate: Expression) -> tuple[Expression, ...]:
    return predicate.items if isinstance(predicate, And) else (predicate,)


def _findings(fields: tuple[Field, ...], bounds: tuple[Bound, ...]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for field in fields:
        places = [resolve(bound.shape, field.path) for bound in bounds]
        kinds = {type(place) for place in places}
        if kinds == {Nothing}:
            found.append(_not_in_record(field, places[0]))
        if field.name.startswith(OF_CLOUDWATCH):
            found.append(_of_cloudwatch(field))
        if Lost in kinds:
            found += [_lost(field, place) for place in places if isinstance(place, Lost)][:1]
        if Envelope in kinds:
            found += _envelope(bounds)
        if field.path == LOG_STREAM and any(not bound.shape.stream for bound in bounds):
            found.append(_unnamed_streams(field))
    return found


def _of_cloudwatch(field: Field) -> Diagnostic:
    message = f"{field.name} is a value of CloudWatch's own: Loki has none, so it is null in every event"
    return Diagnostic("query/system-field", Fidelity.APPROXIMATE, message, field.span, "leave it out")


def fields_of(root: Operator) -> tuple[Field, ...]:
    """Each field that the plan reads, once, with its first place in the text; those of subqueries too."""
    return reads_of(root).fields


def _not_in_record(field: Field, place: object) -> Diagnostic:
    near = place.near if isinstance(place, Nothing) else ()
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    message = f"{field.name} is null in every event of this log group{hint}"
    return Diagnostic("query/field-not-in-record", Fidelity.EXACT, message, field.span)


def _lost(field: Field, lost: Lost) -> Diagnostic:
    message = f"{field.name} is not in Loki: {lost.reason}"
    return Diagnostic("query/field-gone", Fidelity.MANUAL, message, field.span, "leave it out, or keep it as metadata")


def _envelope(bounds: tuple[Bound, ...]) -> list[Diagnostic]:
    """The event is rebuilt; what the agents never sent cannot be in it."""
    gone = dict.fromkeys(
        ".".join(field.path)
        for bound in bounds
        if bound.shape.record not in (RecordKind.TEXT, RecordKind.JSON)
        for field in bound.shape.fields
        if isinstance(field.place, IsGone)
    )
    if not gone:
        return []
    message = (
        f"`@message` is rebuilt from the entry, without {', '.join(gone)}: rows differ where a query looks into those"
    )
    return [Diagnostic("query/envelope", Fidelity.APPROXIMATE, message)]


def _unnamed_streams(field: Field) -> Diagnostic:
    message = "the catalog does not say how the log streams of this group were named: `@logStream` is empty"
    return Diagnostic("query/log-stream", Fidelity.APPROXIMATE, message, field.span, "add `stream` to catalog.json")


class QueryShape(StrEnum):
    """What a translation needs besides LogQL."""

    LOGQL = "logql"
    GRAFANA = "logql+grafana"
    RESIDUAL = "residual"
    MANUAL = "manual"


@frozen
class Translated:
    """A plan in LogQL. ``residual`` says what only `logmig query` can finish; ``table`` is None then."""

    shape: QueryShape
    fidelity: Fidelity
    requests: tuple[Request, ...]
    table: Table | None
    residual: str
    findings: tuple[Diagnostic, ...]
    limits: tuple[tuple[str, int], ...]


def translated(prepared: Prepared, policies: Policies, window_ms: int) -> Translated:
    """The translation; where LogQL and Grafana end, the requests that the residual reads."""
    said = (*prepared.plan.diagnostics, *prepared.findings)
    try:
        table = _one_table(prepared, policies, window_ms)
    except (Beyond, Unspeakable) as beyond:
        return _residual(prepared, said, beyond)
    findings = _told_once((*said, *table.findings))
    used = [Fidelity.EQUIVALENT] if prepared.plan.policies else []
    fidelity = worst((*(finding.fidelity for finding in findings), *used))
    shape = QueryShape.LOGQL if table.is_plain else QueryShape.GRAFANA
    return Translated(shape, fidelity, table.requests, table, "", findings, table.limits)


def _told_once(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The same words once: reading the plan gives them a place, translating it does not."""
    told: dict[tuple[str, str], Diagnostic] = {}
    for one in found:
        told.setdefault((one.rule, one.message), one)
    return tuple(told.values())


def _one_table(prepared: Prepared, policies: Policies, window_ms: int) -> Table:
    bound = prepared.bounds[0] if len(prepared.bounds) == 1 else _one_bound(prepared)
    return translate(prepared.plan, bound, policies, window_ms)


def _one_bound(prepared: Prepared) -> Bound:
    """The log groups of the only scan as one."""
    alone = len(tuple(scans(prepared.plan.root))) == 1
    bound = folded(prepared.bounds) if prepared.bounds and alone else None
    if bound is None:
        raise Beyond("logql/several-selectors", "the streams of several log groups or shapes are one table here only")
    return bound


def _residual(prepared: Prepared, said: tuple[Diagnostic, ...], beyond: Beyond | Unspeakable) -> Translated:
    """The rows that `logmig query` reads; it finishes them here, so the rows are as faithful as the events."""
    requests: list[Request] = []
    for ref, part in zip(_refs(), prepared.parts, strict=False):
        if part.query is not None:
            text = print_query(part.query)
            requests.append(Request(ref, text, text, Mode.RANGE, False, None, READ_PAGE, "backward"))
    rule = beyond.rule if isinstance(beyond, Beyond) else "logql/unspeakable"
    reason = f"{beyond}; `logmig query` finishes it"
    known = any(one.rule == rule for one in said)
    findings = said if known else (*said, Diagnostic(rule, Fidelity.EXACT, reason))
    fidelity = prepared.fidelity
    limits = (("max_entries_limit_per_query", READ_PAGE),)
    return Translated(QueryShape.RESIDUAL, fidelity, tuple(requests), None, str(beyond), findings, limits)


def _refs() -> Iterator[str]:
    for number in count():
        for letter in ascii_uppercase:
            yield f"{letter}{number or ''}"
