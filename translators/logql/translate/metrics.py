"""The aggregates of a plan as metric queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from translators.catalog import Matcher, MatchOperator
from translators.diagnostics import Fidelity
from translators.logql.model import (
    Assign,
    Binary,
    BinaryOperator,
    Grouping,
    LabelFilter,
    LabelFormat,
    LogQuery,
    Matching,
    Metric,
    Number,
    RangeAggregation,
    RangeFunction,
    Span,
    Unwrap,
    Variable,
    VectorAggregation,
    VectorFunction,
    VectorOf,
)
from translators.logql.translate import templates as t
from translators.logql.translate.pipe import Constant, Label, Time, Where, note_grouping
from translators.logql.translate.rows import NAMES, RowTranslator
from translators.query.expressions import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Column,
    Expression,
    Function,
    Literal,
    Negative,
    TimeBucket,
)
from translators.query.plan import Aggregate, AggregateCall, Aggregation
from translators.query.split.table import Beyond

Window = Span | Variable
ROW_KEY = "row_key_"
POINTS = 11_000
"""Points of a series that Loki gives at most; no setting changes it."""
_ARITHMETIC = {
    ArithmeticOperator.ADD: BinaryOperator.PLUS,
    ArithmeticOperator.SUBTRACT: BinaryOperator.MINUS,
    ArithmeticOperator.MULTIPLY: BinaryOperator.TIMES,
    ArithmeticOperator.DIVIDE: BinaryOperator.OVER,
    ArithmeticOperator.MODULO: BinaryOperator.MODULO,
}
_DIVISIONS = frozenset({ArithmeticOperator.DIVIDE, ArithmeticOperator.MODULO})
_UNWRAPPED = {
    Aggregation.SUM: (RangeFunction.SUM, VectorFunction.SUM),
    Aggregation.MIN: (RangeFunction.MIN, VectorFunction.MIN),
    Aggregation.MAX: (RangeFunction.MAX, VectorFunction.MAX),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate as a metric of a window; ``label`` names where its value is when that is not the sample.

    ``whole``: it has every group that has a line.
    """

    build: Callable[[Window, int], Metric]
    label: str = ""
    is_time: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Grouped:
    """An Aggregate in LogQL: the labels of its keys, its time bucket, a metric for each call, and what it groups by."""

    keys: tuple[tuple[str, str], ...]
    bucket: tuple[str, TimeBucket] | None
    measures: dict[str, Measure]
    labels: tuple[str, ...]
    times: frozenset[str] = frozenset()
    """Keys that are times in milliseconds."""


