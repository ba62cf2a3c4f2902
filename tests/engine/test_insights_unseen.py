"""`logmig query` on every kind of record of a cluster, whole and in small pages: rows that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.loki import Loki
from tests.engine.unseen_events import CATALOG, END, FOLDER, START, TABLES, streams
from tests.queries_support.suite import Case, Place, cases_of, compared
from translators.catalog_json import to_json

pytestmark = pytest.mark.engine
INSIGHTS = "/aws/containerinsights/prod"
GROUPS = {
    "containers": f"{INSIGHTS}/application",
    "events": "/app/events",
    "node": f"{INSIGHTS}/dataplane",
    "odd": "/app/odd",
    "services": "/aws/lambda/pay",
    "sort": "/app/sort",
    "tables": "/app/events",
    "text": "/app/text",
}
"""The log group of the cases of a file that name none."""


def _case(stem: str, case: Case) -> Case:
    named = "--log-group" in case.arguments or case.query.lstrip().upper().startswith("SOURCE")
    group = () if named else ("--log-group", GROUPS[stem])
    return replace(case, name=f"{stem}-{case.name}", arguments=(*case.arguments, *group))


CASES = [_case(path.stem, case) for path in sorted(FOLDER.glob("*.case")) for case in cases_of(path)]


@pytest.fixture(scope="module")
def place(loki: Loki, tmp_path_factory: pytest.TempPathFactory) -> Place:
    tenant, path = loki.tenant("insights-unseen"), tmp_path_factory.mktemp("unseen")
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
