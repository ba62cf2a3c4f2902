"""A frozen value: compared and hashed by its fields, without a dictionary, and not assigned to by what mypy accepts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from mypy import api

from translators.query.expressions import Compare, Comparison, Field, Literal
from translators.source import Places, Source, Span

ASSIGNING = """
from translators.query.expressions import Field
field = Field(("a",))
field.path = ("b",)
"""


def test_values_are_equal_by_their_fields_and_wherever_they_stand() -> None:
    one = Compare(Comparison.EQUAL, Field(("a",), Span("q", 1, 8)), Literal(1))
    other = Compare(Comparison.EQUAL, Field(("a",)), Literal(1), Span("q", 1, 1))
    assert one == other
    assert len({one, other, replace(one, right=Literal(2))}) == 2
    assert not hasattr(one, "__dict__")


def test_places_are_in_order() -> None:
    assert sorted([Span("q", 2, 1), Span("q", 1, 9), Span("p", 3, 1)]) == [
        Span("p", 3, 1),
        Span("q", 1, 9),
        Span("q", 2, 1),
    ]


def test_mypy_refuses_an_assignment(tmp_path: Path) -> None:
    module = tmp_path / "assigning.py"
    module.write_text(ASSIGNING, "utf-8")
    said, wrong, status = api.run(["--config-file=", "--strict", "--cache-dir", str(tmp_path), str(module)])
    assert (wrong, status) == ("", 1)
    assert 'Property "path" defined in "Field" is read-only' in said


@pytest.mark.parametrize("text", ["", "fields a", "fields a\n| limit 2\n", "\n\n한글 | x\n\ny"])
def test_places_are_those_of_the_source(text: str) -> None:
    source = Source("q", text)
    places = Places(source)
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            assert places.span(start, end) == source.span(start, end)
