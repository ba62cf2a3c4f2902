"""Explains a split as databases do: the residual as a tree, and under each scan what Loki is asked."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.queries.limits import ends_of
from migrate.queries.window import Window
from translators.insights.evaluate.values import date_text
from translators.logql.printer import print_query
from translators.queries import Part, Prepared, Translated
from translators.query.plan import Operator, Scan
from translators.query.split.describe import describe
from translators.query.tree import inputs


def explain(prepared: Prepared, translation: Translated, window: Window) -> list[str]:
    """The lines of --explain."""
    lines = [f"fidelity {prepared.fidelity} · shape {translation.shape}", "", "finished here:"]
    lines += _tree(prepared.plan.root, prepared, window, 1)
    if translation.table is not None:
        lines += ["", "as a Grafana panel:"]
        lines += [f"  {request.ref}: {request.panel}" for request in translation.requests]
    elif translation.residual:
        lines += ["", f"no panel: {translation.residual}"]
    lines += [f"  {found.fidelity}: {found.message} [{found.rule}]" for found in translation.findings]
    lines += [f"  policy {use.policy}={use.value}: {use.reason}" for use in prepared.plan.policies]
    return lines


def _tree(operator: Operator, prepared: Prepared, window: Window, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{describe(operator)}"
    if isinstance(operator, Scan):
        for part in prepared.parts:
            if part.scan == operator.id:
                yield from _asked(part, prepared, window, indent)
    for below in inputs(operator):
        yield from _tree(below, prepared, window, depth + 1)


def _asked(part: Part, prepared: Prepared, window: Window, indent: str) -> Iterator[str]:
    shifted = window.shifted(part.shift)
    if part.query is None:
        yield f"{indent}  Loki is not asked: no entry of {part.bound.group.name} can match"
        return
    yield f"{indent}  asked of Loki ({part.bound.group.name}, {part.bound.shape.name}):"
    yield f"{indent}    {print_query(part.query)}"
    ends = ends_of(prepared.plan)
    order = "" if ends is None else f", the {'newest' if ends.newest else 'oldest'} {ends.count} rows"
    kind = "exactly the rows that count" if part.exact else "at least the rows that count; filtered again here"
    yield f"{indent}    {date_text(shifted.start)} to {date_text(shifted.end)}, {kind}{order}"
