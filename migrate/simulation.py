"""What both sides make of one node's log files, record by record, with the same name for the same source lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from translators.alloy.evaluate import evaluate as evaluate_alloy
from translators.collection import Collection, TranslateOptions, translate
from translators.diagnostics import Agent, Finding
from translators.fluentbit.configuration import Configuration, Section, field_references, substitute_fields
from translators.fluentbit.evaluate import Sent, evaluate, inputs_not_read, plain
from translators.fluentbit.read import Reading
from translators.pipeline.comparison import Record as Compared
from translators.pipeline.comparison import Verdict, compare
from translators.pipeline.entries import Entry
from translators.pipeline.model import Discovery, ReadFiles
from translators.pipeline.store import stored as kept_by_loki
from translators.pipeline.world import Origin, World
from translators.promtail.evaluate import evaluate as evaluate_promtail

YES = ("on", "true", "yes")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user decides about the new side. ``hostname`` is the node's where no pod tells it."""

    options: TranslateOptions = field(default_factory=TranslateOptions)
    agents: tuple[Agent, ...] = tuple(Agent)
    hostname: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that one output got. ``messages`` are the CloudWatch events that it became; most have one or none."""

    identifier: str
    sent: Sent
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as Loki gets it from an agent."""

    identifier: str
    agent: Agent
    entry: Entry


