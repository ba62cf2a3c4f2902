"""Loki over HTTP: the only place that knows its API, its answers and its errors."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import requests
import urllib3

from migrate.adapters.chunk_edges import SECOND, around, before, entries_from
from migrate.ports import (
    EntriesRequest,
    Entry,
    InstantRequest,
    LokiDenied,
    LokiHungUp,
    LokiLimit,
    LokiRejected,
    LokiUnreachable,
    Page,
    RangeRequest,
    Series,
    Stream,
    Vector,
    Volume,
)

_CATEGORIZE = {"X-Loki-Response-Encoding-Flags": "categorize-labels"}
_LIMITS: tuple[tuple[str, str], ...] = (
    (r"max_entries_limit", "max_entries_limit_per_query"),
    (r"maximum (number )?of series", "max_query_series"),
    (r"query time range exceeds the limit", "max_query_length"),
    (r"exceeded maximum resolution", "max_query_length"),
    (r"to execute on a single querier", "max_querier_bytes_read"),
    (r"would read too many bytes", "max_query_bytes_read"),
    (r"max(imum)? streams? matched|limit.*unique label pairs", "max_streams_matchers_per_query"),
    (r"max_chunks_per_query|the query hit the max number of chunks", "max_chunks_per_query"),
    (r"too many outstanding requests", "max_outstanding_requests_per_tenant"),
    (r"message larger than max", "grpc_server_max_recv_msg_size"),
    (r"\[interval\] value exceeds limit", "max_query_range"),
    (r"missing required matchers", "required_labels"),
    (r"less label matchers than required", "minimum_labels_number"),
    (r"querying is disabled", "max_query_parallelism"),
    (r"blocked by policy", "blocked_queries"),
    (r"data is no longer available|max_query_lookback", "max_query_lookback"),
    (r"query timed out|request timed out|context deadline exceeded", "query_timeout"),
)
_RETRIED = frozenset({429, 500, 502, 503, 504})
_NOT_RETRIED = frozenset({"query_timeout", "grpc_server_max_recv_msg_size", "max_query_parallelism"})
"""Limits that another attempt meets again."""
STRANGER = 3
"""Attempts at an address that never answered: a mistyped one is told in two seconds, not in fifteen."""
_NEAR = "correct --loki; where Loki runs in a cluster: kubectl port-forward -n loki svc/loki-gateway 3100:80"
_NO_METADATA: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Credentials:
    """How we show who we are; the secrets come from the environment or from files, never from arguments."""

    username: str = ""
    password: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Loki is and how patient we are. ``authorities``: a file of certificates, empty for the system's."""

    url: str
    tenant: str = ""
    credentials: Credentials = Credentials()
    authorities: str = ""
    verify: bool = True
    timeout: float = 75.0
    attempts: int = 6


