"""Ctrl-C leaves at once, with 130 and without a traceback, also while Loki does not answer."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

GOOD = {
    "stats": {"streams": 1, "chunks": 1, "bytes": 100_000, "entries": 50_000},
    "series": {"status": "success", "data": []},
}


@pytest.fixture
def silent() -> Iterator[tuple[str, threading.Event]]:
    """A Loki that tells of its index and keeps silent about its lines, and when it was asked for some."""
    asked, over = threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            known = GOOD.get(self.path.rpartition("/")[2])
            if known is None:
                asked.set()
                over.wait(60)
                return
            text = json.dumps(known).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """The test says what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    over.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("query", ["stats count(*)", "stats avg(strlen(log))", "fields log | limit 3"])
def test_a_query_is_left_at_once(query: str, silent: tuple[str, threading.Event]) -> None:
    url, asked = silent
    command = [
        sys.executable,
        "-m",
        "migrate.cli.main",
        "query",
        "--loki",
        url,
        "--log-group",
        "/aws/containerinsights/c/application",
        "--since",
        "3h",
        query,
    ]
    running = subprocess.Popen(
        ["env", "--default-signal=INT", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert asked.wait(30)
    running.send_signal(signal.SIGINT)
    printed, said = running.communicate(timeout=20)
    assert (running.returncode, printed) == (130, "")
    assert "interrupted" in said
    assert "Traceback" not in said
