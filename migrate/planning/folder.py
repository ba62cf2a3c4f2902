"""Writes a plan's folder whole or not at all, and reads a plan back."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from migrate.planning.document import parse_plan
from migrate.planning.model import Plan
from translators.diagnostics import Refused

PLAN = "plan.json"


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files next to the folder, then rename; an earlier plan's folder is replaced, anything else refused."""
    refuse_foreign(folder)
    aside = _aside(folder)
    try:
        for name, text in sorted(files.items()):
            target = aside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        aside.chmod(0o755)
        _put_in_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _aside(folder: Path) -> Path:
    """A new folder on the same file system, so that the rename is one step."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        message = f"{folder}: cannot write there: {error.strerror}"
        raise Refused("plan/not-writable", message, remedy="give --out a folder that can be written") from error


def _put_in_place(aside: Path, folder: Path) -> None:
    if not folder.exists():
        os.rename(aside, folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    os.rename(folder, old / folder.name)
    os.rename(aside, folder)
    shutil.rmtree(old)


def refuse_foreign(folder: Path) -> None:
    """Refuse to replace what is not an earlier plan's folder."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())) or (folder / PLAN).is_file():
        return
    raise Refused(
        "plan/foreign-folder",
        f"{folder}: it exists and is no plan of logmig",
        remedy="give --out a new folder, or the folder of an earlier plan",
    )


def read_plan(folder: Path) -> Plan:
    """The plan of a folder that ``logmig plan`` wrote."""
    path = folder / PLAN if folder.is_dir() else folder
    if not path.is_file():
        raise Refused("plan/no-plan", f"{folder}: no {PLAN} is there", remedy="write one with `logmig plan --out`")
    return parse_plan(path.read_text(encoding="utf-8"), str(path))