@dataclass(frozen=True, slots=True)
class Simulation:
    """Both sides, and what the comparison of each agent with Fluent Bit says. ``findings`` tell what may differ."""

    records: tuple[Record, ...]
    stored: Mapping[Agent, tuple[Stored, ...]]
    verdicts: Mapping[Agent, tuple[Verdict, ...]]
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...] = ()

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every record, then every entry, as ``--format jsonl`` prints them."""
        yield from (record_row(record) for record in self.records)
        yield from (entry_row(stored) for agent in self.stored for stored in self.stored[agent])

    def summary(self) -> dict[str, Any]:
        """The totals for each agent, as ``--format json`` prints them."""
        return {
            "records": len(self.records),
            "agents": {str(agent): _totals(self.stored[agent], self.verdicts[agent]) for agent in self.stored},
        }


def on_node(reading: Reading, world: World, hostname: str = "") -> Configuration:
    """The configuration with the values that only a running pod knows: its node is that of the pods."""
    known = {"spec.nodeName": node_of(world, hostname), "metadata.name": "fluent-bit"}
    if reading.workload is not None:
        known["metadata.namespace"] = reading.workload.namespace

    def settled(section: Section) -> Section:
        properties = tuple(replace(item, value=_settled(item.value, known)) for item in section.properties)
        return replace(section, properties=properties, groups=tuple(settled(group) for group in section.groups))

    return replace(
        reading.configuration,
        inputs=tuple(settled(section) for section in reading.configuration.inputs),
        filters=tuple(settled(section) for section in reading.configuration.filters),
        outputs=tuple(settled(section) for section in reading.configuration.outputs),
    )


def _settled(text: str, known: Mapping[str, str]) -> str:
    """A value that nobody knows here stands as the name of its field."""
    return substitute_fields(text, {name: known.get(name, name) for name in field_references(text)})


def simulate(reading: Reading, world: World, files: Mapping[str, bytes], wanted: Wanted) -> Simulation:
    """Evaluate both sides on the world. The agents' evaluators see the emitted text and never Fluent Bit's result."""
    made = translate(reading, wanted.options)
    sent = tuple(records(on_node(reading, world, wanted.hostname), world, files))
    compared = tuple(comparable(record) for record in sent if record.sent.group is not None)
    stored = {agent: tuple(entries(agent, _run(agent, made, world, wanted))) for agent in wanted.agents}
    verdicts = {
        agent: compare(compared, [one.entry for one in found], made.catalog, lines_of(world))
        for agent, found in stored.items()
    }
    remarks = tuple(_remarks(reading.configuration, made, world))
    return Simulation(sent, stored, verdicts, (*reading.findings, *made.findings), remarks)


def _remarks(configuration: Configuration, made: Collection, world: World) -> Iterator[str]:
    """What a reader must know before the numbers."""
    for section in inputs_not_read(configuration):
        yield f"{section.span}: what input {section.name} makes is not simulated; it is left out on both sides."
    jobs = made.pipeline.jobs
    discovers = any(isinstance(job.source, ReadFiles) and job.source.discovery is Discovery.KUBERNETES for job in jobs)
    if discovers and not world.pods:
        yield (
            "No pods were given: service discovery lists none, so the agents read no container log. "
            "Give --pods, or --discovery files."
        )


def comparable(record: Record) -> Compared:
    sent = record.sent
    fields = {key.decode("utf-8", "surrogateescape"): plain(value) for key, value in sent.record}
    return Compared(sent.group or "", sent.time_ns, fields, sent.origin, sent.tag)


def lines_of(world: World) -> Callable[[Origin], bytes | None]:
    """The source bytes of an origin; None for what is no file (the journal)."""
    by_path = {file.path: file for file in world.files}

    def read(origin: Origin) -> bytes | None:
        parts = []
        for extent in origin.extents:
            if extent.path not in by_path:
                return None
            with by_path[extent.path].open() as file:
                file.seek(extent.start)
                parts.append(file.read(extent.end - extent.start))
        return b"".join(parts)

    return read


def _totals(stored: Sequence[Stored], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    reasons = Counter(str(item.reason) for verdict in verdicts for item in verdict.differences)
    streams = {tuple(sorted(one.entry.labels.items())) for one in stored}
    return {
        "entries": len(stored),
        "streams": len(streams),
        "equal": sum(verdict.equal for verdict in verdicts),
        "different": sum(not verdict.equal for verdict in verdicts),
        "reasons": dict(sorted(reasons.items())),
    }


def records(configuration: Configuration, world: World, files: Mapping[str, bytes]) -> Iterator[Record]:
    """Every record and output that takes it, in the order of sending."""
    seen: Counter[str] = Counter()
    for one, messages in _whole(evaluate(configuration, world, files)):
        name = _name(one.origin)
        seen[f"{one.output} {name}"] += 1
        yield Record(_numbered(name, seen[f"{one.output} {name}"]), one, messages)


def _whole(sent: Iterable[Sent]) -> Iterator[tuple[Sent, tuple[str, ...]]]:
    """One copy of each record: one that became several events was sent once."""
    waiting: Sent | None = None
    messages: list[str] = []
    for one in sent:
        if waiting is not None and (
            one.record is not waiting.record or one[0] != waiting[0] or one.origin != waiting.origin
        ):
            yield waiting, tuple(messages)
            messages = []
            waiting = None
        waiting = waiting or one
        if one.message is not None:
            messages.append(one.message)
    if waiting is not None:
        yield waiting, tuple(messages)


def entries(agent: Agent, found: Iterable[Entry]) -> Iterator[Stored]:
    """The entries with their names."""
    seen: Counter[str] = Counter()
    for entry in found:
        name = _name(entry.origin)
        seen[name] += 1
        yield Stored(_numbered(name, seen[name]), agent, entry)


def _name(origin: Origin) -> str:
    """The source lines: path and byte range of each, adjoining ranges as one."""
    parts: list[str] = []
    path, start, end = "", 0, 0
    for extent in origin.extents:
        if extent.path == path and extent.start == end:
            end = extent.end
            continue
        if path:
            parts.append(f"{path}@{start}-{end}")
        path, start, end = extent.path, extent.start, extent.end
    return "+".join([*parts, f"{path}@{start}-{end}"])


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}#{number}"


def record_row(record: Record) -> dict[str, Any]:
    """A record as the contract of ``--format jsonl`` has it."""
    sent = record.sent
    row: dict[str, Any] = {
        "side": "fluent-bit",
        "id": record.identifier,
        "output": sent.output,
        "tag": sent.tag,
        "time_ns": sent.time_ns,
        "record": plain(sent.record),
        "group": sent.group,
        "stream": sent.stream,
        "message": record.messages[0] if record.messages else None,
    }
    if len(record.messages) > 1:
        row["messages"] = list(record.messages)
    if sent.refused:
        row["refused"] = True
    return row


def entry_row(stored: Stored) -> dict[str, Any]:
    """An entry as the contract of ``--format jsonl`` has it."""
    entry = stored.entry
    return {
        "side": "loki",
        "id": stored.identifier,
        "agent": str(stored.agent),
        "labels": dict(entry.labels),
        "structured_metadata": dict(entry.structured_metadata),
        "time_ns": entry.time_ns,
        "line": entry.line.decode("utf-8", "surrogateescape"),
    }


def hidden_by_start(configuration: Configuration, world: World, files: Mapping[str, bytes]) -> bool:
    """Whether the lines are there, but Read_from_Head Off skips what stands in a file at the start."""
    off = any(
        section.name == "tail" and section.value("read_from_head").lower() not in YES
        for section in configuration.inputs
    )
    return off and not world.arriving and any(evaluate(configuration, replace(world, arriving=True), files))


def _run(agent: Agent, made: Collection, world: World, wanted: Wanted) -> Iterator[Entry]:
    """What Loki keeps of what the emitted text of an agent sends."""
    text = made.promtail if agent is Agent.PROMTAIL else made.alloy
    evaluate_agent = evaluate_promtail if agent is Agent.PROMTAIL else evaluate_alloy
    return kept_by_loki(evaluate_agent(text, world, node_of(world, wanted.hostname)))


def node_of(world: World, otherwise: str = "") -> str:
    """The node's name: that of most pods; else what is given; else a word that nobody takes for a real one."""
    names = [pod.node for pod in world.pods if pod.node]
    return max(names, key=names.count, default="") or otherwise or "node"
