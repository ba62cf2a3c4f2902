"""`logmig query` on every kind of record of a cluster, whole and in small pages: rows that were worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.loki import Loki, running_loki
from tests.engine.unseen_events import CASES, CATALOG, END, START, TABLES, streams
from tests.queries_support.suite import Case, Place, compared
from translators.catalog_json import to_json

pytestmark = pytest.mark.engine


DOCUMENT = {"columns", "rows", "fidelity", "shape", "findings", "policies", "statistics"}


@pytest.fixture(scope="module")
def place(loki: Loki, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return filled(loki, tmp_path_factory.mktemp("unseen"))


def filled(loki: Loki, path: Path) -> Place:
    """A tenant with everything that the agents pushed; the catalog and the tables in the folder."""
    tenant = loki.tenant("insights-unseen")
    tenant.push(streams())
    (path / "catalog.json").write_text(to_json(CATALOG), "utf-8")
    for name, text in TABLES.items():
        (path / name).write_text(text, "utf-8")
    return Place(tenant, path, START, END)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rows_are_those_worked_out_by_hand(case: Case, place: Place) -> None:
    result = CliRunner().invoke(app, place.arguments(case))
    assert result.exit_code == 0, result.output
    compared(case, result.stdout)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A Loki that gives no more than a hundred entries at once, and no more than twenty series."""
    path = tmp_path_factory.mktemp("small")
    with running_loki(path / "loki", {"max_entries_limit_per_query": 100, "max_query_series": 20}) as loki:
        yield filled(loki, path)


@pytest.mark.parametrize("case", CASES[::10], ids=lambda case: case.name)
def test_small_pages_give_the_same_rows(case: Case, small: Place) -> None:
    result = CliRunner().invoke(app, small.arguments(case))
    assert result.exit_code == 0, result.output
    compared(case, result.stdout)


def test_the_layout_of_the_manifest_needs_no_catalog(place: Place) -> None:
    query = 'filter kubernetes.namespace_name = "kube-system" and stream = "stderr" | stats count(*) as n'
    where = ["--loki", place.tenant.url, "--tenant", place.tenant.name, "--cluster", "prod"]
    window = ["--start", str(START), "--end", str(END), "--log-group", "/aws/containerinsights/prod/application"]
    answer = json.loads(CliRunner().invoke(app, ["query", *where, *window, "--format", "json", query]).stdout)
    assert answer["rows"] == [[150]]
    assert [one["rule"] for one in answer["findings"]] == ["query/aws-layout"]


ANSWERS = (
    ("filter i < 0", 0, ("rows", [])),
    (
        "stats count(*), avg( ms ), max(i)+1 by bin(30m)",
        0,
        ("columns", ["bin(30m)", "count(*)", "avg( ms )", "max(i)+1"]),
    ),
    ("filter svc = 'api'\n| filter 한 === 2", 2, ("line", 2)),
    ("filter 한글 = '로그' and | limit 3", 2, ("column", 22)),
    ("filter i between 1 and 3", 2, ("line", 1)),
    ("fields i | join type=outer left=a right=b where a.i=b.i (SOURCE '/app/ties')", 2, ("line", 1)),
    ("stats count(*) | sort n | stats count(*)", 2, ("rule", "insights/sort-between-stats")),
    ("filter container = 'x' in ['y'", 2, ("line", 1)),
    ("lookup NOWHERE svc OUTPUT x", 2, ("rule", "insights/lookup-table")),
    ("filter i in (SOURCE '/nowhere' | fields i)", 1, ("rule", "query/not-in-loki")),
    ("SELECT i FROM x", 1, ("rule", "insights/sql")),
)


@pytest.mark.parametrize(("query", "code", "said"), ANSWERS, ids=[query for query, _, _ in ANSWERS])
def test_the_answer_is_one_document(query: str, code: int, said: tuple[str, object], place: Place) -> None:
    case = Case("", query, ("--log-group", "/app/events"), [], [])
    result = CliRunner().invoke(app, place.arguments(case))
    assert result.exit_code == code, result.output
    document = json.loads(result.stdout)
    assert set(document) == ({"error"} if code else DOCUMENT)
    name, value = said
    assert document.get("error", document)[name] == value
    if code:
        assert set(document["error"]) >= {"rule", "message", "line", "column", "expected"}
