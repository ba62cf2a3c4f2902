"""What Grafana does to a table that LogQL gave: conditions, a second grouping, arithmetic with columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from translators.frozen import frozen
from translators.logql.translate import templates as t
from translators.query.expressions import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Column,
    Compare,
    Comparison,
    Expression,
    Field,
    Function,
    Literal,
    Not,
    Or,
    Rounding,
    TimeBucket,
)
from translators.query.plan import Aggregate, Aggregation, Named
from translators.query.policies import Policy, PolicyUse
from translators.query.split.table import (
    AsTime,
    Beyond,
    Calculate,
    Calculation,
    Finish,
    First,
    Fold,
    Having,
    Keep,
    KeepAny,
    Order,
    Round,
)
from translators.query.tree import parts

_HAVING = {
    Comparison.GREATER: Having.GREATER,
    Comparison.GREATER_OR_EQUAL: Having.GREATER_OR_EQUAL,
    Comparison.LESS: Having.LOWER,
    Comparison.LESS_OR_EQUAL: Having.LOWER_OR_EQUAL,
    Comparison.EQUAL: Having.EQUAL,
    Comparison.NOT_EQUAL: Having.NOT_EQUAL,
}
_CALCULATIONS = {
    ArithmeticOperator.ADD: Calculation.ADD,
    ArithmeticOperator.SUBTRACT: Calculation.SUBTRACT,
    ArithmeticOperator.MULTIPLY: Calculation.MULTIPLY,
    ArithmeticOperator.DIVIDE: Calculation.DIVIDE,
}
_FOLDS = {
    Aggregation.COUNT: "count",
    Aggregation.SUM: "sum",
    Aggregation.AVG: "mean",
    Aggregation.MIN: "min",
    Aggregation.MAX: "max",
    Aggregation.COUNT_DISTINCT: "distinctCount",
    Aggregation.STDDEV: "stdDev",
}


_OF_ROWS = frozenset(
    {
        Policy.NULL_GROUP,
        Policy.EMPTY_AGGREGATE,
        Policy.ALL_MISSING_AGGREGATE,
        Policy.NONNUMERIC_AGGREGATE,
        Policy.NONNUMERIC_COMPARE,
        Policy.STRING_NUMBER_COERCION,
        Policy.JSON_NULL,
        Policy.BOOLEAN_REPR,
        Policy.STDDEV_FORM,
        Policy.PCT_ALGORITHM,
        Policy.LATEST_OF_NULL,
    }
)
"""Policies that LogQL cannot be told: its answer is that of the default. The others are settled in the plan."""


ALL_ROWS = "all rows"
"""A column with the same value in each row, where stats has no keys."""


@frozen
class Columns:
    """What is known of a table's columns: which have a value in each row, and which are labels; and of ``!=``."""

    always: frozenset[str]
    texts: frozenset[str]
    missing_differs: str


def hold_defaults(uses: tuple[PolicyUse, ...]) -> None:
    """Refuses what Loki would silently answer by another choice."""
    for use in uses:
        if use.policy in _OF_ROWS and use.value != use.default:
            raise Beyond("logql/policy", f"Loki knows {use.policy} only as {use.default}")


def rounded_time(bucket: TimeBucket) -> str:
    """The template of an entry's time in milliseconds, rounded."""
    width = bucket.period.milliseconds
    if width is None:
        raise Beyond("logql/calendar-bucket", "months, quarters and years have no fixed length")
    time = f"(add {t.MILLISECONDS.code} {width - 1})" if bucket.rounding is Rounding.CEIL else t.MILLISECONDS.code
    return f"{{{{ mul (div {time} {width}) {width} }}}}"


def fold(operator: Aggregate, any_column: str) -> tuple[Finish, ...]:
    """The second stats, by Grafana's groupBy over the table of the first; without keys by a column that is 0."""
    steps: list[Finish] = []
    keys: list[tuple[str, str]] = []
    for key in operator.keys:
        column = _column(key.expression) or f"{key.name} of"
        steps += _made(column, key.expression)
        keys.append((column, key.name))
    calls: list[tuple[str, str, str]] = []
    for call in operator.calls:
        if call.function not in _FOLDS:
            raise Beyond("logql/second-stats", f"Grafana's groupBy has no {call.function}")
        column = any_column
        if call.argument is not None:
            column = _column(call.argument) or f"{call.name} of"
            steps += _made(column, call.argument)
        calls.append((column, _FOLDS[call.function], call.name))
    if len({(column, function) for column, function, _ in calls}) < len(calls):
        raise Beyond("logql/second-stats", "Grafana's groupBy has each aggregate once")
    if not keys:
        steps.append(Calculate(ALL_ROWS, any_column, Calculation.MULTIPLY, 0.0))
    return (*steps, Fold(tuple(keys) or ((ALL_ROWS, ALL_ROWS),), tuple(calls)))


def _made(name: str, expression: Expression) -> tuple[Finish, ...]:
    """The steps that make a column; none where it is there."""
    if _column(expression) == name:
        return ()
    if not isinstance(expression, TimeBucket):
        return tuple(calculations((Named(name, expression),)))
    width = expression.period.milliseconds
    if width is None:
        raise Beyond("logql/calendar-bucket", "months, quarters and years have no fixed length")
    return (
        Calculate(f"{name} share", name_of(expression.operand), Calculation.DIVIDE, float(width)),
        Round(f"{name} whole", f"{name} share", expression.rounding),
        Calculate(name, f"{name} whole", Calculation.MULTIPLY, float(width)),
        AsTime(name),
    )


