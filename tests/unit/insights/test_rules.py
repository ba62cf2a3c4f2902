"""Every rule that the code speaks of has its sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from translators.insights.rules import ERRORS, NOTES

FOLDER = Path(__file__).parents[3] / "translators" / "insights"
SPEAKERS = {"InsightsError", "say", "warn", "error", "_warn_at", "self.warn"}


def spoken() -> Iterator[str]:
    """The first argument of whatever raises or says a rule, and the rule of ``fail``."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0] if node.args else None
            if name in SPEAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
            for constant in ast.walk(node):
                if isinstance(constant, ast.Constant) and str(constant.value).startswith("insights/"):
                    yield str(constant.value).removeprefix("insights/")
            yield from (
                str(keyword.value.value)
                for keyword in node.keywords
                if keyword.arg == "rule" and isinstance(keyword.value, ast.Constant)
            )


def test_every_rule_has_a_sentence() -> None:
    found = {rule for rule in spoken() if rule and not rule.endswith(" ")}
    assert found - set(ERRORS) - set(NOTES) == set()
    assert {"syntax", "after-dedup", "bin-cap", "memory"} <= found


def test_no_rule_is_both_an_error_and_a_note() -> None:
    assert set(ERRORS) & set(NOTES) == set()


def test_every_sentence_belongs_to_a_rule() -> None:
    found = set(spoken())
    assert set(ERRORS) - found - {"syntax"} == set()
    assert set(NOTES) - found == set()
