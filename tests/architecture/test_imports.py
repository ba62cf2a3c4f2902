"""The design as a test: who may import whom. A contract's name is the sentence that it keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LANGUAGES = (
    "fluentbit",
    "promtail",
    "alloy",
    "insights",
    "logql",
    "grafana",
    "cloudwatch",
    "metricfilters",
    "workload",
)
IMPURE = {
    "boto3", "botocore", "kubernetes", "requests", "urllib3", "socket", "subprocess", "os", "pathlib", "shutil",
    "tempfile", "sqlite3", "time", "threading", "asyncio", "typer", "rich", "random", "glob", "http", "ssl",
}  # fmt: skip

PURE_PATHS = {"PurePath", "PurePosixPath", "PureWindowsPath"}
"""Paths as text; they touch no file."""


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, at its top or lazily."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "pathlib" and {name.name for name in node.names} <= PURE_PATHS:
                continue
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def offenders(paths: Iterator[Path], forbidden: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imports(path)
        if name in forbidden or any(name.startswith(f"{module}.") for module in forbidden)
    ]


def test_translators_do_no_input_or_output() -> None:
    assert offenders(modules("translators"), IMPURE) == []


def test_translators_never_import_migrate() -> None:
    assert offenders(modules("translators"), {"migrate"}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_knows_its_hub_and_never_another_language(language: str) -> None:
    others = {f"translators.{other}" for other in LANGUAGES if other != language}
    assert offenders(modules(f"translators/{language}"), others) == []


def test_the_hubs_know_no_language() -> None:
    languages = {f"translators.{language}" for language in LANGUAGES}
    assert offenders(modules("translators/pipeline", "translators/query"), languages) == []


def test_only_adapters_and_the_lab_import_the_clients_of_the_world() -> None:
    paths = (
        path for path in modules("migrate") if not {"adapters", "lab"} & set(path.relative_to(ROOT / "migrate").parts)
    )
    assert offenders(paths, {"boto3", "botocore", "kubernetes", "requests"}) == []


def test_rich_and_typer_live_in_the_command_line_only() -> None:
    paths = (path for path in modules("migrate") if not {"cli", "lab"} & set(path.relative_to(ROOT / "migrate").parts))
    assert offenders(paths, {"rich", "typer"}) == []


def test_root_packages_hold_a_docstring_only() -> None:
    for package in ("migrate", "translators"):
        body = ast.parse((ROOT / package / "__init__.py").read_text("utf-8")).body
        assert len(body) == 1
        assert isinstance(body[0], ast.Expr)
