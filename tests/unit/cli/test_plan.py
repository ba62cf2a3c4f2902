"""``logmig plan`` and ``translate-pipeline`` as a user runs them, on the bundled manifest and on bad input."""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from migrate.cli.inputs import environment_of
from migrate.cli.main import app
from migrate.cli.plan import push_address
from translators.diagnostics import Refused

DEMO = Path(__file__).parents[3] / "migrate" / "lab" / "demo" / "fluent-bit.yaml"
PODS = DEMO.with_name("pods.json")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def refusal(*arguments: str, stdin: str | None = None) -> Refused:
    result = run(*arguments, stdin=stdin)
    assert isinstance(result.exception, Refused), result.output
    return result.exception


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_plan_has_everything_that_the_move_needs(tmp_path: Path) -> None:
    out = tmp_path / "plan"
    result = run("plan", "--fluent-bit", str(DEMO), "--cluster", "prod", "--pods", str(PODS), "--out", str(out))
    assert result.exit_code == 0, result.output
    names = set(hashes(out))
    assert {"plan.json", "report.md", "report.html", "catalog.json", "loki/retention.yaml"} <= names
    for agent, file in (("promtail", "promtail.yaml"), ("alloy", "config.alloy")):
        assert {f"{agent}/{name}" for name in (file, "daemonset.yaml", "rbac.yaml", "kustomization.yaml")} <= names
        assert f"helm/{agent}.yaml" in names
    document = json.loads((out / "plan.json").read_text())
    assert {item["name"]: item["sha256"] for item in document["files"]}.items() <= hashes(out).items()


def test_the_same_input_gives_the_same_bytes_wherever_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here" / "a.yaml", tmp_path / "there" / "deeper" / "a.yaml"
    for path in (here, there):
        path.parent.mkdir(parents=True)
        path.write_bytes(DEMO.read_bytes())
    run("plan", "--fluent-bit", str(here), "--cluster", "prod", "--out", str(tmp_path / "one"))
    monkeypatch.chdir(there.parent)
    run("plan", "--fluent-bit", "a.yaml", "--cluster", "prod", "--out", str(tmp_path / "two"))
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two") != {}


def test_no_absolute_path_and_no_clock_is_in_the_plan(tmp_path: Path) -> None:
    run("plan", "--fluent-bit", str(DEMO), "--cluster", "prod", "--out", str(tmp_path / "plan"))
    for path in (tmp_path / "plan").rglob("*"):
        if path.is_file():
            assert str(DEMO.parent) not in path.read_text("utf-8")


