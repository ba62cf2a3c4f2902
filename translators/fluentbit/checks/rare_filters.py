"""What the filters that change single keys, count or only watch refuse when they start."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.evaluate.accessor import BadAccessor, read_template
from translators.fluentbit.evaluate.filters.type_converter import target_of
from translators.fluentbit.words import tokens

_CONVERTED = ("str_key", "int_key", "uint_key", "float_key")
_EXPECTED = ("key_exists", "key_not_exists", "key_val_is_null", "key_val_is_not_null", "key_val_eq")
_MODES = ("counter", "gauge", "histogram")


def check(instance: Instance) -> None:
    """Raise what stops the filter."""
    checker = _CHECKERS.get(instance.section.name)
    if checker is not None:
        checker(instance)


def _check_record_modifier(instance: Instance) -> None:
    section = instance.section
    allowed = next((item for item in section.properties if item.key in ("allowlist_key", "whitelist_key")), None)
    if allowed is not None and section.last("remove_key") is not None:
        raise instance.fails(
            "fluentbit/record-modifier-keys",
            "remove_keys and allowlist_keys are exclusive with each other.",
            allowed.span,
            "Keep Remove_key or Allowlist_key; give the other one a filter of its own.",
        )


def _check_type_converter(instance: Instance) -> None:
    """Rules that cannot be made are left out; without any the filter stops."""
    rules = [item for item in instance.section.properties if item.key in _CONVERTED]
    bad = [item for item in rules if not _converts(item.value)]
    if len(bad) < len(rules):
        return
    ordered = sorted(bad, key=lambda item: _CONVERTED.index(item.key))
    lines = [line for item in ordered for line in _unusable(instance, item.value)]
    raise instance.fails_plainly(
        "fluentbit/type-converter-rules",
        "\n".join([*lines, f"{instance.prefix} no rules", f"{instance.prefix} configuration error"]),
        bad[0].span if bad else instance.section.span,
        "Give a rule: `str_key KEY NEW_KEY TYPE`; types are int, uint, float, hex, string and bool.",
    )


def _unusable(instance: Instance, value: str) -> Iterator[str]:
    """What Fluent Bit logs of a rule that it leaves out."""
    key, _, kind = tokens(value, 3)[:3]
    if target_of(kind) is None:
        yield f"flb_typecast_rule_create: unknown to str {kind}"
    try:
        read_template(key.encode("utf-8", "surrogateescape"))
    except BadAccessor as error:
        yield str(error)
    yield f"{instance.prefix} configuration error. ignore the key={key}"


def _converts(value: str) -> bool:
    key, _, kind = tokens(value, 3)[:3]
    return target_of(kind) is not None and _is_accessor(key)


def _is_accessor(text: str) -> bool:
    try:
        read_template(text.encode("utf-8", "surrogateescape"))
    except BadAccessor:
        return False
    return True


def _check_expect(instance: Instance) -> None:
    action = instance.section.last("action")
    if action is not None and action.value.lower() not in ("warn", "exit", "result_key"):
        told = f"unexpected 'action' value '{action.value}'"
        raise instance.fails("fluentbit/bad-value", told, action.span, "Write warn, exit or result_key.")
    for item in instance.section.properties:
        key = (tokens(item.value, 1) or [""])[0] if item.key == "key_val_eq" else item.value
        if item.key in _EXPECTED and not _is_accessor(key):
            told = f"error processing accessor key '{key}'"
            remedy = "Write $key or $key['below'], with single quotes."
            raise instance.fails("fluentbit/record-accessor", told, item.span, remedy)


def _check_log_to_metrics(instance: Instance) -> None:
    section = instance.section
    mode = section.last("metric_mode")
    needed = [("tag", "Metric tag is not set")]
    if mode is not None and mode.value.lower() not in _MODES:
        _need(instance, needed)
        told = "invalid 'mode' value. Only 'counter', 'gauge' or 'histogram' types are allowed"
        raise instance.fails("fluentbit/bad-value", told, mode.span, "Write counter, gauge or histogram.")
    needed.append(("metric_description", "metric_description is not set"))
    if mode is not None and mode.value.lower() != "counter":
        needed.append(("value_field", "value_field is not set"))
    _need(instance, needed)


def _need(instance: Instance, needed: list[tuple[str, str]]) -> None:
    for key, told in needed:
        if not instance.section.value(key):
            raise instance.fails("fluentbit/missing-key", told, instance.section.span, f"Add {key}.")


def _check_lua(instance: Instance) -> None:
    section = instance.section
    if not section.value("code") and not section.value("script"):
        told, remedy = "no script path defined", "Add a script, or its text under code."
    elif not section.value("call"):
        told, remedy = "function name defined by 'call' is not set", "Add call with the name of the function."
    else:
        return
    lines = f"{instance.prefix} {told}\n[filter_lua] filter cannot be loaded"
    raise instance.fails_plainly("fluentbit/missing-key", lines, section.span, remedy)


def _check_alter_size(instance: Instance) -> None:
    section = instance.section
    if all(section.value(key, "0").lstrip("0") for key in ("add", "remove")):
        told = "cannot use 'add' and 'remove' at the same time"
        raise instance.fails("fluentbit/alter-size", told, section.span, "Keep one of the two.")


def _check_geoip2(instance: Instance) -> None:
    if not instance.section.value("database"):
        told = "no geoip2 database has been loaded"
        raise instance.fails("fluentbit/missing-key", told, instance.section.span, "Add database.")


_CHECKERS: dict[str, Callable[[Instance], None]] = {
    "alter_size": _check_alter_size,
    "expect": _check_expect,
    "geoip2": _check_geoip2,
    "lua": _check_lua,
    "log_to_metrics": _check_log_to_metrics,
    "record_modifier": _check_record_modifier,
    "type_converter": _check_type_converter,
}
