"""``logmig query`` on a real Loki: its time against logcli running the same LogQL, and the bytes that Loki reads."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.lab.engines.loki import LOGCLI
from migrate.lab.engines.provide import provide_binary
from migrate.lab.loki import Tenant, running_loki
from migrate.ports import Entry, Stream
from migrate.queries.preparing import Options, prepare_query, read_query
from migrate.queries.run import QueryResult, run_query
from migrate.queries.window import Window
from tests.bench.measure import Ratio, alternate
from tests.bench.samples import CLUSTER, FIRST, NODE, POD, json_line
from translators.aws_layout import aws_layout
from translators.logql.printer import print_query

LINES = 200_000
PUSHED_AT_ONCE = 20_000
RUNS = 5
TIME_LIMIT, BYTES_LIMIT = 1.3, 1.0
MILLISECOND = 1_000_000
START_MS = int(FIRST.timestamp() * 1000)
GROUP = f"/aws/containerinsights/{CLUSTER}/application"
SELECTOR = '{log_type="application"}'
LABELS = {
    "log_type": "application",
    "cluster": CLUSTER,
    "namespace": "shop",
    "app": "web",
    "container": "web",
    "stream": "stdout",
}


@dataclass(frozen=True)
class Pair:
    """An Insights query, and the LogQL that a person writes for the same rows. ``counted``: Loki gives numbers."""

    name: str
    insights: str
    by_hand: str
    counted: bool = False

    @property
    def logql(self) -> str:
        """What logcli runs: what logmig asks of Loki where that is lines, else the same numbers as by hand."""
        if self.counted:
            return self.by_hand
        options = Options(log_groups=(GROUP,))
        (part,) = prepare_query(read_query(self.insights, options), aws_layout(CLUSTER), options).parts
        if part.query is None:
            raise ValueError(f"{self.name}: nothing is asked of Loki")
        return print_query(part.query)


PAIRS = (
    Pair(
        "filter",
        r'fields log | filter log like /upstream.*0000c[0-9a-f]{3}"/ | limit 5000',
        SELECTOR + ' |~ `upstream.*0000c[0-9a-f]{3}"`',
    ),
    Pair("stats", "stats count(*) as lines", f"sum(count_over_time({SELECTOR}[{LINES}ms]))", counted=True),
)


def measure() -> Iterator[Ratio]:
    logcli = provide_binary(LOGCLI).command
    with tempfile.TemporaryDirectory(prefix="logmig-bench-") as folder, running_loki(Path(folder)) as loki:
        tenant = loki.tenant("bench")
        _fill(tenant)
        for pair in PAIRS:
            yield from _measure(pair, Sides(tenant, logcli))


def _fill(tenant: Tenant) -> None:
    metadata = {"pod": POD, "node_name": NODE, "filename": f"/var/log/containers/{POD}_shop_web-{'0' * 64}.log"}
    for begin in range(0, LINES, PUSHED_AT_ONCE):
        numbers = range(begin, begin + PUSHED_AT_ONCE)
        entries = tuple(Entry((START_MS + n) * MILLISECOND, json_line(n), metadata) for n in numbers)
        tenant.push([Stream(LABELS, entries)])


def _measure(pair: Pair, sides: Sides) -> Iterator[Ratio]:
    read = sides.ours(pair).statistics
    if read.records_scanned < LINES:
        raise ValueError(f"{pair.name}: only {read.records_scanned} lines were read")
    ours, whole = alternate(RUNS, lambda: sides.ours(pair), lambda: sides.theirs(pair, LINES))
    start = alternate(RUNS, lambda: None, lambda: sides.theirs(pair, 0))[1]
    note = f"{LINES:,} lines; logcli's start of {start:.2f} s is left out"
    yield Ratio(f"logmig query, {pair.name} : logcli", ours, whole - start, TIME_LIMIT, note)
    yield Ratio(
        f"bytes Loki reads, {pair.name} : by hand", read.bytes_scanned, sides.bytes_by_hand(pair), BYTES_LIMIT, unit="B"
    )


@dataclass(frozen=True)
class Sides:
    """Both commands on one tenant. A window of no lines costs logcli what starting does."""

    tenant: Tenant
    logcli: Sequence[str]

    def ours(self, pair: Pair) -> QueryResult:
        """In this process, so that starting Python is not in it."""
        window = Window(START_MS, START_MS + LINES - 1)
        loki = HttpLoki(Endpoint(self.tenant.url, self.tenant.name), connections=4)
        return run_query(pair.insights, aws_layout(CLUSTER), loki, window, Options(log_groups=(GROUP,), now=window.end))

    def theirs(self, pair: Pair, lines: int) -> str:
        connection = (f"--addr={self.tenant.url}", f"--org-id={self.tenant.name}", "--quiet", "--output=jsonl")
        if pair.counted:
            return _run((*self.logcli, *connection, "instant-query", f"--now={_iso(lines)}", pair.logql))
        window = (f"--from={_iso(0 if lines else -1000)}", f"--to={_iso(lines)}", f"--limit={LINES}", "--batch=5000")
        return _run((*self.logcli, *connection, "query", *window, pair.logql))

    def bytes_by_hand(self, pair: Pair) -> int:
        last = (START_MS + LINES) * MILLISECOND
        if pair.counted:
            path, window = "query", {"time": last - 1}
        else:
            path, window = "query_range", {"start": START_MS * MILLISECOND, "end": last, "limit": LINES}
        answer = self.tenant.client.get(f"/loki/api/v1/{path}", query=pair.by_hand, **window)
        read: int = answer.json()["data"]["stats"]["summary"]["totalBytesProcessed"]
        return read


def _iso(milliseconds: int) -> str:
    seconds, rest = divmod(START_MS + milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03}Z"


def _run(words: tuple[str, ...]) -> str:
    environment = {**os.environ, "TZ": "UTC"}
    ran = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if ran.returncode:
        raise ValueError(f"{words}: {ran.stderr}")
    return ran.stdout
