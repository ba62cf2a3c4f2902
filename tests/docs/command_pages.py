"""The pages of what a command says of its options and files: each one runs the command and shows what it says."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.errors import Answered, WorldFailed
from tests.docs import command_query_cases
from tests.docs.command_cases import CASES, Command
from tests.docs.pages import block, page, refused, sentence
from tests.docs.said import ROOT
from translators.diagnostics import Refused

_LANGUAGES = {".yaml": "yaml", ".json": "json", ".jsonl": "json", ".conf": "ini", ".tf": "hcl", ".csv": "text"}
_SETTINGS = ("LOKI_", "LOGMIG_", "AWS_")


def pages() -> Mapping[str, str]:
    """Text by rule. LookupError when an example no longer makes its rule appear."""
    return {rule: _page(rule, case) for rule, case in {**CASES, **command_query_cases.CASES}.items()}


def _page(rule: str, case: Command) -> str:
    failure = _failure(case)
    if failure is None or failure.rule != rule:
        raise LookupError(f"{rule}: the example says {failure and failure.rule}")
    return page(
        rule,
        {
            "": [sentence(case.summary)],
            "Example in": [*_shown(case), block("console", "\n".join(f"$ logmig {line}" for line in case.lines))],
            "Example out": [block("text", refused(failure))],
            "Why": [case.why],
            "What to do": [case.todo or sentence(failure.remedy)],
        },
    )


def _shown(case: Command) -> Iterator[str]:
    for name, text in case.files.items():
        if isinstance(text, str):
            yield f"`{name}`:\n\n{block(_LANGUAGES.get(Path(name).suffix, 'text'), text)}"


def _failure(case: Command) -> Refused | Answered | WorldFailed | None:
    """What the last command ends in, in a folder that holds the demo and the case's files."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("migrate").symlink_to(ROOT / "migrate")
        for name, text in case.files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
        failure = None
        for line in case.lines:
            failure = _run(line)
        return failure


def _run(line: str) -> Refused | Answered | WorldFailed | None:
    clean = {name: None for name in os.environ if name.startswith(_SETTINGS)}
    failure = CliRunner().invoke(app, shlex.split(line), env={**clean, "NO_COLOR": "1"}).exception
    if failure is None or isinstance(failure, (Refused, Answered, WorldFailed)):
        return failure
    raise failure
