"""Compiles the wheel's query translator with mypyc: the same Python, about twice as fast. ``make wheel`` asks for it.

Hatchling runs the hook for wheels alone, and only where HATCH_BUILD_HOOK_ENABLE_CUSTOM=true; without it the wheel is
pure Python. The compiled modules stand beside their sources, which tracebacks and readers keep using.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CORE = (
    "translators/aws_layout.py",
    "translators/catalog.py",
    "translators/diagnostics.py",
    "translators/queries.py",
    "translators/searches.py",
    "translators/source.py",
    "translators/insights/*.py",
    "translators/insights/normalise/*.py",
    "translators/query/*.py",
    "translators/query/split/*.py",
    "translators/logql/*.py",
    "translators/logql/translate/*.py",
    "translators/grafana/*.py",
)
"""What a query passes on its way from text to LogQL and a panel; the evaluators stay as they are."""

_OTHERS = frozenset({"fluentbit", "promtail", "alloy", "pipeline", "workload"})

_SETUP = """
from mypyc.build import mypycify
from setuptools import setup
options = ["--ignore-missing-imports", *{files!r}]
setup(name="core", packages=[], ext_modules=mypycify(options, opt_level="1", debug_level="0"))
"""
"""The third level of optimization takes twice as long, and the code is not faster by it."""

_FROZEN = {
    "frozen": "@dataclass(unsafe_hash=True{init})",
    "frozen_in_order": "@dataclass(unsafe_hash=True, order=True{init})",
}
_SPELLINGS = (
    (re.compile(r"^from translators\.frozen import .*$", re.M), "from dataclasses import dataclass"),
    (re.compile(r"^from typing import TYPE_CHECKING$", re.M), "from typing import TYPE_CHECKING, Any"),
    (re.compile(r"^    operand: Expression\n    plan: Plan$", re.M), "    operand: Expression\n    plan: Any"),
)
"""mypyc knows a dataclass by the name of its decorator; its classes have slots without being told. It takes the class
of an annotation when the module is loaded: an expression's Plan, which is made of expressions, is not there yet."""


class CompiledCore(BuildHookInterface[Any]):
    """Puts the compiled modules into the wheel, which is then one for this Python and platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        folder = compiled(Path(self.root))
        for built in folder.rglob("*.so"):
            build_data["force_include"][str(built)] = built.relative_to(folder).as_posix()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def compiled(root: Path) -> Path:
    """The folder with the extension modules of ``root``'s sources: built once for the same sources and compiler."""
    place = Path(os.environ.get("LOGMIG_CACHE") or Path.home() / ".cache" / "logmig") / f"core-{_key(root)}"
    if not place.is_dir():
        with tempfile.TemporaryDirectory(prefix="logmig-core-") as scratch:
            _compile(root, Path(scratch))
            place.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
            for built in Path(scratch).rglob("*.so"):
                target = aside / built.relative_to(scratch)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(built, target)
        if place.is_dir():
            shutil.rmtree(aside)
        else:
            aside.rename(place)
    return place


def core(root: Path) -> list[str]:
    """The sources to compile, as paths below ``root``; packages stay as they are."""
    found = (path for pattern in CORE for path in root.glob(pattern) if path.name != "__init__.py")
    return sorted(path.relative_to(root).as_posix() for path in found)


def spelled_for_mypyc(source: str) -> str:
    """The source as mypyc understands it: it compiles an ``__init__`` that it sees, not one that a dataclass makes."""
    for pattern, spelled in _SPELLINGS:
        source = pattern.sub(spelled, source)
    lines = source.splitlines(keepends=True)
    for node in reversed([node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Name) and decorator.id in _FROZEN:
                made = _init(node)
                if made:
                    lines.insert(node.end_lineno or 0, made)
                init = ", init=False" if made else ""
                lines[decorator.lineno - 1] = _FROZEN[decorator.id].format(init=init) + "\n"
    return "".join(lines)


def _init(of: ast.ClassDef) -> str:
    """What the dataclass would make; nothing for a class with factories, with a base, or with one of its own."""
    fields = [node for node in of.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)]
    names = [ast.unparse(field.target) for field in fields]
    defaults = [_default(field.value) for field in fields]
    own = {node.name for node in of.body if isinstance(node, ast.FunctionDef)}
    if not fields or of.bases or None in defaults or own & {"__init__", "__post_init__"}:
        return ""
    typed = zip(names, fields, defaults, strict=True)
    parameters = ", ".join(f"{name}: {ast.unparse(field.annotation)}{default}" for name, field, default in typed)
    body = "".join(f"        self.{name} = {name}\n" for name in names)
    return f"\n    def __init__(self, {parameters}) -> None:\n{body}"


def _default(value: ast.expr | None) -> str | None:
    """How the parameter of a field is written behind its type; None where each object gets one of its own."""
    if value is None:
        return ""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        if "default_factory" in given or "init" in given:
            return None
        return f" = {ast.unparse(given['default'])}" if "default" in given else ""
    return f" = {ast.unparse(value)}"


def _key(root: Path) -> str:
    """Types come from other modules too: of the folders that no query imports, none counts."""
    seen = hashlib.sha256(f"{sys.version} {sys.platform} {version_of('mypy')}".encode())
    used = (path for path in sorted(root.glob("translators/**/*.py")) if not _OTHERS & set(path.parts))
    for path in (Path(__file__), *used):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:12]


def _compile(root: Path, scratch: Path) -> None:
    shutil.copytree(root / "translators", scratch / "translators", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    files = core(root)
    for file in files:
        source = scratch / file
        source.write_text(spelled_for_mypyc(source.read_text("utf-8")), "utf-8")
    (scratch / "setup.py").write_text(_SETUP.format(files=files), "utf-8")
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace", "--parallel", "2"]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"mypyc did not compile the query translator:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    shutil.rmtree(scratch / "build")
