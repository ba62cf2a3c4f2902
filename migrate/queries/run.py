"""Runs a Logs Insights query on Loki: what Loki can decide is asked of it, the rest is finished here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from translators.insights.evaluate.run import Result, evaluate

from migrate.errors import Answered
from migrate.ports import Loki
from migrate.queries.events import EventReader, Progress
from migrate.queries.limits import Ends, ends_of
from migrate.queries.window import Window
from translators.catalog import Catalog
from translators.diagnostics import Diagnostic, Fidelity, worst
from translators.insights.errors import InsightsError
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Moment, Settings, Sources, Table
from translators.insights.evaluate.values import Value
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import Given, parse
from translators.queries import Part, Prepared, QueryShape, prepare, translated
from translators.query.bind import NotInLoki
from translators.query.plan import Plan, Scan
from translators.query.policies import Policies, PolicyUse
from translators.source import Source

FEW = 20_000
"""So many entries are read at once rather than slice by slice."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run a query. ``limit_bytes`` None: read what it takes. ``now`` in milliseconds."""

    log_groups: tuple[str, ...] = ()
    policies: Policies = field(default_factory=Policies)
    tables: Mapping[str, Table] = field(default_factory=dict)
    limit_bytes: int | None = None
    threads: int = 4
    page: int = 5000
    now: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Statistics:
    """What it took. ``records_scanned`` are lines that Loki read, ``records_received`` those that came here."""

    records_matched: int
    records_scanned: int
    records_received: int
    bytes_scanned: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The table that Insights would print, how faithful it is, and what it depends on."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    fidelity: Fidelity
    shape: QueryShape
    findings: tuple[Diagnostic, ...]
    policies: tuple[PolicyUse, ...]
    statistics: Statistics


class Manual(Answered):
    """The query is right and Loki cannot answer it; ``findings`` say why."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message, finding.remedy, finding.rule)
        self.finding = finding


def read_query(text: str, options: Options, name: str = "query") -> Plan:
    """The plan of a query's text; raises Refused with the place of what is wrong."""
    try:
        return normalise(parse(Source(name, text), Given(options.parameters)), options.policies)
    except InsightsError as wrong:
        if wrong.unsupported:
            raise Manual(Diagnostic(wrong.rule, Fidelity.MANUAL, wrong.message, wrong.span, wrong.remedy)) from wrong
        raise


def run_query(text: str, catalog: Catalog, loki: Loki, window: Window, options: Options) -> QueryResult:
    """Run it on a pinned, closed window."""
    prepared = prepare_query(read_query(text, options), catalog, options)
    started = options.clock()
    run = _Run(prepared, EventReader(loki, options.threads, options.page, options.progress), window, options)
    results = list(run.results())
    rows = tuple(row for result in results for row in result.rows)[: run.most_rows()]
    policies = {use.policy: use for use in prepared.plan.policies}
    policies |= {use.policy: use for result in results for use in result.policies}
    fidelity = worst((prepared.fidelity, *([Fidelity.EQUIVALENT] if policies else [])))
    reading = run.reader.reading
    return QueryResult(
        prepared.plan.columns,
        rows,
        fidelity,
        translated(prepared, options.policies, window.milliseconds).shape,
        (*prepared.plan.diagnostics, *prepared.findings),
        tuple(policies.values()),
        Statistics(
            len(rows),
            reading.lines_read,
            reading.entries,
            reading.bytes_read,
            reading.requests,
            options.clock() - started,
        ),
    )


def prepare_query(plan: Plan, catalog: Catalog, options: Options) -> Prepared:
    """What will be asked. Raises Manual when what the query needs is not in Loki."""
    try:
        prepared = prepare(plan, catalog, options.log_groups, options.policies)
    except NotInLoki as absent:
        finding = Diagnostic("query/not-in-loki", Fidelity.MANUAL, absent.message, None, absent.remedy)
        raise Manual(finding) from absent
    for finding in prepared.findings:
        if finding.fidelity is Fidelity.MANUAL:
            raise Manual(finding)
    return prepared


@dataclass
class _Run:
    """One run over its window."""

    prepared: Prepared
    reader: EventReader
    window: Window
    options: Options
    expected: dict[int, int] = field(default_factory=dict)

    def most_rows(self) -> int | None:
        ends = ends_of(self.prepared.plan)
        return None if ends is None else ends.count

    def results(self) -> Iterable[Result]:
        """One result, or one a slice, whose rows follow each other."""
        self._weigh()
        ends = ends_of(self.prepared.plan)
        if ends is None or sum(self.expected.values()) <= FEW:
            yield self._evaluate(self.window, None)
            return
        if all(part.exact for part in self.prepared.parts):
            yield self._evaluate(self.window, ends)
            return
        yield from self._slices(ends)

    def _slices(self, ends: Ends) -> Iterable[Result]:
        """Slice by slice from the end that the rows are wanted of, until there are enough."""
        share = min(1.0, max(FEW, 2 * ends.count) / sum(self.expected.values()))
        first = int(self.window.milliseconds * share) + 1
        slices = self.window.newest_slices(first) if ends.newest else self.window.oldest_slices(first)
        found = 0
        for one in slices:
            result = self._evaluate(one, None)
            yield result
            found += len(result.rows)
            if found >= ends.count:
                return

    def _weigh(self) -> None:
        """Ask the index how much there is, and refuse before reading too much."""
        total = 0
        for index, part in enumerate(self.prepared.parts):
            entries, size = self.reader.expected(part, self.window.shifted(part.shift))
            self.expected[index] = entries
            total += size
        limit = self.options.limit_bytes
        if limit is not None and total > limit:
            raise Answered(
                f"the query would read about {total:,} bytes, more than the limit of {limit:,}",
                "narrow the window, name fewer log groups, or raise --limit-bytes",
                "query/limit-bytes",
            )

    def _evaluate(self, window: Window, ends: Ends | None) -> Result:
        sources = Sources(lambda scan: self._events(scan, window, ends), tables=self.options.tables)
        moment = Moment(self.window.start, self.window.end, self.options.now // 1000)
        return evaluate(self.prepared.plan, sources, Settings(self.options.policies, moment))

    def _events(self, scan: Scan, window: Window, ends: Ends | None) -> Iterable[Event]:
        for index, part in enumerate(self.prepared.parts):
            if part.scan == scan.id:
                yield from self._part(index, part, window.shifted(part.shift), ends)

    def _part(self, index: int, part: Part, window: Window, ends: Ends | None) -> Iterable[Event]:
        if ends is not None:
            return self.reader.ends(part, window, ends.count, ends.newest)
        share = window.milliseconds / self.window.milliseconds
        return self.reader.all(part, window, int(self.expected[index] * share) + 1)