def _column(expression: Expression) -> str:
    """The name of a bare column; the empty text for what is computed."""
    return expression.name if isinstance(expression, Field | Column) else ""


def unsure_of(operator: Aggregate, columns: Columns) -> tuple[str, ...]:
    """The columns of which Grafana takes a missing value for a zero or for a text."""
    found: dict[str, None] = {}
    for call in operator.calls:
        for part in parts(call.argument) if call.argument is not None else ():
            name = _column(part)
            counted = call.function in (Aggregation.COUNT, Aggregation.COUNT_DISTINCT)
            if name and (name in columns.texts if counted else name not in columns.always):
                found[name] = None
    return tuple(found)


def calculations(columns: tuple[Named, ...]) -> Iterator[Calculate]:
    """Computed columns over the second stats: Grafana calculates with two columns."""
    for column in columns:
        if is_same(column):
            continue
        if not isinstance(column.expression, Arithmetic) or column.expression.operator not in _CALCULATIONS:
            raise Beyond("logql/over-aggregates", "a computed column over the second stats")
        operator = _CALCULATIONS[column.expression.operator]
        left, right = column.expression.left, column.expression.right
        number = right.value if isinstance(right, Literal) and isinstance(right.value, int | float) else None
        other: str | float = name_of(right) if number is None else float(number)
        yield Calculate(column.name, name_of(left), operator, other)


def columns_read(finish: Iterable[Finish]) -> set[str]:
    """The columns that the table must have for this."""
    read: set[str] = set()
    for one in finish:
        match one:
            case Order(column) | Keep(column):
                read.add(column)
            case KeepAny(conditions):
                read |= {condition.column for condition in conditions}
            case Fold(keys, calls):
                read |= {column for column, _ in keys} | {column for column, _, _ in calls}
            case Calculate(_, left, _, right):
                read |= {left, right} if isinstance(right, str) else {left}
            case Round(_, column) | AsTime(column):
                read.add(column)
            case First():
                pass
            case _:
                assert_never(one)
    return read


def is_same(column: Named) -> bool:
    return isinstance(column.expression, Column) and column.expression.name == column.name


def name_of(expression: Expression) -> str:
    if isinstance(expression, Field | Column):
        return expression.name
    if isinstance(expression, TimeBucket):
        raise Beyond("logql/second-stats", "a time bucket of a table")
    raise Beyond("logql/over-aggregates", "a computed value of a table where Grafana needs a column")


def kept_rows(predicate: Expression, columns: Columns) -> tuple[Finish, ...]:
    """The steps that leave the rows for which a condition on the columns holds."""
    if not isinstance(predicate, Or):
        keep = _keep(predicate)
        if not _passes_missing(keep, columns):
            return (keep,)
        if keep.having is Having.MISSING:
            raise Beyond("logql/having", "Grafana's filterByValue cannot tell a missing label from an empty one")
        return _there(keep, columns), keep
    conditions = tuple(map(_keep, predicate.items))
    if any(_passes_missing(one, columns) for one in conditions):
        raise Beyond("logql/having", "Grafana's filterByValue takes a missing value for zero, in one of alternatives")
    return (KeepAny(conditions),)


def _keep(predicate: Expression) -> Keep:
    match predicate:
        case Compare(operator, Field() | Column() as left, Literal(str(text))) if not t.is_number(text):
            if operator not in (Comparison.EQUAL, Comparison.NOT_EQUAL):
                raise Beyond("logql/having", "Grafana's filterByValue has no order of texts")
            return Keep(left.name, _HAVING[operator], text)
        case Compare(operator, Field() | Column() as left, Literal(value)) if isinstance(value, str | int | float):
            return Keep(left.name, _HAVING[operator], float(value) if isinstance(value, str) else value)
        case Call(Function.IS_PRESENT, (Field() | Column() as operand,)):
            return Keep(operand.name, Having.THERE, "")
        case Not(Call(Function.IS_PRESENT, (Field() | Column() as operand,))):
            return Keep(operand.name, Having.MISSING, "")
        case _:
            raise Beyond("logql/having", "Grafana's filterByValue compares columns with constants")


def _passes_missing(keep: Keep, columns: Columns) -> bool:
    """Whether a row without the value would pass in Grafana and not in Insights: JavaScript takes it for zero."""
    if keep.column in columns.always:
        return False
    match keep.having, keep.value:
        case ((Having.THERE | Having.MISSING), _):
            return keep.column in columns.texts
        case Having.NOT_EQUAL, _:
            return columns.missing_differs == "exclude"
        case Having.EQUAL, float() | int() as value:
            return keep.column in columns.texts and value == 0
        case Having.GREATER, float() | int() as value:
            return value < 0
        case Having.GREATER_OR_EQUAL, float() | int() as value:
            return value <= 0
        case Having.LOWER, float() | int() as value:
            return value > 0
        case Having.LOWER_OR_EQUAL, float() | int() as value:
            return value >= 0
        case _:
            return False


def _there(keep: Keep, columns: Columns) -> Keep:
    """A label that is not there is the empty text in Grafana's table."""
    return Keep(keep.column, Having.NOT_EQUAL if keep.column in columns.texts else Having.THERE, "")
