"""``evaluate(plan, sources)``: the table that Insights would print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.run import Runner
from translators.insights.evaluate.settings import Settings, Sources, Uses
from translators.insights.evaluate.values import LARGEST_WHOLE, Instant, Value, date_text, json_text
from translators.query.plan import Operator, Plan
from translators.query.policies import PolicyUse

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Result:
    """Columns in their order, rows of cells as they are shown, and the policies that these very rows depend on."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    policies: tuple[PolicyUse, ...]


def evaluate(plan: Plan, sources: Sources, settings: Settings | None = None) -> Result:
    """Runs the whole plan."""
    settings = settings or Settings()
    uses = Uses(settings.policies)
    columns = plan.columns
    rows = tuple(
        tuple([cell(row.columns[name]) for name in columns]) for row in Runner(settings, sources, uses).rows(plan.root)
    )
    return Result(columns, rows, tuple(uses.found.values()))


def stream(
    operator: Operator, sources: Sources, settings: Settings | None = None, uses: Uses | None = None
) -> Iterator[Row]:
    """The rows of any operator, as they come; its values are not yet cells. ``uses`` hears of policies on the way."""
    settings = settings or Settings()
    return Runner(settings, sources, uses or Uses(settings.policies)).rows(operator)


def cell(value: Value) -> Cell:
    """A value as it is shown: times as dates, maps and lists as JSON, whole numbers without a fraction."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Instant):
        return date_text(value)
    if isinstance(value, dict | list):
        return json_text(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_WHOLE else value
