"""The side that is believed: our evaluator over exported events, or CloudWatch itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from migrate.ports import CloudWatch, InsightsRun
from migrate.queries.preparing import Options
from migrate.queries.prove.comparing import with_dates
from migrate.queries.prove.tables import Expected, Row, ordering_of, split_keys, visible_ranks, with_keys
from migrate.queries.prove.tolerances import Tolerance
from migrate.queries.window import Window
from translators.catalog import Catalog
from translators.insights.evaluate.evaluate import evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Moment, Settings, Sources
from translators.query.bind import groups_of
from translators.query.plan import Plan, Scan
from translators.query.policies import PolicyUse

_PARAMETER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
POINTER = "@ptr"


@dataclass(frozen=True, slots=True)
class Asked:
    """One query as both sides are asked it. ``rows`` are those of Loki, for how the columns' times are written."""

    text: str
    plan: Plan
    window: Window
    options: Options
    catalog: Catalog
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is expected, and what it depends on."""

    table: Expected
    policies: tuple[PolicyUse, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()


class Believed(Protocol):
    """A side whose rows are taken for true. ``is_aws``: it has algorithms of its own."""

    name: str
    is_aws: bool

    def answer(self, asked: Asked) -> Answer: ...


@dataclass
class Recorded:
    """The reference semantics over events that were exported from CloudWatch."""

    events: Sequence[Event]
    name: str = field(default="the evaluator on the exported events", init=False)
    is_aws: bool = field(default=False, init=False)

    def answer(self, asked: Asked) -> Answer:
        plan, options, window = asked.plan, asked.options, asked.window
        ordering = ordering_of(plan)
        moment = Moment(window.start, window.end, options.now)
        sources = Sources(lambda scan: self._read(scan, asked), tables=options.tables)
        result = evaluate(with_keys(plan, ordering), sources, Settings(options.policies, moment))
        rows, ranks = split_keys(result.rows, len(plan.columns))
        return Answer(Expected(plan.columns, rows, ranks, ordering.most, ordering.tail), result.policies)

    def _read(self, scan: Scan, asked: Asked) -> Iterable[Event]:
        bounds = groups_of(scan, asked.options.log_groups, asked.catalog)
        accounts = {bound.group.name: bound.group.account for bound in bounds}
        window = asked.window.shifted(scan.shift)
        for event in self.events:
            if event.log_group in accounts and window.start <= event.timestamp <= window.end:
                account = accounts[event.log_group]
                yield event._replace(account=account) if account else event


@dataclass
class Aws:
    """CloudWatch itself: StartQuery and GetQueryResults."""

    cloudwatch: CloudWatch
    name: str = field(default="CloudWatch Logs Insights", init=False)
    is_aws: bool = field(default=True, init=False)

    def answer(self, asked: Asked) -> Answer:
        plan, window = asked.plan, asked.window
        text = with_parameters(asked.text, asked.options)
        run = InsightsRun(text, asked.options.log_groups, window.start // 1000, window.end // 1000)
        found = self.cloudwatch.run(run)
        plain = tuple(tuple(row.get(column) for column in plan.columns) for row in found.rows)
        rows, tolerances = with_dates(plain, asked.rows)
        ordering = ordering_of(plan)
        ranks, notes = visible_ranks(plan, ordering, rows)
        names = dict.fromkeys(name for row in found.rows for name in row if name != POINTER)
        columns = (*plan.columns, *(name for name in names if name not in plan.columns))
        table = Expected(columns, rows, ranks, ordering.most, ordering.tail, as_text=True, whole=False, notes=notes)
        return Answer(table, (), tolerances)


def with_parameters(text: str, options: Options) -> str:
    """The text with the values of its ``{{names}}``: StartQuery knows none."""
    return _PARAMETER.sub(lambda found: options.parameters.get(found[1], found[0]), text)
