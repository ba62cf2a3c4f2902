"""What the filters refuse when they start."""

from __future__ import annotations

import re

from translators.fluentbit.checks import modify, properties, rare_filters
from translators.fluentbit.checks.definitions import compiles
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.checks.parsers import DEFINE_MULTILINE, SHORTEST_FLUSH, Known
from translators.fluentbit.configuration import Property
from translators.fluentbit.evaluate.accessor import BadAccessor, read_template
from translators.fluentbit.words import tokens

_TRUE = ("on", "true", "yes")
_DEFINE = "Define the parser in a file that [SERVICE] names with Parsers_File, or correct its name."


def check(instance: Instance, known: Known) -> None:
    """Raise what stops the filter; note in ``known.errors`` what it only logs."""
    section = instance.section
    _check_match(instance)
    properties.check(instance)
    match section.name:
        case "parser":
            _check_parser(instance, known)
        case "kubernetes":
            _check_kubernetes(instance, known)
        case "grep":
            _check_grep(instance)
        case "modify":
            modify.check(instance)
        case "rewrite_tag":
            _check_rewrite_tag(instance)
        case "nest":
            _check_nest(instance)
        case "multiline":
            _check_multiline(instance, known)
        case _:
            rare_filters.check(instance)


def _check_match(instance: Instance) -> None:
    section = instance.section
    regex = section.last("match_regex")
    usable = regex is not None and regex.value and compiles(regex.value)
    if section.value("match") or usable:
        return
    if regex is not None and regex.value:
        raise instance.stops(
            "fluentbit/broken-regex",
            "",
            regex.span,
            "Correct the regular expression: Fluent Bit takes it for no Match.",
        )
    raise instance.stops(
        "fluentbit/filter-without-match", "", section.span, "Add a Match line: `Match *` takes every record."
    )


def _check_parser(instance: Instance, known: Known) -> None:
    section = instance.section
    if not section.value("key_name"):
        raise instance.fails(
            "fluentbit/missing-key", "missing 'key_name'", section.span, "Say which key to parse: `Key_Name log`."
        )
    named = [item for item in section.every("parser") if item.value]
    missing = [item for item in named if item.value not in known.parsers]
    if not known.complete:
        return
    errors = [f"requested parser '{item.value}' not found" for item in missing]
    if len(missing) == len(named):
        place = missing[0].span if missing else section.span
        raise instance.fails("fluentbit/undefined-parser", "\n".join([*errors, "Invalid 'parser'"]), place, _DEFINE)
    known.errors.extend(f"{instance.prefix} {error}" for error in errors)


def _check_kubernetes(instance: Instance, known: Known) -> None:
    section = instance.section
    merging = section.last("merge_parser")
    if merging is not None and known.complete and merging.value not in known.parsers:
        known.errors.append(f"{instance.prefix} parser '{merging.value}' is not registered")
    url = section.last("kube_url")
    if url is not None and "${" not in url.raw and not url.value.startswith(("http://", "https://")):
        by_tag = section.value("use_tag_for_meta").lower() in _TRUE
        if not by_tag:
            raise instance.fails_plainly("fluentbit/bad-value", "", url.span, "Begin it with https:// or http://.")
    item = section.last("regex_parser")
    if item is not None and known.complete and item.value not in known.parsers:
        raise instance.fails("fluentbit/undefined-parser", f"invalid parser '{item.value}'", item.span, _DEFINE)
    if item is not None and known.formats.get(item.value, "regex") != "regex":
        told = f"invalid parser type '{item.value}'"
        raise instance.fails("fluentbit/bad-value", told, item.span, "Name a parser of Format regex.")


def _check_grep(instance: Instance) -> None:
    rules = [item for item in instance.section.properties if item.key in ("regex", "exclude")]
    combined = instance.section.value("logical_op").lower() in ("and", "or")
    for before, item in zip([*rules[:1], *rules], rules, strict=False):
        if combined and before.key != item.key:
            told = "Both 'regex' and 'exclude' are set."
            raise instance.fails(
                "fluentbit/grep-rule", told, item.span, "With Logical_Op and or or, give rules of one kind only."
            )
        key, blank, pattern = item.value.partition(" ")
        if not blank or not pattern.strip() or not key:
            raise instance.fails(
                "fluentbit/grep-rule",
                "invalid regex, expected field and regular expression",
                item.span,
                "Give a key and a regular expression: `Regex log error`.",
            )
        field = key if key.startswith("$") else f"${key}"
        _check_accessor(instance, item, field, f"invalid record accessor? '{field}'")
        if not compiles(pattern.strip()):
            raise instance.fails(
                "fluentbit/broken-regex",
                f"could not compile regex pattern '{pattern.strip()}'",
                item.span,
                "Correct the regular expression (Onigmo, the syntax of Ruby).",
            )


