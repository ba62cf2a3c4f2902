"""A whole plan as requests and the table that they become; raises Beyond where only the residual can go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import ascii_uppercase

from translators.catalog import Matcher, MatchOperator
from translators.diagnostics import Diagnostic, Fidelity
from translators.logql.model import Drop, LabelReplace, LogQuery, Metric, Span, Variable
from translators.logql.printer import print_query
from translators.logql.translate import templates as t
from translators.logql.translate.chains import chain
from translators.logql.translate.conditions import (
    ROWS,
    SERIES,
    note_fold,
    note_json,
    note_metric,
    note_rows,
    note_sorting,
)
from translators.logql.translate.finishing import (
    Columns,
    calculations,
    columns_read,
    fold,
    hold_defaults,
    is_same,
    kept_rows,
    name_of,
    rounded_time,
    unsure_of,
)
from translators.logql.translate.metrics import ROW_KEY, Aggregator, Grouped, Measure, combined, offset_of
from translators.logql.translate.pipe import Constant, Label, Line, Pipe, Time, Where, note_grouping
from translators.logql.translate.rows import RowTranslator
from translators.query.bind import Bound
from translators.query.expressions import (
    And,
    Column,
    Expression,
    Field,
    Literal,
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
from translators.query.policies import Policies, Policy
from translators.query.split.table import (
    COLUMN_LABEL,
    Beyond,
    Finish,
    First,
    Fold,
    Mode,
    Order,
    Origin,
    Output,
    Request,
    Table,
)

ROWS_COLUMN = "\u2014 rows"
EVERYTHING = "\u2014"
"""The hidden measure: every group that has a line, also where the others find no number."""


def translate(plan: Plan, bound: Bound, policies: Policies, window_ms: int) -> Table:
    """The table of one shape of a log group, over windows of ``window_ms``."""
    hold_defaults(plan.policies)
    pipe = Pipe(bound, LogQuery(bound.shape.selector))
    work = _Work(RowTranslator(pipe, policies), window_ms)
    for operator in chain(plan):
        work.add(operator)
    table = work.table()
    if pipe.parses:
        hold_defaults((policies.use(Policy.JSON_NULL, ""), policies.use(Policy.BOOLEAN_REPR, "")))
    return table


@dataclass
class _Work:
    """Rows until the first aggregate, then what Grafana does to a table."""

    rows: RowTranslator
    window_ms: int
    grouped: Grouped | None = None
    everything: Measure | None = None
    finish: list[Finish] = field(default_factory=list)
    order: list[Order] = field(default_factory=list)
    newest_first: bool | None = None
    limit: int | None = None
    shown: tuple[Named, ...] = ()
    folded: bool = False
    capped: bool = False
    tallied: tuple[Output, ...] = ()
    """The columns of rows that Grafana counts, where a limit stands before the stats."""

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
            case Dedup(_, keys):
                self._dedup(keys)
            case _:
                raise Beyond("logql/command", f"LogQL has nothing for {type(operator).__name__.lower()}")

    def _only_rows(self, word: str) -> None:
        if self.grouped is not None or self.limit is not None or self.folded:
            raise Beyond("logql/order", f"a {word} behind stats, limit or dedup has no place in a log query")

    def _filter(self, predicate: Expression) -> None:
        if self.grouped is None and self.limit is None and not self.folded:
            self.rows.filter(predicate)
            return
        if self.grouped is None and not self.tallied:
            raise Beyond("logql/order", "a filter behind limit or dedup has no place in a log query")
        for item in predicate.items if isinstance(predicate, And) else (predicate,):
            self.finish.extend(self._kept_by(item))

    def _kept_by(self, predicate: Expression) -> tuple[Finish, ...]:
        """Grafana's zero is also what has no value, Insights' is not."""
        return kept_rows(predicate, self._columns())

    def _columns(self) -> Columns:
        """What is known of the table's columns so far."""
        table = self.grouped if self.grouped is not None and not self.folded else Grouped((), None, {}, ())
        always = frozenset(name for name, measure in table.measures.items() if measure.whole)
        texts = {key for key, _ in table.keys if key not in table.times}
        texts |= {name for name, measure in table.measures.items() if measure.label and not measure.is_time}
        texts |= {one.name for one in self.tallied if not one.is_time}
        return Columns(always, frozenset(texts), self.rows.policies.value(Policy.MISSING_NE))

    def _extend(self, columns: tuple[Named, ...]) -> None:
        if self.folded:
            self.finish.extend(calculations(columns))
            return
        if self.grouped is None:
            self._only_rows("computed field")
            self.rows.extend(columns)
            return
        for column in columns:
            if not is_same(column):
                self._not_read(column.name)
                self.grouped.measures[column.name] = self._computed(column, self.grouped)

    def _not_read(self, name: str) -> None:
        """A name has one meaning in Grafana's table, whatever stood before it."""
        if name in columns_read((*self.finish, *self.order)):
            raise Beyond("logql/order", f"{name} gets another value behind a filter or sort that reads it")

    def _computed(self, column: Named, grouped: Grouped) -> Measure:
        if isinstance(column.expression, Column):
            measure = grouped.measures.get(column.expression.name)
            if measure is not None:
                return measure
        return combined(column.expression, dict(grouped.measures))

    def _aggregate(self, operator: Aggregate) -> None:
        if self.folded:
            raise Beyond("logql/order", "a stats behind dedup")
        if self.capped or (self.grouped is None and self.finish):
            self._tally(operator)
            return
        if self.grouped is None:
            self.order, self.newest_first = [], None
            aggregator = Aggregator(self.rows, self.window_ms)
            self.grouped = aggregator.aggregate(operator)
            self.everything = aggregator.everything(self.grouped.labels)
            return
        note_fold(self.rows.pipe, operator, unsure_of(operator, self._columns()))
        self.finish.extend(fold(operator, self._rows_column(self.grouped)))
        self.order, self.folded = [], True

    def _rows_column(self, grouped: Grouped) -> str:
        """A column with a value in each row: Grafana counts values."""
        whole = next((name for name, measure in grouped.measures.items() if measure.whole), None)
        if whole is None and self.everything is not None:
            grouped.measures[ROWS_COLUMN] = self.everything
        return whole or ROWS_COLUMN

    def _tally(self, operator: Aggregate) -> None:
        """LogQL counts all lines; the rows that a limit leaves are counted by Grafana."""
        only = operator.calls[0] if len(operator.calls) == 1 else None
        countable = only is not None and only.function is Aggregation.COUNT and only.argument is None
        if self.finish or self.grouped is not None or only is None or not countable or not operator.keys:
            raise Beyond("logql/limit-before-stats", "LogQL counts all lines, a limit before stats counts some")
        outputs: list[Output] = []
        for key in operator.keys:
            outputs.append(self._tallied_key(key, outputs))
        self.tallied = (*outputs, Output(EVERYTHING, Origin.LINE))
        self.finish.append(Fold(tuple((one.name, one.name) for one in outputs), ((EVERYTHING, "count", only.name),)))
        self.folded = True

    def _tallied_key(self, key: Named, before: list[Output]) -> Output:
        bucket = self.rows.bucket_of(key.expression)
        if bucket is not None:
            label = self.rows.pipe.assign(key.name, rounded_time(bucket)).name
            return Output(key.name, Origin.LABEL, label, is_time=True)
        where = self.rows.place(key.expression, key.name)
        if isinstance(where, Label):
            note_grouping(self.rows.pipe, where)
        return self._output(key, before) if isinstance(where, Label) else self._copy(key.name, where)

    def _sort(self, operator: Sort) -> None:
        stable = [key for key in operator.keys if not isinstance(key.expression, Literal)]
        written = [key for key in stable if not key.implied]
        if self.grouped is not None or self.tallied:
            self.order = [Order(name_of(key.expression), key.descending) for key in written]
            return
        first = next(iter(written or stable), None)
        if first is not None and self._is_time(first.expression):
            self.newest_first, self.order = first.descending, []
            return
        self.order = [Order(self._column_of(key.expression), key.descending) for key in written]

    def _is_time(self, expression: Expression) -> bool:
        return isinstance(expression, (Field, Column)) and isinstance(self._where(expression), Time)

    def _where(self, expression: Expression) -> object:
        return self.rows.pipe.where(expression) if isinstance(expression, (Field, Column)) else None

    def _column_of(self, expression: Expression) -> str:
        """The shown or hidden column that has the value of a sort key."""
        if isinstance(expression, (Field, Column)):
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

    def _dedup(self, keys: tuple[Expression, ...]) -> None:
        """The first row of each key, by Grafana's groupBy; the columns that it keeps are known at the end."""
        if self.grouped is not None or self.limit is not None:
            raise Beyond("logql/dedup", "a dedup of a table, or behind a limit")
        self._settle_order()
        self.finish.append(Fold(tuple((name_of(key), name_of(key)) for key in keys), ()))
        self.folded = True
        self.rows.pipe.note(
            "logql/dedup-null",
            Fidelity.EQUIVALENT,
            "the same if no row lacks a key of dedup: Insights keeps all of those, Grafana one",
        )

    def _kept(self, fold: Fold) -> Fold:
        """A dedup keeps the first value of every shown column."""
        keys = {name for _, name in fold.keys}
        shown = [column.name for column in self.shown if column.name not in keys]
        return fold if fold.calls else Fold(fold.keys, tuple((name, "first", name) for name in shown))

    def table(self) -> Table:
        self._settle_order()
        return self._metric_table(self.grouped) if self.grouped is not None else self._row_table()

    def _row_table(self) -> Table:
        outputs = list(self.tallied)
        for column in () if self.tallied else self._with_sort_columns():
            outputs.append(self._output(column, outputs))
        labels = tuple(one.label for one in outputs if one.label.endswith("_"))
        if labels:
            self.rows.pipe.append(
                Drop(tuple(Matcher(label, MatchOperator.EQUAL, "") for label in dict.fromkeys(labels)))
            )
        query = self.rows.log_query()
        note_json(self.rows.pipe)
        note_sorting(self.rows.pipe, outputs, self.finish)
        limit = ROWS if self.limit is None else min(self.limit, ROWS)
        if limit < (self.limit or ROWS + 1):
            note_rows(self.rows.pipe)
        direction = "forward" if self.newest_first is False else "backward"
        text = print_query(query)
        request = Request("A", text, text, Mode.RANGE, False, None, limit, direction)
        shown = tuple(column.name for column in self.shown)
        finish = tuple(self._kept(one) if isinstance(one, Fold) else one for one in self.finish)
        limits = (("max_entries_limit_per_query", limit),)
        return Table((request,), tuple(outputs), (), finish, shown, self._findings(), limits)

    def _with_sort_columns(self) -> tuple[Named, ...]:
        names = {column.name for column in self.shown}
        more = [one.column for one in self.finish if isinstance(one, Order) and one.column not in names]
        more += [name for one in self.finish if isinstance(one, Fold) for name, _ in one.keys if name not in names]
        hidden = tuple(Named(name, _reference(name, self.rows)) for name in dict.fromkeys(more))
        return (*self.shown, *hidden)

    def _output(self, column: Named, before: list[Output]) -> Output:
        """A column of the panel; Grafana shows each label, the time and the line once, so a second use is copied."""
        where = self.rows.place(column.expression, column.name)
        match where:
            case Label(name):
                output = Output(column.name, Origin.LABEL, name, is_time=name in self.rows.pipe.times)
            case Line():
                output = Output(column.name, Origin.LINE)
            case Time():
                output = Output(column.name, Origin.TIME)
            case Constant():
                return self._copy(column.name, where)
        used = any((one.origin, one.label) == (output.origin, output.label) for one in before)
        return self._copy(column.name, where) if used else output

    def _copy(self, name: str, where: Where) -> Output:
        label = self.rows.pipe.assign(name, t.shows(self.rows.pipe.value(where))).name
        timed = isinstance(where, Time) or (isinstance(where, Label) and where.name in self.rows.pipe.times)
        return Output(name, Origin.LABEL, label, is_time=timed)

    def _metric_table(self, grouped: Grouped) -> Table:
        measures = self._needed(grouped)
        requests: list[Request] = []
        outputs = [Output(name, Origin.LABEL, label, "A", name in grouped.times) for name, label in grouped.keys]
        if grouped.bucket is not None:
            outputs.insert(0, Output(grouped.bucket[0], Origin.TIME))
        hidden = [label for label in grouped.labels if label.startswith(ROW_KEY)]
        for ref, (name, measure) in zip(ascii_uppercase, measures.items(), strict=False):
            column = f"{name} (time)" if measure.label or name == EVERYTHING else name
            requests.append(self._request(ref, column, measure, grouped))
            hidden += [column] if column != name else []
            if name != EVERYTHING:
                origin = Origin.LABEL if measure.label else Origin.VALUE
                outputs.append(Output(name, origin, measure.label, ref, measure.is_time))
        if len(measures) > len(ascii_uppercase):
            raise Beyond("logql/aggregates", "a panel has at most 26 queries")
        note_json(self.rows.pipe)
        unsure = [one for one in outputs if one.name not in measures or not measures[one.name].whole]
        note_sorting(self.rows.pipe, unsure, self.finish)
        note_metric(self.rows.pipe, grouped)
        keys = (*((grouped.bucket[0],) if grouped.bucket else ()), *(name for name, _ in grouped.keys))
        shown = tuple(column.name for column in self.shown)
        limits = (("max_query_series", SERIES),)
        return Table(
            tuple(requests), tuple(outputs), keys, tuple(self.finish), shown, self._findings(), limits, tuple(hidden)
        )

    def _needed(self, grouped: Grouped) -> dict[str, Measure]:
        """The measures that are shown, sorted by, or folded; others are only parts of those."""
        read = {name_of(column.expression) for column in self.shown if isinstance(column.expression, (Field, Column))}
        read |= columns_read(self.finish)
        needed = {name: measure for name, measure in grouped.measures.items() if name in read}
        if self.everything is not None and not any(measure.whole for measure in needed.values()):
            needed[EVERYTHING] = self.everything
        return needed

    def _request(self, ref: str, name: str, measure: Measure, grouped: Grouped) -> Request:
        """Fixed for a window, and for a panel, where a label says which column the values are."""
        if grouped.bucket is not None:
            bucket = grouped.bucket[1]
            width = bucket.period.milliseconds or 0
            metric = measure.build(Span(width * 1_000_000), offset_of(bucket))
            return Request(ref, print_query(metric), print_query(_tagged(metric, name)), Mode.RANGE, True, width)
        fixed, shown = measure.build(Span(self.window_ms * 10**6), 0), measure.build(Variable("__range"), 0)
        return Request(ref, print_query(fixed), print_query(shown), Mode.INSTANT, True)

    def _findings(self) -> tuple[Diagnostic, ...]:
        return tuple(self.rows.pipe.findings)


def _tagged(metric: Metric, name: str) -> Metric:
    return LabelReplace(metric, COLUMN_LABEL, name.replace("$", "$$"), COLUMN_LABEL, "")


def _reference(name: str, rows: RowTranslator) -> Expression:
    return Column(name) if name in rows.pipe.columns else Field(tuple(name.split(".")))
