"""Old lines, which only Loki's store has: the line that ends a chunk is there for a window that begins with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.loki import Loki, Tenant
from tests.queries_support.estate import APPLICATION, Estate, Kind, Pod, Written
from translators.catalog_json import to_json

pytestmark = pytest.mark.engine
START = 1_767_571_200_000
ESTATE = Estate(((APPLICATION, Kind.CONTAINER),))
COUNT = 60
SECOND = 1000


def lines() -> list[Written]:
    """Line n comes n seconds after the start, on the whole millisecond as CloudWatch has it, in five streams."""
    return [
        Written(
            (START + n * SECOND) * 1_000_000, json.dumps({"n": n}), pod=Pod(name=f"p-{n % 7}", namespace=f"n{n % 5}")
        )
        for n in range(COUNT)
    ]


@pytest.fixture(scope="module")
def stored(loki: Loki) -> Tenant:
    tenant = loki.tenant("flushed-chunks")
    tenant.push(ESTATE.streams(lines()))
    loki.forget()
    return tenant


def rows(tenant: Tenant, folder: Path, query: str, first: int, last: int) -> Any:
    """What a query over the lines ``first`` to ``last`` gives."""
    (folder / "catalog.json").write_text(to_json(ESTATE.catalog), "utf-8")
    place = ["--loki", tenant.url, "--tenant", tenant.name, "--catalog", str(folder / "catalog.json")]
    window = ["--start", str(START + first * SECOND), "--end", str(START + last * SECOND)]
    words = [*place, *window, "--log-group", APPLICATION, "--format", "json"]
    result = CliRunner().invoke(app, ["query", *words, "--", query])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["rows"]


def test_loki_leaves_out_a_chunk_that_ends_where_a_request_begins(stored: Tenant) -> None:
    """The reason for all this; when it fails, `chunk_edges` can go."""
    at = (START + (COUNT - 1) * SECOND) * 1_000_000
    selector = f'{{log_group="{APPLICATION}"}}'
    assert stored.entries(selector, at, at + 1) == ()
    assert len(stored.entries(selector, at - 1, at + 1)) == 1


@pytest.mark.parametrize("limit", [1, 2, 5, 7])
def test_a_limit_takes_the_newest_lines(stored: Tenant, tmp_path: Path, limit: int) -> None:
    found = rows(stored, tmp_path, f"fields log_processed.n as n | limit {limit}", 0, COUNT)
    assert found == [[COUNT - 1 - n] for n in range(limit)]


@pytest.mark.parametrize("first", range(COUNT - 6, COUNT))
def test_a_window_may_begin_on_the_last_line_of_a_stream(stored: Tenant, tmp_path: Path, first: int) -> None:
    expected = [[n] for n in range(first, COUNT)]
    assert rows(stored, tmp_path, "fields log_processed.n as n | sort n", first, COUNT) == expected
    assert rows(stored, tmp_path, "stats count(*) as c", first, COUNT) == [[COUNT - first]]
    alone = "stats count(*) as c, max(log_processed.n) as m by kubernetes.namespace_name as ns"
    assert rows(stored, tmp_path, alone, first, first) == [[f"n{first % 5}", 1, first]]
    either = f"filter kubernetes.namespace_name = 'n{first % 5}' or log like 'absent' | fields log_processed.n as n"
    assert rows(stored, tmp_path, either, first, first) == [[first]]
