"""The shape of the code: small files, small functions, a sentence at the top of each module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_LINES, FUNCTION_LINES = 400, 40


def parsed() -> Iterator[tuple[str, str, ast.Module]]:
    for folder in ("migrate", "translators"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text("utf-8")
            yield str(path.relative_to(ROOT)), text, ast.parse(text)


def test_files_stay_small() -> None:
    assert [name for name, text, _ in parsed() if text.count("\n") > FILE_LINES] == []


def test_functions_stay_small() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, _, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
        and "/cli/" not in name
    ]
    assert long == []


def test_each_module_says_why_it_exists() -> None:
    assert [name for name, _, tree in parsed() if not ast.get_docstring(tree)] == []
