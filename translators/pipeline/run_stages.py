"""What the agents' stages do to entries: the machine that both agents' evaluators run, as pure as the stages are.

Two things are not those of a running agent: no time passes, so nothing is flushed by a pause and a rate limit lets its
burst through and no more; and where the agents draw lots (sampling), every line is kept in proportion and in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from translators.pipeline.go_regexp import compiled
from translators.pipeline.go_values import byte_size, nanoseconds, text_of
from translators.pipeline.match_selector import parse_selector
from translators.pipeline.run_line import Line, Setting, Step
from translators.pipeline.run_readers import Cri, Docker, Multiline
from translators.pipeline.run_values import (
    Change,
    Computed,
    Constants,
    DroppedLabels,
    JsonValues,
    Labels,
    LogfmtValues,
    Metadata,
    Regex,
    Replaced,
    Text,
    Time,
)
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


class Stages(Step):
    """Stages in a row; a nested pipeline is one too."""

    def __init__(self, stages: Iterable[Stage], setting: Setting) -> None:
        self._steps = [_step(stage, setting) for stage in stages]

    def run(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines that leave the pipeline. Lines are changed in place; those of several files come file by file."""
        for line in lines:
            yield from self.push(line)
        yield from self.finish()

    def push(self, line: Line) -> tuple[Line, ...]:
        line.take_labels()
        return self._through((line,), 0)

    def finish(self) -> tuple[Line, ...]:
        sent: tuple[Line, ...] = ()
        for place, step in enumerate(self._steps):
            sent += self._through(step.finish(), place + 1)
        return sent

    def _through(self, lines: tuple[Line, ...], place: int) -> tuple[Line, ...]:
        for at in range(place, len(self._steps)):
            step = self._steps[at]
            if isinstance(step, Change):
                for line in lines:
                    step.change(line)
            elif len(lines) == 1:
                lines = step.push(lines[0])
            else:
                lines = tuple(sent for line in lines for sent in step.push(line))
            if not lines:
                break
        return lines


def _step(stage: Stage, setting: Setting) -> Step:
    match stage:
        case ReadCri():
            return Cri(stage, setting)
        case ReadDocker():
            return Docker(setting)
        case JoinLines():
            return Multiline(stage, setting)
        case ParseRegex() | ParseJson() | ParseLogfmt() | SetTime() | SetText() | Replace() | SetTemplate():
            return _value_step(stage, setting)
        case SetLabels():
            return Labels(stage)
        case SetConstants():
            return Constants(stage)
        case DropLabels():
            return DroppedLabels(stage)
        case SetMetadata():
            return Metadata(stage, setting)
        case DropLines():
            return Dropped(stage, setting)
        case When():
            return Matched(stage, setting)
        case LimitRate():
            return Limited(stage)
        case KeepSample():
            return Sampled(stage)
        case _:
            assert_never(stage)


def _value_step(
    stage: ParseRegex | ParseJson | ParseLogfmt | SetTime | SetText | Replace | SetTemplate, setting: Setting
) -> Step:
    match stage:
        case ParseRegex():
            return Regex(stage)
        case ParseJson():
            return JsonValues(stage)
        case ParseLogfmt():
            return LogfmtValues(stage)
        case SetTime():
            return Time(stage, setting)
        case SetText():
            return Text(stage)
        case Replace():
            return Replaced(stage, setting)
        case SetTemplate():
            return Computed(stage, setting)


class Matched(Step):
    """Runs its stages, or drops, for lines that the selector takes; the others pass beside."""

    def __init__(self, stage: When, setting: Setting) -> None:
        self._takes = parse_selector(stage.selector)
        self._drops = stage.drop
        self._stages = Stages(stage.stages, setting)

    def push(self, line: Line) -> tuple[Line, ...]:
        if not self._takes(line.labels, line.text):
            return (line,)
        return () if self._drops else self._stages.push(line)

    def finish(self) -> tuple[Line, ...]:
        return self._stages.finish()


class Dropped(Step):
    """Drops when everything given holds."""

    def __init__(self, stage: DropLines, setting: Setting) -> None:
        self._sources = self._split(stage.source, setting)
        expression = f"^{_literally(stage.value)}$" if stage.value else stage.expression
        self._regex = compiled(expression) if expression else None
        self._longer = byte_size(stage.longer_than) if stage.longer_than else None
        self._before = setting.now_ns - nanoseconds(stage.older_than) if stage.older_than else None

    @staticmethod
    def _split(source: str, setting: Setting) -> list[str]:
        """Alloy takes a comma for the end of a name."""
        return [] if not source else source.split(",") if setting.is_alloy else [source]

    def push(self, line: Line) -> tuple[Line, ...]:
        return () if self._holds(line) else (line,)

    def _holds(self, line: Line) -> bool:
        if self._longer is not None and len(line.text.encode("utf-8", "surrogateescape")) <= self._longer:
            return False
        if self._before is not None and (line.time_ns is None or line.time_ns >= self._before):
            return False
        if not self._sources:
            return self._regex is None or self._regex.matches(line.text)
        if self._regex is None:
            return all(source in line.extracted for source in self._sources)
        texts = [text_of(line.extracted[source]) for source in self._sources if source in line.extracted]
        known = [text for text in texts if text is not None]
        return len(known) == len(texts) and self._regex.matches(";".join(known))


def _literally(text: str) -> str:
    """Go's QuoteMeta."""
    return "".join(f"\\{character}" if character in "\\.+*?()|[]{}^$" else character for character in text)


class Limited(Step):
    """A token bucket in which no time passes: each has its burst."""

    def __init__(self, stage: LimitRate) -> None:
        self._stage = stage
        self._left: dict[str | None, int] = {}

    def push(self, line: Line) -> tuple[Line, ...]:
        label = self._stage.by_label
        if label and label not in line.labels:
            return (line,)
        bucket = line.labels[label] if label else None
        left = self._left.get(bucket, self._stage.burst)
        self._left[bucket] = max(left - 1, 0)
        return (line,) if left > 0 else ()


class Sampled(Step):
    """The agents draw lots; here the share is kept evenly."""

    def __init__(self, stage: KeepSample) -> None:
        self._rate = stage.rate
        self._seen = 0

    def push(self, line: Line) -> tuple[Line, ...]:
        self._seen += 1
        kept = int(self._seen * self._rate) > int((self._seen - 1) * self._rate)
        return (line,) if kept else ()
