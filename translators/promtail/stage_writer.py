"""Stages of a pipeline as Promtail spells them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

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
from translators.promtail.printer import Map, Tree

Items = tuple[tuple[str, Tree], ...]


def write_stages(stages: Iterable[Stage]) -> tuple[Tree, ...]:
    """The list under ``pipeline_stages``."""
    return tuple(Map((_stage(stage),)) for stage in stages)


def _stage(stage: Stage) -> tuple[str, Tree]:
    match stage:
        case ReadCri() | ReadDocker() | JoinLines():
            return _reader(stage)
        case ParseRegex() | ParseJson() | ParseLogfmt() | SetTime() | SetText() | Replace() | SetTemplate():
            return _value(stage)
        case SetLabels(values):
            return "labels", Map(tuple((label, _other(label, source)) for label, source in values))
        case SetConstants(values):
            return "static_labels", Map(values)
        case DropLabels(names):
            return "labeldrop", names
        case SetMetadata(values):
            return "structured_metadata", Map(tuple((name, _other(name, source)) for name, source in values))
        case DropLines() | When() | LimitRate() | KeepSample():
            return _choice(stage)
        case _:
            assert_never(stage)


def _other(name: str, source: str) -> str | None:
    """A value of the same name needs no source."""
    return None if name == source else source


def _reader(stage: ReadCri | ReadDocker | JoinLines) -> tuple[str, Tree]:
    match stage:
        case ReadCri(lines, size):
            items: Items = (("max_partial_lines", lines),)
            return "cri", Map((*items, ("max_partial_line_size", size)) if size else items)
        case ReadDocker():
            return "docker", Map()
        case JoinLines(firstline, seconds, lines):
            wait = ("max_wait_time", f"{seconds}s")
            return "multiline", Map((("firstline", firstline), wait, ("max_lines", lines)))


def _value(
    stage: ParseRegex | ParseJson | ParseLogfmt | SetTime | SetText | Replace | SetTemplate,
) -> tuple[str, Tree]:
    match stage:
        case ParseRegex(expression, source):
            return "regex", Map((("expression", expression), *_source(source)))
        case ParseJson(expressions, source):
            return "json", Map((("expressions", Map(expressions)), *_source(source)))
        case ParseLogfmt(mapping, source):
            return "logfmt", Map((("mapping", Map(mapping)), *_source(source)))
        case SetTime():
            return "timestamp", _time(stage)
        case SetText(source):
            return "output", Map((("source", source),))
        case Replace(expression, replacement, source):
            return "replace", Map((("expression", expression), ("replace", replacement), *_source(source)))
        case SetTemplate(source, template):
            return "template", Map((("source", source), ("template", template)))


def _time(stage: SetTime) -> Tree:
    items: list[tuple[str, Tree]] = [("source", stage.source), ("format", stage.layout)]
    if stage.fallbacks:
        items.append(("fallback_formats", stage.fallbacks))
    if stage.location:
        items.append(("location", stage.location))
    items.append(("action_on_failure", stage.on_failure.value))
    return Map(tuple(items))


def _source(source: str) -> Items:
    return (("source", source),) if source else ()


def _choice(stage: DropLines | When | LimitRate | KeepSample) -> tuple[str, Tree]:
    match stage:
        case DropLines():
            return "drop", _drop(stage)
        case When(selector, stages, drop, reason):
            if drop:
                return "match", Map((("selector", selector), ("action", "drop"), ("drop_counter_reason", reason)))
            return "match", Map((("selector", selector), ("stages", write_stages(stages))))
        case LimitRate(rate, burst, label):
            by = (("by_label_name", label),) if label else ()
            return "limit", Map((("rate", rate), ("burst", burst), ("drop", True), *by))
        case KeepSample(rate):
            return "sampling", Map((("rate", rate),))


def _drop(stage: DropLines) -> Tree:
    items: list[tuple[str, Tree]] = []
    named = (
        ("source", stage.source),
        ("value", stage.value),
        ("expression", stage.expression),
        ("older_than", stage.older_than),
        ("longer_than", stage.longer_than),
    )
    items += ((key, text) for key, text in named if text)
    items.append(("drop_counter_reason", stage.reason))
    return Map(tuple(items))