class Aggregator:
    """Writes the aggregates over a finished row pipeline."""

    def __init__(self, rows: RowTranslator, window_ms: int) -> None:
        self._rows = rows
        self._window_ms = window_ms
        self._pipe = rows.pipe

    def aggregate(self, operator: Aggregate) -> Grouped:
        keys: list[tuple[str, str]] = []
        bucket: tuple[str, TimeBucket] | None = None
        for key in operator.keys:
            found = self._rows.bucket_of(key.expression)
            if found is None or bucket is not None or not self._has_points(found.period.milliseconds):
                keys.append((key.name, self._key(key.name, key.expression)))
            else:
                bucket = (key.name, found)
        labels = tuple(label for _, label in keys)
        several = len(operator.calls) > 1 or any(call.function is not Aggregation.COUNT for call in operator.calls)
        if labels and (several or bucket is not None):
            labels = (*labels, self._row_key(labels))
        measures = {call.name: self._measure(call, labels) for call in operator.calls}
        times = frozenset(name for name, label in keys if label in self._pipe.times)
        return Grouped(tuple(keys), bucket, measures, labels, times)

    def _has_points(self, width: int | None) -> bool:
        """Whether Loki gives a point for each bucket of the window."""
        return width is not None and width * POINTS >= self._window_ms

    def _row_key(self, labels: tuple[str, ...]) -> str:
        """A label that every group has, unlike a key that is missing: by it Grafana's merge pairs rows."""
        texts = ",".join(f"{{{{.{label}}}}}" for label in labels)
        return self._pipe.assign(ROW_KEY.rstrip("_"), f"={texts}").name

    def _where(self, expression: Expression) -> Where | None:
        return self._pipe.where(expression) if isinstance(expression, NAMES) else None

    def _key(self, name: str, expression: Expression) -> str:
        """The label to group by. A missing one and an empty one become one group."""
        where = self._rows.place(expression, name)
        if isinstance(where, Label):
            note_grouping(self._pipe, where)
        if isinstance(where, Label) and not where.extracted:
            return where.name
        if isinstance(where, Label):
            self._pipe.append(LabelFormat((Assign(where.name, f"{{{{.{where.name}}}}}"),)))
            return where.name
        return self._pipe.assign(name, t.shows(self._pipe.value(where))).name

    def _copied(self, name: str, label: str) -> str:
        """A label of its own for a value that is shown: Grafana joins tables by the labels that they have in common."""
        return self._pipe.assign(name, f"{{{{.{label}}}}}").name

    def _measure(self, call: AggregateCall, keys: tuple[str, ...]) -> Measure:
        by = Grouping(keys) if keys else None
        match call.function:
            case Aggregation.COUNT:
                return self._counted(call, by)
            case Aggregation.COUNT_DISTINCT:
                return self._distinct(call, keys)
            case Aggregation.SUM | Aggregation.MIN | Aggregation.MAX:
                return self._unwrapped(call, keys)
            case Aggregation.AVG:
                return self._average(call, by)
            case Aggregation.PCT:
                query, label = self._number(call.argument)
                share = f"{(call.parameter or 0) / 100:.6g}"
                return Measure(
                    lambda window, offset: RangeAggregation(
                        RangeFunction.QUANTILE, query(), window, Unwrap(label), offset, Grouping(keys), share
                    )
                )
            case Aggregation.STDDEV:
                query, label = self._number(call.argument)
                return Measure(
                    lambda window, offset: RangeAggregation(
                        RangeFunction.STDDEV, query(), window, Unwrap(label), offset, Grouping(keys)
                    )
                )
            case Aggregation.EARLIEST | Aggregation.LATEST:
                return self._newest(call, keys)
            case _:
                raise Beyond("logql/aggregate", f"LogQL has no {call.function}()")

    def _query(self, *more: LabelFilter) -> Callable[[], LogQuery]:
        """The rows as of now with further filters; built late, since each later name may add to the first parser."""
        stages = self._pipe.query.stages
        return lambda: _with(self._rows.log_query(stages), more)

    def _counted(self, call: AggregateCall, by: Grouping | None) -> Measure:
        """Groups in which nothing is counted have 0."""
        if self._is_null(call.argument):
            return self._none_counted(by)
        everything, query = self._query(), self._present(call.argument)

        def build(window: Window, offset: int) -> Metric:
            counted = _count(query(), window, offset, by)
            if call.argument is None:
                return counted if by or offset else _or(counted, VectorOf("0"))
            return _or(counted, _zero(everything(), window, offset, by))

        return Measure(build, whole=True)

    def _is_null(self, argument: Expression | None) -> bool:
        """Whether the argument is a field that no record has."""
        where = self._where(argument) if argument is not None else None
        return isinstance(where, Constant) and not where.text

    def _none_counted(self, by: Grouping | None) -> Measure:
        everything = self._query()
        return Measure(lambda window, offset: _zero(everything(), window, offset, by), whole=True)

    def everything(self, keys: tuple[str, ...]) -> Measure:
        """How many lines each group has: so that groups are there in which an aggregate found no number."""
        query, by = self._query(), Grouping(keys) if keys else None

        def build(window: Window, offset: int) -> Metric:
            counted = _count(query(), window, offset, by)
            return counted if by or offset else _or(counted, VectorOf("0"))

        return Measure(build, whole=True)

    def _present(self, argument: Expression | None) -> Callable[[], LogQuery]:
        if argument is None:
            return self._query()
        where = self._rows.place(argument, "counted")
        if isinstance(where, Label):
            return self._query(LabelFilter(Matcher(self._present_label(where), MatchOperator.NOT_EQUAL, "")))
        return self._query()

    def _present_label(self, where: Label) -> str:
        """A label that is not empty just where the value is there."""
        found = self._rows.presence_label(where)
        guards = self._pipe.surely(self._pipe.value(where)).guards or ("true",)
        return found or self._pipe.assign("counted", t.flags(t.all_of(guards))).name

    def _number(self, argument: Expression | None) -> tuple[Callable[[], LogQuery], str]:
        """The rows whose argument is a plain number, and its label. The guard stands before every unwrap."""
        if argument is None:
            raise Beyond("logql/aggregate", "an aggregate without an argument")
        label = self._number_label(self._rows.place(argument, "number"))
        return self._query(LabelFilter(Matcher(label, MatchOperator.MATCHES, t.NUMBER))), label

    def _number_label(self, where: Where) -> str:
        """A field that no record has is a label that no entry has: the guard keeps nothing, the aggregate is null."""
        if isinstance(where, Label):
            return where.name
        if isinstance(where, Constant) and not where.text:
            return self._pipe.fresh("number")
        return self._pipe.assign("number", t.shows(self._pipe.value(where))).name

    def _unwrapped(self, call: AggregateCall, keys: tuple[str, ...]) -> Measure:
        inner, outer = _UNWRAPPED[call.function]
        if call.function is not Aggregation.SUM:
            self._pipe.note(
                "logql/extreme-of-text",
                Fidelity.EQUIVALENT,
                "min and max are the same if every value is a number: Insights also orders texts",
            )
        is_time = isinstance(self._where(call.argument) if call.argument else None, Time)
        query, label = self._number(call.argument)
        is_time = is_time or (call.function is not Aggregation.SUM and label in self._pipe.times)
        by = Grouping(keys) if keys else None

        def build(window: Window, offset: int) -> Metric:
            return VectorAggregation(outer, RangeAggregation(inner, query(), window, Unwrap(label), offset), by)

        return Measure(build, is_time=is_time)

    def _average(self, call: AggregateCall, by: Grouping | None) -> Measure:
        """The sum over the count: avg_over_time divides by lines that have no number (grafana/loki#23890)."""
        query, label = self._number(call.argument)

        def build(window: Window, offset: int) -> Metric:
            total = RangeAggregation(RangeFunction.SUM, query(), window, Unwrap(label), offset)
            return Binary(
                BinaryOperator.OVER,
                VectorAggregation(VectorFunction.SUM, total, by),
                _count(query(), window, offset, by),
            )

        return Measure(build)

    def _distinct(self, call: AggregateCall, keys: tuple[str, ...]) -> Measure:
        if call.argument is None:
            raise Beyond("logql/aggregate", "count_distinct without an argument")
        if self._is_null(call.argument):
            return self._none_counted(Grouping(keys) if keys else None)
        label = self._key("distinct", call.argument)
        everything, query = self._query(), self._query(LabelFilter(Matcher(label, MatchOperator.NOT_EQUAL, "")))
        by = Grouping(keys) if keys else None
        self._pipe.note(
            "logql/series-limit",
            Fidelity.EQUIVALENT,
            "the same up to max_query_series (500) distinct values",
            "raise limits_config.max_query_series",
        )

        def build(window: Window, offset: int) -> Metric:
            values = _count(query(), window, offset, Grouping((*keys, label)))
            return _or(VectorAggregation(VectorFunction.COUNT, values, by), _zero(everything(), window, offset, by))

        return Measure(build, whole=True)

    def _newest(self, call: AggregateCall, keys: tuple[str, ...]) -> Measure:
        """The value of the newest (oldest) entry: one series a value, its sample the time, the greatest kept."""
        if call.argument is None:
            raise Beyond("logql/aggregate", f"{call.function} without an argument")
        newest = call.function is Aggregation.LATEST
        where = self._where(call.argument)
        stamp = self._pipe.assign("time", "{{ __timestamp__ | unixEpochMillis }}").name
        if isinstance(where, Time):
            inner = RangeFunction.MAX if newest else RangeFunction.MIN
            query = self._query()
            return Measure(
                lambda window, offset: RangeAggregation(inner, query(), window, Unwrap(stamp), offset, Grouping(keys)),
                is_time=True,
            )
        self._pipe.note(
            "logql/newest-of-several",
            Fidelity.EQUIVALENT,
            "the same if no two lines of a group have the newest (oldest) time to the millisecond",
        )
        source = self._key("latest", call.argument)
        label = self._copied(call.name, source)
        query = self._query()
        top = VectorFunction.TOPK if newest else VectorFunction.BOTTOMK
        most = RangeFunction.MAX if newest else RangeFunction.MIN
        over = VectorFunction.MAX if newest else VectorFunction.MIN
        by = Grouping(keys) if keys else None

        def build(window: Window, offset: int) -> Metric:
            times = RangeAggregation(most, query(), window, Unwrap(stamp), offset)
            return VectorAggregation(top, VectorAggregation(over, times, Grouping((*keys, label))), by, "1")

        return Measure(build, label, is_time=source in self._pipe.times)


