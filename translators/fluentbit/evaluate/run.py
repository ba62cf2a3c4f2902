"""The reference semantics of Fluent Bit: a configuration and a node in, what each output gets out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Configuration, Section
from translators.fluentbit.evaluate.accessor_syntax import BadAccessor
from translators.fluentbit.evaluate.filters import make as filters
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.inputs.dummy import Dummy
from translators.fluentbit.evaluate.inputs.systemd import Systemd
from translators.fluentbit.evaluate.inputs.tail import Tail
from translators.fluentbit.evaluate.multiline_parsers import BUILT_IN, MultilineParser, read_multiline_parser
from translators.fluentbit.evaluate.onigmo import BadRegex
from translators.fluentbit.evaluate.options import flag, listed, size
from translators.fluentbit.evaluate.outputs.base import Name, Output
from translators.fluentbit.evaluate.outputs.cloudwatch import Cloudwatch
from translators.fluentbit.evaluate.outputs.cloudwatch_logs import CloudwatchLogs, Writing
from translators.fluentbit.evaluate.parsers import NANOSECONDS, Parser, read_parser
from translators.fluentbit.evaluate.processors import make as processors
from translators.fluentbit.evaluate.records import Event, Sent
from translators.fluentbit.evaluate.routing import Route, read_route
from translators.fluentbit.evaluate.strptime import civil_date
from translators.pipeline.world import World

_CACHED_TAGS = 10_000
_EVER = 2**63
_MOST_ROUNDS = 100
"""More trips to the head of the filters than any configuration without a cycle has rewrite_tag filters."""
_SILENT_INPUTS = frozenset((
    "fluentbit_logs", "fluentbit_metrics", "forward", "http", "tcp", "udp", "syslog", "mqtt", "serial", "opentelemetry",
    "prometheus_scrape", "prometheus_remote_write", "node_exporter_metrics", "statsd", "collectd", "elasticsearch",
    "kubernetes_events", "splunk", "kafka",
))  # fmt: skip
"""Inputs that wait for somebody else to send: on a node of files and a journal nothing comes from them."""


_READ_INPUTS = frozenset(("tail", "systemd", "dummy"))


def inputs_not_read(configuration: Configuration) -> tuple[Section, ...]:
    """Inputs that make records of their own, which nobody can know from a node's files and journal."""
    known = _READ_INPUTS | _SILENT_INPUTS
    return tuple(section for section in configuration.inputs if section.name not in known)


class Source(Protocol):
    """An input. ``wait_ms``: how long what it holds back waits for its end."""

    @property
    def wait_ms(self) -> int: ...

    def read(self, world: World) -> Iterator[tuple[bytes, list[Event]]]:
        """What it hands on while there is something to read."""
        ...

    def rest(self) -> Iterator[tuple[bytes, list[Event]]]:
        """What its timers let go afterwards."""
        ...


def evaluate(configuration: Configuration, world: World, files: Mapping[str, bytes] | None = None) -> Iterator[Sent]:
    """What every output gets, record by record. ``files`` are scripts and lists that the configuration names.

    Nothing comes of ``inputs_not_read``.

    Raises ``Refused`` for a part of the configuration whose effect cannot be known from the world.
    """
    try:
        yield from _Run(configuration, world, files or {}).sent()
    except BadRegex as error:
        raise Refused("fluentbit/regex", f"Onigmo cannot compile a regular expression: {error}") from error
    except BadAccessor as error:
        raise Refused("fluentbit/record-accessor", str(error)) from error


class _Reader(NamedTuple):
    """An input instance and its processors."""

    name: str
    source: Source
    steps: list[Filter]


