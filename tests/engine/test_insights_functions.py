"""Each function, operator, aggregate and policy through `logmig query`, on a dozen lines of every kind of value.

The cases of the folder insights_functions are grouped by what they are about. The lines are in Loki's store alone, as
old lines are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.loki import Loki
from tests.queries_support.estate import Estate, Kind, Written
from tests.queries_support.suite import Case, Place, cases_of, compared
from translators.catalog_json import to_json

pytestmark = pytest.mark.engine
START = 1_767_571_200_000
"""2026-01-05 00:00:00 UTC."""
ESTATE = Estate((("/app/mixed", Kind.LINES),))
FOLDER = Path(__file__).with_name("insights_functions")
CASES = [
    replace(case, name=f"{path.stem}-{case.name}") for path in sorted(FOLDER.glob("*.case")) for case in cases_of(path)
]


def lines() -> Iterator[Written]:
    """Line n of lines.txt is written n times ten seconds after the start, to the streams m-0 and m-1 in turn."""
    for n, text in enumerate((FOLDER / "lines.txt").read_text("utf-8").splitlines()):
        yield Written((START + n * 10_000) * 1_000_000, text, "/app/mixed", log_stream=f"m-{n % 2}")


@pytest.fixture(scope="module")
def place(loki: Loki, tmp_path_factory: pytest.TempPathFactory) -> Place:
    tenant, path = loki.tenant("insights-functions"), tmp_path_factory.mktemp("functions")
    tenant.push(ESTATE.streams(lines()))
    loki.forget()
    (path / "catalog.json").write_text(to_json(ESTATE.catalog), "utf-8")
    return Place(tenant, path, START, START + 3_600_000 - 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rows_are_those_worked_out_by_hand(case: Case, place: Place) -> None:
    arguments = (*case.arguments, "--log-group", "/app/mixed")
    result = CliRunner().invoke(app, place.arguments(replace(case, arguments=arguments)))
    assert result.exit_code == 0, result.output
    compared(case, result.stdout)
