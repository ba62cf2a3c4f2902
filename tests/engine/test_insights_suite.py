"""`logmig query --format json`, as users run it, on 6,000 orders and more: rows that were worked out by hand.

A case of insights_suite.case is a sentence, a query, arguments, and the table: a row's cells are JSON between `` | ``;
``0..5002`` are rows of one number each. The events are made by the formulas below, so that anyone can count along:
order n of /app/orders is written 0.6 s after the one before it.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.loki import Loki, Tenant
from tests.queries_support.estate import Estate, Kind, Written
from translators.catalog_json import to_json

pytestmark = pytest.mark.engine
START = 1_767_571_200_000
"""2026-01-05 00:00:00 UTC."""
END = START + 3_600_000 - 1
ESTATE = Estate(
    (
        ("/app/orders", Kind.LINES),
        ("/app/text", Kind.LINES),
        ("/app/users", Kind.LINES),
        ("/app/burst", Kind.LINES),
    )
)
PEOPLE = "user,city\nu1,Seoul\nu2,Busan\n"


def orders() -> Iterator[Written]:
    for n in range(6000):
        status = 500 if n % 10 == 0 else 404 if n % 10 == 5 else 200
        order = {"n": n, "status": status, "path": f"/p{n % 4}", "ms": n % 100, "region": "서울" if n % 2 else "busan"}
        if n % 3:
            order["user"] = f"u{n % 7}"
        text = json.dumps(order, ensure_ascii=n % 2 == 0, separators=(",", ":"))
        yield _written("/app/orders", START + n * 600, text, f"o-{n % 3}", n % 7 * 100_003)


def texts() -> Iterator[Written]:
    for minute in range(60):
        action = "login" if minute % 2 else "logout"
        yield _written(
            "/app/text", START + minute * 60_000, f"user=u{minute % 5} action={action} took {minute} ms", "t-1"
        )


def users() -> Iterator[Written]:
    for i in range(7):
        user = {
            "user": f"u{i}",
            "team": "red" if i % 2 else "blue",
            "tags": ["user", "odd" if i % 2 else "even"],
            "address": {"zip": i},
            "active": i % 2 == 0,
        }
        yield _written("/app/users", START + i * 1000, json.dumps(user), "u")


def burst() -> Iterator[Written]:
    """Nearly two pages of lines on two nanoseconds."""
    for i in range(9800):
        yield _written("/app/burst", START + 5000, json.dumps({"i": i}), "b", i // 4900)


def _written(group: str, milliseconds: int, text: str, stream: str, nanoseconds: int = 0) -> Written:
    return Written(milliseconds * 1_000_000 + nanoseconds, text, group, log_stream=stream)


@dataclass(frozen=True)
class Case:
    """A query, how it is called, and what it prints."""

    name: str
    query: str
    arguments: tuple[str, ...]
    columns: list[str]
    rows: list[list[object]]


def cases() -> list[Case]:
    text = Path(__file__).with_name("insights_suite.case").read_text("utf-8")
    return [_case(number, one) for number, one in enumerate(text.split("\n=====\n"), 1)]


def _case(number: int, text: str) -> Case:
    sentence, *parts = re.split(r"^-- (\w+) --\n", text, flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    head, *lines = sections["rows"].rstrip("\n").split("\n")
    rows = [row for line in lines for row in _rows(line)]
    arguments = tuple(shlex.split(sections.get("arguments", "")))
    return Case(f"{number:02}-{sentence.strip()[:60]}", sections["query"].strip(), arguments, head.split(" | "), rows)


def _rows(line: str) -> list[list[object]]:
    span = re.fullmatch(r"([0-9]+)\.\.([0-9]+)", line)
    if span is None:
        return [[json.loads(cell) for cell in line.split(" | ")]]
    first, last = map(int, span.groups())
    return [[number] for number in (range(first, last + 1) if first < last else range(first, last - 1, -1))]


@pytest.fixture(scope="module")
def tenant_of_suite(loki: Loki) -> Tenant:
    tenant = loki.tenant("insights-suite")
    for lines in (orders(), texts(), users(), burst()):
        tenant.push(ESTATE.streams(lines))
    return tenant


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("suite")
    (path / "catalog.json").write_text(to_json(ESTATE.catalog), "utf-8")
    (path / "people.csv").write_text(PEOPLE, "utf-8")
    return path


def arguments_of(case: Case, tenant: Tenant, folder: Path) -> list[str]:
    given = [one.replace("PEOPLE", str(folder / "people.csv")) for one in case.arguments]
    window = [] if "--start" in given else ["--start", str(START), "--end", str(END)]
    place = ["--loki", tenant.url, "--tenant", tenant.name, "--catalog", str(folder / "catalog.json")]
    return ["query", *place, *window, *given, "--format", "json", "--", case.query]


def compared(case: Case, printed: str) -> None:
    answer = json.loads(printed)
    assert answer["columns"] == case.columns
    assert [[_number(cell) for cell in row] for row in answer["rows"]] == case.rows


def _number(cell: object) -> object:
    return round(cell, 9) if isinstance(cell, float) else cell


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_rows_are_those_worked_out_by_hand(case: Case, tenant_of_suite: Tenant, folder: Path) -> None:
    result = CliRunner().invoke(app, arguments_of(case, tenant_of_suite, folder))
    assert result.exit_code == 0, result.output
    compared(case, result.stdout)


@pytest.mark.parametrize("case", cases()[::25], ids=lambda case: case.name)
def test_the_same_rows_come_from_a_process_of_its_own(case: Case, tenant_of_suite: Tenant, folder: Path) -> None:
    command = [sys.executable, "-m", "migrate.cli.main", *arguments_of(case, tenant_of_suite, folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    compared(case, done.stdout)


WRONG = (
    ("SOURCE '/app/text' | stats count(*)", 2, "query/two-sources"),
    ("stats count(*) as c by path | stats sum(absent)", 2, "insights/unknown-column"),
    ("stats count(*) as c by path | limit 3 | stats sum(c)", 2, "insights/sort-between-stats"),
    ("fields path | dedup path | filter path = 1", 2, "insights/after-dedup"),
    ("filter path = | limit 3", 2, "insights/syntax"),
    ("filter path like /(?=x)/", 2, "insights/regex"),
    ("source=[lg:`x`] | where a=1", 1, "insights/ppl"),
    ("filter user in (SOURCE '/app/absent' | fields user)", 1, "query/not-in-loki"),
)


@pytest.mark.parametrize(("query", "code", "rule"), WRONG, ids=[rule for _, _, rule in WRONG])
def test_a_wrong_query_is_not_a_refusal(
    query: str, code: int, rule: str, tenant_of_suite: Tenant, folder: Path
) -> None:
    case = Case(rule, query, ("--log-group", "/app/orders"), [], [])
    result = CliRunner().invoke(app, arguments_of(case, tenant_of_suite, folder))
    assert result.exit_code == code, result.output
    assert json.loads(result.stdout)["error"]["rule"] == rule
