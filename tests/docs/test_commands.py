"""Commands of the tutorial, the runbooks and the pages of verbs are run, and print what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.docs.said import ROOT

PAGES = [
    ROOT / "docs" / "tutorial.md",
    *sorted((ROOT / "docs" / "runbooks").glob("*.md")),
    *(path for path in sorted((ROOT / "docs" / "cli").glob("*.md")) if path.stem not in ("query", "prove")),
]
_BLOCK = re.compile(r"^( *)```console\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def _blocks(page: Path) -> list[str]:
    return [textwrap.dedent(body) for _, body in _BLOCK.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    (tmp_path / "migrate").symlink_to(ROOT / "migrate")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "errors.insights").write_text("filter log like /ERROR/ | limit 20\n")
    blocks = _blocks(page)
    assert blocks
    for block in blocks:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            _check(command, shown, tmp_path)


def _check(command: str, shown: str, folder: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == "logmig"
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        (sys.executable, "-m", "migrate.cli.main", *arguments),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    printed = iter([" ".join(line.split()) for line in answer.stdout.splitlines()])
    for line in shown.splitlines():
        wanted = " ".join(line.replace("…", "").split())
        if wanted:
            assert any(wanted in found for found in printed), f"{command}: {line!r} is not there, in this order"
