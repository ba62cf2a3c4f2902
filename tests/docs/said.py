"""What the code says under each fixed rule, read from its syntax tree: no page can promise another sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LANGUAGES = (
    "fluentbit|workload|labels|positions|plan|catalog|simulate|insights|logql|query|queries|prove|promtail|alloy|cli|"
    "usage|lab"
)
_RULE = re.compile(rf"(?:{LANGUAGES})/[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Said:
    """One place that names a rule: the sentences beside it, ``…`` where a value of the user stands."""

    rule: str
    file: str
    sentences: tuple[str, ...]


def all_said() -> list[Said]:
    """Every place of the code that names a rule as a whole, by file and line."""
    found: list[Said] = []
    for folder in ("translators", "migrate"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            found += [Said(rule, name, sentences) for rule, sentences in _of(ast.parse(path.read_text("utf-8")))]
    return found


def _of(tree: ast.AST, outer: dict[str, str] | None = None) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = {**(outer or {}), **_names(tree)}
    for node in _own(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _of(node, names)
            continue
        texts = [text for part in _parts(node) if (text := _text(part, names))]
        rules = [text for text in texts if _RULE.fullmatch(text)]
        if len(rules) == 1:
            yield rules[0], tuple(text for text in texts if " " in text)


def _names(tree: ast.AST) -> dict[str, str]:
    """The texts that names of this scope stand for."""
    return {
        target.id: text
        for node in _own(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and (text := _text(node.value, {}))
    }


def _own(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope; functions in it as a whole."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _own(node)


def _parts(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call():
            return [*node.args, *(keyword.value for keyword in node.keywords)]
        case ast.Tuple():
            return list(node.elts)
        case ast.Assign() | ast.Return() if isinstance(node.value, ast.Constant):
            return [node.value]
        case _:
            return []


def _text(node: ast.expr | None, names: dict[str, str]) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr():
            return "".join(_text(part, names) if isinstance(part, ast.Constant) else "…" for part in node.values)
        case ast.BinOp(op=ast.Add()):
            return _text(node.left, names) + _text(node.right, names)
        case ast.Name():
            return names.get(node.id, "")
        case ast.IfExp():
            return _text(node.body, names) or _text(node.orelse, names)
        case _:
            return ""
