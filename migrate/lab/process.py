"""An engine as a process of ours: its log in a file, waited for by asking, stopped with its children."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from migrate.errors import WorldFailed

SHOWN_LINES = 15
POLL_EVERY = 0.1


def free_port(address: str = "127.0.0.1") -> int:
    """A port that the kernel says nobody has."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


def _leash() -> tuple[str, ...]:
    """Where the kernel can do it, an engine ends with us however we end."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL") if setpriv else ()


@dataclass
class Process:
    """A command while it runs: ``with Process(...)``. Its output goes to ``log``."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    stop_seconds: float = 15.0
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Process:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._running = subprocess.Popen(
                (*_leash(), *self.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                cwd=self.folder,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def _popen(self) -> subprocess.Popen[bytes]:
        if self._running is None:
            raise WorldFailed(f"{self.name} was not started")
        return self._running

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Ask until the answer is yes; raise with the end of the log when the process ends or the time is over."""
        until = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise WorldFailed(f"{self.name} ended ({self._popen.returncode}) before {what}:\n{self.tail()}")
            if time.monotonic() > until:
                raise WorldFailed(f"{self.name}: no {what} in {seconds:.0f} s:\n{self.tail()}")
            time.sleep(POLL_EVERY)

    def stop(self) -> int:
        """Ask it to end, insist after a while, and leave no child behind. Returns its exit status."""
        running = self._popen
        if running.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                running.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
        self._signal(signal.SIGKILL)
        return running.wait()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._signal(signal.SIGKILL)
        self._popen.wait()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._popen.pid, number)
        except ProcessLookupError:
            return

    def tail(self) -> str:
        """The end of its log, for messages."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-SHOWN_LINES:])
