"""What the filter modify refuses: rules with the wrong number of words, and values that are no regular expression."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.checks.definitions import compiles
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.configuration import Property
from translators.fluentbit.options import is_global
from translators.fluentbit.words import quoted_words

_ONE_WORD = ("remove", "remove_wildcard", "remove_regex", "move_to_start", "move_to_end")
_TWO_WORDS = ("rename", "hard_rename", "add", "add_if_not_present", "set", "copy", "hard_copy")
_CONDITIONS = {
    "key_exists": "",
    "key_does_not_exist": "",
    "a_key_matches": "a",
    "no_key_matches": "a",
    "key_value_equals": "",
    "key_value_does_not_equal": "",
    "key_value_matches": "b",
    "key_value_does_not_match": "b",
    "matching_keys_have_matching_values": "ab",
    "matching_keys_do_not_have_matching_values": "ab",
}


def check(instance: Instance) -> None:
    """Refuse the first rule or condition that Fluent Bit cannot build."""
    for item in instance.section.properties:
        if is_global(instance.section.kind, item.key):
            continue
        parts = quoted_words(item.value)
        if parts is None:
            error = f"Parsing failed: {item.value}"
            raise instance.stops("fluentbit/modify-rule", error, item.span, "Close the quote: Fluent Bit crashes here.")
        if not 1 <= len(parts) <= 3:
            raise _fails(instance, item, f"Invalid config for {item.key}", "Give at most three words; quote blanks.")
        if item.key == "condition":
            _check_condition(instance, item, parts)
        else:
            _check_rule(instance, item, parts)


def _check_condition(instance: Instance, item: Property, parts: list[str]) -> None:
    regexes = _CONDITIONS.get(parts[0].lower())
    if regexes is None:
        raise _fails(
            instance, item, f"Invalid config for {item.key} : {item.value}", f"Conditions: {', '.join(_CONDITIONS)}."
        )
    if "b" in regexes and len(parts) < 3:
        raise _fails(
            instance, item, f"Unable to create regex for condition {item.key} {item.value}", "Give the expression too."
        )
    for mark, pattern in zip("ab", parts[1:], strict=False):
        if mark in regexes and not compiles(pattern):
            raise _broken(instance, item, f"Unable to create regex for condition {item.key} {item.value}")


def _check_rule(instance: Instance, item: Property, parts: list[str]) -> None:
    allowed = {1: _ONE_WORD, 2: _TWO_WORDS}.get(len(parts))
    if allowed is not None and item.key not in allowed:
        raise _fails(
            instance,
            item,
            f"Invalid operation {item.key} : {item.value} in configuration",
            f"{item.name or item.key} takes {'two words' if item.key in _TWO_WORDS else 'one word'}.",
        )
    if not compiles(parts[0]):
        raise _broken(instance, item, f"Unable to create regex(key) from {parts[0]}")
    if not compiles(parts[-1]):
        raise _broken(instance, item, f"Unable to create regex(val) from {parts[-1]}")


def _fails(instance: Instance, item: Property, text: str, remedy: str) -> Refused:
    return instance.fails("fluentbit/modify-rule", text, item.span, remedy)


def _broken(instance: Instance, item: Property, text: str) -> Refused:
    remedy = "Fluent Bit compiles every word of a rule as a regular expression: escape it or choose another word."
    return instance.fails("fluentbit/broken-regex", text, item.span, remedy)