def test_the_command_to_start_the_agent_can_be_pasted(tmp_path: Path) -> None:
    out = tmp_path / "계획 of $HOME"
    result = run("plan", "--fluent-bit", str(DEMO), "--cluster", "prod", "--out", str(out))
    command = shlex.split(result.stdout.splitlines()[-1].partition("  ")[2])
    assert command == ["kubectl", "apply", "-k", str(out / "promtail")]


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("promtail", "The first start reads whole files unless"),
        ("alloy", "The first start reads containers' files whole, other files from their end, unless"),
    ],
)
def test_the_report_says_where_its_agent_begins(agent: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "fluent-bit.conf"
    output = (
        "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region r\n    log_group_name g\n    log_stream_name s\n"
    )
    path.write_text("[INPUT]\n    Name tail\n    Path /var/log/app.log\n" + output)
    run("plan", "--fluent-bit", str(path), "--agent", agent, "--out", str(tmp_path / "p"))
    assert said in (tmp_path / "p" / "report.md").read_text("utf-8")
    assert "tail_from_end" in (tmp_path / "p" / "alloy" / "config.alloy").read_text("utf-8")


def test_positions_take_the_plan_that_was_written(tmp_path: Path) -> None:
    run("plan", "--fluent-bit", str(DEMO), "--cluster", "prod", "--out", str(tmp_path / "plan"))
    state = DEMO.parents[3] / "tests" / "unit" / "positions" / "written-by-fluent-bit" / "stopped"
    out = tmp_path / "positions.yaml"
    result = run("positions", str(state), "--plan", str(tmp_path / "plan"), "--out", str(out), "--format", "json")
    assert result.exit_code == 0, result.output
    assert set(yaml.safe_load(out.read_text())["positions"]) == {
        "/var/log/containers/job-9_shop_job-bbbb.log",
        "/var/log/containers/web-1_shop_web-aaaa.log",
        "/var/log/messages",
        "cursor-dataplane-systemd",
    }
    assert {row["fate"] for row in json.loads(result.stdout)["rows"]} == {"carried over"}


def test_stdin_is_a_manifest_too() -> None:
    result = run("translate-pipeline", "-", "--cluster", "prod", "--format", "json", stdin=DEMO.read_text())
    document = json.loads(result.stdout)
    assert yaml.safe_load(document["configuration"])["scrape_configs"]
    assert {finding["source"] for finding in document["findings"]} == {"-"}


def test_yaml_is_the_configuration_alone(tmp_path: Path) -> None:
    result = run("translate-pipeline", str(DEMO), "--cluster", "prod", "--format", "yaml")
    assert yaml.safe_load(result.stdout)["positions"]


def test_secrets_of_a_configuration_reach_no_file_and_no_output(tmp_path: Path) -> None:
    text = """
[INPUT]
    Name tail
    Path /var/log/containers/*.log
    multiline.parser cri
[OUTPUT]
    Name splunk
    Match *
    splunk_token hunter2hunter2
    http_passwd hunter2hunter2
[OUTPUT]
    Name http
    Match *
    Header Authorization Bearer hunter2hunter2
    uri /?key=1
"""
    conf = tmp_path / "fluent-bit.conf"
    conf.write_text(text)
    result = run("plan", "--fluent-bit", str(conf), "--out", str(tmp_path / "plan"), "--format", "json")
    assert result.exit_code in (0, 1), result.output
    assert json.loads(result.stdout)["keeps_fluent_bit"] == ["splunk", "http"]
    written = "".join(path.read_text() for path in (tmp_path / "plan").rglob("*") if path.is_file())
    assert "hunter2" not in written + result.output + run("translate-pipeline", str(conf), "--all").output


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.conf", b""),
        ("binary.conf", bytes(range(256)) * 8),
        ("flattened.conf", b"[INPUT]\nName tail\nPath /x\n"),
        ("service.yaml", b"apiVersion: v1\nkind: Service\nmetadata: {name: x}\n"),
        ("template.yaml", b"apiVersion: v1\nkind: ConfigMap\ndata:\n  fluent-bit.conf: |\n    {{ .Values.x }}\n"),
        ("include.conf", b"@INCLUDE missing.conf\n"),
        ("unknown.conf", b"[INPUT]\n    Name tail\n    Paths /x\n[OUTPUT]\n    Name null\n    Match *\n"),
    ],
)
def test_bad_input_is_refused_with_a_place_and_leaves_no_folder(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    failure = refusal("plan", "--fluent-bit", str(path), "--out", str(tmp_path / "plan"))
    assert failure.rule
    assert failure.message
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [name]


@pytest.mark.parametrize("pair", ["NOVALUE", "=x"])
def test_a_pair_that_is_none_is_refused(pair: str, tmp_path: Path) -> None:
    assert refusal("plan", "--fluent-bit", str(DEMO), "--env", pair, "--out", str(tmp_path / "p")).rule == "cli/env"


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("--tenant", "a\nb", "cli/tenant"),
        ("--tenant", "a|b", "cli/tenant"),
        ("--tenant", "..", "cli/tenant"),
        ("--tenant", "x" * 151, "cli/tenant"),
        ("--auth-secret", "A B", "cli/auth-secret"),
        ("--auth-secret", "user:password", "cli/auth-secret"),
        ("--auth-secret", "a-.b", "cli/auth-secret"),
    ],
)
def test_names_that_loki_and_kubernetes_refuse_are_refused_here(
    option: str, value: str, rule: str, tmp_path: Path
) -> None:
    assert refusal("plan", "--fluent-bit", str(DEMO), option, value, "--out", str(tmp_path / "p")).rule == rule


