"""Time buckets: bin, datefloor, dateceil, with the caps of their units."""

from __future__ import annotations

from collections.abc import Callable

from translators.diagnostics import Fidelity
from translators.insights import functions, syntax
from translators.insights.errors import InsightsError
from translators.insights.normalise.notes import Notes
from translators.insights.normalise.scope import Scope
from translators.query.expressions import Expression, Field, Period, PeriodUnit, Rounding, TimeBucket
from translators.query.policies import Policy

TIMESTAMP = ("@timestamp",)
_FEWEST = 1


def bucket(
    call: syntax.Function, value: Callable[[syntax.Expression], Expression], scope: Scope, notes: Notes
) -> TimeBucket:
    """The bucket that the call computes; ``value`` lowers its time argument."""
    name = call.name.lower()
    *times, last = call.arguments if call.arguments else (None,)
    if not isinstance(last, syntax.PeriodText) or len(times) > 1 or (not times and name != functions.BIN):
        usage = "bin(5m)" if name == functions.BIN else f"{call.name}(@timestamp, 5m)"
        raise InsightsError("period", f"`{call.name}` is used like {usage}", call.span, ("a period",))
    if name in functions.UNDOCUMENTED_TIME_FUNCTIONS:
        notes.say("date-floor", Fidelity.EQUIVALENT, f"`{call.name}` is read as `{name.replace('_', '')}`", call.span)
    if name == functions.BIN and times:
        notes.say("bin-of-timestamp", Fidelity.EQUIVALENT, "bin takes a period alone; read as datefloor", call.span)
    operand = value(times[0]) if times and times[0] is not None else _timestamp(call, scope)
    rounding = Rounding.CEIL if name in functions.CEILS else Rounding.FLOOR
    return TimeBucket(operand, period(last, notes), rounding, call.span)


def _timestamp(call: syntax.Function, scope: Scope) -> Expression:
    found = scope.resolve(TIMESTAMP)
    if found is None:
        raise InsightsError(
            "bin-after-stats",
            "bin rounds @timestamp, and stats has not kept it",
            call.span,
            remedy="give it a name in the first stats (max(@timestamp) as @t) and use datefloor(@t, …)",
        )
    return found if not isinstance(found, Field) else Field(TIMESTAMP, call.span)


def period(text: syntax.PeriodText, notes: Notes) -> Period:
    """The period with the cap of its unit, which is said when it bites."""
    unit = functions.UNITS.get(text.unit.lower())
    if unit is None:
        raise InsightsError("period", f"there is no unit `{text.unit}`", text.span, tuple(functions.UNITS))
    if text.count < _FEWEST:
        raise InsightsError("period", "a period cannot be zero", text.span, ("a period",))
    count = min(text.count, functions.CAPS.get(unit, _LONGEST))
    if count < text.count:
        notes.say(
            "bin-cap",
            Fidelity.EXACT,
            f"AWS takes at most {count}{unit.value}: {text.count}{text.unit} is really {count}{unit.value}",
            text.span,
            "write it in the next larger unit",
        )
    if unit is PeriodUnit.WEEK:
        notes.use(Policy.BIN_WEEK, "weeks are counted from the UTC epoch, a Thursday")
    return Period(count, unit)


_LONGEST = 10_000
