"""The compiled query translator is the same translator: it passes the same tests and prints the same bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.compiled_wheel import ROOT, run, unpacked
from tests.queries_support.suite import cases_of

COMPILED = """
import importlib, pkgutil, translators.insights, translators.logql, translators.query
for package in (translators.insights, translators.logql, translators.query):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not module.ispkg and not importlib.import_module(module.name).__file__.endswith(".so"):
            print(module.name)
"""
COMMAND = "from migrate.cli.main import main; sys.argv[0] = 'logmig'; main()"
QUERIES = sorted((ROOT / "tests/engine").glob("**/*.case"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("compiled"))


def test_every_module_of_the_core_is_compiled(site: Path) -> None:
    done = run(site, COMPILED)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_doctor_says_which_one_runs(site: Path) -> None:
    compiled, interpreted = run(site, COMMAND, "doctor"), run(ROOT, COMMAND, "doctor")
    assert re.search("query translator +ok +compiled", compiled.stdout)
    assert re.search("query translator +ok +interpreted", interpreted.stdout)


def test_it_passes_the_unit_tests_of_queries(site: Path) -> None:
    folders = [f"tests/unit/{name}" for name in ("insights", "logql", "query", "prompt")]
    done = run(site, "import pytest; sys.exit(pytest.main(sys.argv[1:]))", "-p", "no:cacheprovider", *folders)
    assert done.returncode == 0, done.stdout[-4000:]


def test_it_prints_what_the_interpreted_one_prints(site: Path, tmp_path: Path) -> None:
    cases = [case for path in QUERIES for case in cases_of(path)]
    for number, case in enumerate(cases):
        (tmp_path / f"{number:03}.insights").write_text(case.query, "utf-8")
    words = ["translate-queries", str(tmp_path), "--allow-manual", "--format", "jsonl"]
    compiled, interpreted = run(site, COMMAND, *words), run(ROOT, COMMAND, *words)
    assert interpreted.returncode == 0, interpreted.stderr
    assert interpreted.stdout.count("\n") == len(cases) > 500
    assert (compiled.stdout, compiled.returncode) == (interpreted.stdout, 0)
