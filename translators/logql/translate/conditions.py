"""The conditions under which what Loki and Grafana show is what Insights shows, each said where it is relied on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from translators.diagnostics import Fidelity
from translators.logql.translate.metrics import POINTS, Grouped
from translators.logql.translate.pipe import Pipe
from translators.query.expressions import Period
from translators.query.plan import Aggregate
from translators.query.split.table import Finish, First, Order, Origin, Output

ROWS = 5000
"""max_entries_limit_per_query by default: a panel sees no more rows."""
SERIES = 500
"""max_query_series by default."""
LONGEST = 721
"""Hours of max_query_length by default: longer windows fail anyway."""


def note_json(pipe: Pipe) -> None:
    """The differences that everything read of a JSON field has (correction ``json``)."""
    if pipe.parses:
        pipe.note(
            "logql/cut-json",
            Fidelity.EQUIVALENT,
            "the same if no line is JSON that was cut off, has text behind it or holds an escape that is no letter: "
            "Loki's parser reads such lines too",
        )
        pipe.note(
            "logql/json-values",
            Fidelity.EQUIVALENT,
            "the same if no field is a boolean, a list or an object, no number has an exponent or a needless zero, and "
            "no key has a dot in its name or stands twice: Loki shows values as they are written, Insights 1 for true",
        )


def note_rows(pipe: Pipe) -> None:
    pipe.note(
        "logql/row-cap",
        Fidelity.EQUIVALENT,
        f"the same up to {ROWS} rows: Loki gives a panel no more",
        "raise limits_config.max_entries_limit_per_query and the panel's line limit",
    )


def note_fold(pipe: Pipe, operator: Aggregate, unsure: tuple[str, ...]) -> None:
    """What has to hold for Grafana's groupBy to do what the second stats does."""
    if unsure:
        pipe.note(
            "logql/missing-in-second-stats",
            Fidelity.EQUIVALENT,
            f"the same if every row of the first stats has {' and '.join(unsure)}: Grafana takes what is missing for 0 "
            "or, in a label, for a text",
        )
    if not operator.keys:
        pipe.note(
            "logql/second-stats-of-nothing",
            Fidelity.EQUIVALENT,
            "the same if the first stats gives a row: of none Insights makes one row, Grafana none",
        )


def note_sorting(pipe: Pipe, outputs: Iterable[Output], finish: Iterable[Finish]) -> None:
    """Grafana's sortBy knows labels as text only, and puts what is missing last."""
    finish = tuple(finish)
    if any(isinstance(one, Order) and isinstance(after, First) for one, after in pairwise(finish)):
        pipe.note(
            "logql/ties-at-limit",
            Fidelity.EQUIVALENT,
            "the same rows if those at the limit differ in what is sorted by",
        )
    origins = {one.name: Origin.TIME if one.is_time else one.origin for one in outputs}
    sorted_by = {origins.get(one.column) for one in finish if isinstance(one, Order)}
    if Origin.LABEL in sorted_by:
        pipe.note(
            "logql/sort-as-text",
            Fidelity.APPROXIMATE,
            "Grafana sorts labels as text and missing values last, Insights numbers by value and missing values "
            "first ascending: the order can differ, and with a limit the rows",
            "logmig query sorts as Insights does",
        )
    if Origin.VALUE in sorted_by:
        pipe.note(
            "logql/nulls-last",
            Fidelity.EQUIVALENT,
            "the same order if no value that is sorted by is missing: Grafana puts those last",
        )


def _note_points(pipe: Pipe, period: Period) -> None:
    """Of short buckets a dashboard's window soon has more than Loki gives."""
    longest = (period.milliseconds or 0) * POINTS // 3_600_000
    if longest < LONGEST:
        pipe.note(
            "logql/points-limit",
            Fidelity.EQUIVALENT,
            f"the same in windows of up to {longest} h: Loki refuses more than {POINTS} buckets",
            "choose longer buckets or a shorter window",
        )


def note_metric(pipe: Pipe, grouped: Grouped) -> None:
    if grouped.keys:
        pipe.note(
            "logql/series-limit",
            Fidelity.EQUIVALENT,
            f"the same up to {SERIES} groups (max_query_series)",
            "raise limits_config.max_query_series",
        )
    if grouped.bucket is not None:
        _note_points(pipe, grouped.bucket[1].period)
        pipe.note(
            "logql/edge-buckets",
            Fidelity.EQUIVALENT,
            "the same where the window begins and ends on whole buckets; Insights clips the first and the last",
        )
    else:
        pipe.note(
            "logql/window-edge",
            Fidelity.EQUIVALENT,
            "the same but for the first and the last millisecond of the window",
        )
