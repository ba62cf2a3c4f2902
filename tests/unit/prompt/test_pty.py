"""The prompt on a real pseudo terminal: what a person sees and types."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

SECONDS = 60.0


def take_terminal() -> None:
    """As a login shell starts it. A job in the background would be deaf to Ctrl-C, and its children too."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command: tuple[str, ...], environment: dict[str, str]) -> None:
        self.master, slave = pty.openpty()
        os.set_blocking(self.master, False)
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, **environment},
            start_new_session=True,
            preexec_fn=take_terminal,
        )
        os.close(slave)
        self.seen = ""

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def until(self, text: str) -> None:
        """Read until the text is on the screen behind what was waited for before."""
        ends = time.monotonic() + SECONDS
        while text not in self.seen:
            assert time.monotonic() < ends, f"{text!r} did not come:\n{self.seen}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
                except OSError:
                    assert text in self.seen, self.seen
        self.seen = self.seen.partition(text)[2]


class SilentLoki(BaseHTTPRequestHandler):
    """Takes every question and answers none until the test is over."""

    asked: Event
    over: Event

    def do_POST(self) -> None:
        self.asked.set()
        self.over.wait(SECONDS)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def silent() -> Iterator[tuple[str, Event]]:
    """Its URL, and whether it was asked."""
    asked, over = Event(), Event()
    handler = type("Handler", (SilentLoki,), {"asked": asked, "over": over})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    over.set()
    server.shutdown()
    server.server_close()


def test_a_person_completes_stops_and_leaves(silent: tuple[str, Event], tmp_path: Path) -> None:
    """Tab completes, Ctrl-C stops a query that Loki does not answer, the prompt goes on, Ctrl-D leaves with 0."""
    url, asked = silent
    command = (sys.executable, "-m", "migrate.cli.main", "query", "--loki", url, "--cluster", "prod")
    terminal = Terminal(command, {"XDG_STATE_HOME": str(tmp_path), "TERM": "xterm", "LINES": "40", "COLUMNS": "120"})
    terminal.until("insights>")
    terminal.type("sta\t")
    terminal.until("stats")
    terminal.type(" count(*)\r")
    terminal.until("count(*)")
    assert asked.wait(SECONDS)
    terminal.type("\x03")
    terminal.until("cancelled")
    terminal.until("insights>")
    terminal.type("\\window 5m\r")
    terminal.until("the last 5m")
    terminal.until("insights>")
    terminal.type("\x04")
    assert terminal.process.wait(SECONDS) == 0
    history = tmp_path / "logmig" / "query-history"
    assert "+stats count(*)" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0
