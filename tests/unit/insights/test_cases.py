"""Hand-computed tables: what the evaluator must say of these events, case by case."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("insights_cases", Path(__file__).with_name("cases.py"))
assert _spec
assert _spec.loader
cases = importlib.util.module_from_spec(_spec)
sys.modules["insights_cases"] = cases
_spec.loader.exec_module(cases)

ALL = list(cases.cases())


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_the_evaluator_agrees_with_the_table(case: cases.Case) -> None:
    sections = case.sections
    if "expressions" in sections:
        check_expressions(case, sections["expressions"])
    elif "conditions" in sections:
        check_conditions(case, sections["conditions"])
    else:
        check_rows(case)


def check_rows(case: cases.Case) -> None:
    columns, rows = cases.table(case.sections["rows"])
    result = case.run(case.sections["query"])
    assert result.columns == columns, case.sentence
    assert [approximate(row) for row in result.rows] == [approximate(row) for row in rows], case.sentence
    if "depends" in case.sections:
        assert {use.policy.value for use in result.policies} == set(case.sections["depends"].split()), case.sentence


def check_expressions(case: cases.Case, text: str) -> None:
    for line in text.split("\n"):
        expression, expected = line.rsplit(" => ", 1)
        ((value,),) = case.run(f"fields {expression} as x | display x").rows
        assert approximate((value,)) == approximate((json.loads(expected),)), f"{case.sentence}: {line}"


def check_conditions(case: cases.Case, text: str) -> None:
    for line in text.split("\n"):
        condition, expected = line.rsplit(" => ", 1)
        rows = case.run(f"filter {condition} | fields @message").rows
        assert (len(rows) == 1) is json.loads(expected), f"{case.sentence}: {line}"


def approximate(row: tuple[object, ...]) -> tuple[object, ...]:
    """Fractions to twelve digits, and their type: 1 and "1" are not the same."""
    return tuple((type(cell).__name__, float(f"{cell:.12g}")) if isinstance(cell, float) else cell for cell in row)
