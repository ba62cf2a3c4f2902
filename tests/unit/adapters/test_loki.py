"""The Loki adapter against a server on the wire: headers, retries, limits, and errors by what the caller can do."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from migrate.adapters.loki import Credentials, Endpoint, HttpLoki
from migrate.ports import (
    Direction,
    EntriesRequest,
    InstantRequest,
    LokiDenied,
    LokiHungUp,
    LokiLimit,
    LokiRejected,
    LokiUnreachable,
    RangeRequest,
)
from migrate.queries.fitting import Fitting

STREAMS = {
    "resultType": "streams",
    "encodingFlags": ["categorize-labels"],
    "result": [
        {
            "stream": {"app": "x"},
            "values": [["5", "한글", {"structuredMetadata": {"pod": "p"}, "parsed": {"a": "b"}}], ["6", "y", {}]],
        }
    ],
    "stats": {"summary": {"totalBytesProcessed": 7, "totalLinesProcessed": 2}},
}
REQUEST = EntriesRequest('{app="x"}', 1, 9, 100, Direction.FORWARD)


@dataclass
class Asked:
    path: str
    form: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Answers:
    """What the server says, one answer a request; the last one again and again."""

    queue: list[tuple[int, dict[str, str], bytes]]
    asked: list[Asked] = field(default_factory=list)

    def next(self) -> tuple[int, dict[str, str], bytes]:
        return self.queue.pop(0) if len(self.queue) > 1 else self.queue[0]


@contextmanager
def serving(
    *answers: tuple[int, dict[str, str], bytes], tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, Answers]]:
    """A server; an answer with status 0 is none: it hangs up."""
    told = Answers(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            told.asked.append(Asked(self.path, parse_qs(body), dict(self.headers)))
            status, headers, text = told.next()
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """The test says what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}", told
    finally:
        server.shutdown()
        server.server_close()


def good(data: object, zipped: bool = False) -> tuple[int, dict[str, str], bytes]:
    text = json.dumps({"status": "success", "data": data}).encode()
    return (200, {"Content-Encoding": "gzip"}, gzip.compress(text)) if zipped else (200, {}, text)


def bad(status: int, text: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, headers, text.encode()


def test_entries_come_with_their_metadata_and_what_loki_read() -> None:
    with serving(good(STREAMS, zipped=True)) as (url, told):
        page = HttpLoki(Endpoint(url)).entries(REQUEST)
    assert page.streams[0].labels == {"app": "x"}
    first, second = page.streams[0].entries
    assert (first.nanoseconds, first.line, first.metadata) == (5, "한글", {"pod": "p"})
    assert second.metadata == {}
    assert (page.size, page.bytes_read, page.lines_read) == (2, 7, 2)
    form = {name: values[0] for name, values in told.asked[0].form.items()}
    assert form == {"query": '{app="x"}', "start": "1", "end": "9", "limit": "100", "direction": "forward"}
    assert told.asked[0].headers["X-Loki-Response-Encoding-Flags"] == "categorize-labels"


def test_the_tenant_and_the_credentials_go_along() -> None:
    basic = Endpoint("x", "team", Credentials("me", "secret"))
    bearer = Endpoint("x", "", Credentials(bearer="token"))
    with serving(good(STREAMS)) as (url, told):
        for endpoint in (basic, bearer):
            HttpLoki(Endpoint(url, endpoint.tenant, endpoint.credentials)).entries(REQUEST)
    first, second = told.asked
    assert first.headers["X-Scope-OrgID"] == "team"
    assert first.headers["Authorization"] == "Basic " + base64.b64encode(b"me:secret").decode()
    assert second.headers["Authorization"] == "Bearer token"
    assert "secret" not in repr(basic)
    assert "token" not in repr(bearer)


def test_it_waits_as_long_as_the_server_asks_and_tries_again() -> None:
    waits: list[float] = []
    with serving(bad(429, "slow down", **{"Retry-After": "7"}), bad(503, "not ready"), good(STREAMS)) as (url, told):
        HttpLoki(Endpoint(url), waits.append).entries(REQUEST)
    assert len(told.asked) == 3
    assert waits[0] == 7
    assert 0 < waits[1] <= 10


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (bad(500, "ring is empty"), LokiUnreachable),
        (bad(502, "bad gateway"), LokiUnreachable),
        (bad(401, "no org id"), LokiDenied),
        (bad(400, "parse error at line 1, col 2: syntax error"), LokiRejected),
        (bad(404, "nothing here"), LokiRejected),
        ((200, {}, b"<html>a proxy</html>"), LokiUnreachable),
    ],
)
def test_errors_are_told_apart(answer: tuple[int, dict[str, str], bytes], error: type[Exception]) -> None:
    with serving(answer) as (url, _), pytest.raises(error):
        HttpLoki(Endpoint(url, attempts=2), lambda _: None).entries(REQUEST)


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("max entries limit per query exceeded, limit > max_entries_limit_per_query (6000 > 5000)",
         "max_entries_limit_per_query"),
        ("maximum of series (500) reached for a single query", "max_query_series"),
        ("the query time range exceeds the limit (query length: 800h, limit: 721h)", "max_query_length"),
        ("maximum number of series (500) reached for a single query; consider reducing query cardinality",
         "max_query_series"),
        ("the query would read too many bytes (query: 2 GB, limit: 1 GB)", "max_query_bytes_read"),
        ("query too large to execute on a single querier: (query: 2 GB, limit: 1 GB); consider adding more specific "
         "stream selectors, reduce the time range of the query, or adjust parallelization settings",
         "max_querier_bytes_read"),
        ("shard query is too large to execute on a single querier: (query: 2 GB, limit: 1 GB)",
         "max_querier_bytes_read"),
        ("stream selector is missing required matchers [app], labels present in the query were [pod]",
         "required_labels"),
        ("stream selector has less label matchers than required: (present: [a], number_present: 1, "
         "required_number_label_matchers: 2)", "minimum_labels_number"),
        ("[interval] value exceeds limit", "max_query_range"),
    ],
)  # fmt: skip
def test_a_limit_names_the_setting_to_raise(text: str, setting: str) -> None:
    with serving(bad(400, text)) as (url, _), pytest.raises(LokiLimit) as refused:
        HttpLoki(Endpoint(url)).entries(REQUEST)
    assert refused.value.setting == setting
    assert refused.value.exit_code == 1
    assert setting in refused.value.remedy


