"""Proves one query: both sides on the same closed window, and a verdict on every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from migrate.errors import Answered
from migrate.ports import Loki
from migrate.queries.preparing import Options, read_query
from migrate.queries.prove.comparing import Comparison, RowVerdict, compare
from migrate.queries.prove.envelope import gone_keys, without_gone
from migrate.queries.prove.sides import Answer, Asked, Believed
from migrate.queries.prove.tolerances import tolerances_of
from migrate.queries.run import QueryResult, run_query
from migrate.queries.templates import defaults_of, filled_template
from migrate.queries.translating import translate_saved
from migrate.queries.window import Window
from translators.catalog import Catalog
from translators.diagnostics import Fidelity, Refused
from translators.queries import Translated
from translators.query.named import NamedQuery
from translators.query.plan import Aggregate, Aggregation, Dedup, Limit, Plan
from translators.query.policies import CHOICES, Policies, PolicyUse
from translators.query.split.scans import reads_of
from translators.query.tree import walk


class Verdict(StrEnum):
    """What is known of one query."""

    EQUAL = "equal"
    TOLERATED = "equal within tolerance"
    DIFFERENT = "different"
    REFUSED = "refused"
    UNPROVEN = "nothing proven"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a query was not run."""

    rule: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, and how they are asked."""

    believed: Believed
    loki: Loki
    catalog: Catalog
    window: Window
    options: Options


@dataclass(frozen=True, slots=True)
class Tables:
    """What both sides gave, and how they compare."""

    answer: Answer
    result: QueryResult
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Proof:
    """A query and its verdict. ``tables`` None: it was refused, and ``refusal`` says why."""

    query: NamedQuery
    verdict: Verdict
    reason: str
    window: Window
    log_groups: tuple[str, ...]
    translation: Translated | None = None
    tables: Tables | None = None
    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()

    @property
    def policies(self) -> tuple[PolicyUse, ...]:
        if self.tables is None:
            return ()
        found = {use.policy: use for use in self.tables.result.policies}
        return tuple((found | {use.policy: use for use in self.tables.answer.policies}).values())


def prove(query: NamedQuery, sides: Sides) -> Proof:
    """Ask both sides and compare. Raises only when the world fails."""
    query = filled_template(query, sides.options.parameters)
    options = _options_of(query, sides.options)
    outcome = translate_saved(query, sides.catalog, options)
    proof = Proof(query, Verdict.REFUSED, "", sides.window, options.log_groups, outcome.translation)
    if outcome.is_manual:
        finding = next(one for one in outcome.translation.findings if one.fidelity is Fidelity.MANUAL)
        return _refused(proof, Refusal(finding.rule, finding.message, finding.remedy))
    try:
        plan = read_query(query.text, options, query.source or query.name)
        options = replace(options, log_groups=() if reads_of(plan.root).names_sources else options.log_groups)
        result = run_query(query.text, sides.catalog, sides.loki, sides.window, options)
        asked = Asked(query.text, plan, sides.window, options, sides.catalog, result.rows)
        answer = sides.believed.answer(asked)
    except (Refused, Answered) as no:
        return _refused(proof, Refusal(no.rule, no.message, no.remedy))
    tables = _compared(asked, answer, result, sides.believed.is_aws)
    verdict, reason = _verdict(tables)
    notes = (*answer.table.notes, *_hints(plan, tables, verdict))
    if verdict is Verdict.DIFFERENT and sides.believed.is_aws:
        notes = (*notes, *_other_policies(asked, answer, result, sides))
    return replace(proof, verdict=verdict, reason=reason, tables=tables, notes=notes)


def _options_of(query: NamedQuery, options: Options) -> Options:
    """With the parameters' defaults, and the log groups that the query was saved with."""
    groups = options.log_groups or query.log_groups
    return replace(options, parameters={**defaults_of(query), **options.parameters}, log_groups=groups)


def _refused(proof: Proof, refusal: Refusal) -> Proof:
    return replace(proof, reason=refusal.message, refusal=refusal)


