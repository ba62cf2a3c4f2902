"""The pages about queries are run on a real Loki that holds what the demo's node logs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from migrate.lab.demo.real import MANIFEST, NODE, PODS
from migrate.lab.loki import Tenant, running_loki
from migrate.ports import Entry, Stream
from tests.docs.said import ROOT
from tests.docs.shown import check, commands

pytestmark = pytest.mark.engine
DOCS = ROOT / "docs"
GROUP = "/aws/containerinsights/shop-prod/application"
SELECTOR = '{cluster="shop-prod", log_type="application"}'
START, END = "2026-03-02T01:00:00Z", "2026-03-02T01:04:59.999Z"
TENANT = "reader"
START_NS = 1_772_413_200_000_000_000
RANGE_NS = 300_000_000_000
_BY_HAND = re.compile(r"```insights\n([^\n]*)\n```\n\n(?:```logql\n[^\n]*\n```\n\n)?By hand: (`+)(.+?)\2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages' reader has: a plan, a saved query, and events exported from CloudWatch."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "errors.insights").write_text("filter log_processed.level = 'error' | fields log | sort log\n")
    plan = ("plan", "--fluent-bit", str(MANIFEST), "--pods", str(PODS), "--cluster", "shop-prod", "--out", "plan")
    _logmig(folder, *plan)
    return folder


@pytest.fixture(scope="module")
def loki(folder: Path) -> Iterator[str]:
    """A Loki that holds what Promtail would put there."""
    simulate = ("simulate", str(MANIFEST), "--pods", str(PODS), "--logs", str(NODE), "--cluster", "shop-prod")
    rows = [
        json.loads(line) for line in _logmig(folder, *simulate, "--agent", "promtail", "--format", "jsonl").splitlines()
    ]
    events = [row for row in rows if row["side"] == "fluent-bit" and row["group"] == GROUP]
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(_event(row))}\n" for row in events))
    with running_loki(folder / "loki") as running:
        tenant = Tenant(running.url, TENANT)
        tenant.push([_stream(row) for row in rows if row["side"] == "loki"])
        yield running.url


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: row[name] for name in ("group", "stream", "message")}, "timestamp": row["time_ns"] // 1_000_000}


def _stream(row: Mapping[str, Any]) -> Stream:
    return Stream(row["labels"], (Entry(row["time_ns"], row["line"], row["structured_metadata"]),))


def _logmig(folder: Path, *words: str) -> str:
    command = (sys.executable, "-m", "migrate.cli.main", *words)
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(autouse=True)
def _tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKI_ORG_ID", TENANT)


@pytest.mark.parametrize("verb", ["query", "prove"])
def test_commands_print_what_the_page_shows(verb: str, folder: Path, loki: str) -> None:
    shown = list(commands(DOCS / "cli" / f"{verb}.md"))
    assert shown
    for command, lines in shown:
        check(command.replace("http://localhost:3100", loki), lines, folder)


def _by_hand() -> list[tuple[str, str]]:
    text = (DOCS / "insights-for-loki-users.md").read_text("utf-8")
    return [(query, logql) for query, _, logql in _BY_HAND.findall(text)]


def test_the_page_for_newcomers_says_it_by_hand() -> None:
    assert len(_by_hand()) >= 5


@pytest.mark.parametrize(("query", "logql"), _by_hand())
def test_what_is_written_by_hand_gives_the_same(query: str, logql: str, folder: Path, loki: str) -> None:
    """Lines are counted, numbers compared: how a table looks is another matter."""
    words = ("--loki", loki, "--catalog", "plan", "--log-group", GROUP, "--start", START, "--end", END)
    rows = json.loads(_logmig(folder, "query", *words, "--format", "json", query))["rows"]
    text = logql.replace("{…}", SELECTOR).replace("$__range", "5m")
    tenant, end = Tenant(loki, TENANT), START_NS + RANGE_NS - 1  # a range begins behind its first nanosecond
    assert rows
    if "stats" in query:
        numbers = sorted(row[-1] for row in rows if row[-1] is not None)
        assert sorted(value for _, value in tenant.instant(text, end)) == pytest.approx(numbers)
    else:
        assert sum(len(one.entries) for one in tenant.entries(text, START_NS, end)) == len(rows)
