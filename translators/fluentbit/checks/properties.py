"""Unknown keys, repeated keys and values of the wrong type, as Fluent Bit's table of options refuses them."""

from __future__ import annotations

from collections import Counter

from translators.diagnostics import Refused
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.options import GO_PLUGINS, Option, is_global, option, options
from translators.fluentbit.words import tokens

_BOOLEANS = frozenset(("true", "on", "yes", "false", "off", "no"))


def check(instance: Instance) -> None:
    """Refuse the first key that the plugin's table does not allow; globals and Go plugins are not in the table."""
    section = instance.section
    if section.name in GO_PLUGINS or not options(section.kind, section.name):
        return
    own = [item for item in section.properties if not is_global(section.kind, item.key)]
    counts = Counter(item.key for item in own)
    for item in own:
        found = option(section.kind, section.name, item.key)
        if found is None:
            raise _unknown(instance, item)
        if counts[item.key] > 1 and not found.multiple:
            raise _repeated(instance, item, counts[item.key])
    for item in own:
        found = option(section.kind, section.name, item.key)
        if found is not None:
            _check_value(instance, item, found)


_AFTER_A_BAD_VALUE = {
    "record_modifier": ("configuration error",),
    "parser": ("configuration error",),
    "modify": ("configuration error",),
    "nest": ("unable to load configuration",),
    "geoip2": ("unable to load configuration",),
    "sysinfo": ("unable to load configuration",),
    "grep": ("configuration error",),
    "lua": ("configuration error",),
    "log_to_metrics": ("configuration error",),
    "type_converter": ("configuration error", "configuration error"),
    "cloudwatch_logs": ("configuration error", "Initialization failed"),
}
"""What some plugins add when their table of options refuses a value."""


def _bad_value(instance: Instance, rule: str, error: str, item: Property, remedy: str) -> Refused:
    added = (f"{instance.prefix} {line}" for line in _AFTER_A_BAD_VALUE.get(instance.section.name, ()))
    return instance.fails_plainly(rule, "\n".join([error, *added]), item.span, remedy)


def _check_value(instance: Instance, item: Property, found: Option) -> None:
    if found.type == "b" and item.value.lower() not in _BOOLEANS and item.value:
        error = f"[config map] invalid value for boolean property '{found.name}={item.value}'"
        raise _bad_value(instance, "fluentbit/not-a-boolean", error, item, "Write On or Off.")
    if found.multiple and found.words:
        count = len(tokens(item.value, found.words))
        if count < found.words:
            error = f"[config map] property '{item.key}' expects {found.words} values (only {count} were found)"
            remedy = f"Give {found.words} words; quote a word that holds blanks. A variable may be empty here."
            raise _bad_value(instance, "fluentbit/too-few-words", error, item, remedy)


def _unknown(instance: Instance, item: Property) -> Refused:
    section = instance.section
    names = [each.name for each in options(section.kind, section.name)]
    allowed = f"{', '.join(names[:-1])}, and {names[-1]}." if len(names) > 1 else f"{names[0]}."
    return instance.stops(
        "fluentbit/unknown-key",
        f"[config] {section.name}: unknown configuration property '{item.key}'. "
        f"The following properties are allowed: {allowed}",
        item.span,
        _suggestion(item.key, section, names),
    )


def _suggestion(key: str, section: Section, names: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(key, [name.lower() for name in names], n=1)
    if close:
        return f"Did you mean {close[0]}? Correct the key or take the line out."
    return f"Correct the key or take the line out: {section.name} does not know it."


def _repeated(instance: Instance, item: Property, count: int) -> Refused:
    return instance.stops(
        "fluentbit/repeated-key",
        f"[config] {instance.section.name}: configuration property '{item.key}' is set {count} times",
        item.span,
        "Keep one of them; a list of values is written in one line (Path is a comma list).",
    )
