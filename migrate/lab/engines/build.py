"""Engines are built from their own modules, with the ordinary clients of Go and Node, and with progress."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.lab.engines import cache
from migrate.lab.engines.engine import RECIPES, Engine, GoBuild, GoScript, NodePackages, Tell

SPEAK_EVERY = 20.0
SHOWN_LINES = 15


@dataclass(frozen=True, slots=True)
class Job:
    """A command that leaves a finished engine in ``out``."""

    command: tuple[str, ...]
    folder: Path
    environment: dict[str, str]


def go_program(engine: Engine, source: GoBuild | GoScript, tell: Tell) -> Path:
    """The engine's binary in the cache; built now if it is not there."""
    return _once(engine, tell, lambda out: _go_job(engine, source, out)) / engine.name


def node_script(engine: Engine, source: NodePackages, tell: Tell) -> Path:
    """The engine's script in the cache, with its packages beside it; installed now if they are not there."""
    return _once(engine, tell, lambda out: _node_job(source, out)) / source.script


def obstacle(source: GoBuild | GoScript | NodePackages) -> str:
    """Why the engine cannot be built here; empty when it can."""
    match source:
        case NodePackages():
            return "" if shutil.which("node") and shutil.which("npm") else "no Node with npm on PATH"
        case GoBuild(cgo=cgo) | GoScript(cgo=cgo):
            if not shutil.which("go"):
                return "no Go toolchain on PATH"
            if cgo and not shutil.which("gcc"):
                return "no C compiler on PATH (apt-get install gcc)"
            if cgo and not Path("/usr/include/systemd/sd-journal.h").exists():
                return "no systemd headers (apt-get install libsystemd-dev pkg-config)"
    return ""


def _once(engine: Engine, tell: Tell, job: Callable[[Path], Job]) -> Path:
    place = cache.place(engine)
    if place.exists():
        return place
    with cache.locked(place.name), cache.build_slot():
        if not place.exists():
            with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{engine.name}-") as scratch:
                out = Path(scratch) / "out"
                out.mkdir()
                _run(engine, job(out), tell)
                out.rename(place)
    return place


def _go_job(engine: Engine, source: GoBuild | GoScript, out: Path) -> Job:
    folder = RECIPES / source.recipe
    environment = {"CGO_ENABLED": "1" if source.cgo else "0", "GOFLAGS": "-buildvcs=false"}
    if isinstance(source, GoScript):
        return Job(("bash", "build.sh", str(out / engine.name)), folder, environment)
    linked = " ".join(("-s", "-w", *(f"-X {variable}" for variable in source.variables)))
    command = ("go", "build", f"-ldflags={linked}", f"-tags={','.join(source.tags)}")
    return Job((*command, "-o", str(out / engine.name), source.package), folder, environment)


def _node_job(source: NodePackages, out: Path) -> Job:
    shutil.copytree(RECIPES / source.recipe, out, dirs_exist_ok=True)
    return Job(("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"), out, {})


def _run(engine: Engine, job: Job, tell: Tell) -> None:
    """Run the job, saying now and then how far it is; its output is kept only when it fails."""
    tell(f"{engine.name} {engine.version}: building (about {engine.minutes} min when nothing is cached)")
    started, spoken = time.monotonic(), time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        running = subprocess.Popen(
            job.command,
            cwd=job.folder,
            env={**os.environ, **job.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while running.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - spoken > SPEAK_EVERY:
                spoken = time.monotonic()
                tell(f"{engine.name} {engine.version}: still building, {spoken - started:.0f} s")
        output.seek(0)
        lines = output.read().splitlines()
    if running.returncode:
        tail = "\n  ".join(lines[-SHOWN_LINES:])
        raise WorldFailed(f"{engine.name} {engine.version} did not build:\n  {tail}", rule="lab/build-failed")
    tell(f"{engine.name} {engine.version}: built in {time.monotonic() - started:.0f} s")
