"""`logmig query --format json`, as users run it, on 6,000 orders and more: rows that were worked out by hand.

The events are made by the formulas below, so that anyone can count along: order n of
/app/orders is written 0.6 s after the one before it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.loki import Loki, Tenant
from tests.queries_support.estate import Estate, Kind, Written
from tests.queries_support.suite import Case, Place, cases_of, compared
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
CASES = cases_of(Path(__file__).with_name("insights_suite.case"))
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


@pytest.fixture(scope="module")
def tenant_of_suite(loki: Loki) -> Tenant:
    tenant = loki.tenant("insights-suite")
    for lines in (orders(), texts(), users(), burst()):
        tenant.push(ESTATE.streams(lines))
    return tenant


@pytest.fixture(scope="module")
def place(tenant_of_suite: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Place:
    path = tmp_path_factory.mktemp("suite")
    (path / "catalog.json").write_text(to_json(ESTATE.catalog), "utf-8")
    (path / "PEOPLE").write_text(PEOPLE, "utf-8")
    return Place(tenant_of_suite, path, START, END)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rows_are_those_worked_out_by_hand(case: Case, place: Place) -> None:
    result = CliRunner().invoke(app, place.arguments(case))
    assert result.exit_code == 0, result.output
    compared(case, result.stdout)


@pytest.mark.parametrize("case", CASES[::25], ids=lambda case: case.name)
def test_the_same_rows_come_from_a_process_of_its_own(case: Case, place: Place) -> None:
    command = [sys.executable, "-m", "migrate.cli.main", *place.arguments(case)]
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
def test_a_wrong_query_is_not_a_refusal(query: str, code: int, rule: str, place: Place) -> None:
    case = Case(rule, query, ("--log-group", "/app/orders"), [], [])
    result = CliRunner().invoke(app, place.arguments(case))
    assert result.exit_code == code, result.output
    assert json.loads(result.stdout)["error"]["rule"] == rule
