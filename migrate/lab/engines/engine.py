"""What an engine is: a real program of the field, its version, and the source it can be built or installed from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import WorldFailed

RECIPES = Path(__file__).parent / "recipes"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class GoBuild:
    """A main package of the module that ``recipe`` pins."""

    recipe: str
    package: str
    variables: tuple[str, ...] = ()
    """What the linker writes into the binary, as ``package.Name=value``."""
    tags: tuple[str, ...] = ()
    cgo: bool = False


@dataclass(frozen=True, slots=True)
class GoScript:
    """A program whose module must be changed before it builds: ``build.sh OUT`` in ``recipe`` does it."""

    recipe: str
    cgo: bool = True


@dataclass(frozen=True, slots=True)
class DebianPackage:
    """A program that Debian ships; we never install it ourselves."""

    package: str


@dataclass(frozen=True, slots=True)
class NodePackages:
    """A script beside a locked set of Node packages."""

    recipe: str
    script: str


@dataclass(frozen=True, slots=True)
class PythonModule:
    """A module of this Python: ``python -m module``."""

    module: str
    requirement: str


Source = GoBuild | GoScript | DebianPackage | NodePackages | PythonModule


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine. ``series`` is the start of every version that we take from PATH; empty takes any."""

    name: str
    version: str
    source: Source
    series: str = ""
    image: str = ""
    """A published image that runs it; empty where none does."""
    probe: tuple[str, ...] = ("--version",)
    minutes: int = 1
    """How long a cold build takes on two cores, to say so."""

    @property
    def variable(self) -> str:
        """The environment variable that names a binary of the user's."""
        return "LOGMIG_" + self.name.upper().replace("-", "_")


@dataclass(frozen=True, slots=True)
class Binary:
    """A program on this machine. ``command`` starts it; ``origin`` says where it came from."""

    engine: Engine
    command: tuple[str, ...]
    origin: str

    @property
    def path(self) -> str:
        """The last part of the command: the program or script itself."""
        return self.command[-1]


@dataclass(frozen=True, slots=True)
class Image:
    """A container image that the Docker daemon of this machine has."""

    engine: Engine
    reference: str


Provided = Binary | Image


class Unavailable(WorldFailed):
    """This machine cannot do what the lab needs: another kind of system, no root, an engine missing."""


class EngineMissing(Unavailable):
    """An engine is not to be had here: what was tried, and the ways to get it."""

    def __init__(self, engine: Engine, tried: tuple[str, ...]) -> None:
        found = "".join(f"\n  - {item}" for item in tried)
        message = f"{engine.name} {engine.version} is needed and not to be had here. Tried:{found}"
        super().__init__(message, remedy=ways(engine), rule="lab/engine-missing")
        self.engine = engine
        self.tried = tried


def _wanted(engine: Engine) -> str:
    series = engine.series or engine.version
    return f"{series}x" if series.endswith(".") else series


def ways(engine: Engine) -> str:
    """The ways to get the engine, for a person."""
    found = [f"set {engine.variable} to a binary", f"put {engine.name} {_wanted(engine)} on PATH"]
    match engine.source:
        case GoBuild(cgo=cgo) | GoScript(cgo=cgo):
            native = ", a C compiler and libsystemd-dev" if cgo else ""
            found.append(f"install Go 1.26 or newer{native}: logmig then builds it (about {engine.minutes} min)")
        case DebianPackage(package=package):
            found.append(f"apt-get install {package}")
        case NodePackages():
            found.append("install Node 20 or newer with npm: logmig then installs the packages")
        case PythonModule(requirement=requirement):
            found.append(f"pip install '{requirement}'")
    if engine.image:
        found.insert(2, f"start Docker and let it pull {engine.image}")
    return "One of: " + "; ".join(found) + "."
