"""``make demo`` as a new user runs it: with every engine, and on a machine that has none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from migrate.lab.demo.real import AGENTS, find_engines
from migrate.lab.engines.catalog import ENGINES
from translators.diagnostics import Agent


def demo(out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "migrate.lab.demo", str(out))
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=300, check=False
    )


@pytest.mark.engine
def test_every_line_stands_in_the_real_loki_as_fluent_bit_sends_it(tmp_path: Path) -> None:
    _, missing = find_engines()
    for one in missing:
        raise one
    ran = demo(tmp_path / "out")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = re.findall(r"(\d+) of (\d+) records stand in Loki", ran.stdout)
    assert len(found) == len(AGENTS)
    assert all(equal == total != "0" for equal, total in found)
    assert {agent for agent in Agent if re.search(rf"^{agent}: \d+ entries", ran.stdout, re.M)} == set(Agent)
    assert "billing-0" in ran.stdout  # a row of the last query
    assert Path(ran.stdout.strip().splitlines()[-1]).is_file()


def test_without_engines_it_says_what_is_missing_and_plans_and_simulates(tmp_path: Path) -> None:
    absent = {engine.variable: str(tmp_path / "no-such-program") for engine in ENGINES}
    ran = demo(tmp_path / "out", **absent)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "missing: loki" in ran.stdout
    assert "Fluent Bit sends" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
    assert Path(ran.stdout.strip().splitlines()[-1]).is_file()
