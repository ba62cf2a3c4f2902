"""A line filter goes down only when the line must hold its text, whatever JSON did to it."""

from __future__ import annotations

import json

import pytest
import re2
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from translators.query.words import behind_encoding, in_envelope, in_json_value, required_literals

LETTERS = st.text(st.sampled_from(list('aefnrtu0189 _-."\\/\t\n\re한é{}[],:')), min_size=1, max_size=8)


@given(LETTERS, LETTERS, LETTERS, st.booleans())
def test_a_json_line_holds_what_its_value_must_hold(before: str, text: str, behind: str, ascii_only: bool) -> None:
    found = in_json_value(text)
    assume(found is not None)
    assert found is not None
    line = json.dumps({"k": before + text + behind}, ensure_ascii=ascii_only)
    assert any(one in line for one in found.alternatives)


@given(LETTERS, LETTERS, LETTERS, st.booleans())
def test_a_line_holds_what_its_encoding_holds(before: str, text: str, behind: str, escaped: bool) -> None:
    line = before + text + behind
    encoded = json.dumps(line, ensure_ascii=escaped)
    runs = in_envelope(encoded[1:-1], escaped)
    assert runs is not None
    for run in runs:
        found = behind_encoding(run, reread=False)
        assert found is None or any(one in line for one in found.alternatives), (run, found)


def test_text_that_is_not_ascii_never_stands_in_an_escaped_envelope() -> None:
    assert in_envelope("한글", escaped=True) is None
    assert in_envelope("한글", escaped=False) == ("한글",)


@pytest.mark.parametrize("text", ["500", "5e2", "true", "null", "-1.5", '"', "{}"])
def test_what_json_spells_in_several_ways_says_nothing(text: str) -> None:
    assert in_json_value(text) is None


def test_the_first_letters_may_be_the_end_of_an_escape() -> None:
    found = behind_encoding("timeout", reread=False)
    assert found is not None
    assert found.alternatives == ("timeout", "\timeout")
    hexadecimal = behind_encoding("error", reread=False)
    assert hexadecimal is not None
    assert hexadecimal.alternatives == ("rror",)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"ERROR\/.*Worker", (("ERROR/",), ("Worker",))),
        ("(?s)foo|bar", (("foo", "bar"),)),
        ("a(b|cd)e+", (("a",), ("b", "cd"), ("e",))),
        ("(?i)error", ()),
        ("(?i:x)y", (("y",),)),
        ("x{0,3}yz", (("yz",),)),
        (r"\d+ms", (("ms",),)),
        ("[[:digit:]]ms", ()),
        (r"\Qa.b\E", ()),
    ],
)
def test_the_texts_that_every_match_holds(pattern: str, literals: tuple[tuple[str, ...], ...]) -> None:
    assert required_literals(pattern) == literals


PIECES = st.sampled_from(["ab", "c", "(d|ef)", "g+", "h?", "[ij]", "k{2}", ".", "(?:l|m)*", r"\.", "n|o", "(?i:P)"])


@settings(suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=5).map("".join), st.text("abcdefghijklmnop.", max_size=12))
def test_a_text_that_matches_holds_them_all(pattern: str, text: str) -> None:
    match = re2.search(pattern, text)
    assume(match is not None)
    for alternatives in required_literals(pattern):
        assert any(one in match.group() for one in alternatives)
