"""YAML that every reader takes alike, for texts that are known to go wrong."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from translators.workload.printer import print_objects, print_value

TRAPS = [
    "yes",
    "No",
    "on",
    "null",
    "~",
    "1e3",
    "0x1F",
    "1_000",
    "012",
    ".inf",
    "",
    " x",
    "x ",
    "a: b",
    "a #b",
    "- a",
    "{{ x }}",
]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)


@pytest.mark.parametrize(
    "text", [*TRAPS, "|", ">", "@x", "`x", "%x", "!x", "&x", "*x", "한글", "a\tb", "a\nb\n", "\n", "12:30:45", "="]
)
def test_a_text_stays_that_text(text: str) -> None:
    assert yaml.safe_load(print_value({"key": text})) == {"key": text}


@pytest.mark.parametrize("text", ["1e3", "0o17", "yes", "1_000", "0x1F", "012", "12:30:45", "3.6", "1.", "+1"])
def test_what_another_yaml_would_take_for_a_number_is_quoted(text: str) -> None:
    assert print_value({"key": text}) == f'key: "{text}"\n'


@given(
    st.recursive(
        TEXTS | st.booleans() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
        max_leaves=12,
    )
)
def test_whatever_is_printed_reads_back(value: object) -> None:
    assert yaml.safe_load(print_value(value)) == value  # type: ignore[arg-type]


def test_several_documents_with_a_comment() -> None:
    text = print_objects([{"a": 1}, {"b": ("x", 2)}], "first\nsecond")
    assert text.startswith("# first\n# second\n")
    assert list(yaml.safe_load_all(text)) == [{"a": 1}, {"b": ["x", 2]}]


def test_a_long_configuration_is_a_block_that_people_can_read() -> None:
    assert print_value({"file": "a: 1\nb: 2\n"}) == "file: |\n  a: 1\n  b: 2\n"
