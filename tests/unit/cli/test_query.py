"""The verb query: its contracts with scripts, before Loki is asked and when it is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.cli.query_inputs import Reach, endpoint, lookup_tables, read_catalog, written_window
from migrate.cli.query_output import Failure, guarded
from migrate.errors import WorldFailed
from migrate.queries.preparing import Options
from migrate.queries.window import Window
from translators.catalog import Catalog, LogGroup
from translators.catalog_json import to_json
from translators.diagnostics import Refused

APPLICATION = "/aws/containerinsights/prod/application"
NOWHERE = ("--loki", "http://127.0.0.1:9", "--cluster", "prod", "--format", "json")


def asked(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Of the applications' log group, unless the arguments or the query name one."""
    named = "--log-group" in arguments or any(one.startswith("SOURCE") for one in arguments)
    return answered(*(() if named else ("--log-group", APPLICATION)), *arguments)


def answered(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["query", *NOWHERE, *arguments])
    return result.exit_code, json.loads(result.stdout)


def test_a_wrong_query_says_where_and_what_was_expected() -> None:
    code, found = asked("filter a = | stats count(*)")
    assert code == 2
    error = found["error"]
    assert (error["line"], error["column"]) == (1, 12)
    assert error["rule"].startswith("insights/")
    assert error["expected"]


@pytest.mark.parametrize(
    ("arguments", "code", "rule"),
    [
        (("source = x | where a = 1",), 1, "insights/ppl"),
        (("stats count(*) as n by stream | filter n > 1 or log like 'x'",), 1, "insights/mixed-having"),
        (("--log-group", "/aws/eks/prod/cluster", "fields @message"), 1, "query/not-in-loki"),
        (("filter kubernetes.container_image like /x/",), 1, "query/field-gone"),
        (("--log-group", "g", "SOURCE '/aws/containerinsights/prod/application' | limit 1"), 2, "query/two-sources"),
        (("--policy", "missing-ne=perhaps", "limit 1"), 2, "query/unknown-policy"),
        (("--start", "soon", "limit 1"), 2, "query/window"),
        (("--lookup", "t=/no/such/file.csv", "limit 1"), 2, "query/lookup-file"),
        (("lookup t log OUTPUT b",), 2, "insights/lookup-table"),
        ((f"filter log in (SOURCE '{APPLICATION}' | lookup t log OUTPUT b | fields b)",), 2, "insights/lookup-table"),
        (("fields log | limit 200000",), 2, "insights/limit-range"),
    ],
)
def test_refusals_and_mistakes_are_told_apart(arguments: tuple[str, ...], code: int, rule: str) -> None:
    answered, found = asked(*arguments)
    assert (answered, found["error"]["rule"]) == (code, rule)
    assert set(found["error"]) == {"rule", "message", "line", "column", "expected", "remedy"}


def test_a_column_that_the_table_lacks_is_noticed_before_loki_is_asked(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("user,city\nu1,Seoul\n")
    code, found = asked("--lookup", f"t={table}", "lookup t user as log OUTPUT town")
    assert (code, found["error"]["rule"]) == (2, "insights/lookup-column")


def test_a_refusal_has_its_place() -> None:
    code, found = asked("filter stream = 'x'\n| eval a = 3")
    assert (code, found["error"]["line"], found["error"]["column"]) == (1, 2, 3)


def test_a_failure_of_loki_is_a_document_and_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WorldFailed, match="gone"), guarded(Failure(as_json=True)):
        raise WorldFailed("Loki is gone", "start it", "loki/gone")
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["rule"], error["line"], error["remedy"]) == ("loki/gone", None, "start it")


@pytest.mark.parametrize("arguments", [(), ("--explain",), ("--catalog", "CATALOG")])
def test_a_query_without_log_groups_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """No group is guessed, not even where the catalog has one only."""
    (tmp_path / "catalog.json").write_text(to_json(Catalog((LogGroup("/app", ()),))), "utf-8")
    given = [str(tmp_path) if one == "CATALOG" else one for one in arguments]
    code, found = answered(*given, "stats count(*)")
    assert (code, found["error"]["rule"]) == (1, "query/no-log-group")
    assert "--log-group" in found["error"]["remedy"]