def test_a_limit_of_loki_itself_is_no_limit_of_the_tenant() -> None:
    text = "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)"
    with serving(bad(500, text)) as (url, told), pytest.raises(LokiLimit) as refused:
        HttpLoki(Endpoint(url), lambda _: None).entries(REQUEST)
    assert len(told.asked) == 1
    assert "server.grpc_server_max_recv_msg_size" in refused.value.remedy


def test_who_hangs_up_twice_has_no_answer() -> None:
    with serving(bad(0, "")) as (url, told), pytest.raises(LokiHungUp) as failed:
        HttpLoki(Endpoint(url), lambda _: None).entries(REQUEST)
    assert len(told.asked) == 2
    assert "grpc_server_max_send_msg_size" in failed.value.remedy
    with serving(bad(0, ""), good(STREAMS)) as (url, _):
        assert HttpLoki(Endpoint(url), lambda _: None).entries(REQUEST).size == 2


def test_an_answer_that_loki_cannot_give_is_asked_for_in_smaller_ones() -> None:
    with serving(bad(0, ""), bad(0, ""), bad(500, "trying to send message larger than max"), good(STREAMS)) as (
        url,
        told,
    ):
        fitting = Fitting(HttpLoki(Endpoint(url), lambda _: None), entry=1)
        page, asked = fitting.ask(replace(REQUEST, limit=4000))
    assert (page.size, asked) == (2, 1000)
    assert [one.form["limit"] for one in told.asked] == [["4000"], ["4000"], ["2000"], ["1000"]]
    assert fitting.entry == page.answer_bytes // 2


def test_nobody_listening_is_the_worlds_failure() -> None:
    with pytest.raises(LokiUnreachable) as failed:
        HttpLoki(Endpoint("http://127.0.0.1:9", attempts=2), lambda _: None).entries(REQUEST)
    assert failed.value.exit_code == 3
    assert failed.value.message == (
        "http://127.0.0.1:9 cannot be reached: Failed to establish a new connection: [Errno 111] Connection refused"
    )


def test_an_address_that_never_answered_is_given_up_soon() -> None:
    waits: list[float] = []
    with pytest.raises(LokiUnreachable):
        HttpLoki(Endpoint("http://127.0.0.1:9"), waits.append).entries(REQUEST)
    with serving(good(STREAMS)) as (url, _):
        known = HttpLoki(Endpoint(url), waits.append)
        known.entries(REQUEST)
    assert (len(waits), sum(waits) < 2) == (2, True)
    with pytest.raises(LokiUnreachable):
        known.entries(REQUEST)
    assert len(waits) == 7


def test_metrics_come_as_series_of_nanoseconds() -> None:
    vector = {"resultType": "vector", "result": [{"metric": {"a": "b"}, "value": [1.5, "3"]}]}
    matrix = {"resultType": "matrix", "result": [{"metric": {}, "values": [[60, "1"], [120, "2.5"]]}]}
    with serving(good(vector), good(matrix)) as (url, told):
        loki = HttpLoki(Endpoint(url))
        instant = loki.instant(InstantRequest("q", 1_500_000_001))
        ranged = loki.range(RangeRequest("q", 0, 10**11, 6 * 10**10))
    assert instant.series[0].points == ((1_500_000_000, 3.0),)
    assert ranged.series[0].points == ((60 * 10**9, 1.0), (120 * 10**9, 2.5))
    assert told.asked[0].form["time"] == ["1500000001"]
    assert told.asked[1].form["step"] == ["60"]


def test_a_loki_without_volumes_does_not_say_what_it_holds() -> None:
    volumes = [{"metric": {"a": one}, "value": [60, size]} for one, size in (("b", "70"), ("c", "30"))]
    with serving(good({"resultType": "vector", "result": volumes}), (404, {}, b"not found")) as (url, told):
        loki = HttpLoki(Endpoint(url))
        assert [loki.held('{a=~".+"}', 5, 9) for _ in range(2)] == [100, 0]
    assert told.asked[0].path == "/loki/api/v1/index/volume"


@pytest.mark.parametrize("suffix", ["", "/", "/loki/api/v1", "/loki/api/v1/"])
def test_the_url_may_name_the_api(suffix: str) -> None:
    with serving(good(STREAMS)) as (url, told):
        HttpLoki(Endpoint(url + suffix)).entries(REQUEST)
    assert told.asked[0].path == "/loki/api/v1/query_range"
