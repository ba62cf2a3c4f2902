"""The bundled cluster for real: its API with its pods, its node's files, the planned agent, and a Loki to look into."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from migrate.adapters.node_world import read_world
from migrate.errors import WorldFailed
from migrate.lab.agents import run_agent
from migrate.lab.control_plane import ControlPlane, running_control_plane
from migrate.lab.engines.alloy import ALLOY
from migrate.lab.engines.engine import Engine, EngineMissing
from migrate.lab.engines.etcd import ETCD
from migrate.lab.engines.kubernetes import APISERVER
from migrate.lab.engines.loki import LOKI
from migrate.lab.engines.promtail import PROMTAIL
from migrate.lab.engines.provide import provide, provide_binary
from migrate.lab.gateway import gateway
from migrate.lab.golden_table import verdict_text
from migrate.lab.loki import FIRST_NS, Loki, running_loki, tomorrow
from migrate.lab.node import Node
from migrate.lab.pairing import Judge, entries_of, pair
from migrate.planning.document import parse_plan
from migrate.simulation import Record as Sent
from migrate.simulation import Wanted, comparable, lines_of, simulate
from translators.catalog_json import from_json
from translators.diagnostics import Agent
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.comparison import Record, Verdict
from translators.pipeline.world import World
from translators.workload.model import CONFIG_FILES

FOLDER = Path(__file__).parent
MANIFEST, NODE, PODS = FOLDER / "fluent-bit.yaml", FOLDER / "node", FOLDER / "pods.json"
AGENTS: Mapping[Agent, Engine] = {Agent.PROMTAIL: PROMTAIL, Agent.ALLOY: ALLOY}
JOURNAL = "var/log/journal"
"""Every node has one, and Promtail does not start without; git keeps no empty folder."""
YEAR_NS = 366 * 86_400 * 1_000_000_000
"""Syslog lines have no year: what March says may be of a March to come."""


@dataclass(frozen=True)
class Parts:
    """What runs, and what Fluent Bit's evaluator says of the same lines."""

    folder: Path
    loki: Loki
    control_plane: ControlPlane
    pods: Sequence[Mapping[str, object]]
    world: World
    outputs: Sequence[Sequence[Record]]


@dataclass(frozen=True)
class Replayed:
    """What an agent put into Loki, judged by what Fluent Bit sends to CloudWatch."""

    agent: Agent
    verdicts: tuple[Verdict, ...]
    entries: int
    streams: int
    seconds: float

    @property
    def equal(self) -> int:
        return sum(verdict.equal for verdict in self.verdicts)

    def differences(self) -> list[str]:
        """A line for each record or entry that differs."""
        return [verdict_text(verdict) for verdict in self.verdicts if not verdict.equal]


def find_engines() -> tuple[list[Agent], list[EngineMissing]]:
    """The agents that can run here, and what is missing. What can be built is built, which it says.

    Nothing more is built once a part is missing that every agent needs.
    """
    for engine in (LOKI, ETCD, APISERVER):
        lacking = _missing(engine)
        if lacking is not None:
            return [], [lacking]
    tried = {agent: _missing(engine) for agent, engine in AGENTS.items()}
    able = [agent for agent, lacking in tried.items() if lacking is None]
    return able, [lacking for lacking in tried.values() if lacking is not None]


def _missing(engine: Engine) -> EngineMissing | None:
    try:
        # Only Loki may be a container: the others run on the node that we make.
        provide(engine) if engine is LOKI else provide_binary(engine)
    except EngineMissing as missing:
        return missing
    return None


@contextmanager
def running_parts(folder: Path) -> Iterator[Parts]:
    """Loki and the cluster's API with its pods, until the block ends."""
    pods = json.loads(PODS.read_text("utf-8"))["items"]
    world = read_world(NODE, PODS, time.time_ns(), arriving=False)
    outputs = _sent(world)
    with ExitStack() as running:
        loki = running.enter_context(running_loki(folder / "loki"))
        plane = running.enter_context(running_control_plane(folder / "control-plane"))
        plane.place(pods)
        yield Parts(folder, loki, plane, pods, world, outputs)


def _sent(world: World) -> list[list[Record]]:
    """What each output of Fluent Bit sends to CloudWatch."""
    reading = read({MANIFEST.name: MANIFEST.read_bytes()}, ReadOptions())
    outputs: dict[str, list[Record]] = {}
    for record in simulate(reading, world, {}, Wanted(agents=())).records:
        _keep(outputs, record)
    return list(outputs.values())


def _keep(outputs: dict[str, list[Record]], record: Sent) -> None:
    if record.sent.group is not None:
        outputs.setdefault(record.sent.output, []).append(comparable(record))


def replay_all(parts: Parts, plan: Path, agents: Sequence[Agent]) -> list[Replayed]:
    """Each agent on a node of its own, at the same time."""
    with ThreadPoolExecutor(len(agents)) as pool:
        return list(pool.map(partial(replay, parts, plan), agents))


def replay(parts: Parts, plan: Path, agent: Agent) -> Replayed:
    """Run the agent with the plan's configuration, byte for byte, on a node of its own into a tenant of its name."""
    started = time.monotonic()
    root = parts.folder / str(agent) / "node"
    shutil.copytree(NODE, root)
    (root / JOURNAL).mkdir()
    tenant = parts.loki.tenant(str(agent))
    push_url = parse_plan((plan / "plan.json").read_text("utf-8")).destination.loki_url
    configuration = (plan / str(agent) / CONFIG_FILES[agent]).read_text("utf-8")
    paths = frozenset(extent.path for output in parts.outputs for one in output for extent in one.origin.extents)
    with gateway(push_url, tenant) as played:
        node = Node(root, _node_name(parts.world), played.hosts, parts.control_plane.access)
        run_agent(agent, configuration, node, frozenset(path for path in paths if path.startswith("/")))
        if played.refusals:
            raise WorldFailed(f"Loki refused what {agent} sent: {played.refusals[0]}")
    streams = tenant.everything(FIRST_NS, tomorrow() + YEAR_NS)
    found = entries_of(streams)
    catalog = from_json((plan / "catalog.json").read_text("utf-8"), "catalog.json")
    verdicts = pair(parts.outputs, found, Judge(catalog, lines_of(parts.world)))
    return Replayed(agent, verdicts, len(found), len(streams), time.monotonic() - started)


def _node_name(world: World) -> str:
    return next(pod.node for pod in world.pods if pod.node)