def test_names_that_loki_and_kubernetes_take_are_taken(tmp_path: Path) -> None:
    names = ("--tenant", "Team-1_(a)!*'.x", "--auth-secret", "loki.push-2")
    assert run("plan", "--fluent-bit", str(DEMO), *names, "--out", str(tmp_path / "p")).exit_code == 0


def test_a_file_of_variables_is_read_as_docker_does(tmp_path: Path) -> None:
    file = tmp_path / "production.env"
    file.write_bytes('\ufeff# 한글\r\nA=1\r\n\n  B=\nC=x = y \u2028\nD="q"\n'.encode())
    assert environment_of(["A=2"], file) == {"A": "2", "B": "", "C": "x = y \u2028", "D": '"q"'}


@pytest.mark.parametrize("line", ["export A=1", "SECRET", "=x", "\0\1"])
def test_a_line_of_variables_that_is_none_is_named_and_not_shown(line: str, tmp_path: Path) -> None:
    file = tmp_path / "production.env"
    file.write_text(f"A=1\n{line}\n")
    failure = refusal("plan", "--fluent-bit", str(DEMO), "--env-file", str(file), "--out", str(tmp_path / "p"))
    assert (failure.rule, str(failure.span)) == ("cli/env-file", f"{file}:2:1")
    assert line not in failure.message


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://loki.example", "https://loki.example/loki/api/v1/push"),
        ("https://loki.example/", "https://loki.example/loki/api/v1/push"),
        ("http://x:3100/loki/api/v1/push", "http://x:3100/loki/api/v1/push"),
        ("http://x/custom/push", "http://x/custom/push"),
    ],
)
def test_a_bare_host_gets_lokis_own_path(given: str, meant: str) -> None:
    assert push_address(given) == meant


@pytest.mark.parametrize("given", ["loki:3100", "ftp://x", "https://", "https://me:secret@loki"])
def test_an_address_that_is_none_or_holds_credentials_is_refused(given: str) -> None:
    with pytest.raises(Refused):
        push_address(given)


CONFIGURATION = """\
[INPUT]
    Name {plugin}
    Tag host.messages
{more}
[OUTPUT]
    Name cloudwatch_logs
    Match *
    region x
    log_group_name /aws/containerinsights/prod/host
    log_stream_prefix a-
"""


def test_a_plan_without_a_job_says_that_there_is_nothing_to_start(tmp_path: Path) -> None:
    main, out = tmp_path / "fluent-bit.conf", tmp_path / "plan"
    main.write_text(CONFIGURATION.format(plugin="forward", more="").replace("Match *", "Match other.*"))
    result = run("plan", "--fluent-bit", str(main), "--cluster", "prod", "--out", str(out))
    report = (out / "report.md").read_text()
    assert "nothing to start" in result.output
    assert "The agent has nothing to read" in report
    assert "Nothing is left to do by hand" not in report


def test_a_report_says_how_many_constructs_differ_and_where_each_file_goes(tmp_path: Path) -> None:
    main, out = tmp_path / "fluent-bit.conf", tmp_path / "plan"
    messages = CONFIGURATION.format(plugin="tail", more="    Path /var/log/messages")
    main.write_text(messages + messages.replace("messages", "secure"))
    run("plan", "--fluent-bit", str(main), "--cluster", "prod", "--agent", "alloy", "--out", str(out))
    report = (out / "report.md").read_text()
    assert "constructs differ in a case stated below" in report
    assert report.count('- in Loki `Loki` `{cluster="prod", log_type="host", source="messages"}`') == 1
    assert report.count('- in Loki `Loki` `{cluster="prod", log_type="host", source="secure"}`') == 1