def _with(query: LogQuery, more: tuple[LabelFilter, ...]) -> LogQuery:
    return replace(query, stages=(*query.stages, *more))


def _count(query: LogQuery, window: Window, offset: int, by: Grouping | None) -> Metric:
    return VectorAggregation(
        VectorFunction.SUM, RangeAggregation(RangeFunction.COUNT, query, window, offset=offset), by
    )


def _zero(everything: LogQuery, window: Window, offset: int, by: Grouping | None) -> Metric:
    """0 for each group, and without groups also where there is no line at all."""
    if by is None and not offset:
        return VectorOf("0")
    return Binary(BinaryOperator.TIMES, _count(everything, window, offset, by), Number("0"))


def _or(first: Metric, second: Metric) -> Metric:
    return Binary(BinaryOperator.OR, first, second)


def combined(expression: Expression, measures: dict[str, Measure]) -> Measure:
    """Arithmetic over aggregates; groups that one side lacks have no row."""

    def build(window: Window, offset: int) -> Metric:
        return _metric(expression, measures, window, offset)

    return Measure(build)


def _metric(expression: Expression, measures: dict[str, Measure], window: Window, offset: int) -> Metric:
    match expression:
        case Column(name) if name in measures and not measures[name].label:
            return measures[name].build(window, offset)
        case Literal(bool(value)):
            return Number(str(int(value)))
        case Literal(value) if isinstance(value, int | float):
            return Number(f"{value!r}")
        case Negative(operand):
            return Binary(BinaryOperator.TIMES, Number("-1"), _metric(operand, measures, window, offset))
        case Call(Function.FLOOR | Function.CEIL as function, (operand,)):
            return _rounded(function, _metric(operand, measures, window, offset))
        case Arithmetic(operator, left, right) if operator in _ARITHMETIC:
            one, other = (_metric(side, measures, window, offset) for side in (left, right))
            return Binary(_ARITHMETIC[operator], one, _nonzero(other) if operator in _DIVISIONS else other)
        case _:
            raise Beyond("logql/over-aggregates", f"LogQL cannot compute {type(expression).__name__} of aggregates")


def _nonzero(divisor: Metric) -> Metric:
    """A division by zero is null to Insights, NaN or infinite to Loki."""
    if isinstance(divisor, Number):
        if not float(divisor.text):
            raise Beyond("logql/over-aggregates", "a division by zero")
        return divisor
    return Binary(BinaryOperator.NOT_EQUAL, divisor, Number("0"))


def _rounded(function: Function, value: Metric) -> Metric:
    """The number without its fraction, and one more or less where a fraction was on that side of zero."""
    rest = Binary(BinaryOperator.MODULO, value, Number("1"))
    whole = Binary(BinaryOperator.MINUS, value, rest)
    up = function is Function.CEIL
    side = Binary(BinaryOperator.GREATER if up else BinaryOperator.LESS, rest, Number("0"), Matching(as_bool=True))
    return Binary(BinaryOperator.PLUS if up else BinaryOperator.MINUS, whole, side)


def offset_of(bucket: TimeBucket) -> int:
    """Moves Loki's window (t - p, t] so that the point at t is the bucket which Insights calls t."""
    return 1 - (bucket.period.milliseconds or 0) * 1_000_000
