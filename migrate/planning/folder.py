"""Writes a plan's folder whole or not at all, and reads a plan back."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.planning.document import parse_plan, sha256
from migrate.planning.model import Plan
from translators.diagnostics import Refused

PLAN = "plan.json"
REPORTS = ("report.md", "report.html")


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files next to the folder, then rename; an earlier plan's folder is replaced, anything else refused.

    A link stays a link: the folder that it names is the plan's.
    """
    refuse_foreign(folder)
    real = Path(os.path.realpath(folder))
    aside = _aside(folder, real)
    try:
        for name, text in sorted(files.items()):
            target = aside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        aside.chmod(0o755)
        _put_in_place(aside, real)
    except OSError as error:
        raise _not_written(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _aside(folder: Path, real: Path) -> Path:
    """A new folder on the same file system, so that the rename is one step."""
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{real.name}-", dir=real.parent))
    except OSError as error:
        raise _not_written(folder, error) from error


def _not_written(folder: Path, error: OSError) -> Exception:
    message = f"{folder}: cannot write there: {error.strerror}"
    if error.errno == errno.EBUSY:
        remedy = f"a mounted folder cannot be replaced as a whole: give --out a folder inside it, {folder / 'plan'}"
        return Refused("plan/not-writable", message, remedy=remedy)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return WorldFailed(message, "make room there and run it again; nothing was left half written", "plan/disk")
    return Refused("plan/not-writable", message, remedy="give --out a folder that can be written")


def _put_in_place(aside: Path, folder: Path) -> None:
    if not folder.exists():
        os.rename(aside, folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        os.rename(folder, old / folder.name)
        os.rename(aside, folder)
    except BaseException:
        if (old / folder.name).exists() and not folder.exists():
            os.rename(old / folder.name, folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def refuse_foreign(folder: Path) -> None:
    """Refuse to replace what is not an earlier plan's folder, and what a person made of such a folder since."""
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return
    except OSError as error:
        raise _not_written(folder, error) from error
    if not (folder / PLAN).is_file():
        raise Refused(
            "plan/foreign-folder",
            f"{folder}: it exists and is no plan of logmig",
            remedy="give --out a new folder, or the folder of an earlier plan",
        )
    theirs = sorted(_by_hand(folder))
    if theirs:
        raise Refused(
            "plan/changed-by-hand",
            f"{folder}: a new plan would overwrite what was changed or added by hand: {', '.join(theirs[:5])}"
            + (f" and {len(theirs) - 5} more" if len(theirs) > 5 else ""),
            remedy="give --out a new folder and carry your changes over, or move these files away first",
        )


def _by_hand(folder: Path) -> Iterator[str]:
    """The files that are not as ``logmig plan`` wrote them; the report says nothing that plan.json does not."""
    try:
        known = {str(item["name"]): item["sha256"] for item in json.loads((folder / PLAN).read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in (PLAN, *REPORTS):
            continue
        if name not in known or sha256(path.read_bytes()) != known[name]:
            yield name


def read_plan(folder: Path) -> Plan:
    """The plan of a folder that ``logmig plan`` wrote."""
    path = folder / PLAN if folder.is_dir() else folder
    if not path.is_file():
        raise Refused("plan/no-plan", f"{folder}: no {PLAN} is there", remedy="write one with `logmig plan --out`")
    return parse_plan(path.read_text(encoding="utf-8"), str(path))
