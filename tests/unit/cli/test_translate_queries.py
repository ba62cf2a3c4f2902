"""The verb translate-queries: every query gets one answer, also one that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from migrate.cli.main import app

_NAMES = "id name source query fidelity shape requests residual panel findings policies limits"
FIELDS = set(_NAMES.split())


def translated(text: str, *arguments: str, name: str = "q.insights", folder: Path) -> tuple[int, list[dict[str, Any]]]:
    path = folder / name
    path.write_text(text, "utf-8")
    command = ["translate-queries", str(path), "--format", "jsonl", "--cluster", "prod", *arguments]
    result = CliRunner().invoke(app, command)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_count_is_one_query(tmp_path: Path) -> None:
    code, (found,) = translated("stats count(*) by kubernetes.namespace_name", folder=tmp_path)
    assert code == 0
    assert set(found) == FIELDS
    assert found["shape"] == "logql"
    assert found["requests"] == [
        {
            "logql": 'sum by (namespace) (count_over_time({cluster="prod", log_type="application"} [1h]))',
            "kind": "instant",
            "step": None,
            "limit": None,
            "direction": None,
        }
    ]
    assert "[$__range]" in found["panel"]["targets"][0]["expr"]
    assert found["limits"] == {"max_query_series": 500}


def test_rows_have_a_limit_and_a_direction(tmp_path: Path) -> None:
    _, (found,) = translated('filter log like "x" | sort @timestamp asc | limit 20', folder=tmp_path)
    (request,) = found["requests"]
    assert (request["limit"], request["direction"], request["kind"]) == (20, "forward", "range")
    assert request["logql"] == '{cluster="prod", log_type="application"} |= "x"'


def test_what_only_we_can_finish_says_so(tmp_path: Path) -> None:
    code, (found,) = translated("pattern @message", folder=tmp_path)
    assert code == 0
    assert found["shape"] == "residual"
    assert found["residual"]
    assert found["panel"] is None
    assert found["requests"][0]["logql"] == '{cluster="prod", log_type="application"}'


def test_a_limit_before_stats_counts_some_events_and_no_panel_can(tmp_path: Path) -> None:
    for text in ("limit 5 | stats count(*)", "sort log_processed.ms desc | limit 5 | stats count(*)"):
        _, (found,) = translated(text, folder=tmp_path)
        assert found["shape"] == "residual"
        assert "logql/limit-before-stats" in {one["rule"] for one in found["findings"]}


def test_each_rule_is_said_once(tmp_path: Path) -> None:
    _, (found,) = translated("fields nosuch | filter @message like /x/", folder=tmp_path)
    rules = [one["rule"] for one in found["findings"]]
    assert sorted(set(rules)) == sorted(rules)
    assert {"query/envelope", "logql/envelope", "query/field-not-in-record"} <= set(rules)


def test_a_query_that_is_wrong_is_an_object_too(tmp_path: Path) -> None:
    code, (found,) = translated("stats count( by x", folder=tmp_path)
    assert code == 1
    assert set(found) == FIELDS
    assert (found["fidelity"], found["shape"], found["requests"]) == ("manual", "manual", [])
    assert found["findings"][0]["line"] == 1
    assert found["findings"][0]["column"] == 14


def test_manual_items_may_be_accepted(tmp_path: Path) -> None:
    code, (found,) = translated("SOURCE '/aws/eks/prod/cluster' | fields @message", "--allow-manual", folder=tmp_path)
    assert code == 0
    assert found["findings"][0]["rule"] == "query/not-in-loki"
    assert "lambda-promtail" in found["findings"][0]["remedy"]


def test_other_languages_are_recognised(tmp_path: Path) -> None:
    for text, rule in (("source = x | where a = 1", "insights/ppl"), ("SELECT a FROM b", "insights/sql")):
        _, (found,) = translated(text, folder=tmp_path)
        assert found["findings"][0]["rule"] == rule


def test_a_parameter_without_a_default_is_a_dashboard_variable(tmp_path: Path) -> None:
    definition = {"queryDefinitions": [{"queryDefinitionId": "1", "name": "by-level", "queryString":
                  "filter log_processed.level = {{level}} | stats count(*)"}]}  # fmt: skip
    _, (found,) = translated(json.dumps(definition), name="defs.json", folder=tmp_path)
    assert found["name"] == "by-level"
    assert 'level_="$level"' in found["requests"][0]["logql"]
    assert "query/parameter" in [one["rule"] for one in found["findings"]]


def test_links_of_a_runbook_become_links_into_explore(tmp_path: Path) -> None:
    link = (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D"
        "~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'filter*20log*20like*20*22x*22"
        "~source~(~'*2faws*2fcontainerinsights*2fprod*2fapplication))"
    )
    code, found = translated(f"See [errors]({link}).", name="runbook.md", folder=tmp_path)
    assert code == 0
    assert len(found) == 1
    assert "/explore?" in found[0]["explore"]


def test_each_format_names_the_query(tmp_path: Path) -> None:
    path = tmp_path / "errors.insights"
    path.write_text("filter log like /ERROR/", "utf-8")
    for form in ("table", "json", "markdown"):
        result = CliRunner().invoke(app, ["translate-queries", str(path), "--format", form, "--cluster", "prod"])
        assert result.exit_code == 0
        assert "errors" in result.stdout
        assert '|= "ERROR"' in result.stdout.replace("\\", "")


def test_values_of_cloudwatchs_own_are_said_to_be_null(tmp_path: Path) -> None:
    _, (found,) = translated("filter @ingestionTime > 5 | fields @ptr, log", folder=tmp_path)
    said = [one["message"].split(" ")[0] for one in found["findings"] if one["rule"] == "query/system-field"]
    assert sorted(said) == ["@ingestionTime", "@ptr"]
    assert found["fidelity"] == "approximate"
