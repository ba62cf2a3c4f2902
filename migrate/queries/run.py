"""Runs a Logs Insights query on Loki: what Loki can decide is asked of it, the rest is finished here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial

from migrate.errors import Answered
from migrate.ports import Loki, LokiLimit
from migrate.queries.counting import LokiCounter, can_count
from migrate.queries.events import EventReader
from migrate.queries.limits import Ends, ends_of
from migrate.queries.preparing import Options, prepare_query, read_query
from migrate.queries.window import Window
from translators.catalog import Catalog
from translators.diagnostics import Diagnostic, Fidelity, worst
from translators.insights.evaluate.evaluate import Cell, Result, evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.operators.lookup import table_of
from translators.insights.evaluate.settings import Counting, Moment, Settings, Sources
from translators.logql.printer import print_selector
from translators.queries import Part, Prepared, QueryShape, fields_of, known_streams, translated
from translators.query.plan import Lookup, Plan, Scan
from translators.query.policies import PolicyUse
from translators.query.split.counts import GIVEN, counts_of, with_counts
from translators.query.tree import everything, matching

FEW = 20_000
"""So many entries are read at once rather than slice by slice."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What it took. ``records_scanned`` are lines that Loki read, ``records_received`` those that came here.

    ``records_matched`` are the events that passed the filters, however many rows they became; where a limit ends the
    reading, those until then.
    """

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
    rows: tuple[tuple[Cell, ...], ...]
    fidelity: Fidelity
    shape: QueryShape
    findings: tuple[Diagnostic, ...]
    policies: tuple[PolicyUse, ...]
    statistics: Statistics


def run_query(text: str, catalog: Catalog, loki: Loki, window: Window, options: Options) -> QueryResult:
    """Run it on a pinned, closed window."""
    plan = read_query(text, options)
    prepared = prepare_query(plan, catalog, options)
    _refuse_missing_tables(plan, options)
    started = options.clock()
    wanted = frozenset(field.name for field in fields_of(prepared.plan.root))
    reader = EventReader(loki, options.threads, options.page, options.progress, wanted)
    parts = tuple(_with_streams(part, loki, window) for part in prepared.parts)
    prepared = replace(prepared, ask=lambda: parts)
    run = _Run(prepared, reader, window, options)
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
            run.counting.rows,
            reading.lines_read,
            reading.entries,
            reading.bytes_read,
            reading.requests,
            options.clock() - started,
        ),
    )


def _refuse_missing_tables(plan: Plan, options: Options) -> None:
    """A table that is not given is noticed before Loki reads anything."""
    for operator in everything(plan.root):
        if isinstance(operator, Lookup):
            table_of(operator, options.tables)


def _with_streams(part: Part, loki: Loki, window: Window) -> Part:
    """The part after a look at the index, where that makes its query cheaper."""
    if part.query is None or not part.asks_streams:
        return part
    shifted = window.shifted(part.shift)
    selector = print_selector(part.query.selector)
    return known_streams(part, loki.series(selector, shifted.first_ns, shifted.behind_ns))


@dataclass
class _Run:
    """One run over its window."""

    prepared: Prepared
    reader: EventReader
    window: Window
    options: Options

    @cached_property
    def expected(self) -> tuple[tuple[int, int], ...]:
        """How many entries and bytes the index knows for each part; asked where lines are read."""
        return tuple(self.reader.expected(part, self.window.shifted(part.shift)) for part in self.prepared.parts)

    @cached_property
    def counting(self) -> Counting:
        """Of the events that pass the filters."""
        return Counting(matching(self.prepared.plan.root))

    def most_rows(self) -> int | None:
        ends = ends_of(self.prepared.plan)
        return None if ends is None else ends.count

    def results(self) -> Iterable[Result]:
        """One result, or one a slice, whose rows follow each other."""
        self._refuse_too_much()
        counted = self._counted()
        if counted is not None:
            yield counted
            return
        ends, entries = ends_of(self.prepared.plan), sum(expected for expected, _ in self.expected)
        if ends is not None and all(part.exact for part in self.prepared.parts):
            yield self._evaluate(self.window, ends)
        elif ends is None or entries <= FEW:
            yield self._evaluate(self.window, None)
        else:
            yield from self._slices(ends, entries)

    def _counted(self) -> Result | None:
        """The result where Loki can count; None where it cannot, or not so many groups."""
        counts = counts_of(self.prepared.plan)
        if counts is None or not can_count(counts, self.prepared.parts):
            return None
        counter = LokiCounter(self.reader.loki, counts, self.window, self.options.now, self.reader.reading)
        try:
            rows = counter.rows(self.prepared.parts, self.options.policies)
        except LokiLimit:
            return None
        self.counting.rows = counter.matched
        plan = with_counts(self.prepared.plan, counts)
        sources = Sources(given={GIVEN: rows}, tables=self.options.tables)
        return evaluate(plan, sources, self._settings())

    def _settings(self) -> Settings:
        return Settings(self.options.policies, Moment(self.window.start, self.window.end, self.options.now))

    def _slices(self, ends: Ends, entries: int) -> Iterable[Result]:
        """Slice by slice from the end that the rows are wanted of, until there are enough."""
        share = min(1.0, max(FEW, 2 * ends.count) / entries)
        first = int(self.window.milliseconds * share) + 1
        slices = self.window.newest_slices(first) if ends.newest else self.window.oldest_slices(first)
        found = 0
        for one in slices:
            result = self._evaluate(one, None)
            yield result
            found += len(result.rows)
            if found >= ends.count:
                return

    def _refuse_too_much(self) -> None:
        """Before anything is read."""
        limit = self.options.limit_bytes
        if limit is None:
            return
        parts = zip(self.prepared.parts, self.expected, strict=True)
        total = sum(max(size, self.reader.held(part, self.window.shifted(part.shift))) for part, (_, size) in parts)
        if total > limit:
            raise Answered(
                f"the query would read about {total:,} bytes, more than the limit of {limit:,}",
                "narrow the window, name fewer log groups, or raise --limit-bytes",
                "query/limit-bytes",
            )

    def _evaluate(self, window: Window, ends: Ends | None) -> Result:
        read = partial(self._events, window=window, ends=ends)
        sources = Sources(read, tables=self.options.tables, counting=self.counting)
        return evaluate(self.prepared.plan, sources, self._settings())

    def _events(self, scan: Scan, window: Window, ends: Ends | None) -> Iterable[Event]:
        for index, part in enumerate(self.prepared.parts):
            if part.scan == scan.id:
                yield from self._part(index, part, window.shifted(part.shift), ends)

    def _part(self, index: int, part: Part, window: Window, ends: Ends | None) -> Iterable[Event]:
        if ends is not None:
            return self.reader.ends(part, window, ends.count, ends.newest)
        share = window.milliseconds / self.window.milliseconds
        return self.reader.all(part, window, int(self.expected[index][0] * share) + 1)
