"""The verb ``simulate``: the user's own log lines on both sides, what differs, and why."""

from __future__ import annotations

import json
import os
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.cli.inputs import (
    Cluster,
    Environment,
    EnvironmentFile,
    FirstPartTime,
    LabelsFile,
    LabelsFrom,
    Lenient,
    Paths,
    PodLabel,
    environment_of,
    load,
    read_inputs,
)
from migrate.cli.plan import overrides_of
from translators.diagnostics import Agent, Refused
from translators.pipeline.model import Discovery

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from translators.fluentbit.configuration import Configuration
    from translators.pipeline.world import World

BYTES_A_SECOND = 200_000
"""About what the evaluators of both agents read."""
LONGEST_SCRIPT = 1 << 20


class Output(StrEnum):
    """text: side by side; json: the totals and differences; jsonl: every record and entry, one a line."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


def command(
    paths: Paths,
    logs: Annotated[Path, typer.Option(metavar="ROOT", help="A folder that holds var/log/… as a node does.")],
    pods: Annotated[
        Path | None, typer.Option(metavar="FILE|DIR", help="`kubectl get pods -A -o json`, or a folder of Pods.")
    ] = None,
    env: Environment = None,
    env_file: EnvironmentFile = None,
    cluster: Cluster = "",
    arriving: Annotated[bool, typer.Option("--arriving", help="Treat the lines as written after the start.")] = False,
    agent: Annotated[Agent | None, typer.Option(help="Only this agent; by default both.")] = None,
    discovery: LabelsFrom = Discovery.KUBERNETES,
    pod_label: PodLabel = False,
    labels: LabelsFile = None,
    first_part_time: FirstPartTime = False,
    limit: Annotated[int, typer.Option(min=0, help="How many records to show side by side (text).")] = 20,
    lenient: Lenient = False,
    format: Annotated[Output, typer.Option(help="text: side by side; jsonl: every record and entry.")] = Output.TEXT,
) -> None:
    """Show what Fluent Bit sends and what the new agent puts into Loki, for your own log files, and what differs.

    Nothing runs and nothing is sent: both sides are evaluated. Exit code 2 when Fluent Bit would refuse to start.

    Example: logmig simulate fluent-bit.yaml --logs ./node --pods pods.json --cluster prod
    """
    from migrate.adapters.node_world import read_world
    from migrate.simulation import Wanted, hidden_by_start, simulate
    from translators.collection import TranslateOptions

    environment = environment_of(env, env_file)
    inputs = load(paths)
    world = read_world(logs, pods, time.time_ns(), arriving)
    reading = read_inputs(inputs, paths, cluster, environment, lenient)
    read = {path: text.encode("utf-8", "surrogateescape") for path, text in reading.files.items()}
    files = {**scripts(paths), **{name.rpartition("/")[2]: data for name, data in (*inputs.items(), *read.items())}}
    agents = tuple(Agent) if agent is None else (agent,)
    options = TranslateOptions(
        reading.cluster,
        discovery,
        pod_label=pod_label,
        overrides=overrides_of(labels),
        first_part_time=first_part_time,
    )
    wanted = Wanted(options, agents, hostname_of(environment))
    hidden = hidden_by_start(reading.configuration, world, files)
    if hidden:
        _say_hidden(format)
    _say_long(world)
    simulation = simulate(reading, world, files, wanted)
    nothing = not hidden and not simulation.records
    for remark in (*simulation.remarks, *(_about_nothing(reading.configuration, world) if nothing else ())):
        print(f"{remark}\n", file=sys.stdout if format is Output.TEXT else sys.stderr)
    match format:
        case Output.JSONL:
            print_lines(simulation.rows())
        case Output.JSON:
            print_lines([simulation.summary()])
        case Output.TEXT:
            from migrate.cli.side_by_side import show

            show(simulation, limit)


def hostname_of(environment: Mapping[str, str]) -> str:
    """The node's name, by the variables that usually hold it."""
    names = ("HOST_NAME", "NODE_NAME", "K8S_NODE_NAME", "HOSTNAME")
    return next((environment[name] for name in names if environment.get(name)), "")


def _say_long(world: World) -> None:
    """Both sides are evaluated line by line, in Python."""
    size = 0
    for log in {log.identity: log for log in world.files}.values():
        with log.open() as file:
            size += file.seek(0, os.SEEK_END)
    minutes = size / BYTES_A_SECOND / 60
    if minutes >= 1:
        few = "some hundred lines of each file show the same"
        print(f"{size / 1e6:,.0f} MB of logs take about {minutes:,.0f} minutes; {few}.", file=sys.stderr, flush=True)


def _about_nothing(configuration: Configuration, world: World) -> Iterator[str]:
    """No record proves nothing, and mostly means a root that is not the node's."""
    paths = dict.fromkeys(value for section in configuration.inputs if (value := section.value("path")))
    names = sorted({file.path for file in world.files})
    if not paths or not names:
        return
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    yield (
        f"Fluent Bit sends nothing: its inputs read {', '.join(paths)}; given are {', '.join(names[:3])}{more}. "
        "ROOT is the folder in which var/log lies."
    )


def _say_hidden(format: Output) -> None:
    stream = sys.stdout if format is Output.TEXT else sys.stderr
    print(
        "Read_from_Head is Off: what stands in a file when Fluent Bit starts is not sent, which hides these lines.\n"
        "Give --arriving to treat them as written after the start.\n",
        file=stream,
    )


def scripts(paths: Iterable[str]) -> Mapping[str, bytes]:
    """The small files beside the configuration: Lua scripts and lists that it may name."""
    folders = {Path(path) if Path(path).is_dir() else Path(path).parent for path in paths if path != "-"}
    try:
        found = [entry for folder in sorted(folders) for entry in sorted(folder.iterdir()) if entry.is_file()]
        return {entry.name: entry.read_bytes() for entry in found if entry.stat().st_size <= LONGEST_SCRIPT}
    except OSError as error:
        message, remedy = f"{error.filename}: {error.strerror}", "put the configuration in a folder that you may read"
        raise Refused("simulate/not-readable", message, remedy=remedy) from error


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line; a lone surrogate stands for a byte that is not UTF-8 and is written as an escape."""
    for row in rows:
        text = json.dumps(row, ensure_ascii=False)
        try:
            text.encode()
        except UnicodeEncodeError:
            text = json.dumps(row, ensure_ascii=True)
        sys.stdout.write(text + "\n")
