"""What both sides make of one node's log files, record by record, with the same name for the same source lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from translators.diagnostics import Agent
from translators.fluentbit.configuration import Configuration
from translators.fluentbit.evaluate import Sent, evaluate, plain
from translators.pipeline.entries import Entry
from translators.pipeline.world import Origin, World

YES = ("on", "true", "yes")


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