class _Run:
    """One run; holds the instances of every section."""

    def __init__(self, configuration: Configuration, world: World, files: Mapping[str, bytes]) -> None:
        self._configuration = configuration
        self._world = world
        self._files = files
        for task in configuration.stream_tasks:
            raise Refused(
                "fluentbit/stream-task", "what the SQL of a stream task emits is not simulated", task.span,
                "leave the streams file out of the configuration that is simulated",
            )  # fmt: skip
        service = configuration.service
        self._limit = size(service.value("multiline_buffer_limit", "2M") if service else "2M", 1024)
        self._parsers = _parsers(configuration, world)
        self._multiline_parsers = _multiline_parsers(configuration, self._parsers)
        self._filters = [
            (read_route(section), filters.make(self._setting(section, f"{section.name}.{number}")))
            for number, section in enumerate(configuration.filters)
        ]
        self._outputs = self._make_outputs()
        self._before: list[tuple[str, list[Filter]]] = []
        self._takers: dict[bytes, tuple[list[Filter], list[tuple[list[Filter], Output]]]] = {}

    def sent(self) -> Iterator[Sent]:
        """Everything is read before the first timer fires; those that wait less fire first."""
        readers = list(self._readers())
        for reader in readers:
            yield from self._passed(reader, reader.source.read(self._world))
            for _, _, output in self._outputs:
                yield from output.finish()
        for reader in sorted(readers, key=lambda reader: reader.source.wait_ms):
            for batch in self._flushed(reader.source.wait_ms):
                yield from self._carry(batch)
            yield from self._passed(reader, reader.source.rest())
        yield from self._settle()

    def _readers(self) -> Iterator[_Reader]:
        for name, section, tag in _named_inputs(self._configuration.inputs):
            source = self._source(section, tag)
            steps = processors.make_all(section, self._setting(section, name))
            if source is not None:
                self._before.append((name, steps))
                yield _Reader(name, source, steps)

    def _passed(self, reader: _Reader, read: Iterator[tuple[bytes, list[Event]]]) -> Iterator[Sent]:
        for tag, events in read:
            for batch in _staged(reader.steps, Batch(tag, events, reader.name)):
                yield from self._carry(batch)

    def _settle(self) -> Iterator[Sent]:
        """Let flush timers fire until nothing waits any more."""
        waiting = True
        while waiting:
            waiting = False
            for batch in self._flushed():
                waiting = True
                yield from self._carry(batch)
        for _, _, output in self._outputs:
            yield from output.finish()

    def _flushed(self, before_ms: int = _EVER) -> Iterator[Batch]:
        """What the timers of the inputs' processors and of the filters let go that fire before that time."""
        for name, steps in self._before:
            for number, step in enumerate(steps, 1):
                if step.wait_ms < before_ms:
                    for other in _finished(step):
                        yield from _staged(steps[number:], Batch(other.tag, other.events, name))
        for _, one in self._filters:
            if one.wait_ms < before_ms:
                yield from _finished(one)

    def _carry(self, first: Batch) -> Iterator[Sent]:
        """A batch through filters and outputs, and whatever it makes the filters emit."""
        pending = deque([(first, 0)])
        while pending:
            batch, rounds = pending.popleft()
            if not batch.events:
                continue
            if rounds > _MOST_ROUNDS:
                raise _cycle(batch)
            steps, outputs = self._takers_of(batch.tag)
            for step in steps:
                batch = Batch(batch.tag, step.run(batch), batch.source)
                if step.emitted:
                    pending.extend((other, rounds + 1) for other in step.emitted)
                    step.emitted = []
                if not batch.events:
                    break
            for before, output in outputs:
                yield from output.take(_through(before, batch) if before else batch)

    def _takers_of(self, tag: bytes) -> tuple[list[Filter], list[tuple[list[Filter], Output]]]:
        found = self._takers.get(tag)
        if found is None:
            if len(self._takers) >= _CACHED_TAGS:
                self._takers.clear()
            steps = [one for route, one in self._filters if route.takes(tag)]
            outputs = [(before, output) for route, before, output in self._outputs if route.takes(tag)]
            _check_entities(steps, [output for _, output in outputs])
            found = self._takers[tag] = (steps, outputs)
        return found

    def _setting(self, section: Section, name: str) -> Setting:
        return Setting(section, name, self._world, self._parsers, self._multiline_parsers, self._files, self._limit)

    def _make_outputs(self) -> list[tuple[Route, list[Filter], Output]]:
        """In order. A lone output without Match beside a lone input takes everything."""
        configuration = self._configuration
        alone = len(configuration.outputs) == 1 and len(configuration.inputs) == 1
        service = configuration.service
        escape_unicode = flag(service, "json.escape_unicode", True) if service else True
        writing = Writing(escape_unicode, self._world.now_ns)
        made = []
        for number, section in enumerate(configuration.outputs):
            name = Name(section.value("alias") or f"{section.name}.{number}", section.name)
            steps = processors.make_all(section, self._setting(section, name.output))
            made.append((read_route(section, "*" if alone else ""), steps, _output(name, section, writing)))
        return made

    def _source(self, section: Section, tag: str) -> Source | None:
        """None for an input that reads neither files nor a journal."""
        match section.name:
            case "tail":
                return Tail(section, tag, self._parsers, self._joins(section), self._limit)
            case "systemd":
                return Systemd(section, tag)
            case "dummy":
                return Dummy(section, tag)
        return None

    def _joins(self, section: Section) -> tuple[MultilineParser, ...]:
        found = []
        for item in section.every("multiline.parser"):
            for name in listed(item.value):
                parser = self._multiline_parsers.get(name.lower())
                if parser is None:
                    raise Refused("fluentbit/multiline-parser-undefined", f"parser '{name}' not registered", item.span)
                found.append(parser)
        return tuple(found)