def test_a_root_that_is_not_the_nodes_is_noticed(tmp_path: Path) -> None:
    run("plan", "--fluent-bit", str(DEMO), "--cluster", "prod", "--out", str(tmp_path / "plan"))
    state = DEMO.parents[3] / "tests" / "unit" / "positions" / "written-by-fluent-bit" / "stopped"
    given = ("positions", str(state), "--plan", str(tmp_path / "plan"), "--out", str(tmp_path / "p.yaml"))
    assert refusal(*given, "--root", str(tmp_path / "hots")).rule == "positions/no-such-path"
    assert not (tmp_path / "p.yaml").exists()
    result = run(*given, "--root", str(tmp_path), "--format", "json")
    assert [remark for remark in json.loads(result.stdout)["remarks"] if "is the node's / mounted there?" in remark]
    assert refusal(*given[:-1], str(tmp_path)).remedy == f"give a file: {tmp_path / 'positions.yaml'}"


def test_what_a_person_changed_in_a_plan_is_not_overwritten(tmp_path: Path) -> None:
    plan = ("plan", "--fluent-bit", str(DEMO), "--cluster", "prod", "--out", str(tmp_path / "plan"))
    assert run(*plan).exit_code == run(*plan).exit_code == 0
    catalog, notes = tmp_path / "plan" / "catalog.json", tmp_path / "plan" / "helm" / "notes.md"
    catalog.write_text(catalog.read_text() + "\n")
    notes.write_text("ours")
    refused = refusal(*plan)
    assert (refused.rule, notes.read_text()) == ("plan/changed-by-hand", "ours")
    assert "catalog.json, helm/notes.md" in refused.message
    notes.unlink()
    catalog.unlink()
    assert run(*plan).exit_code == 0


def test_a_link_stays_a_link_to_the_plan(tmp_path: Path) -> None:
    for name in ("there", "not-yet"):
        (tmp_path / f"link-{name}").symlink_to(tmp_path / name)
    (tmp_path / "there").mkdir()
    for name in ("there", "not-yet"):
        result = run("plan", "--fluent-bit", str(DEMO), "--cluster", "prod", "--out", str(tmp_path / f"link-{name}"))
        assert result.exit_code == 0, result.output
        assert (tmp_path / f"link-{name}").is_symlink()
        assert (tmp_path / name / "plan.json").is_file()


def test_an_empty_path_is_not_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEMO.parent)
    assert refusal("translate-pipeline", "").rule == "fluentbit/not-readable"


@pytest.mark.parametrize(("days", "there"), [("log_retention_days 7", True), ("auto_create_group true", False)])
def test_the_next_steps_name_files_that_are_there(days: str, there: bool, tmp_path: Path) -> None:
    conf, out = tmp_path / "fluent-bit.conf", tmp_path / "plan"
    conf.write_text(
        "[INPUT]\n    Name tail\n    Path /var/log/app.log\n[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n"
        f"    region eu-west-1\n    log_group_name /shop\n    log_stream_name app\n    {days}\n"
    )
    assert run("plan", "--fluent-bit", str(conf), "--out", str(out)).exit_code == 0
    said = (out / "report.md").read_text()
    assert (out / "loki" / "retention.yaml").exists() is there
    assert ("merge `loki/retention.yaml`" in said) is there
    assert said.index("`logmig positions") < said.index("Start the agent: `kubectl apply -k promtail`")


def test_a_label_is_switched_off_as_the_message_and_the_page_write_it(tmp_path: Path) -> None:
    page = (DEMO.parents[3] / "docs" / "labels.md").read_text("utf-8")
    (tmp_path / "labels.yaml").write_text(page.split("```yaml\n")[1].split("```")[0])
    plan = ("plan", "--fluent-bit", str(DEMO), "--pods", str(PODS), "--out", str(tmp_path / "plan"))
    assert run(*plan, "--labels", str(tmp_path / "labels.yaml")).exit_code == 0
    promtail = (tmp_path / "plan" / "promtail" / "promtail.yaml").read_text()
    assert "target_label: team" in promtail
    assert "target_label: node_name" not in promtail