def _compared(asked: Asked, answer: Answer, result: QueryResult, is_aws: bool) -> Tables:
    """Exactly first; where that fails, without the keys that are known to be gone."""
    allowed = tolerances_of(asked.plan, is_aws)
    comparison = compare(answer.table, result.columns, result.rows, allowed)
    if not comparison.equal and not comparison.columns_differ:
        gone = gone_keys(asked.plan, asked.catalog, asked.options.log_groups)
        other = without_gone(asked.plan, (answer.table, result.rows), gone, allowed)
        if other is not None and len(other.differing) < len(comparison.differing):
            comparison = other
    if answer.tolerances:
        comparison = replace(comparison, tolerances=(*answer.tolerances, *comparison.tolerances))
    return Tables(answer, result, comparison)


def _verdict(tables: Tables) -> tuple[Verdict, str]:
    comparison, expected = tables.comparison, tables.answer.table
    counted = len(expected.counted)
    if comparison.columns_differ:
        return Verdict.DIFFERENT, f"the columns differ: {', '.join(expected.columns)}"
    if comparison.differing:
        return Verdict.DIFFERENT, _rows(len(comparison.differing), "differs", "differ")
    if comparison.disorder:
        places = ", ".join(str(index + 1) for index in comparison.disorder[:5])
        return Verdict.DIFFERENT, f"the rows are the same and their order is not: rows {places}"
    nothing = _nothing(tables)
    if nothing:
        return Verdict.UNPROVEN, f"{nothing}: this proves nothing"
    if comparison.tolerances or comparison.count(RowVerdict.TOLERATED):
        names = ", ".join(sorted({one.name for one in comparison.tolerances}))
        return Verdict.TOLERATED, f"{_rows(counted)}, within {names}"
    return Verdict.EQUAL, _rows(counted)


def _nothing(tables: Tables) -> str:
    """Why equal tables prove nothing; empty where they do prove something."""
    rows = tables.answer.table.counted
    if not rows:
        return "no row was expected and none came"
    if not tables.result.statistics.records_matched:
        return "no event was matched, the rows are what is left of that"
    return "" if any(cell is not None for row in rows for cell in row) else "every cell was expected to be empty and is"


def _rows(count: int, one: str = "", many: str = "") -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'} {one if count == 1 else many}".rstrip()


_BY_TIME = frozenset({Aggregation.EARLIEST, Aggregation.LATEST})


def _hints(plan: Plan, tables: Tables, verdict: Verdict) -> Iterator[str]:
    """What may be behind a difference."""
    if verdict is not Verdict.DIFFERENT:
        return
    if _chooses_by_time(plan):
        yield "the query chooses among events by their time: those of one millisecond have no order in CloudWatch"
    if tables.result.fidelity is Fidelity.APPROXIMATE:
        said = (one for one in tables.result.findings if one.fidelity is Fidelity.APPROXIMATE)
        yield from (f"{one.message} [{one.rule}]" for one in said)


def _chooses_by_time(plan: Plan) -> bool:
    return any(
        isinstance(one, Dedup)
        or (isinstance(one, Limit) and one is not plan.root.input)
        or (isinstance(one, Aggregate) and any(call.function in _BY_TIME for call in one.calls))
        for one in walk(plan.root)
    )


def _other_policies(asked: Asked, answer: Answer, result: QueryResult, sides: Sides) -> Iterator[str]:
    """Which other answer to an open question would make the rows equal: CloudWatch has given its own."""
    for use in result.policies:
        for value in CHOICES[use.policy].values:
            if value == use.value:
                continue
            chosen = Policies(MappingProxyType({**asked.options.policies.chosen, use.policy: value}))
            options = replace(asked.options, policies=chosen)
            other = run_query(asked.text, sides.catalog, sides.loki, sides.window, options)
            again = replace(asked, options=options, plan=read_query(asked.text, options))
            if _compared(again, answer, other, is_aws=True).comparison.equal:
                yield f"equal with --policy {use.policy}={value}: {CHOICES[use.policy].question}"
