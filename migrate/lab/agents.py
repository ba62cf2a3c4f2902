"""Promtail and Alloy, run with a configuration as it was emitted, on a node of our own, until nothing is left to do."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import assert_never

from migrate.errors import WorldFailed
from migrate.lab.engines.alloy import ALLOY
from migrate.lab.engines.engine import Binary
from migrate.lab.engines.promtail import PROMTAIL
from migrate.lab.engines.provide import provide_binary
from migrate.lab.http import Client
from migrate.lab.node import Node
from migrate.lab.process import Process, free_port
from translators.diagnostics import Agent

STORAGE = "/var/lib/alloy/data"
READ_LINES = {
    Agent.PROMTAIL: re.compile(r'^promtail_read_lines_total\{path="(?P<path>.*)"\} (?P<value>\S+)$', re.M),
    Agent.ALLOY: re.compile(r'^loki_source_file_read_lines_total\{.*?path="(?P<path>/.*)"\} (?P<value>\S+)$', re.M),
}
PROGRESS = re.compile(
    r"^(?:promtail|loki_source|loki_process|loki_write)_\w*(?:lines|entries|bytes|active|dropped)\w*(?:\{.*\})? \S+$",
    re.M,
)
POLL_EVERY = 0.25
DISCOVERY_SECONDS = 7.0
"""Both agents hand over discovered targets every 5 seconds."""


@dataclass(frozen=True)
class Patience:
    """How long nothing must have happened before the agent counts as done, and when to give up waiting for that."""

    quiet_seconds: float = 2.5
    at_least: float = 1.0
    at_most: float = 60.0
    paths: frozenset[str] = frozenset()
    """Files that it must have begun to read."""

    @classmethod
    def for_configuration(cls, text: str, paths: frozenset[str] = frozenset()) -> Patience:
        """Longer where the configuration waits by itself: for a multiline group to end, for a discovery to answer."""
        quiet = 5.0 if "multiline" in text else 2.5
        discovers = "kubernetes_sd_configs" in text or "discovery.kubernetes" in text
        return cls(quiet, DISCOVERY_SECONDS if discovers else 1.0, paths=paths)


@dataclass(frozen=True)
class RunningAgent:
    """An agent while it runs."""

    agent: Agent
    node: Node
    process: Process
    client: Client

    def ready(self) -> bool:
        """Whether it has started. Promtail's /ready also asks for a file to tail, which a node may not have."""
        if self.agent is Agent.ALLOY:
            return self.client.get("/-/ready").good
        answer = self.client.get("/ready")
        return answer.good or "Unable to find any logs to tail" in answer.text

    def read_lines(self) -> Mapping[str, int]:
        """How many lines of each file it has read."""
        text = self.client.get("/metrics").text
        return {found["path"]: int(float(found["value"])) for found in READ_LINES[self.agent].finditer(text)}

    def wait_until_idle(self, patience: Patience) -> None:
        """Return when all files are read and nothing has changed for a while; raise when it ends by itself."""
        started = changed = time.monotonic()
        before: tuple[str, ...] = ()
        while True:
            now = time.monotonic()
            progress = tuple(PROGRESS.findall(self.client.get("/metrics").text))
            if progress != before:
                before, changed = progress, now
            quiet, age = now - changed, now - started
            if age > patience.at_most or (age > patience.at_least and self._done(patience, quiet)):
                return
            if not self.process.alive:
                raise WorldFailed(f"{self.agent} ended while it ran:\n{self.process.tail()}")
            time.sleep(POLL_EVERY)

    def _done(self, patience: Patience, quiet: float) -> bool:
        if quiet < patience.quiet_seconds:
            return False
        lines = self.read_lines()
        whole = all(self._lines_of(path) <= count for path, count in lines.items())
        # A file that is read from its middle or end never gets whole: a longer silence has to do.
        return (whole and patience.paths <= lines.keys()) or quiet > 3 * patience.quiet_seconds

    def _lines_of(self, path: str) -> int:
        try:
            return self.node.inside(path).read_bytes().count(b"\n")
        except OSError:
            return 0


@contextmanager
def running_agent(
    agent: Agent, configuration: str, node: Node, arguments: tuple[str, ...] = ()
) -> Iterator[RunningAgent]:
    """The agent, started on the node with this configuration byte for byte; with the block it ends."""
    node.prepare()
    inside = node.write(
        "run/logmig/promtail.yaml" if agent is Agent.PROMTAIL else "run/logmig/config.alloy", configuration
    )
    port = free_port()
    command = (*_command(agent, inside, port), *arguments)
    process = Process(str(agent), node.command(*command), node.root / f"{agent}.log", node.environment)
    running = RunningAgent(agent, node, process, Client(f"http://127.0.0.1:{port}", seconds=5))
    with process:
        process.wait_until(running.ready, "it was ready")
        yield running


def run_agent(agent: Agent, configuration: str, node: Node, paths: frozenset[str] = frozenset()) -> str:
    """Run the agent on the node until it has read and sent everything. Returns its log."""
    with running_agent(agent, configuration, node) as running:
        running.wait_until_idle(Patience.for_configuration(configuration, paths))
    return running.process.log.read_text("utf-8", "replace")


def _command(agent: Agent, configuration: str, port: int) -> tuple[str, ...]:
    """Flags win over the file, so that many agents fit on one machine and the file stays as it was emitted."""
    match agent:
        case Agent.PROMTAIL:
            listen = ("-server.http-listen-address=127.0.0.1", f"-server.http-listen-port={port}")
            grpc = ("-server.grpc-listen-address=127.0.0.1", "-server.grpc-listen-port=0")
            return (*_binary(agent).command, f"-config.file={configuration}", *listen, *grpc)
        case Agent.ALLOY:
            flags = ("--disable-reporting", f"--storage.path={STORAGE}", f"--server.http.listen-addr=127.0.0.1:{port}")
            return (*_binary(agent).command, "run", *flags, configuration)
        case _:
            assert_never(agent)


def _binary(agent: Agent) -> Binary:
    return provide_binary(PROMTAIL if agent is Agent.PROMTAIL else ALLOY)