@pytest.mark.parametrize(
    ("written", "window"),
    [
        ("", None),
        ("START=-3600s END=0s", Window(1_000_000, 4_600_000)),
        ("START = -1h", Window(1_000_000, 4_600_000)),
        ("start=1000 end=1970-01-01T00:20:00Z", Window(1_000_000, 1_200_000)),
        ("END=0s", None),
    ],
)
def test_the_window_of_the_text_is_taken_where_no_other_is_given(written: str, window: Window | None) -> None:
    query = f"SOURCE '/g' {written} | filter m in (SOURCE '/h' START=-5m | fields m)"
    assert written_window(query, Options(now=4_600_000)) == window


def test_a_window_of_the_text_that_ends_before_it_begins_is_refused() -> None:
    code, found = asked("SOURCE '/g' START=-1h END=-2h | limit 1")
    assert (code, found["error"]["rule"]) == (2, "query/window")


def test_the_query_may_come_from_stdin() -> None:
    result = CliRunner().invoke(
        app,
        ["query", "--cluster", "prod", "--log-group", APPLICATION, "--explain", "-"],
        input="stats count(*) by stream",
    )
    assert result.exit_code == 0
    assert '{cluster="prod", log_type="application"}' in result.stdout


def test_explain_shows_what_is_asked_and_what_is_done_here() -> None:
    query = 'filter log like "x" and log_processed.level = "error" | stats avg(log_processed.ms) by stream'
    result = CliRunner().invoke(app, ["query", "--cluster", "prod", "--log-group", APPLICATION, "--explain", query])
    assert result.exit_code == 0
    assert '|= "x" |= "error" or `\\u00`' in result.stdout
    assert "filtered again here" in result.stdout
    assert "stats avg(log_processed.ms) by stream (keeps its groups)" in result.stdout


def test_explain_says_times_as_people_do() -> None:
    window = ("--start", "2026-03-02T01:00:00Z", "--end", "2026-03-02T01:01:00.5Z")
    asked = ("--log-group", APPLICATION, "--explain", "stats count(*) by bin(1m)")
    result = CliRunner().invoke(app, ["query", "--cluster", "prod", *window, *asked])
    assert "2026-03-02 01:00:00.000 to 2026-03-02 01:01:00.500, exactly the rows that count" in result.stdout
    assert "sort by 1 key (keeps its rows)" in result.stdout


def test_policies_can_be_listed() -> None:
    result = CliRunner().invoke(app, ["query", "--policies", "--format", "json"])
    found = {one["name"]: one for one in json.loads(result.stdout)}
    assert found["missing-ne"]["default"] == "include"


def test_secrets_come_from_files_and_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret\n", "utf-8")
    monkeypatch.setenv("LOKI_BEARER_TOKEN", "token")
    reach = Reach("http://loki:3100", "team", "me", False, 5.0)
    found = endpoint(reach, {"password": secret})
    assert found.credentials.password == "s3cret"
    assert found.credentials.bearer == "token"
    assert found.tenant == "team"
    assert found.verify
    with pytest.raises(Refused):
        endpoint(reach, {"ca": tmp_path / "missing.pem"})
    with pytest.raises(Refused):
        endpoint(Reach("loki:3100", "", "", False, 5.0), {})


def test_a_lookup_table_is_a_csv_file_with_a_header(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text('\ufeffid,name\n1,"Kim, B"\n2\n', "utf-8")
    table = lookup_tables([f"users={path}"])["users"]
    assert table.columns == ("id", "name")
    assert list(table.rows) == [("1", "Kim, B"), ("2", "")]


def test_without_a_catalog_the_clusters_of_the_groups_are_assumed() -> None:
    catalog, notes = read_catalog(
        None, "", ("/aws/containerinsights/one/host",), "SOURCE '/aws/containerinsights/two/x'"
    )
    assert {group.name.split("/")[3] for group in catalog.groups} == {"one", "two"}
    assert notes[0].rule == "query/aws-layout"
    anywhere, _ = read_catalog(None, "", (), "limit 1")
    assert all(
        matcher.label != "cluster" for group in anywhere.groups for shape in group.shapes for matcher in shape.selector
    )
