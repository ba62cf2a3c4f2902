"""Filters that ask for values of JSON hold their claims on texts of several lines, on booleans, and below scalars."""

from __future__ import annotations

import json

import pytest

from tests.unit.translate.test_filters_agree import both_sides, section
from translators.diagnostics import Fidelity

_VALUES: tuple[object, ...] = (
    "web", "", True, False, None, 1, 1.5, [], ["web"], {}, {"x": "web"}, {"x": True}, {"x": None}, {"x": ["web"]},
    {"x": {"y": "web"}}, {"x": ""}, {"x": 1}, "a\nweb", {"x": "web\nb"}, "b\n",
)  # fmt: skip
LINES = ('{"z":1}', *(json.dumps({"a": value, "z": 1}) for value in _VALUES))
PATTERNS = ("^web$", "^(web|b)$", "b$", "e", "rue", "^false$", ".")


@pytest.mark.parametrize("key", ["a", "$a['x']", "$a['x']['y']"])
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(
    "rule",
    [
        ("grep", "Regex {} {}"),
        ("grep", "Exclude {} {}"),
        ("rewrite_tag", "Rule {} {} new false"),
        ("modify", "Condition Key_value_matches {} {}"),
        ("modify", "Condition Key_value_does_not_match {} {}"),
    ],
)
def test_patterns_find_what_they_find_in_fluent_bit(rule: tuple[str, str], pattern: str, key: str) -> None:
    dollar = f"${key}" if rule[0] == "rewrite_tag" and key == "a" else key
    lines = (rule[1].format(dollar, pattern), *(("Add new n",) if rule[0] == "modify" else ()))
    _hold(section(rule[0], *lines, match="app"))


@pytest.mark.parametrize("key", ["a", "$a['x']", "$a['x']['y']"])
@pytest.mark.parametrize(
    "condition",
    [
        "Key_exists {}",
        "Key_does_not_exist {}",
        "Key_value_equals {} web",
        "Key_value_equals {} true",
        "Key_value_does_not_equal {} web",
        "Key_value_does_not_match {} ^$",
    ],
)
def test_conditions_hold_for_what_lies_below_a_scalar(condition: str, key: str) -> None:
    lines = LINES[:-1] if "^$" in condition else LINES
    _hold(section("modify", f"Condition {condition.format(key)}", "Add new n"), lines)


def test_a_pattern_that_finds_every_text_is_not_asked_for_what_is_none() -> None:
    filters = section("modify", "Condition Key_value_does_not_match a .*", "Add new n")
    assert {claim for claim, _ in both_sides("json", filters, LINES).values()} == {Fidelity.APPROXIMATE}


@pytest.mark.parametrize("template", ["g.$a", "g.$a['x']", "g.$z.$a['x']['y'].$TAG"])
def test_log_groups_have_the_texts_of_values(template: str) -> None:
    """Null is a text, lists are missing, and a number with a point has six decimals."""
    values = ("==x", "=#1.5", 0.25, -2.000001, {"x": None}, {"x": -1.5}, {"x": {"y": None}}, *_VALUES)
    lines = (*(json.dumps({"a": one, "z": 1.5}) for one in values if not _is_object(one, template)), '{"z": 1}')
    found = both_sides("json", "", lines, f"    log_group_template {template}\n")
    for agent, (claim, verdicts) in found.items():
        assert claim is Fidelity.EQUIVALENT, agent
        assert [verdict for verdict in verdicts if not verdict.equal] == []


def _is_object(value: object, template: str) -> bool:
    for key in ("x", "y")[: template.count("[")]:
        value = value.get(key) if isinstance(value, dict) else None
    return isinstance(value, dict)


def _hold(filters: str, lines: tuple[str, ...] = LINES) -> None:
    for agent, (claim, verdicts) in both_sides("json", filters, lines).items():
        assert claim in (Fidelity.EXACT, Fidelity.EQUIVALENT), agent
        assert [verdict for verdict in verdicts if not verdict.equal] == []
