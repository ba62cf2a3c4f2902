"""One line for each operator of a plan, for --explain: what it does and what it keeps in memory."""

from __future__ import annotations

from typing import assert_never

from translators.query.plan import (
    Aggregate,
    Anomalies,
    Dedup,
    Diff,
    Extend,
    Filter,
    Given,
    Join,
    Limit,
    Lookup,
    Operator,
    Parse,
    Patterns,
    Project,
    Scan,
    Sort,
    Totals,
    Unnest,
)


def describe(operator: Operator) -> str:
    """The operator, with what it keeps."""
    match operator:
        case Scan(number):
            return f"scan {number}"
        case Given(number):
            return f"rows of Loki {number}"
        case Filter():
            return "filter (streams)"
        case Extend(_, columns):
            return f"compute {', '.join(column.name for column in columns)} (streams)"
        case Parse():
            return f"parse {', '.join(operator.names)} (streams)"
        case Aggregate(_, keys, calls):
            by = f" by {', '.join(key.name for key in keys)}" if keys else ""
            return f"stats {', '.join(call.name for call in calls)}{by} (keeps its groups)"
        case Sort(_, keys):
            return f"sort by {_keys(len(keys))} (keeps its rows)"
        case Limit(_, count, tail):
            return f"{'last' if tail else 'first'} {count} rows"
        case Dedup(_, keys):
            return f"dedup by {_keys(len(keys))} (keeps the keys)"
        case Project(_, columns):
            return f"show {', '.join(column.name for column in columns)}"
        case Patterns() | Anomalies() | Diff():
            return f"{type(operator).__name__.lower()} (keeps its clusters)"
        case Unnest():
            return f"unnest into {operator.name} (streams)"
        case Lookup():
            return f"lookup in {operator.table} (keeps the table)"
        case Join():
            return f"{operator.kind} join (keeps the right side)"
        case Totals():
            return "totals (keeps its rows)"
        case _:
            assert_never(operator)


def _keys(count: int) -> str:
    return "1 key" if count == 1 else f"{count} keys"
