"""The stages that read the runtime's lines and join lines, as each agent does it."""

from __future__ import annotations

import re
from dataclasses import replace

from translators.pipeline.go_regexp import compiled
from translators.pipeline.go_values import NotJson, extracted, read_object, text_of
from translators.pipeline.run_line import Line, Setting, Step
from translators.pipeline.run_times import RFC3339_NANO, Times
from translators.pipeline.stages import JoinLines, ReadCri, TimeFailure

_PROMTAIL_CRI = re.compile(r"(\S+?) (stdout|stderr) (\S+?) (.*)\Z", re.DOTALL | re.ASCII)
_ALLOY_CRI = re.compile(r"(\S*) (stdout|stderr) ([PF]?) ?(.*)\Z", re.DOTALL)


class Cri(Step):
    """Takes the header off and joins pieces for each stream; a last piece without its end is never sent."""

    def __init__(self, stage: ReadCri, setting: Setting) -> None:
        self._stage = stage
        self._alloy = setting.is_alloy
        self._partial: dict[tuple[tuple[str, str], ...], Line] = {}
        on_failure = TimeFailure.SKIP if self._alloy else TimeFailure.FUDGE
        self._times = Times((RFC3339_NANO,), "", on_failure, setting, fudges_duplicates=False)

    def push(self, line: Line) -> tuple[Line, ...]:
        is_partial = self._read_alloy(line) if self._alloy else self._read_promtail(line)
        if is_partial is None:
            return (line,)
        stream = line.stream
        if is_partial and len(self._partial) >= self._stage.max_partial_lines:
            waiting = tuple(self._partial.values())
            self._partial = {stream: line}
            return waiting
        before = self._partial.pop(stream, None)
        if before is not None:
            line.text = before.text + line.text
            line.extents = before.extents + line.extents
        if is_partial:
            self._partial[stream] = line
            return ()
        return (line,)

    def _read_promtail(self, line: Line) -> bool:
        """A line without header goes on as a whole one, and joins pieces of the same labels."""
        line.take_labels()
        found = _PROMTAIL_CRI.match(line.text)
        if found is not None:
            time, stream, flags, content = found.groups()
            line.extracted |= {"time": time, "stream": stream, "flags": flags, "content": content}
        if (stream := text_of(line.extracted.get("stream"))) is not None:
            line.labels["stream"] = stream
        self._times.apply(line, text_of(line.extracted.get("time")))
        for source in ("content", "tags"):
            if (text := text_of(line.extracted.get(source))) is not None:
                line.text = text
        return line.extracted.get("flags") == "P"

    def _read_alloy(self, line: Line) -> bool | None:
        found = _ALLOY_CRI.match(line.text)
        if found is None:
            return None
        time, stream, flag, content = found.groups()
        line.extracted |= {"time": time or "", "stream": stream, "flags": flag or "F", "content": content}
        line.text = content
        self._times.apply(line, time or "")
        line.labels["stream"] = stream
        return flag == "P"


class Docker(Step):
    """Takes docker's JSON off; what is none passes."""

    def __init__(self, setting: Setting) -> None:
        self._alloy = setting.is_alloy
        on_failure = TimeFailure.SKIP if self._alloy else TimeFailure.FUDGE
        self._times = Times((RFC3339_NANO,), "", on_failure, setting, fudges_duplicates=False)

    def push(self, line: Line) -> tuple[Line, ...]:
        if self._alloy:
            self._read_alloy(line)
        else:
            self._read_promtail(line)
        return (line,)

    def _read_promtail(self, line: Line) -> None:
        line.take_labels()
        try:
            found = read_object(line.text)
            for name, key in (("output", "log"), ("stream", "stream"), ("timestamp", "time")):
                line.extracted[name] = extracted(found.get(key))
        except NotJson:
            pass
        if (stream := text_of(line.extracted.get("stream"))) is not None:
            line.labels["stream"] = stream
        self._times.apply(line, text_of(line.extracted.get("timestamp")))
        if (output := text_of(line.extracted.get("output"))) is not None:
            line.text = output

    def _read_alloy(self, line: Line) -> None:
        """Keys are found whatever their case; a value that is no text makes the line none of docker's."""
        try:
            found = {key.lower(): value for key, value in read_object(line.text).items()}
        except NotJson:
            return
        log, stream, time = ("" if found.get(key) is None else found[key] for key in ("log", "stream", "time"))
        if not (isinstance(log, str) and isinstance(stream, str) and isinstance(time, str)) or not log:
            return
        line.extracted |= {"output": log, "stream": stream, "timestamp": time}
        line.text = log
        line.labels["stream"] = stream
        self._times.apply(line, time)


class Multiline(Step):
    """Glues lines to the last first line of their stream; lines before the first one pass."""

    def __init__(self, stage: JoinLines, setting: Setting) -> None:
        self._stage = stage
        self._alloy = setting.is_alloy
        self._first = compiled(stage.firstline)
        self._blocks: dict[tuple[tuple[str, str], ...], list[Line]] = {}
        self._starts: dict[tuple[tuple[str, str], ...], Line] = {}

    def push(self, line: Line) -> tuple[Line, ...]:
        stream = line.stream
        is_first = self._first.matches(line.text)
        if not is_first and stream not in self._starts:
            return (line,)
        sent: tuple[Line, ...] = ()
        if is_first:
            sent = self._flushed(stream)
            self._starts[stream] = line
        held = self._blocks.setdefault(stream, [])
        held.append(line)
        if len(held) == self._stage.max_lines:
            sent += self._flushed(stream)
        return sent

    def finish(self) -> tuple[Line, ...]:
        return tuple(line for stream in list(self._blocks) for line in self._flushed(stream))

    def _flushed(self, stream: tuple[tuple[str, str], ...]) -> tuple[Line, ...]:
        """The block with the labels and the time of its first line; Promtail loses its structured metadata."""
        held = self._blocks.pop(stream, [])
        text = _joined([line.text.rstrip("\r\n") if self._alloy else line.text for line in held])
        if not held or not (text or self._alloy):
            return ()
        start = self._starts[stream]
        return (
            replace(
                start,
                labels=dict(start.labels),
                extracted=dict(start.extracted),
                metadata=dict(start.metadata) if self._alloy else {},
                text=text,
                extents=tuple(extent for line in held for extent in line.extents),
            ),
        )


def _joined(texts: list[str]) -> str:
    """A newline stands between lines, but not while the block is still empty."""
    found = ""
    for text in texts:
        found += f"\n{text}" if found else text
    return found
