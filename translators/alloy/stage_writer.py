"""Stages of a pipeline as Alloy spells them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from translators.alloy.syntax import Attribute, Block, Map, Statement, Value
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
    When,
)


def write_stages(stages: Iterable[Stage]) -> tuple[Block, ...]:
    """The stage blocks of a loki.process component, or of a match stage."""
    return tuple(_stage(stage) for stage in stages)


def _block(name: str, *pairs: tuple[str, Value]) -> Block:
    return Block(f"stage.{name}", "", tuple(Attribute(key, value) for key, value in pairs))


def _stage(stage: Stage) -> Block:
    match stage:
        case ReadCri() | ReadDocker() | JoinLines():
            return _reader(stage)
        case ParseRegex() | ParseJson() | ParseLogfmt() | SetTime() | SetText() | Replace() | SetTemplate():
            return _value(stage)
        case SetLabels(values):
            return _block("labels", ("values", _named(values)))
        case SetConstants(values):
            return _block("static_labels", ("values", Map.of(values)))
        case DropLabels(names):
            return _block("label_drop", ("values", names))
        case SetMetadata(values):
            return _block("structured_metadata", ("values", _named(values)))
        case DropLines() | When() | LimitRate() | KeepSample():
            return _choice(stage)
        case _:
            assert_never(stage)


def _named(values: tuple[tuple[str, str], ...]) -> Map:
    """A value of the same name is written as an empty source."""
    return Map.of((name, "" if name == source else source) for name, source in values)


def _reader(stage: ReadCri | ReadDocker | JoinLines) -> Block:
    match stage:
        case ReadCri(lines, size):
            sized = (("max_partial_line_size", size),) if size else ()
            return _block("cri", ("max_partial_lines", lines), *sized)
        case ReadDocker():
            return _block("docker")
        case JoinLines(firstline, seconds, lines):
            wait = ("max_wait_time", f"{seconds}s")
            return _block("multiline", ("firstline", firstline), wait, ("max_lines", lines))


def _value(stage: ParseRegex | ParseJson | ParseLogfmt | SetTime | SetText | Replace | SetTemplate) -> Block:
    match stage:
        case ParseRegex(expression, source):
            return _block("regex", ("expression", expression), *_source(source))
        case ParseJson(expressions, source):
            return _block("json", ("expressions", Map.of(expressions)), *_source(source))
        case ParseLogfmt(mapping, source):
            return _block("logfmt", ("mapping", Map.of(mapping)), *_source(source))
        case SetTime():
            return _time(stage)
        case SetText(source):
            return _block("output", ("source", source))
        case Replace(expression, replacement, source):
            return _block("replace", ("expression", expression), ("replace", replacement), *_source(source))
        case SetTemplate(source, template):
            return _block("template", ("source", source), ("template", template))


def _time(stage: SetTime) -> Block:
    pairs: list[tuple[str, Value]] = [("source", stage.source), ("format", stage.layout)]
    if stage.fallbacks:
        pairs.append(("fallback_formats", stage.fallbacks))
    if stage.location:
        pairs.append(("location", stage.location))
    pairs.append(("action_on_failure", stage.on_failure.value))
    return _block("timestamp", *pairs)


def _source(source: str) -> tuple[tuple[str, Value], ...]:
    return (("source", source),) if source else ()


def _choice(stage: DropLines | When | LimitRate | KeepSample) -> Block:
    match stage:
        case DropLines():
            return _drop(stage)
        case When(selector, stages, drop, reason):
            if drop:
                return _block("match", ("selector", selector), ("action", "drop"), ("drop_counter_reason", reason))
            body: tuple[Statement, ...] = (Attribute("selector", selector), *write_stages(stages))
            return Block("stage.match", "", body)
        case LimitRate(rate, burst, label):
            by = (("by_label_name", label),) if label else ()
            return _block("limit", ("rate", rate), ("burst", burst), ("drop", True), *by)
        case KeepSample(rate):
            return _block("sampling", ("rate", rate))


def _drop(stage: DropLines) -> Block:
    named = (
        ("source", stage.source),
        ("value", stage.value),
        ("expression", stage.expression),
        ("older_than", stage.older_than),
        ("longer_than", stage.longer_than),
    )
    pairs = tuple((key, text) for key, text in named if text)
    return _block("drop", *pairs, ("drop_counter_reason", stage.reason))
