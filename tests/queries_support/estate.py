"""One description of who wrote which line, made into what CloudWatch has and, apart from it, into what Loki has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from migrate.ports import Entry, Stream
from translators.aws_layout import aws_layout
from translators.catalog import (
    Catalog,
    Field,
    InJson,
    InLabel,
    InMetadata,
    IsLine,
    IsTime,
    LogGroup,
    Matcher,
    MatchOperator,
    RecordKind,
    Shape,
    StreamForm,
    StreamPart,
)
from translators.insights.evaluate.event import Event

CLUSTER = "prod"
APPLICATION = f"/aws/containerinsights/{CLUSTER}/application"
MILLISECOND = 1_000_000


class Kind(StrEnum):
    """How the events of a log group are made of lines."""

    CONTAINER = "container"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Pod:
    """Where a line of a container was written."""

    name: str = "shop-7c9d-abcde"
    namespace: str = "shop"
    container: str = "shop"
    node: str = "ip-10-0-1-7.ec2.internal"
    stream: str = "stdout"
    uid: str = "0d58e195-d6ae-4fe3-aa73-064ff106972b"
    address: str = "10.0.3.9"
    container_id: str = "c0ffee" * 10 + "c0ff"
    app: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> str:
        return f"/var/log/containers/{self.name}_{self.namespace}_{self.container}-{self.container_id}.log"


@dataclass(frozen=True, slots=True)
class Written:
    """A line, when (in nanoseconds) and where it was written. ``log_stream`` is that of a group of plain lines."""

    nanoseconds: int
    text: str
    group: str = APPLICATION
    pod: Pod = field(default_factory=Pod)
    log_stream: str = "host-1"


@dataclass(frozen=True, slots=True)
class Estate:
    """Log groups with their kinds."""

    groups: tuple[tuple[str, Kind], ...]

    @property
    def catalog(self) -> Catalog:
        return Catalog(tuple(_group(name, kind) for name, kind in self.groups), CLUSTER)

    def event(self, written: Written) -> Event:
        """The CloudWatch event."""
        at = written.nanoseconds // MILLISECOND
        if dict(self.groups)[written.group] is Kind.LINES:
            return Event(at, written.text, written.log_stream, written.group)
        pod = written.pod
        file = pod.file.strip("/").replace("/", ".")
        return Event(at, envelope(written), f"{pod.node}-application.{file}", written.group)

    def streams(self, lines: Iterable[Written]) -> Sequence[Stream]:
        """What an agent pushes to Loki."""
        found: dict[tuple[tuple[str, str], ...], list[Entry]] = {}
        for written in lines:
            lines_only = dict(self.groups)[written.group] is Kind.LINES
            labels, metadata = _of_lines(written) if lines_only else _of_container(written)
            entry = Entry(written.nanoseconds, written.text, metadata)
            found.setdefault(tuple(sorted(labels.items())), []).append(entry)
        return [
            Stream(dict(labels), tuple(sorted(entries, key=lambda one: one[0]))) for labels, entries in found.items()
        ]


def _of_lines(written: Written) -> tuple[dict[str, str], dict[str, str]]:
    return {"log_group": written.group}, {"log_stream": written.log_stream}


def _of_container(written: Written) -> tuple[dict[str, str], dict[str, str]]:
    pod = written.pod
    labels = {
        "cluster": CLUSTER,
        "log_type": "application",
        "log_group": written.group,
        "namespace": pod.namespace,
        "container": pod.container,
        "stream": pod.stream,
        "app": pod.app,
    }
    metadata = {
        "pod": pod.name,
        "pod_uid": pod.uid,
        "node_name": pod.node,
        "pod_ip": pod.address,
        "container_id": pod.container_id,
        "filename": pod.file,
        **{f"field_{name}".replace(".", "_").replace("/", "_"): value for name, value in pod.others},
    }
    return {name: value for name, value in labels.items() if value}, {k: v for k, v in metadata.items() if v}


def envelope(written: Written) -> str:
    """The record of Fluent Bit's tail, cri parser, kubernetes filter with Merge_Log, as the plugin writes it."""
    pod = written.pod
    whole, rest = divmod(written.nanoseconds, 10**9)
    record: dict[str, object] = {"time": _time(whole, rest), "stream": pod.stream, "log": written.text}
    merged = _object(written.text)
    if merged is not None:
        record["log_processed"] = merged
    about = {
        "pod_name": pod.name,
        "namespace_name": pod.namespace,
        "pod_id": pod.uid,
        "host": pod.node,
        "pod_ip": pod.address,
        "container_name": pod.container,
        "docker_id": pod.container_id,
    }
    kubernetes: dict[str, object] = {key: value for key, value in about.items() if value}
    if pod.app:
        kubernetes["labels"] = {"app": pod.app}
    kubernetes |= dict(pod.others)
    record["kubernetes"] = kubernetes
    return json.dumps(record, separators=(",", ":"))


def _time(seconds: int, rest: int) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


class _NotJson(ValueError):
    """NaN and Infinity."""


def _refuse(constant: str) -> object:
    raise _NotJson(constant)


def _object(text: str) -> dict[str, object] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _group(name: str, kind: Kind) -> LogGroup:
    grouped = Matcher("log_group", MatchOperator.EQUAL, name)
    if kind is Kind.LINES:
        stream = (StreamPart(place=InMetadata("log_stream")),)
        return LogGroup(name, (Shape("lines", (grouped,), RecordKind.JSON, (), stream),))
    (application, *_) = aws_layout(CLUSTER).groups
    fields = (
        Field(("time",), IsTime("rfc3339nano")),
        Field(("stream",), InLabel("stream")),
        Field(("log",), IsLine()),
        Field(("log_processed",), InJson(())),
        *(
            one
            for one in application.shapes[0].fields
            if (one.path[0] == "kubernetes" and "container_" not in one.path[1])
            or one.path == ("kubernetes", "container_name")
        ),
    )
    composed = (
        StreamPart(place=InMetadata("node_name")),
        StreamPart("-application."),
        StreamPart(place=InMetadata("filename"), form=StreamForm.TAG),
    )
    return LogGroup(name, (Shape("application", (grouped,), RecordKind.KUBERNETES, fields, composed),))
