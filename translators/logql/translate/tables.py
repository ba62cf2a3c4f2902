"""A whole plan as requests and the table that they become; raises Beyond where only the residual can go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import ascii_uppercase

from translators.catalog import Matcher, MatchOperator
from translators.diagnostics import Diagnostic, Fidelity
from translators.logql.model import Drop, LabelReplace, LogQuery, Metric, Span, Variable
from translators.logql.printer import print_query
from translators.logql.translate import templates as t
from translators.logql.translate.metrics import Aggregator, Grouped, Measure, combined, offset_of
from translators.logql.translate.pipe import Constant, Label, Line, Pipe, Time, Where
from translators.logql.translate.rows import RowTranslator, note_cut_json
from translators.query.bind import Bound
from translators.query.expressions import (
    And,
    Column,
    Compare,
    Comparison,
    Expression,
    Field,
    Literal,
    TimeBucket,
)
from translators.query.plan import (
    Aggregate,
    Aggregation,
    Dedup,
    Extend,
    Filter,
    Limit,
    Named,
    Operator,
    Parse,
    Plan,
    Project,
    Scan,
    Sort,
)
from translators.query.policies import Policies
from translators.query.split.table import (
    COLUMN_LABEL,
    Beyond,
    Finish,
    First,
    Fold,
    Having,
    Keep,
    Mode,
    Order,
    Origin,
    Output,
    Request,
    Table,
)
from translators.query.tree import inputs

ROWS = 5000
"""max_entries_limit_per_query by default: a panel sees no more rows."""
SERIES = 500
_HAVING = {
    Comparison.GREATER: Having.GREATER,
    Comparison.GREATER_OR_EQUAL: Having.GREATER_OR_EQUAL,
    Comparison.LESS: Having.LOWER,
    Comparison.LESS_OR_EQUAL: Having.LOWER_OR_EQUAL,
    Comparison.EQUAL: Having.EQUAL,
    Comparison.NOT_EQUAL: Having.NOT_EQUAL,
}
_FOLDS = {
    Aggregation.COUNT: "count",
    Aggregation.SUM: "sum",
    Aggregation.AVG: "mean",
    Aggregation.MIN: "min",
    Aggregation.MAX: "max",
    Aggregation.COUNT_DISTINCT: "distinctCount",
}


def chain(plan: Plan) -> tuple[Operator, ...]:
    """The operators from the scan up, when there is one scan and no branch."""
    found: list[Operator] = []
    operator: Operator = plan.root
    while True:
        found.append(operator)
        below = inputs(operator)
        if not below:
            break
        if len(below) > 1:
            raise Beyond("logql/join", "LogQL cannot join lines")
        operator = below[0]
    if not isinstance(operator, Scan):
        raise Beyond("logql/no-scan", "the plan does not read a log group")
    return tuple(reversed(found))


def translate(plan: Plan, bound: Bound, policies: Policies, window_ms: int) -> Table:
    """The table of one shape of a log group, over windows of ``window_ms``."""
    pipe = Pipe(bound.shape, LogQuery(bound.shape.selector))
    work = _Work(RowTranslator(pipe, policies), window_ms)
    for operator in chain(plan):
        work.add(operator)
    return work.table()


@dataclass
class _Work:
    """Rows until the first aggregate, then what Grafana does to a table."""

    rows: RowTranslator
    window_ms: int
    grouped: Grouped | None = None
    finish: list[Finish] = field(default_factory=list)
    order: list[Order] = field(default_factory=list)
    newest_first: bool | None = None
    limit: int | None = None
    shown: tuple[Named, ...] = ()
    folded: bool = False
    capped: bool = False

    def add(self, operator: Operator) -> None:
        match operator:
            case Scan():
                return
            case Project(_, columns):
                self.shown = columns
            case Filter(_, predicate):
                self._filter(predicate)
            case Extend(_, columns):
                self._extend(columns)
            case Parse():
                self._only_rows("parse")
                self.rows.parse(operator)
            case Aggregate():
                self._aggregate(operator)
            case Sort():
                self._sort(operator)
            case Limit():
                self._limit(operator)
            case Dedup():
                raise Beyond("logql/dedup", "Grafana's groupBy would also fold rows without the key")
            case _:
                raise Beyond("logql/command", f"LogQL has nothing for {type(operator).__name__.lower()}")

    def _only_rows(self, word: str) -> None:
        if self.grouped is not None or self.limit is not None or self.folded:
            raise Beyond("logql/order", f"a {word} behind stats, limit or dedup has no place in a log query")

    def _filter(self, predicate: Expression) -> None:
        if self.grouped is None and self.limit is None and not self.folded:
            self.rows.filter(predicate)
            return
        if self.grouped is None:
            raise Beyond("logql/order", "a filter behind limit or dedup has no place in a log query")
        for item in predicate.items if isinstance(predicate, And) else (predicate,):
            self.finish.append(_keep(item))

    def _extend(self, columns: tuple[Named, ...]) -> None:
        if self.grouped is None:
            self._only_rows("computed field")
            self.rows.extend(columns)
            return
        if self.folded:
            raise Beyond("logql/over-aggregates", "a computed column over the second stats")
        for column in columns:
            if not _is_same(column):
                self.grouped.measures[column.name] = self._computed(column, self.grouped)

    def _computed(self, column: Named, grouped: Grouped) -> Measure:
        if isinstance(column.expression, Column):
            measure = grouped.measures.get(column.expression.name)
            if measure is not None:
                return measure
        return combined(column.expression, grouped.measures)

    def _aggregate(self, operator: Aggregate) -> None:
        if self.capped or self.folded:
            raise Beyond("logql/order", "a stats behind limit or dedup")
        if self.limit is not None:
            raise Beyond("logql/limit-before-stats", "LogQL counts all lines, a limit before stats counts some")
        if self.grouped is None:
            self.order, self.newest_first = [], None
            self.grouped = Aggregator(self.rows).aggregate(operator)
            return
        self._fold(operator)

    def _fold(self, operator: Aggregate) -> None:
        """The second stats, by Grafana's groupBy over the table of the first."""
        keys = tuple((_name(key.expression), key.name) for key in operator.keys)
        calls: list[tuple[str, str, str]] = []
        for call in operator.calls:
            if call.function not in _FOLDS:
                raise Beyond("logql/second-stats", f"Grafana's groupBy has no {call.function}")
            column = _name(call.argument) if call.argument is not None else self._any_column()
            calls.append((column, _FOLDS[call.function], call.name))
        columns = [column for column, _, _ in calls]
        if len(set(zip(columns, [function for _, function, _ in calls], strict=True))) < len(calls) or not keys:
            raise Beyond("logql/second-stats", "Grafana's groupBy needs a key, and each aggregate once")
        self.finish.append(Fold(keys, tuple(calls)))
        self.order, self.folded = [], True

    def _any_column(self) -> str:
        assert self.grouped is not None  # noqa: S101
        return next(iter(self.grouped.measures))

    def _sort(self, operator: Sort) -> None:
        stable = [key for key in operator.keys if not isinstance(key.expression, Literal)]
        written = [key for key in stable if not key.implied]
        if self.grouped is not None:
            self.order = [Order(_name(key.expression), key.descending) for key in written]
            return
        first = next(iter(written or stable), None)
        if first is not None and self._is_time(first.expression):
            self.newest_first, self.order = first.descending, []
            return
        self.order = [Order(self._column_of(key.expression), key.descending) for key in written]

    def _is_time(self, expression: Expression) -> bool:
        return isinstance(expression, Field | Column) and isinstance(self._where(expression), Time)

    def _where(self, expression: Expression) -> object:
        return self.rows.pipe.where(expression) if isinstance(expression, Field | Column) else None

    def _column_of(self, expression: Expression) -> str:
        """The shown or hidden column that has the value of a sort key."""
        if isinstance(expression, Field | Column):
            return expression.name
        raise Beyond("logql/sort", "Grafana sorts by columns only")

    def _limit(self, operator: Limit) -> None:
        if operator.tail:
            raise Beyond("logql/tail", "neither LogQL nor Grafana has the last rows of a table")
        if self.grouped is not None or self.order or self.folded:
            self._settle_order()
            if not operator.implied:
                self.finish.append(First(operator.count))
            return
        self.limit = operator.count if self.limit is None else min(self.limit, operator.count)
        self.capped = not operator.implied

    def _settle_order(self) -> None:
        self.finish.extend(reversed(self.order))
        self.order = []

    def table(self) -> Table:
        self._settle_order()
        return self._metric_table(self.grouped) if self.grouped is not None else self._row_table()

    def _row_table(self) -> Table:
        outputs: list[Output] = []
        for column in self._with_sort_columns():
            outputs.append(self._output(column, outputs))
        labels = tuple(one.label for one in outputs if one.label.endswith("_"))
        if labels:
            self.rows.pipe.append(
                Drop(tuple(Matcher(label, MatchOperator.EQUAL, "") for label in dict.fromkeys(labels)))
            )
        query = self.rows.log_query()
        note_cut_json(self.rows.pipe)
        wanted = self.limit if self.limit is not None and not self.finish else ROWS
        limit = min(wanted, ROWS)
        if limit < (self.limit or ROWS + 1) or self.finish:
            self._note_rows()
        direction = "forward" if self.newest_first is False else "backward"
        text = print_query(query)
        request = Request("A", text, text, Mode.RANGE, False, None, limit, direction)
        shown = tuple(column.name for column in self.shown)
        limits = (("max_entries_limit_per_query", limit),)
        return Table((request,), tuple(outputs), (), tuple(self.finish), shown, self._findings(), limits)

    def _with_sort_columns(self) -> tuple[Named, ...]:
        names = {column.name for column in self.shown}
        more = [one.column for one in self.finish if isinstance(one, Order) and one.column not in names]
        hidden = tuple(Named(name, _reference(name, self.rows)) for name in dict.fromkeys(more))
        return (*self.shown, *hidden)

    def _output(self, column: Named, before: list[Output]) -> Output:
        """A column of the panel; Grafana shows each label, the time and the line once, so a second use is copied."""
        where = self.rows.place(column.expression, column.name)
        match where:
            case Label(name):
                output = Output(column.name, Origin.LABEL, name)
            case Line():
                output = Output(column.name, Origin.LINE)
            case Time():
                output = Output(column.name, Origin.TIME)
            case Constant():
                return self._copy(column.name, where)
        used = any((one.origin, one.label) == (output.origin, output.label) for one in before)
        return self._copy(column.name, where) if used else output

    def _copy(self, name: str, where: Where) -> Output:
        return Output(name, Origin.LABEL, self.rows.pipe.assign(name, t.shows(self.rows.pipe.value(where))).name)

    def _note_rows(self) -> None:
        self.rows.pipe.note(
            "logql/row-cap",
            Fidelity.EQUIVALENT,
            f"the same up to {ROWS} rows: Loki gives a panel no more",
            "raise limits_config.max_entries_limit_per_query and the panel's line limit",
        )

    def _metric_table(self, grouped: Grouped) -> Table:
        measures = self._needed(grouped)
        requests: list[Request] = []
        outputs = [Output(name, Origin.LABEL, label, "A") for name, label in grouped.keys]
        if grouped.bucket is not None:
            outputs.insert(0, Output(grouped.bucket[0], Origin.TIME))
        for ref, (name, measure) in zip(ascii_uppercase, measures.items(), strict=False):
            requests.append(self._request(ref, name, measure, grouped))
            origin = Origin.LABEL if measure.label else Origin.VALUE
            outputs.append(Output(name, origin, measure.label, ref))
        if len(measures) > len(ascii_uppercase) or not measures:
            raise Beyond("logql/aggregates", "a panel has one to 26 queries")
        note_cut_json(self.rows.pipe)
        self._note_metric(grouped)
        keys = (*((grouped.bucket[0],) if grouped.bucket else ()), *(name for name, _ in grouped.keys))
        shown = tuple(column.name for column in self.shown)
        limits = (("max_query_series", SERIES),)
        return Table(tuple(requests), tuple(outputs), keys, tuple(self.finish), shown, self._findings(), limits)

    def _needed(self, grouped: Grouped) -> dict[str, Measure]:
        """The measures that are shown, sorted by, or folded; others are only parts of those."""
        read = {_name(column.expression) for column in self.shown if isinstance(column.expression, Field | Column)}
        for one in self.finish:
            match one:
                case Order(column) | Keep(column):
                    read.add(column)
                case Fold(keys, calls):
                    read |= {column for column, _ in keys} | {column for column, _, _ in calls}
                case First():
                    pass
        return {name: measure for name, measure in grouped.measures.items() if name in read}

    def _request(self, ref: str, name: str, measure: Measure, grouped: Grouped) -> Request:
        """Fixed for a window, and for a panel, where a label says which column the values are."""
        if grouped.bucket is not None:
            bucket = grouped.bucket[1]
            width = bucket.period.milliseconds or 0
            metric = measure.build(Span(width * 1_000_000), offset_of(bucket))
            return Request(ref, print_query(metric), print_query(_tagged(metric, name)), Mode.RANGE, True, width)
        fixed, shown = measure.build(Span(self.window_ms * 10**6), 0), measure.build(Variable("__range"), 0)
        return Request(ref, print_query(fixed), print_query(_tagged(shown, name)), Mode.INSTANT, True)

    def _note_metric(self, grouped: Grouped) -> None:
        note = self.rows.pipe.note
        if grouped.keys:
            note(
                "logql/series-limit",
                Fidelity.EQUIVALENT,
                f"the same up to {SERIES} groups (max_query_series)",
                "raise limits_config.max_query_series",
            )
        if grouped.bucket is not None:
            note(
                "logql/edge-buckets",
                Fidelity.EQUIVALENT,
                "the same where the window begins and ends on whole buckets; Insights clips the first and the last",
            )
        else:
            note(
                "logql/window-edge",
                Fidelity.EQUIVALENT,
                "the same but for the first and the last millisecond of the window",
            )

    def _findings(self) -> tuple[Diagnostic, ...]:
        return tuple(self.rows.pipe.findings)


def _tagged(metric: Metric, name: str) -> Metric:
    return LabelReplace(metric, COLUMN_LABEL, name.replace("$", "$$"), COLUMN_LABEL, "")


def _is_same(column: Named) -> bool:
    return isinstance(column.expression, Column) and column.expression.name == column.name


def _name(expression: Expression) -> str:
    if isinstance(expression, Field | Column):
        return expression.name
    if isinstance(expression, TimeBucket):
        raise Beyond("logql/second-stats", "a time bucket of a table")
    raise Beyond("logql/over-aggregates", "a computed value of a table where Grafana needs a column")


def _reference(name: str, rows: RowTranslator) -> Expression:
    return Column(name) if name in rows.pipe.columns else Field(tuple(name.split(".")))


def _keep(predicate: Expression) -> Keep:
    match predicate:
        case Compare(operator, Field() | Column() as left, Literal(value)) if isinstance(value, str | int | float):
            return Keep(left.name, _HAVING[operator], value)
        case _:
            raise Beyond("logql/having", "Grafana's filterByValue compares a column with a constant")