def _check_rewrite_tag(instance: Instance) -> None:
    for item in instance.section.every("rule"):
        key, pattern, tag, *_ = tokens(item.value, 4)
        _check_accessor(instance, item, key, f"invalid record accessor key ? '{key}'")
        if not compiles(pattern):
            raise instance.fails(
                "fluentbit/broken-regex",
                f"could not compile regex pattern '{pattern}'",
                item.span,
                "Correct the regular expression (Onigmo, the syntax of Ruby).",
            )
        _check_accessor(instance, item, tag, f"could not compose tag: {tag}")


def _check_accessor(instance: Instance, item: Property, text: str, told: str) -> None:
    """Raise when Fluent Bit cannot read an accessor, or the accessors in a tag."""
    try:
        read_template(text.encode("utf-8", "surrogateescape"))
    except BadAccessor as error:
        remedy = "Write $key or $key['below'], with single quotes; only a dot, a comma or a blank may follow it."
        raise instance.fails_plainly(
            "fluentbit/record-accessor", f"{error}\n{instance.prefix} {told}", item.span, remedy
        ) from error


def _check_nest(instance: Instance) -> None:
    section = instance.section
    item = section.last("operation")
    if item is None:
        raise instance.fails(
            "fluentbit/nest-operation",
            "Operation can only be NEST or LIFT",
            section.span,
            "Add `Operation nest` or lift.",
        )
    if item.value[:4] not in ("nest", "lift"):
        raise instance.fails_plainly(
            "fluentbit/nest-operation",
            f"{instance.prefix} Key \"operation\" has invalid value '{item.value}'. Expected 'nest' or 'lift'",
            item.span,
            "Write nest or lift, in lower case.",
        )
    added = section.last("add_prefix") or section.last("prefix_with")
    if added is not None and section.last("remove_prefix") is not None:
        raise instance.fails(
            "fluentbit/nest-prefixes", "Add_prefix and Remove_prefix are exclusive", added.span, "Keep one of the two."
        )


def _check_multiline(instance: Instance, known: Known) -> None:
    section = instance.section
    mode = section.value("mode", "parser").lower()
    if mode not in ("parser", "partial_message"):
        item = section.last("mode")
        raise instance.fails(
            "fluentbit/multiline-mode",
            "'Mode' must be 'partial_message' or 'parser'",
            item.span if item else section.span,
            "Write parser or partial_message.",
        )
    if mode == "partial_message":
        if not section.value("multiline.key_content"):
            raise instance.fails(
                "fluentbit/multiline-key",
                "'Mode' 'partial_message' requires 'multiline.key_content'",
                section.span,
                "Add `multiline.key_content log`.",
            )
        return
    named = [(item, name.strip()) for item in section.every("multiline.parser") for name in item.value.split(",")]
    if not named:
        raise instance.fails(
            "fluentbit/multiline-without-parser",
            "The default 'Mode' 'parser' requires at least one 'multiline.parser'",
            section.span,
            "Add `multiline.parser NAME`.",
        )
    for item, name in named:
        if name and known.lacks(name):
            raise instance.fails_plainly(
                "fluentbit/undefined-multiline-parser",
                f"[multiline] parser '{name}' not registered",
                item.span,
                DEFINE_MULTILINE,
            )
    _check_flush(instance)


def _check_flush(instance: Instance) -> None:
    item = instance.section.last("flush_ms")
    found = re.match(r"\s*-?\d+", item.value) if item else None
    if item and found and int(found[0]) < SHORTEST_FLUSH and instance.section.value("buffer", "on").lower() in _TRUE:
        raise instance.fails_plainly(
            "fluentbit/bad-value",
            f"[multiline] flush timeout '{int(found[0])}' is too low",
            item.span,
            f"Give {SHORTEST_FLUSH} milliseconds or more.",
        )
