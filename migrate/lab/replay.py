"""Golden cases through real agents into a real Loki: many nodes at once, each with its own files, on one API server."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.lab.agents import run_agent
from migrate.lab.cases import Case, waves
from migrate.lab.control_plane import ControlPlane, running_control_plane
from migrate.lab.gateway import gateway
from migrate.lab.loki import FIRST_NS, Loki, running_loki, tomorrow
from migrate.lab.node import Node
from migrate.ports import Stream
from translators.diagnostics import Agent

AT_ONCE = 6
MARGIN_NS = 3_600_000_000_000
TAIL = 2000


@dataclass(frozen=True)
class Task:
    """One case through one agent. ``paths`` are files that it must read before it can be done."""

    case: Case
    agent: Agent
    configuration: str
    push_url: str
    paths: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What Loki holds after it; ``failure`` says why the agent or Loki did not do their part, empty when they did."""

    task: Task
    streams: tuple[Stream, ...] = ()
    failure: str = ""


@dataclass(frozen=True)
class Lab:
    """The parts that all replays share."""

    folder: Path
    loki: Loki
    control_plane: ControlPlane

    def replay(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Run all tasks, several at a time; the outcomes come in the order of the waves."""
        for group in waves({task.case.name: task.case for task in tasks}.values()):
            names = {case.name for case in group}
            self.control_plane.remove_pods()
            self.control_plane.place([pod for case in group for pod in case.pods])
            with ThreadPoolExecutor(AT_ONCE) as pool:
                yield from pool.map(self.replay_one, [task for task in tasks if task.case.name in names])

    def replay_one(self, task: Task) -> Outcome:
        """Run one task; the API server must hold its pods already."""
        name = re.sub(r"[^a-z0-9-]", "-", f"{task.case.name}-{task.agent}")
        root = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder)) / "node"
        task.case.lay_out(root)
        tenant = self.loki.tenant(name)
        try:
            with gateway(task.push_url, tenant) as played:
                node = Node(root, task.case.hostname, played.hosts, self.control_plane.access)
                run_agent(task.agent, task.configuration, node, task.paths)
        except WorldFailed as failure:
            return Outcome(task, failure=failure.message[-TAIL:])
        streams = tuple(stream for window in _windows(task.case) for stream in tenant.everything(*window))
        refused = f"Loki refused: {played.refusals[0]}" if played.refusals else ""
        return Outcome(task, streams, refused)


def _windows(case: Case) -> list[tuple[int, int]]:
    """The window of all times that make sense, and what it takes to reach recorded times before and after it."""
    first, last = FIRST_NS, tomorrow()
    times = [record["time_ns"] for record in case.records if record["time_ns"] is not None]
    before = [(min(times) - MARGIN_NS, first)] if times and min(times) < first else []
    after = [(last, max(times) + MARGIN_NS)] if times and max(times) >= last else []
    return [*((max(0, start), end) for start, end in before), (first, last), *after]


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """A Loki and a control plane for replays, with everything in ``folder``."""
    with ExitStack() as running:
        loki = running.enter_context(running_loki(folder / "loki"))
        plane = running.enter_context(running_control_plane(folder / "control-plane"))
        nodes = folder / "nodes"
        nodes.mkdir()
        yield Lab(nodes, loki, plane)
