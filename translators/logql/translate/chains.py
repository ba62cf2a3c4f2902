"""A plan as the chain of operators that a log query and what Grafana does to it can be."""

from __future__ import annotations

from translators.query.lowering import keys_first
from translators.query.plan import Operator, Plan, Scan
from translators.query.split.table import Beyond
from translators.query.tree import inputs


def chain(plan: Plan) -> tuple[Operator, ...]:
    """The operators from the scan up, of one scan without branches; conditions on keys stand below the stats."""
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
    return keys_first(tuple(reversed(found)))