def _check_entities(steps: Sequence[Filter], outputs: Sequence[Output]) -> None:
    """Raises Refused when keys that nobody here can know stay in what an output sends."""
    if any(step.adds_entity for step in steps) and not all(output.removes_entity for output in outputs):
        output = next(output for output in outputs if not output.removes_entity)
        raise Refused(
            "fluentbit/aws-entity",
            f"output {output.name.output} sends aws_entity keys that only the CloudWatch agent knows",
            output.section.span, "set add_entity true there, or leave Use_Pod_Association and enable_entity out",
        )  # fmt: skip


def _cycle(batch: Batch) -> Refused:
    tag = batch.tag.decode("utf-8", "replace")
    return Refused(
        "fluentbit/rewrite-tag-cycle", f"rewrite_tag filters send records of tag {tag} round in a circle for ever",
        remedy="give the new tags names that the Match of these filters does not take",
    )  # fmt: skip


def _output(name: Name, section: Section, writing: Writing) -> Output:
    match name.plugin:
        case "cloudwatch_logs":
            return CloudwatchLogs(name, section, writing)
        case "cloudwatch":
            return Cloudwatch(name, section)
        case _:
            return Output(name, section)


def _staged(steps: Sequence[Filter], batch: Batch) -> Iterator[Batch]:
    """What leaves the processors of an input: what one of them emits goes on behind it, under the tag it got there."""
    for number, step in enumerate(steps, 1):
        events = step.run(batch)
        emitted, step.emitted = step.emitted, []
        for other in emitted:
            yield from _staged(steps[number:], Batch(other.tag, other.events, batch.source))
        batch = Batch(batch.tag, events, batch.source)
        if not events:
            return
    yield batch


def _finished(step: Filter) -> list[Batch]:
    step.finish()
    emitted, step.emitted = step.emitted, []
    return emitted


def _through(steps: Sequence[Filter], batch: Batch) -> Batch:
    """A batch through the processors of an output; what they emit goes on right away."""
    for step in steps:
        events = step.run(batch)
        emitted, step.emitted = step.emitted, []
        for other in emitted:
            events = [*events, *other.events]
        batch = Batch(batch.tag, events, batch.source)
    return batch


def _named_inputs(inputs: Sequence[Section]) -> Iterator[tuple[str, Section, str]]:
    """Each input with its instance name and its tag, which is that name when it has none.

    The name is ``tail.2`` for the third input, whatever plugins the first two are.
    """
    for number, section in enumerate(inputs):
        name = f"{section.name}.{number}"
        yield name, section, section.value("tag") or name


def _parsers(configuration: Configuration, world: World) -> dict[str, Parser]:
    """By name; the first of a name counts."""
    today = civil_date(world.now_ns // NANOSECONDS)
    parsers: dict[str, Parser] = {}
    for section in configuration.parsers:
        parser = read_parser(section, today)
        parsers.setdefault(parser.name, parser)
    return parsers


def _multiline_parsers(configuration: Configuration, parsers: Mapping[str, Parser]) -> dict[str, MultilineParser]:
    """By name in lower case; a built-in one cannot be replaced."""
    known = {parser.name: parser for parser in BUILT_IN}
    for section in configuration.multiline_parsers:
        parser = read_multiline_parser(section, parsers)
        known.setdefault(parser.name.lower(), parser)
    return known
