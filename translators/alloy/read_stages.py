"""The reader of loki.process stages: blocks into the stages that both agents know. What is not evaluated is refused."""

from __future__ import annotations

from collections.abc import Iterable

from translators.alloy.syntax import Block, Map, Raw, Value
from translators.diagnostics import Refused
from translators.pipeline.go_values import nanoseconds
from translators.pipeline.stages import (
    DropLabels,
    DropLines,
    JoinLines,
    KeepSample,
    LimitRate,
    ParseJson,
    ParseLogfmt,
    ParseRegex,
    ReadCri,
    ReadDocker,
    Replace,
    SetConstants,
    SetLabels,
    SetMetadata,
    SetTemplate,
    SetText,
    SetTime,
    Stage,
    TimeFailure,
    When,
)

RULE = "alloy/not-evaluated"
_ATTRIBUTES = {
    "cri": ("max_partial_lines", "max_partial_line_size"),
    "docker": (),
    "multiline": ("firstline", "max_wait_time", "max_lines"),
    "regex": ("expression", "source"),
    "json": ("expressions", "source"),
    "logfmt": ("mapping", "source"),
    "timestamp": (
        "source",
        "format",
        "fallback_formats",
        "location",
        "action_on_failure",
        "action_on_duplicate_timestamp",
    ),
    "output": ("source",),
    "replace": ("expression", "replace", "source"),
    "template": ("source", "template"),
    "labels": ("values",),
    "structured_metadata": ("values",),
    "static_labels": ("values",),
    "label_drop": ("values",),
    "drop": ("source", "value", "expression", "older_than", "longer_than", "drop_counter_reason"),
    "match": ("selector", "action", "drop_counter_reason", "pipeline_name"),
    "limit": ("rate", "burst", "drop", "by_label_name", "max_distinct_labels"),
    "sampling": ("rate", "drop_counter_reason"),
}


def read_stages(blocks: Iterable[Block]) -> tuple[Stage, ...]:
    """The ``stage.…`` blocks in order."""
    return tuple(_stage(block) for block in blocks if block.name.startswith("stage."))


def only(block: Block, names: Iterable[str], blocks: tuple[str, ...] = ()) -> None:
    """Refuses attributes and blocks inside that are not among these; a name that ends in a dot is a beginning."""
    for attribute in block.attributes():
        if attribute.name not in names:
            raise Refused(RULE, f"`{attribute.name}` of {block.name} is not evaluated", attribute.span)
    for inner in block.blocks():
        if not any(inner.name == name or (name.endswith(".") and inner.name.startswith(name)) for name in blocks):
            raise Refused(RULE, f"`{inner.name}` inside {block.name} is not evaluated", inner.span)


def text(block: Block, name: str, default: str = "") -> str:
    value = block.value(name)
    if value is None:
        return default
    if isinstance(value, Map | Raw | tuple):
        raise Refused(RULE, f"`{name}` of {block.name} is not evaluated: a plain value is wanted", block.span)
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def texts(value: Value, block: Block) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
        raise Refused(RULE, f"a list of texts is wanted in {block.name}", block.span)
    return tuple(str(item) for item in value)


def pairs(value: Value, block: Block) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Map) or not all(item is None or isinstance(item, str) for _, item in value.items):
        raise Refused(RULE, f"a map of texts is wanted in {block.name}", block.span)
    return tuple((name, "" if item is None else str(item)) for name, item in value.items)


def _stage(block: Block) -> Stage:
    name = block.name.removeprefix("stage.")
    if name not in _ATTRIBUTES:
        raise Refused(RULE, f"the stage `{name}` is not evaluated", block.span)
    only(block, _ATTRIBUTES[name], ("stage.",) if name == "match" else ())
    match name:
        case "cri" | "docker" | "multiline":
            return _reader(name, block)
        case "labels" | "structured_metadata" | "static_labels" | "label_drop":
            return _labels(name, block)
        case "drop" | "match" | "limit" | "sampling":
            return _choice(name, block)
        case _:
            return _value(name, block)


def _reader(name: str, block: Block) -> Stage:
    match name:
        case "cri":
            return ReadCri(int(text(block, "max_partial_lines", "100")), int(text(block, "max_partial_line_size", "0")))
        case "docker":
            return ReadDocker()
        case _:
            wait = nanoseconds(text(block, "max_wait_time", "3s")) // 1_000_000_000
            return JoinLines(text(block, "firstline"), wait, int(text(block, "max_lines", "128")))


def _labels(name: str, block: Block) -> Stage:
    values = block.value("values")
    if name == "label_drop":
        return DropLabels(texts(values, block))
    found = pairs(values, block)
    if name == "static_labels":
        return SetConstants(found)
    named = tuple((label, source or label) for label, source in found)
    return SetLabels(named) if name == "labels" else SetMetadata(named)


def _value(name: str, block: Block) -> Stage:
    source = text(block, "source")
    match name:
        case "regex":
            return ParseRegex(text(block, "expression"), source)
        case "json":
            return ParseJson(pairs(block.value("expressions"), block), source)
        case "logfmt":
            return ParseLogfmt(pairs(block.value("mapping"), block), source)
        case "timestamp":
            return _time(block)
        case "output":
            return SetText(source)
        case "replace":
            return Replace(text(block, "expression"), text(block, "replace"), source)
        case _:
            return SetTemplate(source, text(block, "template"))


def _time(block: Block) -> SetTime:
    return SetTime(
        text(block, "source"),
        text(block, "format"),
        texts(block.value("fallback_formats"), block),
        text(block, "location"),
        TimeFailure(text(block, "action_on_failure", "fudge")),
        text(block, "action_on_duplicate_timestamp", "fudge") == "fudge",
    )


def _choice(name: str, block: Block) -> Stage:
    match name:
        case "drop":
            names = ("source", "value", "expression", "older_than", "longer_than")
            return DropLines(*(text(block, attribute) for attribute in names))
        case "match":
            drops = text(block, "action") == "drop"
            return When(text(block, "selector"), read_stages(block.blocks()), drops)
        case "limit":
            if text(block, "drop") != "true":
                message = "a limit that waits instead of dropping is not evaluated: no time passes here"
                raise Refused(RULE, message, block.span)
            return LimitRate(float(text(block, "rate")), int(text(block, "burst")), text(block, "by_label_name"))
        case _:
            return KeepSample(float(text(block, "rate")))
