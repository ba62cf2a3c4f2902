"""Events a second of the Insights evaluator, side by side with DuckDB on one thread over the same JSON lines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from migrate.queries.preparing import Options, read_query
from tests.bench.measure import CPU, Ratio, alternate
from tests.bench.samples import FIRST, json_line
from translators.insights.evaluate.evaluate import Cell, evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Sources

LIMIT = 10.0
EVENTS = 100_000
START = int(FIRST.timestamp() * 1000)


@dataclass(frozen=True)
class Pair:
    """The same question in both languages; ``lines`` is the table of whole lines, ``events`` that of their fields."""

    name: str
    insights: str
    sql: str


PAIRS = (
    Pair(
        "filter",
        'filter level = "error" and ms > 500 | stats count(*) as found',
        "SELECT count(*) AS found FROM events WHERE level = 'error' AND ms > 500",
    ),
    Pair(
        "parse",
        r"parse @message /\/orders\/(?<order>\d+)/ | stats count_distinct(order) as orders",
        r"SELECT count(DISTINCT regexp_extract(line, '/orders/(\d+)', 1)) AS orders FROM lines",
    ),
    Pair(
        "stats",
        "stats count(*) as lines, avg(ms) as mean, max(ms) as slowest by level | sort level",
        "SELECT level, count(*) AS lines, avg(ms), max(ms) FROM events GROUP BY level ORDER BY level",
    ),
)


def measure() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory(prefix="logmig-bench-") as folder:
        path = Path(folder) / "events.jsonl"
        path.write_text("".join(f"{json_line(number)}\n" for number in range(EVENTS)), "utf-8")
        for pair in PAIRS:
            yield _measure(pair, path)


def _measure(pair: Pair, path: Path) -> Ratio:
    plan = read_query(pair.insights, Options())

    def ours() -> list[tuple[Cell, ...]]:
        with path.open(encoding="utf-8") as file:
            events = (Event(START + n, line[:-1], "web", "app", "") for n, line in enumerate(file))
            return list(evaluate(plan, Sources(lambda scan: events)).rows)

    def theirs() -> list[tuple[Cell, ...]]:
        fields = (
            "{level: 'VARCHAR', msg: 'VARCHAR', status: 'BIGINT', ms: 'BIGINT', path: 'VARCHAR', request_id: 'VARCHAR'}"
        )
        one_column = "columns={line: 'VARCHAR'}, delim='\\0', quote='', header=false"
        reading = {
            "events": f"read_json('{path}', format='newline_delimited', columns={fields})",
            "lines": f"read_csv('{path}', {one_column})",
        }
        with duckdb.connect(config={"threads": 1}) as database:
            name = next(name for name in reading if f"FROM {name}" in pair.sql)
            rows: list[tuple[Cell, ...]] = database.sql(
                pair.sql.replace(f"FROM {name}", f"FROM {reading[name]}")
            ).fetchall()
            return rows

    if _rounded(ours()) != _rounded(theirs()):
        raise ValueError(f"{pair.name}: the two disagree: {ours()[:3]} and {theirs()[:3]}")
    spent, peer = alternate(3, ours, theirs, CPU)
    note = f"{EVENTS / spent:,.0f} against {EVENTS / peer:,.0f} events/s"
    return Ratio(f"Insights {pair.name} : DuckDB, one thread", spent, peer, LIMIT, note)


def _rounded(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    return [tuple(round(float(cell), 3) if isinstance(cell, int | float) else cell for cell in row) for row in rows]
