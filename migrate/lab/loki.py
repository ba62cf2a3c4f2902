"""A Loki of our own: one binary or container, empty, ready for lines of any age, a tenant for each user of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, assert_never

from migrate.errors import WorldFailed
from migrate.lab.engines.engine import Binary, Image
from migrate.lab.engines.loki import LOKI
from migrate.lab.engines.provide import provide
from migrate.lab.http import Answer, Client
from migrate.lab.process import POLL_EVERY, Process, free_port
from migrate.ports import Entry, Stream

READY_SECONDS = 90.0
FIRST_NS = 1_767_225_600_000_000_000
"""2026, where no start is given. Each day of a window has an index of its own, so that decades take seconds."""
ANSWER_BYTES = 1 << 30
"""An answer above gRPC's limit is not refused but never comes."""
SERVER: Mapping[str, object] = {
    "log_level": "warn",
    "grpc_server_max_recv_msg_size": ANSWER_BYTES,
    "grpc_server_max_send_msg_size": ANSWER_BYTES,
}
Sections = Mapping[str, Mapping[str, object]]
DAY_NS = 86_400_000_000_000


def tomorrow() -> int:
    """The end of a window where none is given."""
    return time.time_ns() + DAY_NS


_CATEGORIZE = {"X-Loki-Response-Encoding-Flags": "categorize-labels"}


@dataclass(frozen=True)
class Tenant:
    """One tenant of a Loki: what it pushes nobody else sees."""

    url: str
    name: str

    @property
    def client(self) -> Client:
        return Client(self.url, {"X-Scope-OrgID": self.name, **_CATEGORIZE})

    def push(self, streams: Sequence[Stream]) -> None:
        """Send the streams as they are; raise what Loki says against them."""
        body = [
            {
                "stream": dict(stream.labels),
                "values": [[str(entry.nanoseconds), entry.line, dict(entry.metadata)] for entry in stream.entries],
            }
            for stream in streams
        ]
        _good(self.client.post("/loki/api/v1/push", {"streams": body}))

    def entries(
        self, logql: str, start: int = FIRST_NS, end: int | None = None, limit: int = 100_000
    ) -> tuple[Stream, ...]:
        """The lines of a log query, oldest first."""
        answer = self.client.get(
            "/loki/api/v1/query_range",
            query=logql,
            start=start,
            end=end or tomorrow(),
            limit=limit,
            direction="forward",
        )
        return tuple(_stream(one) for one in _good(answer).json()["data"]["result"])

    def instant(self, logql: str, at: int) -> tuple[tuple[Mapping[str, str], float], ...]:
        """The series of a metric query at one time."""
        answer = self.client.get("/loki/api/v1/query", query=logql, time=at)
        return tuple((one["metric"], float(one["value"][1])) for one in _good(answer).json()["data"]["result"])

    def everything(self, start: int = FIRST_NS, end: int | None = None) -> tuple[Stream, ...]:
        """All streams of the tenant, whatever their labels are; a stream is returned once."""
        end = end or tomorrow()
        names = _good(self.client.get("/loki/api/v1/labels", start=start, end=end)).json().get("data") or ()
        found: dict[frozenset[tuple[str, str]], Stream] = {}
        for name in names:
            earlier = "".join(f', {other}=""' for other in names[: names.index(name)])
            for stream in self.entries(f'{{{name}=~".+"{earlier}}}', start, end):
                found[frozenset(stream.labels.items())] = stream
        return tuple(found.values())


@dataclass(frozen=True)
class Loki:
    """A running Loki."""

    url: str

    def tenant(self, name: str) -> Tenant:
        return Tenant(self.url, name)

    def ready(self) -> bool:
        return Client(self.url, seconds=5).get("/ready").good

    def flush(self) -> None:
        """Write what it holds in memory to its store."""
        _good(Client(self.url).send("POST", "/flush", b""))

    def forget(self, seconds: float = 60.0) -> None:
        """Flush, and wait until nothing is left in memory: answers come from the store alone, as for old lines."""
        until = time.monotonic() + seconds
        self.flush()
        while not self._holds_nothing():
            if time.monotonic() > until:
                raise WorldFailed(f"Loki still holds chunks in memory after {seconds:.0f} s")
            time.sleep(POLL_EVERY)

    def _holds_nothing(self) -> bool:
        return "\nloki_ingester_memory_chunks 0\n" in _good(Client(self.url).get("/metrics")).text


@contextmanager
def running_loki(
    folder: Path, limits: Mapping[str, object] | None = None, sections: Sections = MappingProxyType({})
) -> Iterator[Loki]:
    """A Loki with its data in ``folder``, ready; ``limits`` and then ``sections`` are put over our settings."""
    sections = {**sections, "limits_config": {**(limits or {}), **sections.get("limits_config", {})}}
    folder.mkdir(parents=True, exist_ok=True)
    found = provide(LOKI)
    match found:
        case Binary(command=command):
            with _process(command, folder, sections) as loki:
                yield loki
        case Image(reference=reference):
            with _container(reference, folder, sections) as loki:
                yield loki
        case _:
            assert_never(found)


