"""What we need of the world, in our words; the adapters alone know the libraries that reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from migrate.errors import Answered, WorldFailed


class Direction(StrEnum):
    """Which end of the window a page of entries begins at."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class EntriesRequest:
    """A page of log lines; times in nanoseconds, the end exclusive."""

    logql: str
    start: int
    end: int
    limit: int
    direction: Direction = Direction.FORWARD


class Entry(NamedTuple):
    """A line: its nanoseconds, its text and its structured metadata. A tuple, since there are millions."""

    nanoseconds: int
    line: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stream:
    """The lines of one stream, in the order that was asked for."""

    labels: Mapping[str, str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What one request returned, how large the answer was, and what Loki read for it."""

    streams: tuple[Stream, ...]
    bytes_read: int = 0
    lines_read: int = 0
    answer_bytes: int = 0

    @property
    def size(self) -> int:
        return sum(len(stream.entries) for stream in self.streams)


@dataclass(frozen=True, slots=True)
class InstantRequest:
    """A metric query at one time, in nanoseconds."""

    logql: str
    time: int


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """A metric query at ``start``, ``start + step`` … ``end``, in nanoseconds."""

    logql: str
    start: int
    end: int
    step: int


@dataclass(frozen=True, slots=True)
class Series:
    """A series of a metric query: its labels and its (nanoseconds, value) points."""

    labels: Mapping[str, str]
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Vector:
    """The series of a metric query, and what Loki read for it."""

    series: tuple[Series, ...]
    bytes_read: int = 0
    lines_read: int = 0


@dataclass(frozen=True, slots=True)
class Volume:
    """What the index says about a selector in a window: an estimate that costs nothing."""

    streams: int
    chunks: int
    bytes: int
    entries: int


class Loki(Protocol):
    """The queries of Loki's HTTP API. Each call may raise LokiUnreachable, LokiLimit or LokiRejected."""

    def entries(self, request: EntriesRequest) -> Page: ...

    def instant(self, request: InstantRequest) -> Vector: ...

    def range(self, request: RangeRequest) -> Vector: ...

    def volume(self, selector: str, start: int, end: int) -> Volume:
        """What the index knows, which is not what Loki still has in memory."""
        ...

    def held(self, selector: str, start: int, end: int) -> int:
        """About how many bytes the streams hold, in memory too; 0 where this Loki does not tell."""
        ...

    def series(self, selector: str, start: int, end: int) -> tuple[Mapping[str, str], ...]: ...


class LokiUnreachable(WorldFailed):
    """Loki did not answer, or answered with an error of its own, also after retries."""


class LokiHungUp(LokiUnreachable):
    """Loki took a request and closed the connection without an answer, more than once."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} closed the connection without an answer",
            "its log says why; where it says `message larger than max`, raise server.grpc_server_max_recv_msg_size and "
            "server.grpc_server_max_send_msg_size, else ask for less",
        )


class LokiDenied(WorldFailed):
    """Loki asks for other credentials or another tenant."""


class LokiRejected(WorldFailed):
    """Loki does not accept a query that we composed."""


class LokiLimit(Answered):
    """A limit of the tenant stands in the way; ``setting`` is the one to raise."""

    def __init__(self, message: str, setting: str) -> None:
        super().__init__(message, f"raise limits_config.{setting} for this tenant, or ask for less", "query/loki-limit")
        self.remedy = _WAYS_OUT.get(setting, self.remedy)
        self.setting = setting


_WAYS_OUT: Mapping[str, str] = {
    "grpc_server_max_recv_msg_size": "raise server.grpc_server_max_recv_msg_size and "
    "server.grpc_server_max_send_msg_size, or ask for less",
    "max_outstanding_requests_per_tenant": "raise query_scheduler.max_outstanding_requests_per_tenant, or ask with "
    "fewer --threads",
    "required_labels": "add matchers to the selectors of catalog.json, or relax limits_config.required_labels",
    "minimum_labels_number": "add matchers to the selectors of catalog.json, or relax "
    "limits_config.minimum_labels_number",
    "blocked_queries": "ask who runs Loki: limits_config.blocked_queries of this tenant names the query",
}
"""Where raising a limit of the tenant is not the way."""


@dataclass(frozen=True, slots=True)
class InsightsRun:
    """A query for CloudWatch: epoch seconds, both ends inclusive. ``log_groups`` empty: the text has SOURCE."""

    text: str
    log_groups: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class InsightsRows:
    """What CloudWatch answered: each row as its fields, all text; a missing field has no key."""

    rows: tuple[Mapping[str, str], ...]
    query_id: str
    statistics: Mapping[str, float]


class CloudWatch(Protocol):
    """Logs Insights of an AWS account. May raise CloudWatchUnreachable or CloudWatchRefused."""

    def run(self, run: InsightsRun) -> InsightsRows: ...

    def saved_queries(self) -> str: ...


class CloudWatchUnreachable(WorldFailed):
    """AWS did not answer, denied us, or lost the query."""


class CloudWatchRefused(Answered):
    """CloudWatch says that it cannot run this query."""
