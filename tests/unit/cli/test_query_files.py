"""What translate-queries makes of the files that people really have, and of those that are none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from migrate.cli import query_files
from migrate.cli.main import app
from translators.diagnostics import Refused

QUERY = "fields log\n| filter log like /ERROR/\n"
GROUP = "/aws/containerinsights/prod/application"


def run(*arguments: str, stdin: str | bytes | None = None) -> tuple[int, list[dict[str, Any]]]:
    command = ["translate-queries", *arguments, "--format", "jsonl", "--cluster", "prod"]
    result = CliRunner().invoke(app, command, input=stdin)
    if isinstance(result.exception, Refused):
        raise result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    "data",
    [
        QUERY.encode(),
        QUERY.replace("\n", "\r\n").encode("utf-8-sig"),
        QUERY.encode("utf-16"),
        gzip.compress(QUERY.encode()),
        QUERY.replace(" ", "\u00a0").replace("|", "\t|\u200b").encode(),
    ],
    ids=["plain", "windows", "powershell", "gzip", "pasted"],
)
def test_a_query_is_read_however_it_was_saved(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "errors.txt"
    path.write_bytes(data)
    code, (found,) = run(str(path))
    assert (code, found["id"]) == (0, "errors")
    assert [one["logql"] for one in found["requests"]] == ['{cluster="prod", log_type="application"} |= "ERROR"']


def test_stdin_takes_every_kind_of_document() -> None:
    definitions = json.dumps({"queryDefinitions": [{"name": "n", "queryString": QUERY}]})
    as_yaml = f"queryDefinitions:\n- name: n\n  queryString: {json.dumps(QUERY)}\n"
    runbook = f"# Pager\n```\n{QUERY}```\n"
    for text in (QUERY, definitions, runbook):
        assert run("-", stdin=text)[1][0]["query"].strip() == QUERY.strip()
    assert [query.text for query in _read("defs.yaml", as_yaml)] == [QUERY]


def _read(name: str, text: str) -> list[Any]:
    from translators.cloudwatch.saved_queries import read_queries

    return list(read_queries(name, text))


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.insights").write_text(QUERY)
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / "readme.md").write_text("# nothing\n")
    (tmp_path / "z.txt").write_text(QUERY)
    _, found = run(str(tmp_path))
    assert [one["id"] for one in found] == ["a", "z"]


@pytest.mark.parametrize(
    ("name", "data", "rule", "place"),
    [
        ("a.txt", b"", "queries/empty-file", ":1:1"),
        ("a.txt", b"fields a\n| \xff", "usage/file", ":2:3"),
        ("a.txt", b"fields a" * 200_000, "queries/too-large", ":1:1"),
        ("a.json", b'{"queryDefinitions": [{"name": "x', "queries/broken-json", ":1:32"),
        ("a.json", b"[" * 100_000, "queries/too-deep", ":1:1"),
        ("a.json", b'{"queryDefinitions": 5}', "queries/none", ""),
        ("a.json", b'{"Resources": [1, 2]}', "queries/none", ""),
        ("a.json", b'{"widgets": [{"type": "log", "properties": {"query": ["fields a"]}}]}', "queries/none", ""),
        ("a.md", b"# nothing", "queries/none", ""),
        ("a.tf", b'resource "x" "y" {}', "queries/terraform-source", ":1:1"),
        ("a.yaml", b"Resources:\n  A: [1\n", "queries/broken-yaml", ":3:1"),
    ],
)
def test_what_holds_no_query_is_refused_with_its_place_and_a_way_out(
    name: str, data: bytes, rule: str, place: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        run(str(path))
    assert refused.value.rule == rule
    assert f"{path}{place}" in str(refused.value)
    assert refused.value.remedy


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="there is no such file"):
        run(str(tmp_path / "nosuch.txt"))
    (tmp_path / "a.txt").write_text(QUERY)
    monkeypatch.setattr(query_files, "MOST_BYTES", 10)
    with pytest.raises(Refused) as refused:
        run(str(tmp_path / "a.txt"))
    assert refused.value.rule == "queries/too-large"


def test_saved_queries_call_each_other(tmp_path: Path) -> None:
    path = tmp_path / "defs.json"
    errors = {"name": "By level", "queryString": "filter stream = {{s}} | limit {{n}}",
              "parameters": [{"name": "s"}, {"name": "n", "defaultValue": "7"}]}  # fmt: skip
    caller = {"name": "calls", "queryString": "$`By level`(s = 'stderr')"}
    path.write_text(json.dumps({"queryDefinitions": [errors, caller]}))
    _, (_, found) = run(str(path))
    (request,) = found["requests"]
    assert request["logql"] == '{cluster="prod", log_type="application", stream="stderr"}'
    assert request["limit"] == 7


TEMPLATE = {
    "Parameters": {"Cluster": {"Type": "String", "Default": "prod"}, "Ns": {"Type": "String"}},
    "Resources": {
        "Q": {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {
                "Name": "q",
                "LogGroupNames": [{"Fn::Sub": "/aws/containerinsights/${Cluster}/application"}],
                "QueryString": {"Fn::Sub": "fields log | filter kubernetes.namespace_name = '${Ns}'"},
            },
        },
        "G": {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {"Name": "g", "QueryString": "fields log", "LogGroupNames": [{"Ref": "Elsewhere"}]},
        },
    },
}


def test_what_a_template_leaves_open_is_for_a_person_or_given(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(TEMPLATE))
    code, (query, group) = run(str(path))
    assert code == 1
    assert {query["findings"][0]["rule"], group["findings"][0]["rule"]} == {"query/template"}
    assert "--parameter" in query["findings"][0]["remedy"]
    code, (query, group) = run(str(path), "--parameter", "Ns=shop", "--parameter", f"Elsewhere={GROUP}")
    assert code == 0
    assert query["requests"][0]["logql"] == '{cluster="prod", log_type="application", namespace="shop"}'
    assert query["fidelity"] == "equivalent"
    assert "query/template-default" in [one["rule"] for one in query["findings"]]


def test_the_cluster_is_that_of_the_filled_name_of_the_log_group(tmp_path: Path) -> None:
    group = {"Fn::Sub": "/aws/containerinsights/${AWS::StackName}/application"}
    properties = {"Name": "q", "LogGroupNames": [group], "QueryString": "fields log"}
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"Resources": {"Q": {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}}}))
    command = ["translate-queries", str(path), "--format", "jsonl"]
    found = json.loads(CliRunner().invoke(app, command).stdout)
    assert found["findings"][0]["rule"] == "query/template"
    found = json.loads(CliRunner().invoke(app, [*command, "--parameter", "AWS::StackName=blue"]).stdout)
    assert found["requests"][0]["logql"] == '{cluster="blue", log_type="application"}'


def test_the_table_says_where_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("fields log\n| filtr a = 1")
    result = CliRunner().invoke(app, ["translate-queries", str(path), "--cluster", "prod"])
    said = result.stdout.replace("\n", " ")
    assert "a.txt:2:3: there is no command `filtr` [insights/unknown-command]" in said
    assert "did you mean `filter`?" in said
    assert "1 query, 1 for a person" in result.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_query_verb_reads_stdin_whatever_wrote_it(encoding: str) -> None:
    command = ["query", "--explain", "--log-group", "/aws/containerinsights/prod/application", "-"]
    result = CliRunner().invoke(app, command, input=QUERY.replace("\n", "\r\n").encode(encoding))
    assert result.exit_code == 0
    assert '{cluster="prod", log_type="application"} |= "ERROR"' in result.stdout


def test_a_subquery_with_a_source_leaves_the_query_its_own_log_groups(tmp_path: Path) -> None:
    """The host's lines are read where the query was saved with that group, whatever its subquery reads."""
    text = f"filter message in (SOURCE '{GROUP}' | fields log) | stats count(*) by @logStream"
    host = GROUP.replace("application", "host")
    definitions = {"queryDefinitions": [{"name": "n", "queryString": text, "logGroupNames": [host]}]}
    path = tmp_path / "definitions.json"
    path.write_text(json.dumps(definitions))
    _, (found,) = run(str(path))
    assert found["residual"]
    assert any('log_type="host"' in one["logql"] for one in found["requests"]), found["requests"]


def test_a_device_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_files, "MOST_BYTES", 1000)
    with pytest.raises(Refused) as refused:
        query_files.read_files(["/dev/zero"], lambda _: None)
    assert refused.value.rule == "queries/too-large"


def test_an_empty_path_is_no_folder() -> None:
    with pytest.raises(Refused, match="an empty path: there is no such file"):
        query_files.read_files([""], lambda _: None)
