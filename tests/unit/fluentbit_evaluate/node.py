"""A small node and a classic configuration, run through the evaluator."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from translators.fluentbit.evaluate import Sent, evaluate
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.world import Extent, JournalEntry, LogFile, Pod, World

NOW = 1_772_413_200 * 10**9
CONTAINER = "web-1_shop_app-" + "a" * 64 + ".log"
CONTAINER_LOG = f"/var/log/containers/{CONTAINER}"
TAIL = "[INPUT]\n    Name tail\n    Tag t\n    Path /var/log/*.log\n    Read_from_Head On\n"
SINK = "[OUTPUT]\n    Name stdout\n    Match *\n"


def cri(text: str, stream: str = "stdout", mark: str = "F", time: str = "2026-03-02T01:00:00.000000001Z") -> bytes:
    return f"{time} {stream} {mark} {text}\n".encode()


def tail(*options: str, path: str = "/var/log/*.log") -> str:
    section = TAIL.replace("/var/log/*.log", path)
    return section + "".join(f"    {option}\n" for option in options)


def filter_of(name: str, *options: str, match: str = "*") -> str:
    return f"[FILTER]\n    Name {name}\n    Match {match}\n" + "".join(f"    {option}\n" for option in options)


def node_of(
    files: Mapping[str, bytes] | None = None,
    pods: Iterable[Pod] = (),
    journal: Iterable[JournalEntry] = (),
    arriving: bool = False,
) -> World:
    logs = tuple(log_file(path, content) for path, content in (files or {}).items())
    return World(logs, tuple(pods), journal=tuple(journal), now_ns=NOW, arriving=arriving)


def log_file(path: str, content: bytes, identity: str = "") -> LogFile:
    return LogFile(path, identity or path, lambda: io.BytesIO(content))


def run(configuration: str, world: World, parsers: str = "", files: Mapping[str, bytes] | None = None) -> list[Sent]:
    """What the outputs get; ``parsers`` is the text of a parsers file."""
    if parsers:
        configuration = "[SERVICE]\n    Parsers_File parsers.conf\n" + configuration
    inputs = {"fluent-bit.conf": configuration.encode(), "parsers.conf": parsers.encode()}
    reading = read({name: text for name, text in inputs.items() if text}, ReadOptions())
    return list(evaluate(reading.configuration, world, files or {}))


def run_yaml(configuration: str, world: World) -> list[Sent]:
    return list(evaluate(read({"fluent-bit.yaml": configuration.encode()}, ReadOptions()).configuration, world))


def records(sent: Iterable[Sent]) -> list[dict[str, object]]:
    return [{key.decode("utf-8", "surrogateescape"): value for key, value in one.record} for one in sent]


def logs(sent: Iterable[Sent]) -> list[bytes]:
    return [value for one in sent for key, value in one.record if key == b"log" and isinstance(value, bytes)]


def filtered(record: str, *filters: str) -> list[dict[str, object]]:
    """What becomes of one record, given as JSON, in filters."""
    parser = "[PARSER]\n    Name j\n    Format json\n"
    world = node_of({"/var/log/a.log": record.encode() + b"\n"})
    return records(run(tail("Parser j") + "".join(filters) + SINK, world, parser))


def source_of(sent: Iterable[Sent], contents: Mapping[str, bytes]) -> list[bytes]:
    """The source lines behind the records, in order."""
    return [cut(extent, contents) for one in sent for extent in one.origin.extents]


def cut(extent: Extent, contents: Mapping[str, bytes]) -> bytes:
    return contents[extent.path][extent.start : extent.end]