@contextmanager
def _process(command: tuple[str, ...], folder: Path, sections: Sections) -> Iterator[Loki]:
    port = free_port()
    server = {"http_listen_address": "127.0.0.1", "http_listen_port": port, "grpc_listen_address": "127.0.0.1"}
    settings = configuration(str(folder / "data"), {**server, "grpc_listen_port": free_port()}, sections)
    loki = Loki(f"http://127.0.0.1:{port}")
    command = (*command, f"-config.file={_written(folder, settings)}")
    with Process("loki", command, folder / "loki.log") as process:
        process.wait_until(loki.ready, "answer to /ready", READY_SECONDS)
        yield loki


@contextmanager
def _container(reference: str, folder: Path, sections: Sections) -> Iterator[Loki]:
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    # Its reaper is one more image to pull; the block below removes the container.
    testcontainers_config.ryuk_disabled = True

    settings = configuration("/tmp/loki", {"http_listen_port": 3100}, sections)  # noqa: S108 (inside the container)
    path = _written(folder, settings)
    container = DockerContainer(reference).with_volume_mapping(str(path), "/etc/logmig/loki.yaml", "ro")
    with container.with_command("-config.file=/etc/logmig/loki.yaml").with_exposed_ports(3100) as started:
        loki = Loki(f"http://{started.get_container_host_ip()}:{started.get_exposed_port(3100)}")
        until = time.monotonic() + READY_SECONDS
        while not loki.ready():
            if time.monotonic() > until:
                raise WorldFailed(f"{reference} is not ready after {READY_SECONDS:.0f} s")
            time.sleep(POLL_EVERY)
        yield loki


def configuration(data: str, server: Mapping[str, object], sections: Sections) -> dict[str, object]:
    """Our settings with where this one listens, and what ``sections`` put over them."""
    ours = {**_settings(data), "server": {**SERVER, **server}}
    return {
        "auth_enabled": True,
        **ours,
        **{name: {**ours.get(name, {}), **settings} for name, settings in sections.items()},
    }


def _settings(data: str) -> dict[str, dict[str, object]]:
    """Loki for lines of any age in memory and on disk, without the caches and waits that only a cluster needs."""
    period = {
        "from": "1970-01-01",
        "store": "tsdb",
        "object_store": "filesystem",
        "schema": "v13",
        "index": {"prefix": "index_", "period": "24h"},
    }
    return {
        "analytics": {"reporting_enabled": False},
        "common": {
            "path_prefix": data,
            "replication_factor": 1,
            "instance_addr": "127.0.0.1",
            "ring": {"kvstore": {"store": "inmemory"}},
            "storage": {"filesystem": {"chunks_directory": f"{data}/chunks", "rules_directory": f"{data}/rules"}},
        },
        "schema_config": {"configs": [period]},
        # Without a look-back of years the querier does not ask the ingester for old lines until they are flushed; and
        # a stream refuses lines that are older than its newest one by more than half of the chunk age.
        "ingester": {
            "flush_check_period": "1s",
            "query_store_max_look_back_period": "2000000h",
            "max_chunk_age": "1200000h",
            "lifecycler": {"min_ready_duration": "0s", "final_sleep": "0s"},
        },
        "frontend": {"scheduler_dns_lookup_period": "200ms"},
        "frontend_worker": {"dns_lookup_duration": "200ms"},
        "query_range": {"cache_results": False, "cache_index_stats_results": False},
        "limits_config": {**LIMITS},
    }


LIMITS: Mapping[str, object] = {
    "reject_old_samples": False,
    "creation_grace_period": "87600h",
    "max_query_length": "0s",
    "split_queries_by_interval": "0s",
    "split_metadata_queries_by_interval": "876000h",
    "discover_service_name": [],
    "discover_log_levels": False,
    "ingestion_rate_mb": 1024,
    "ingestion_burst_size_mb": 1024,
    "per_stream_rate_limit": "1GB",
    "per_stream_rate_limit_burst": "1GB",
    "max_global_streams_per_user": 0,
    "max_entries_limit_per_query": 0,
    "max_query_series": 100_000,
}


def _written(folder: Path, settings: Mapping[str, object]) -> Path:
    import yaml

    path = folder / "loki.yaml"
    path.write_text(yaml.safe_dump(dict(settings), sort_keys=False), "utf-8")
    path.chmod(0o644)
    return path


def _stream(one: dict[str, Any]) -> Stream:
    return Stream(
        one["stream"],
        tuple(
            Entry(int(value[0]), value[1], value[2].get("structuredMetadata", {}) if len(value) > 2 else {})
            for value in one["values"]
        ),
    )


def _good(answer: Answer) -> Answer:
    if not answer.good:
        raise WorldFailed(f"Loki answered {answer.status}: {answer.text.strip()[:500]}")
    return answer
