"""Finished engines are kept by what made them, so that nothing is built twice, by however many processes at once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from migrate.lab.engines.engine import RECIPES, DebianPackage, Engine, GoBuild, GoScript, NodePackages, PythonModule

BUILDS_AT_ONCE = 2


def root() -> Path:
    """Where finished engines lie: ``$LOGMIG_CACHE``, or ``~/.cache/logmig``."""
    return Path(os.environ.get("LOGMIG_CACHE") or Path.home() / ".cache" / "logmig") / "engines"


def place(engine: Engine) -> Path:
    """The folder of the engine as this recipe makes it, whether it is there yet or not."""
    return root() / f"{engine.name}-{fingerprint(engine)}"


def fingerprint(engine: Engine) -> str:
    """A hash of everything of ours that decides what comes out."""
    seen = hashlib.sha256(f"{engine.source!r} {platform.system()} {platform.machine()}".encode())
    match engine.source:
        case GoBuild(recipe=recipe) | GoScript(recipe=recipe) | NodePackages(recipe=recipe):
            folder = RECIPES / recipe
            for path in sorted(item for item in folder.rglob("*") if item.is_file()):
                seen.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        case DebianPackage() | PythonModule():
            pass
    return seen.hexdigest()[:12]


@contextmanager
def locked(name: str) -> Iterator[bool]:
    """Hold the cache's lock of that name; the value tells whether another process had it first."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / f".{name}.lock").open("w") as lock:
        free = _taken(lock)
        if not free:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield not free


@contextmanager
def build_slot() -> Iterator[None]:
    """One of the machine's places for a build: more at once would only fight for the cores."""
    root().mkdir(parents=True, exist_ok=True)
    slots = [(root() / f".slot-{number}.lock").open("w") for number in range(BUILDS_AT_ONCE)]
    try:
        while not any(_taken(slot) for slot in slots):
            time.sleep(0.5)
        yield
    finally:
        for slot in slots:
            slot.close()


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
