"""Commands that a page shows are run, and print the lines that stand below them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tests.docs.said import ROOT

_BLOCK = re.compile(r"^( *)```console\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """Each command of the page's console blocks, and what is shown below it."""
    for _, body in _BLOCK.findall(page.read_text("utf-8")):
        for part in re.split(r"^\$ ", textwrap.dedent(body), flags=re.MULTILINE)[1:]:
            command, _, shown = part.replace("\\\n", " ").partition("\n")
            yield command, shown


def check(command: str, shown: str, folder: Path) -> None:
    """Run it in the folder; its lines must stand in what it prints, in this order. "…" stands for any text."""
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
