"""One way to get any engine: the user's own, the machine's, a container, or a build of ours."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import assert_never

from migrate.lab.engines import build, cache
from migrate.lab.engines.engine import (
    Binary,
    DebianPackage,
    Engine,
    EngineMissing,
    GoBuild,
    GoScript,
    Image,
    NodePackages,
    Provided,
    PythonModule,
    Tell,
)

VERSION = re.compile(r"\bv?(\d+\.\d+(?:\.\d+)*)")
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/lib/systemd", "/usr/lib/systemd", "/usr/lib/cni")


def say(text: str) -> None:
    """Tell a person on stderr what takes so long."""
    print(f"[engines] {text}", file=sys.stderr, flush=True)


def provide(engine: Engine, tell: Tell = say) -> Provided:
    """The engine from the first place that has it; a published image counts. Raises EngineMissing."""
    tried: list[str] = []
    return _here(engine, tried) or _pulled(engine, tried) or _made(engine, tried, tell)


def provide_binary(engine: Engine, tell: Tell = say) -> Binary:
    """The engine as a program of this machine. Raises EngineMissing."""
    tried: list[str] = []
    return _here(engine, tried) or _made(engine, tried, tell)


def present(engine: Engine) -> Binary | None:
    """The engine if it is here already: nothing is built, installed or pulled."""
    try:
        return _here(engine, [])
    except EngineMissing:
        return None


def _here(engine: Engine, tried: list[str]) -> Binary | None:
    return _named(engine) or _on_path(engine, tried) or _kept(engine)


def _named(engine: Engine) -> Binary | None:
    """The binary that the user names is taken as it is, whatever its version."""
    path = os.environ.get(engine.variable)
    if not path:
        return None
    if shutil.which(path) is None:
        raise EngineMissing(engine, (f"{engine.variable}={path}: no program is there",))
    return Binary(engine, (path,), engine.variable)


def _on_path(engine: Engine, tried: list[str]) -> Binary | None:
    if isinstance(engine.source, NodePackages | PythonModule) or _ours(engine):
        return None
    folders = os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM_FOLDERS))
    path = shutil.which(engine.name, path=folders)
    if path is None:
        tried.append(f"{engine.variable} is not set; no {engine.name} on PATH")
        return None
    version = _version(path, engine) if engine.series else ""
    if not version.startswith(engine.series):
        tried.append(f"{path} is version {version or 'unknown'}, not {engine.series}*")
        return None
    return Binary(engine, (path,), "PATH")


def _ours(engine: Engine) -> bool:
    """A program whose source is in the recipe: nobody else can have it."""
    return isinstance(engine.source, GoBuild) and engine.source.package.startswith("./")


def _version(path: str, engine: Engine) -> str:
    try:
        answer = subprocess.run((path, *engine.probe), capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = VERSION.search(answer.stdout + answer.stderr)
    return found[1] if found else ""


def _kept(engine: Engine) -> Binary | None:
    """A build of before."""
    match engine.source:
        case GoBuild() | GoScript():
            path = cache.place(engine) / engine.name
            return Binary(engine, (str(path),), "built before") if path.exists() else None
        case NodePackages(script=script):
            path = cache.place(engine) / script
            node = shutil.which("node")
            return Binary(engine, (node, str(path)), "installed before") if node and path.exists() else None
        case PythonModule(module=module):
            package = module.partition(".")[0]
            here = importlib.util.find_spec(package) is not None
            return Binary(engine, (sys.executable, "-m", module), "this Python") if here else None
        case DebianPackage():
            return None
        case _:
            assert_never(engine.source)


def _pulled(engine: Engine, tried: list[str]) -> Image | None:
    """The image, if a Docker daemon answers and has it or can pull it."""
    if not engine.image:
        return None
    if not _docker("version", seconds=10):
        tried.append("no Docker daemon answers")
    elif _docker("image", "inspect", engine.image, seconds=10) or _docker("pull", engine.image, seconds=300):
        return Image(engine, engine.image)
    else:
        tried.append(f"Docker has no image {engine.image} and cannot pull it")
    return None


def _docker(*arguments: str, seconds: int) -> bool:
    try:
        answer = subprocess.run(("docker", *arguments), capture_output=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _made(engine: Engine, tried: list[str], tell: Tell) -> Binary:
    match engine.source:
        case GoBuild() | GoScript() as source:
            tried.append(build.obstacle(source))
            if not tried[-1]:
                return Binary(engine, (str(build.go_program(engine, source, tell)),), "built now")
        case NodePackages() as source:
            tried.append(build.obstacle(source))
            if not tried[-1]:
                node = shutil.which("node") or "node"
                return Binary(engine, (node, str(build.node_script(engine, source, tell))), "installed now")
        case DebianPackage(package=package):
            tried.append(f"the Debian package {package} is not installed")
        case PythonModule(requirement=requirement):
            tried.append(f"{requirement} is not installed in {sys.prefix}")
        case _:
            assert_never(engine.source)
    raise EngineMissing(engine, tuple(tried))


def beside(binaries: tuple[Binary, ...], folder: Path) -> Path:
    """A folder of links in which each binary has its engine's name, for scripts that want them in one place."""
    folder.mkdir(parents=True, exist_ok=True)
    for binary in binaries:
        link = folder / binary.engine.name
        link.unlink(missing_ok=True)
        link.symlink_to(binary.path)
    return folder
