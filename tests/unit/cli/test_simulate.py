"""``logmig simulate`` as the contract has it, on what real Fluent Bit recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from migrate.cli.main import app
from translators.diagnostics import Refused
from translators.render import visible

CASES = Path(__file__).parents[2] / "golden" / "fluent-bit"
CHOSEN = ["kubernetes-container-insights", "text-encodings", "rewrite-tag", "tail-keys", "lua-codes", "yaml-pipeline"]


def simulate(case: str, *more: str, path: str = "") -> Result:
    folder = CASES / case
    about = json.loads((folder / "case.json").read_text("utf-8"))
    environment = {"ROOT": "", "CASE_DIR": str(folder), "STATE": "/tmp/state", **about["env"]}
    arguments = ["simulate", str(folder / path) if path else str(folder), "--logs", str(folder / "input")]
    if (folder / "pods").is_dir():
        arguments += ["--pods", str(folder / "pods")]
    for name, value in environment.items():
        arguments += ["--env", f"{name}={value}"]
    return CliRunner().invoke(app, [*arguments, *more])


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def recorded(case: str) -> list[dict[str, Any]]:
    lines = (CASES / case / "records.jsonl").read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


@pytest.mark.parametrize("case", CHOSEN)
def test_fluent_bits_side_is_what_fluent_bit_sent(case: str) -> None:
    sent = [row for row in rows(simulate(case, "--format", "jsonl")) if row["side"] == "fluent-bit"]
    keys = {"side", "id", "output", "tag", "time_ns", "record", "group", "stream", "message"}
    assert all(set(row) - {"messages", "refused"} == keys for row in sent)
    wanted = recorded(case)

    def comparable(row: dict[str, Any]) -> str:
        return json.dumps([row["tag"], row["record"]], sort_keys=True)

    assert sorted(map(comparable, sent)) == sorted(map(comparable, wanted))


def test_lokis_side_has_the_keys_of_the_contract_and_identifiers_pair_the_sides() -> None:
    found = rows(simulate("kubernetes-container-insights", "--format", "jsonl"))
    stored = [row for row in found if row["side"] == "loki"]
    assert {row["agent"] for row in stored} == {"promtail", "alloy"}
    for row in stored:
        assert set(row) == {"side", "id", "agent", "labels", "structured_metadata", "time_ns", "line"}
    sent = {row["id"]: row for row in found if row["side"] == "fluent-bit"}
    assert {row["id"] for row in stored} == set(sent)
    assert all(sent[row["id"]]["record"]["log"] == row["line"] for row in stored)


def has_surrogates(text: str) -> bool:
    return any("\udc80" <= one <= "\udcff" for one in text)


def test_bytes_that_are_not_utf8_are_lone_surrogates_on_both_sides() -> None:
    found = rows(simulate("text-encodings", "--format", "jsonl"))
    assert any(has_surrogates(row["record"]["log"]) for row in found if row["side"] == "fluent-bit")
    assert any(has_surrogates(row["line"]) for row in found if row["side"] == "loki")


def test_the_file_itself_is_as_good_as_its_folder() -> None:
    whole = simulate("kubernetes-container-insights", "--format", "jsonl").stdout
    assert simulate("kubernetes-container-insights", "--format", "jsonl", path="fluent-bit.conf").stdout == whole


def test_what_hides_everything_is_said_first() -> None:
    result = simulate("tail-from-the-end")
    assert result.stdout.startswith("Read_from_Head is Off")
    assert "--arriving" in result.stdout
    arriving = simulate("tail-from-the-end", "--arriving", "--format", "json")
    assert json.loads(arriving.stdout)["agents"]["promtail"]["equal"] == 2


def test_the_remark_does_not_disturb_a_script() -> None:
    assert all(row["side"] == "loki" for row in rows(simulate("tail-from-the-end", "--format", "jsonl")))


@pytest.mark.parametrize(
    "case", ["fatal-unknown-key", "fatal-repeated-key", "fatal-flattened", "fatal-filter-without-match"]
)
def test_what_fluent_bit_refuses_is_refused_with_its_place(case: str) -> None:
    result = simulate(case, "--format", "jsonl")
    assert isinstance(result.exception, Refused)
    assert result.exception.span is not None
    assert result.stdout == ""


def test_differences_come_first_with_their_reasons() -> None:
    text = simulate("tail-from-the-end").stdout
    assert "Fluent Bit sends no event of these lines" in text
    assert "Why they may differ" in text


def test_no_log_line_steers_the_terminal() -> None:
    assert visible("a\x1b[31mred\x07\x7f\x9b") == "a␛[31mred␇␡\ufffd"
    assert "\x1b" not in simulate("text-encodings").stdout


def test_an_input_of_measurements_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "var" / "log").mkdir(parents=True)
    (tmp_path / "var" / "log" / "app.log").write_text("one\n")
    (tmp_path / "fluent-bit.conf").write_text(
        "[INPUT]\n    Name cpu\n    Tag m\n\n[INPUT]\n    Name tail\n    Tag app\n    Path /var/log/app.log\n"
        "    Read_from_Head On\n\n[OUTPUT]\n    Name stdout\n    Match *\n"
    )
    arguments = ["simulate", str(tmp_path / "fluent-bit.conf"), "--logs", str(tmp_path), "--format", "jsonl"]
    result = CliRunner().invoke(app, arguments)
    assert [row["record"] for row in rows(result) if row["side"] == "fluent-bit"] == [{"log": "one"}]
    assert "fluent-bit.conf:1:1: what input cpu makes is not simulated" in result.stderr


def test_a_script_in_the_values_of_a_chart_is_run(tmp_path: Path) -> None:
    (tmp_path / "node/var/log").mkdir(parents=True)
    (tmp_path / "node/var/log/app.log").write_text("one\n")
    (tmp_path / "values.yaml").write_text(
        "config:\n  inputs: |\n    [INPUT]\n        Name tail\n        Tag app\n        Path /var/log/app.log\n"
        "        Read_from_Head On\n  filters: |\n    [FILTER]\n        Name lua\n        Match *\n"
        "        script /fluent-bit/scripts/mark.lua\n        call mark\n  outputs: |\n    [OUTPUT]\n"
        "        Name stdout\n        Match *\nluaScripts:\n  mark.lua: |\n    function mark(tag, time, record)\n"
        "      record['marked'] = 'yes'\n      return 2, time, record\n    end\n"
    )
    arguments = ["simulate", str(tmp_path / "values.yaml"), "--logs", str(tmp_path / "node"), "--format", "jsonl"]
    found = [row["record"] for row in rows(CliRunner().invoke(app, arguments)) if row["side"] == "fluent-bit"]
    assert found == [{"log": "one", "marked": "yes"}]


def test_a_root_that_is_too_deep_is_said_and_not_taken_for_equal(tmp_path: Path) -> None:
    (tmp_path / "fluent-bit.conf").write_text(
        "[INPUT]\n    Name tail\n    Path /var/log/app/*.log\n    Read_from_Head On\n"
        "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region eu-west-1\n"
        "    log_group_name /shop\n    log_stream_name app\n"
    )
    (tmp_path / "node" / "var" / "log" / "app").mkdir(parents=True)
    (tmp_path / "node" / "var" / "log" / "app" / "a.log").write_text("one\n")
    arguments = ["simulate", str(tmp_path / "fluent-bit.conf"), "--logs"]
    right = CliRunner().invoke(app, [*arguments, str(tmp_path / "node")])
    deep = CliRunner().invoke(app, [*arguments, str(tmp_path / "node" / "var")])
    assert right.stdout.startswith("Fluent Bit sends 1 record ")
    said = "Fluent Bit sends nothing: its inputs read /var/log/app/*.log; given are /log/app/a.log."
    assert deep.stdout.startswith(said)
