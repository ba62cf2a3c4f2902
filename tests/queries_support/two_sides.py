"""The same query on both sides: the evaluator over CloudWatch's events, and `logmig query` on Loki."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.lab.loki import Tenant
from migrate.queries.preparing import Options, read_query
from migrate.queries.run import QueryResult, run_query
from migrate.queries.window import Window
from tests.queries_support.estate import Estate, Written
from translators.insights.evaluate.evaluate import Cell, Result, evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Moment, Settings, Sources, Table
from translators.query.plan import GroupPrefixes, Groups, Plan, Scan
from translators.query.policies import Policies


@dataclass(frozen=True)
class World:
    """Lines, the groups that they are in, and those that a query without SOURCE reads."""

    estate: Estate
    lines: Sequence[Written]
    window: Window
    chosen: tuple[str, ...]
    tables: Mapping[str, Table] = field(default_factory=dict)
    policies: Policies = field(default_factory=Policies)
    now: int = 0

    def push(self, tenant: Tenant) -> None:
        streams = self.estate.streams(self.lines)
        if streams:
            tenant.push(streams)

    def expected(self, plan: Plan) -> Result:
        """What Insights would print."""
        events = [self.estate.event(one) for one in sorted(self.lines, key=lambda one: one.nanoseconds)]
        sources = Sources(self._reader(events), tables=self.tables)
        moment = Moment(self.window.start, self.window.end, self.now)
        return evaluate(plan, sources, Settings(self.policies, moment))

    def _reader(self, events: Sequence[Event]) -> Callable[[Scan], Iterable[Event]]:
        def read(scan: Scan) -> Iterable[Event]:
            names = _names(scan, self.estate) or self.chosen
            window = self.window.shifted(scan.shift)
            return [one for one in events if one.log_group in names and window.start <= one.timestamp <= window.end]

        return read

    def options(self, text: str, parameters: Mapping[str, str] | None = None) -> Options:
        given = Options((), self.policies, self.tables, now=self.now, parameters=parameters or {})
        own = "source" in text.lower() and _has_source(read_query(text, given))
        return given if own else replace(given, log_groups=self.chosen)

    def found(self, text: str, tenant: Tenant, parameters: Mapping[str, str] | None = None) -> QueryResult:
        """What `logmig query` prints."""
        loki = HttpLoki(Endpoint(tenant.url, tenant=tenant.name))
        return run_query(text, self.estate.catalog, loki, self.window, self.options(text, parameters))

    def within(self, window: Window) -> World:
        return replace(self, window=window)


def _has_source(plan: Plan) -> bool:
    from translators.query.tree import scans

    return any(scan.sources for scan in scans(plan.root) if scan.id == 0)


def _names(scan: Scan, estate: Estate) -> frozenset[str]:
    found: set[str] = set()
    for source in scan.sources:
        match source:
            case Groups(names):
                found |= set(names)
            case GroupPrefixes(prefixes):
                found |= {name for name, _ in estate.groups if name.startswith(prefixes or "")}
            case _:
                pass
    return frozenset(found)


Rows = Sequence[tuple[Cell, ...]]


def difference(expected: Rows, found: Rows) -> str:
    """Empty when the tables are the same: rows in their order, numbers to 12 digits."""
    left, right = [_comparable(row) for row in expected], [_comparable(row) for row in found]
    if left == right:
        return ""
    if sorted(map(repr, left)) == sorted(map(repr, right)):
        at = next(index for index, (one, other) in enumerate(zip(left, right, strict=True)) if one != other)
        return f"another order from row {at}: {left[at]} / {right[at]}"
    lost = [row for row in left if row not in right]
    gained = [row for row in right if row not in left]
    return f"{len(left)} rows expected, {len(right)} found; lost {lost[:3]}; gained {gained[:3]}"


def _comparable(row: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(
        float(f"{cell:.12g}") if isinstance(cell, float | int) and not isinstance(cell, bool) else cell for cell in row
    )