class HttpLoki:
    """The Loki port over HTTP; one connection pool, safe for threads.

    What to trust goes along with each request: a session's choice gives way to REQUESTS_CA_BUNDLE.
    """

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep, connections: int = 8) -> None:
        self._endpoint = endpoint
        self._sleep = sleep
        self._base = endpoint.url.rstrip("/").removesuffix("/loki/api/v1")
        self._session = _session(endpoint, connections)
        self._verify = endpoint.authorities or endpoint.verify
        self._met = False

    def entries(self, request: EntriesRequest) -> Page:
        return entries_from(self._entries, request)

    def _entries(self, request: EntriesRequest) -> Page:
        parameters = {
            "query": request.logql,
            "start": str(request.start),
            "end": str(request.end),
            "limit": str(request.limit),
            "direction": str(request.direction),
        }
        answer = self._post("query_range", parameters, _CATEGORIZE)
        data = _data(answer)
        streams = tuple(_stream(one) for one in data["result"])
        return Page(streams, *_read(data), len(answer.content))

    def instant(self, request: InstantRequest) -> Vector:
        data = self._get("query", {"query": request.logql, "time": str(request.time), "limit": "5000"})
        return Vector(tuple(_series(one["metric"], [one["value"]]) for one in data["result"]), *_read(data))

    def range(self, request: RangeRequest) -> Vector:
        parameters = {
            "query": request.logql,
            "start": str(request.start),
            "end": str(request.end),
            "step": f"{request.step / 1e9:g}" if request.step % 10**9 else str(request.step // 10**9),
        }
        data = self._get("query_range", parameters)
        return Vector(tuple(_series(one["metric"], one["values"]) for one in data["result"]), *_read(data))

    def volume(self, selector: str, start: int, end: int) -> Volume:
        data = self._get("index/stats", {"query": selector, "start": str(before(start)), "end": str(end)})
        return Volume(data["streams"], data["chunks"], data["bytes"], data["entries"])

    def held(self, selector: str, start: int, end: int) -> int:
        """Volumes are a feature that can be off; Loki then answers 404."""
        parameters = {"query": selector, "start": str(before(start)), "end": str(end)}
        try:
            found = self._get("index/volume", parameters)["result"]
        except LokiRejected:
            return 0
        return sum(int(one["value"][1]) for one in found)

    def series(self, selector: str, start: int, end: int) -> tuple[Mapping[str, str], ...]:
        first, last = around(start, end, random.randrange(SECOND))  # noqa: S311
        found: tuple[Mapping[str, str], ...] = tuple(
            self._get("series", {"match[]": selector, "start": str(first), "end": str(last)}) or ()
        )
        return found

    def version(self) -> str:
        """What Loki says that it is; empty where a gateway hides it."""
        try:
            answer = self._session.get(
                f"{self._base}/loki/api/v1/status/buildinfo", timeout=self._timeouts(), verify=self._verify
            )
            return str(answer.json()["version"])
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return ""

    def _get(self, path: str, parameters: Mapping[str, str]) -> Any:
        """The ``data`` of an answer."""
        return _data(self._post(path, parameters, _NO_METADATA))

    def _post(self, path: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> requests.Response:
        """A good answer. A POST, since a query may be longer than what proxies take in a URL."""
        url = f"{self._base}/loki/api/v1/{path}"
        for attempt in range(1, self._endpoint.attempts + 1):
            try:
                answer = self._session.post(
                    url, data=parameters, headers=headers, timeout=self._timeouts(), verify=self._verify
                )
            except requests.exceptions.SSLError as failure:
                raise LokiDenied(
                    f"{self._base}: {_cause(failure)}", "check --ca-file, --cert-file and --key-file"
                ) from failure
            except requests.RequestException as failure:
                if (
                    attempt > 1
                    and isinstance(failure, requests.ConnectionError)
                    and "RemoteDisconnected" in repr(failure)
                ):
                    raise LokiHungUp(self._base) from failure
                if attempt == self._endpoint.attempts or (attempt >= STRANGER and not self._met):
                    raise LokiUnreachable(f"{self._base} cannot be reached: {_cause(failure)}", _NEAR) from failure
                self._wait(attempt, None)
                continue
            self._met = True
            if answer.status_code < 300:
                return answer
            self._raise_if_final(answer, attempt)
            self._wait(attempt, answer.headers.get("Retry-After"))
        raise LokiUnreachable(f"{self._base} cannot be reached")

    def _timeouts(self) -> tuple[float, float]:
        return min(10.0, self._endpoint.timeout), self._endpoint.timeout

    def _raise_if_final(self, answer: requests.Response, attempt: int) -> None:
        text = answer.text.strip()[:500]
        status = answer.status_code
        setting = next((name for pattern, name in _LIMITS if re.search(pattern, text, re.IGNORECASE)), None)
        if setting and (
            (status < 500 and status != 429) or attempt == self._endpoint.attempts or setting in _NOT_RETRIED
        ):
            raise LokiLimit(f"Loki refuses: {text}", setting)
        if status in (401, 403):
            raise LokiDenied(f"{self._base} answered {status}: {text}", "check the tenant and the credentials")
        if status not in _RETRIED:
            raise LokiRejected(f"{self._base} answered {status}: {text}")
        if attempt == self._endpoint.attempts:
            raise LokiUnreachable(f"{self._base} answered {status}: {text}")

    def _wait(self, attempt: int, retry_after: str | None) -> None:
        """As long as the server asks for, else ever longer, at random so that clients do not march in step."""
        if retry_after and retry_after.isdigit():
            self._sleep(min(float(retry_after), 60.0))
        else:
            self._sleep(min(0.25 * 2**attempt, 10.0) * random.uniform(0.5, 1.0))  # noqa: S311


def _session(endpoint: Endpoint, connections: int) -> requests.Session:
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=connections)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.headers["Accept-Encoding"] = "gzip"
    if not endpoint.verify:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    if endpoint.tenant:
        session.headers["X-Scope-OrgID"] = endpoint.tenant
    credentials = endpoint.credentials
    if credentials.username:
        session.auth = (credentials.username, credentials.password)
    elif credentials.bearer:
        session.auth = _Bearer(credentials.bearer)
    if credentials.certificate:
        session.cert = (credentials.certificate, credentials.key) if credentials.key else credentials.certificate
    return session


class _Bearer(requests.auth.AuthBase):
    """A token that no .netrc replaces, as it would replace a header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _data(answer: requests.Response) -> Any:
    try:
        body = orjson.loads(answer.content)
    except orjson.JSONDecodeError as failure:
        raise LokiUnreachable(f"{answer.url} did not answer as Loki does: {answer.text[:200]!r}") from failure
    return body.get("data", body) if isinstance(body, dict) else body


def _stream(one: dict[str, Any]) -> Stream:
    return Stream(
        one["stream"],
        tuple(
            Entry(
                int(value[0]),
                value[1],
                value[2].get("structuredMetadata", _NO_METADATA) if len(value) > 2 else _NO_METADATA,
            )
            for value in one["values"]
        ),
    )


def _series(labels: Mapping[str, str], values: list[list[Any]]) -> Series:
    return Series(labels, tuple((round(float(stamp) * 1000) * 1_000_000, float(value)) for stamp, value in values))


def _read(data: dict[str, Any]) -> tuple[int, int]:
    summary = data.get("stats", {}).get("summary", {})
    return summary.get("totalBytesProcessed", 0), summary.get("totalLinesProcessed", 0)


def _cause(failure: Exception) -> str:
    """The innermost reason, without the memory addresses and the objects of the HTTP library."""
    reason = getattr(failure.args[0], "reason", failure.args[0]) if failure.args else failure
    return re.sub(r"<[^>]*>:? ?|\bHTTPS?Connection(Pool)?\([^)]*\): ", "", str(reason)) or type(failure).__name__
