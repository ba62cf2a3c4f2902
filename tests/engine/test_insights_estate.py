"""`logmig query` on what AWS services, containers and applications write: rows that were worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.loki import Loki
from tests.engine.insights_estate import END, ESTATE, START, TABLES, events
from tests.queries_support.suite import Case, Place, cases_of, compared
from translators.catalog_json import to_json

pytestmark = pytest.mark.engine
CASES = cases_of(Path(__file__).with_name("insights_estate.case"))


@pytest.fixture(scope="module")
def place(loki: Loki, tmp_path_factory: pytest.TempPathFactory) -> Place:
    tenant, path = loki.tenant("insights-estate"), tmp_path_factory.mktemp("estate")
    for lines in events():
        tenant.push(ESTATE.streams(lines))
    (path / "catalog.json").write_text(to_json(ESTATE.catalog), "utf-8")
    for name, text in TABLES.items():
        (path / name).write_text(text, "utf-8")
    return Place(tenant, path, START, END)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rows_are_those_worked_out_by_hand(case: Case, place: Place) -> None:
    result = CliRunner().invoke(app, place.arguments(case))
    assert result.exit_code == 0, result.output
    compared(case, result.stdout)
