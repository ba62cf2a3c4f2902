"""What is claimed exact is: the same texts match and the groups hold the same, in Oniguruma and in RE2."""

from __future__ import annotations

import functools

import onigurumacffi
import pytest
import re2
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from translators.diagnostics import Fidelity
from translators.fluentbit.onigmo import Re2, Usage, to_re2

PLAIN = ["a", "b", ".", "[ab]", "[^a]", "[a-c&&[^b]]", "1", " ", '"', "漢", ":", "ERR"]
ESCAPED = [r"\d", r"\w", r"\s", r"\S", r"\W", r"\.", r"\h", r"[\w.]", r'[^\s"]', r"\\", "(?i:s)", "(?i:ab)", r"\u6f22"]
ATOMS = st.sampled_from([*PLAIN, *ESCAPED])
QUANTIFIERS = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "??", "++", "*+", "{2}", "{1,3}", "{,2}", "{2}?"])
EDGES = st.sampled_from(["(?=", "(?!", "(?<=", "(?<!"])
SUBJECTS = st.lists(st.text('aaabbcx1 -."\\漢:sSABER', max_size=9), min_size=1, max_size=12)


def _sequences(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=4).map("".join)


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    branches = st.lists(_sequences(inner), min_size=1, max_size=3).map("|".join)
    opening = st.sampled_from(["(", "(?:", "(?>", "(?=", "(?!"])
    quantified = st.tuples(opening, branches, QUANTIFIERS).map(
        lambda t: f"{t[0]}{t[1]})" + ("" if t[0] in ("(?=", "(?!") else t[2])
    )
    single = st.tuples(EDGES, ATOMS).map(lambda t: f"{t[0]}{t[1]})")
    return quantified | single


PARTS = st.recursive(st.tuples(ATOMS, QUANTIFIERS).map("".join), _groups, max_leaves=8)
IDIOMS = st.sampled_from(
    ["^((?!%s).)*$", "^(?!%s).*$", "^(?=.*%s).*$", "^(?!.*(?:%s)).*", "%s(?!b)", "(?<!a)%s", "^%s$"]
)
PATTERNS = _sequences(PARTS) | st.tuples(IDIOMS, _sequences(st.tuples(ATOMS, QUANTIFIERS).map("".join))).map(
    lambda t: t[0] % t[1]
)
NAMED = st.lists(PARTS, min_size=1, max_size=3).map(
    lambda parts: "".join(f"(?<g{number}>{part})" for number, part in enumerate(parts))
)


@functools.lru_cache(maxsize=64)
def onigmo(pattern: str) -> onigurumacffi._Pattern:
    """Oniguruma with Onigmo's ASCII ``\\w``, ``\\d`` and ``\\s``; patterns that only Onigmo takes are left out."""
    try:
        return onigurumacffi.compile(f"(?WDS:{pattern})")
    except onigurumacffi.OnigError:
        reject()


def named_texts(pattern: str, subject: str, count: int) -> list[str] | None:
    found = onigmo(pattern).search(subject)
    if found is None:
        return None
    encoded = subject.encode()
    spans = [(found._begs[number], found._ends[number]) for number in range(1, count + 1)]
    return [encoded[start:end].decode() if start >= 0 else "" for start, end in spans]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(PATTERNS, SUBJECTS)
def test_the_same_texts_match(pattern: str, subjects: list[str]) -> None:
    found = to_re2(pattern)
    assume(isinstance(found, Re2) and found.fidelity is Fidelity.EXACT)
    assert isinstance(found, Re2)
    compiled = re2.compile(found.pattern)
    for subject in subjects:
        expected = onigmo(pattern).search(subject) is not None
        assert ((compiled.search(subject) is not None) != found.negated) == expected, (found.pattern, subject)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(NAMED, st.sampled_from(["", "^"]), st.sampled_from(["", "$"]), SUBJECTS)
def test_named_groups_hold_the_same(inner: str, start: str, end: str, subjects: list[str]) -> None:
    pattern = start + inner + end
    found = to_re2(pattern, Usage(groups=True))
    assume(isinstance(found, Re2) and found.fidelity is Fidelity.EXACT)
    assert isinstance(found, Re2)
    compiled = re2.compile(found.pattern)
    for subject in subjects:
        expected = named_texts(pattern, subject, inner.count("(?<g"))
        match = compiled.search(subject)
        texts = None if match is None else [match.group(group.name) or "" for group in found.groups]
        assert texts == expected, (found.pattern, subject)


@settings(max_examples=100, deadline=None)
@given(st.text(r"()[]{}?*+|^$\.-,ab1:=!<>&kxupPR/i", max_size=14))
def test_any_text_is_taken_or_refused(pattern: str) -> None:
    """No crash, nothing that RE2 refuses, and names only for groups that the pattern has."""
    found = to_re2(pattern, Usage(groups=True))
    if isinstance(found, Re2):
        assert {group.name for group in found.groups} <= set(re2.compile(found.pattern).groupindex)


@pytest.mark.parametrize("newlines", [False, True])
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(pattern=_sequences(PARTS), subjects=st.lists(st.text("ab1 \n", max_size=8), min_size=1, max_size=8))
def test_joined_lines_match_the_same(newlines: bool, pattern: str, subjects: list[str]) -> None:
    found = to_re2(pattern, Usage(newlines=newlines))
    assume(isinstance(found, Re2) and found.fidelity is Fidelity.EXACT)
    assert isinstance(found, Re2)
    compiled = re2.compile(found.pattern)
    for subject in subjects:
        if newlines or "\n" not in subject:
            expected = onigmo(pattern).search(subject) is not None
            assert ((compiled.search(subject) is not None) != found.negated) == expected, (found.pattern, subject)
