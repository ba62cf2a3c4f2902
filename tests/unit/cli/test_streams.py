"""The command where streams are closed, full, read halfway or of an old encoding, as shells and cron make them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[3] / "migrate" / "lab" / "demo" / "fluent-bit.yaml"
LOGMIG = shlex.join((sys.executable, "-m", "migrate.cli.main"))


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command.replace("logmig", LOGMIG, 1)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("verb", ["doctor", "--help", f"translate-pipeline {DEMO} --all"])
def test_a_reader_who_goes_away_is_no_answer_of_ours(verb: str) -> None:
    ran = shell(f"logmig {verb} 2>&1 | true; echo ${{PIPESTATUS[0]}}")
    assert ran.stdout == "0\n"


@pytest.mark.parametrize("verb", ["doctor", "--version", f"translate-pipeline {DEMO}"])
def test_a_full_disk_behind_stdout_is_the_worlds_failure(verb: str) -> None:
    ran = shell(f"logmig {verb} > /dev/full")
    assert ran.returncode == 3
    assert "No space left on device [cli/system]" in ran.stderr


@pytest.mark.parametrize(
    ("verb", "reason"),
    [
        ("translate-pipeline -", "[fluentbit/empty]"),
        ("translate-queries -", "[queries/empty-file]"),
        ("query --loki http://127.0.0.1:9", "["),
    ],
)
def test_a_closed_stdin_is_an_empty_one(verb: str, reason: str) -> None:
    ran = shell(f"logmig {verb} <&-")
    assert ran.returncode == 2, ran.stderr
    assert reason in ran.stderr
    assert "internal error" not in ran.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_outputs_change_no_exit_code(closed: str) -> None:
    assert shell(f"logmig translate-pipeline {DEMO} {closed}").returncode == 0
    assert shell(f"logmig translate-pipeline /no/such/file {closed}").returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "euc-kr", "latin-1"])
def test_what_an_old_encoding_cannot_spell_is_escaped(encoding: str) -> None:
    simulate = f"logmig simulate {DEMO} --logs {DEMO.parent / 'node'} --limit 1"
    ran = shell(simulate, PYTHONIOENCODING=encoding)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_pipes_get_utf_8_whatever_the_locale_says() -> None:
    latin = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert "Exit codes: 0 done · 1 the answer is no" in " ".join(shell("logmig --help", **latin).stdout.split())


def test_a_failure_is_a_document_where_json_was_asked_for() -> None:
    ran = shell("logmig plan --fluent-bit /no/such/file --out /no/such/plan --format json")
    assert ran.returncode == 2
    assert "[fluentbit/not-readable]" in ran.stderr
    assert json.loads(ran.stdout)["error"] == {
        "source": "/no/such/file",
        "line": 1,
        "column": 1,
        "rule": "fluentbit/not-readable",
        "message": "cannot read /no/such/file: No such file or directory",
        "expected": [],
        "remedy": "Check the path and its permissions.",
    }


def test_what_the_system_refuses_is_no_bug_of_ours(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    ran = shell(f"logmig translate-pipeline {loop}/x.conf --labels {loop}")
    assert ran.returncode == 2
    assert "internal error" not in ran.stderr


def test_the_line_to_blame_is_shown_with_carets_and_without_secrets(tmp_path: Path) -> None:
    conf, start = tmp_path / "fluent-bit.conf", "[INPUT]\n    Name tail\n    Path /x\n"
    conf.write_text(f"{start}[FILTER]\n    Name grep\n    Match *\n    Regex log (\ud55c\uad6d\n")
    said = shell(f"cd {tmp_path}; logmig translate-pipeline fluent-bit.conf").stderr
    assert said.startswith("logmig: fluent-bit.conf:7:5: ")
    assert "  7 |     Regex log (\ud55c\uad6d\n    |     ^^^^^^^^^^^^^^^\n" in said
    conf.write_text(f"{start}[OUTPUT]\n    Name es\n    HTTP_Passwd\tgeheim\n")
    said = shell(f"cd {tmp_path}; logmig translate-pipeline fluent-bit.conf").stderr
    assert "  6 |     HTTP_Passwd \u2022\u2022\u2022\n" in said
    assert "geheim" not in said


def test_a_wrong_query_shows_where_with_carets() -> None:
    ran = shell("logmig query --loki http://127.0.0.1:9 --log-group g 'fields a\n| filtr 한국'")
    assert "  2 | | filtr 한국\n    |   ^^^^^\n" in ran.stderr


@pytest.mark.parametrize("verb", ["translate-queries -", "query --loki http://127.0.0.1:9 --log-group g -"])
def test_a_stdin_without_an_end_is_refused(verb: str) -> None:
    ran = shell(f"logmig {verb} < /dev/zero")
    assert ran.returncode == 2
    assert "[queries/too-large]" in ran.stderr
