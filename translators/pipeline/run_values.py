"""The stages that extract and compute values, set the line, the labels and the metadata."""

from __future__ import annotations

from translators.pipeline.go_regexp import Span, compiled
from translators.pipeline.go_template import Template, parse_template
from translators.pipeline.go_template_functions import Failed
from translators.pipeline.go_values import NotJson, extracted, jmespath, logfmt, read_object, text_of
from translators.pipeline.run_line import Line, Setting, Step
from translators.pipeline.run_times import Times
from translators.pipeline.stages import (
    DropLabels,
    ParseJson,
    ParseLogfmt,
    ParseRegex,
    Replace,
    SetConstants,
    SetLabels,
    SetMetadata,
    SetTemplate,
    SetText,
    SetTime,
)


class Change(Step):
    """A stage that changes each line on its own."""

    def push(self, line: Line) -> tuple[Line, ...]:
        self.change(line)
        return (line,)

    def change(self, line: Line) -> None:
        raise NotImplementedError


def _input(line: Line, source: str) -> str | None:
    """The line, or an extracted value; None when it is not there or has no text."""
    return text_of(line.extracted.get(source)) if source else line.text


def is_utf8(text: str) -> bool:
    return text.isascii() or not any("\udc80" <= character <= "\udcff" for character in text)


class Regex(Change):
    """Groups that took no part are empty texts."""

    def __init__(self, stage: ParseRegex) -> None:
        self._source = stage.source
        self._regex = compiled(stage.expression)

    def change(self, line: Line) -> None:
        text = _input(line, self._source)
        spans = None if text is None else self._regex.search(text)
        if spans is not None and text is not None:
            for name, span in zip(self._regex.names, spans, strict=True):
                if name:
                    line.extracted[name] = _slice(text, span)


def _slice(text: str, span: Span) -> str:
    return text[slice(*span)] if span[0] >= 0 else ""


class JsonValues(Change):
    """JMESPath values; what is not there is extracted as null."""

    def __init__(self, stage: ParseJson) -> None:
        self._source = stage.source
        self._expressions = [(name, jmespath(expression or name)) for name, expression in stage.expressions]

    def change(self, line: Line) -> None:
        text = _input(line, self._source)
        if text is None:
            return
        try:
            found = dict(read_object(text))
        except NotJson:
            return
        for name, search in self._expressions:
            line.extracted[name] = extracted(search(found))


class LogfmtValues(Change):
    """Only keys that are there are extracted."""

    def __init__(self, stage: ParseLogfmt) -> None:
        self._source = stage.source
        self._names = {key or name: name for name, key in stage.mapping}

    def change(self, line: Line) -> None:
        text = _input(line, self._source)
        for key, value in logfmt(text or ""):
            if key in self._names:
                line.extracted[self._names[key]] = value


class Time(Change):
    def __init__(self, stage: SetTime, setting: Setting) -> None:
        self._source = stage.source
        layouts = (stage.layout, *stage.fallbacks)
        fudges = setting.is_alloy and stage.fudge_duplicates
        self._times = Times(layouts, stage.location, stage.on_failure, setting, fudges_duplicates=fudges)

    def change(self, line: Line) -> None:
        self._times.apply(line, text_of(line.extracted.get(self._source)))


class Text(Change):
    def __init__(self, stage: SetText) -> None:
        self._source = stage.source

    def change(self, line: Line) -> None:
        text = text_of(line.extracted.get(self._source))
        if text is not None:
            line.text = text


class Replaced(Change):
    """Each group of each match is replaced; an expression without groups replaces nothing, as in the agents."""

    def __init__(self, stage: Replace, setting: Setting) -> None:
        self._source = stage.source
        self._regex = compiled(stage.expression)
        self._template = parse_template(stage.replacement, setting.environment)

    def change(self, line: Line) -> None:
        text = _input(line, self._source)
        matches = [] if text is None else list(self._regex.find(text))
        if not matches or text is None:
            return
        values = _texts(line)
        try:
            result, captured = self._result(text, matches, values)
        except Failed:
            return
        if self._source:
            line.extracted[self._source] = result
        else:
            line.text = result
        for name, span in zip(self._regex.names, matches[0], strict=True):
            if name and (new := captured.get(_slice(text, span))) is not None:
                line.extracted[name] = new

    def _result(self, text: str, matches: list[tuple[Span, ...]], values: dict[str, str]) -> tuple[str, dict[str, str]]:
        result, end, captured = "", 0, dict[str, str]()
        for spans in matches:
            for start, stop in spans[1:]:
                if start < 0:
                    continue
                values["Value"] = text[start:stop]
                new = self._template.run(values)
                if end == 0 or end <= start:
                    result += text[end:start] + new
                    end = stop
                captured[text[start:stop]] = new
        return result + text[end:], captured


def _texts(line: Line) -> dict[str, str]:
    texts = ((name, text_of(value)) for name, value in line.extracted.items())
    return {name: text for name, text in texts if text is not None}


class Computed(Change):
    """An empty result takes the value away."""

    def __init__(self, stage: SetTemplate, setting: Setting) -> None:
        self._source = stage.source
        self._template: Template = parse_template(stage.template, setting.environment)

    def change(self, line: Line) -> None:
        values = _texts(line)
        if self._source in values:
            values["Value"] = values[self._source]
        values["Entry"] = line.text
        try:
            result = self._template.run(values)
        except Failed:
            return
        if result:
            line.extracted[self._source] = result
        else:
            line.extracted.pop(self._source, None)


class Labels(Change):
    def __init__(self, stage: SetLabels) -> None:
        self._values = [(label, source or label) for label, source in stage.values]

    def change(self, line: Line) -> None:
        for label, source in self._values:
            text = text_of(line.extracted.get(source))
            if text is not None and is_utf8(text):
                line.labels[label] = text


class Constants(Change):
    def __init__(self, stage: SetConstants) -> None:
        self._values = {name: value for name, value in stage.values if value}

    def change(self, line: Line) -> None:
        line.labels.update(self._values)


class DroppedLabels(Change):
    def __init__(self, stage: DropLabels) -> None:
        self._names = stage.names

    def change(self, line: Line) -> None:
        for name in self._names:
            line.labels.pop(name, None)


class Metadata(Change):
    """Promtail prefers the extracted value and removes the label when it is the same; Alloy the other way round."""

    def __init__(self, stage: SetMetadata, setting: Setting) -> None:
        self._values = [(name, source or name) for name, source in stage.values]
        self._alloy = setting.is_alloy

    def change(self, line: Line) -> None:
        taken: dict[str, str] = {}
        for name, source in self._values:
            text = text_of(line.extracted.get(source))
            if text is not None and is_utf8(text):
                line.metadata[name] = taken[source] = text
        for name, source in self._values:
            if source in line.labels and (self._alloy or source not in taken):
                line.metadata[name] = line.labels[source]
                taken.setdefault(source, line.labels[source])
        for source, text in taken.items():
            if source in line.labels and (self._alloy or line.labels[source] == text):
                del line.labels[source]
