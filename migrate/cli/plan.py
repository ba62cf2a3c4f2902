"""The verb ``plan``: everything that the move needs, in a folder that a person reviews before anything happens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.cli.inputs import (
    Cluster,
    Environment,
    EnvironmentFile,
    FirstPartTime,
    LabelsFile,
    Lenient,
    environment_of,
    load,
    read_inputs,
    short_names,
)
from migrate.cli.terminal import Format, console, print_json, table
from translators.diagnostics import Agent, Fidelity, Refused
from translators.pipeline.model import Client, Discovery
from translators.source import Span

if TYPE_CHECKING:
    from migrate.planning.model import Plan
    from translators.labels import Override
    from translators.pipeline.world import Pod

FluentBit = Annotated[
    list[str],
    typer.Option(
        "--fluent-bit", metavar="PATH", help="A manifest, ConfigMap, folder, .conf, YAML or chart values; repeatable."
    ),
]


def command(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write; an earlier plan there is replaced.")],
    fluent_bit: FluentBit,
    more: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="More paths of the same input.")] = None,
    cluster: Cluster = "",
    agent: Annotated[Agent, typer.Option(help="The agent that takes over.")] = Agent.PROMTAIL,
    env: Environment = None,
    env_file: EnvironmentFile = None,
    discovery: Annotated[
        Discovery, typer.Option(help="kubernetes: labels from the API; files: from file names, no API needed.")
    ] = Discovery.KUBERNETES,
    loki_url: Annotated[str, typer.Option(metavar="URL", help="Loki's push address.")] = Client().url,
    tenant: Annotated[str, typer.Option(metavar="ID", help="Loki's tenant (X-Scope-OrgID).")] = "",
    auth_secret: Annotated[
        str, typer.Option(metavar="NAME", help="A Secret with username and password for Loki; named, never read.")
    ] = "",
    pod_label: Annotated[
        bool, typer.Option("--pod-label", help="Make the pod a stream label (small clusters).")
    ] = False,
    labels: LabelsFile = None,
    first_part_time: FirstPartTime = False,
    pods: Annotated[
        Path | None, typer.Option(metavar="FILE|DIR", help="Pods, for a prediction of the streams.")
    ] = None,
    lenient: Lenient = False,
    format: Annotated[Format, typer.Option(help="What to print.")] = Format.TEXT,
) -> None:
    """Plan the move offline: the new agents' configuration and manifests, the catalog, and a report to read first.

    Nothing is touched but the folder. The same input gives the same bytes. Exit code 1 when a construct needs a person.

    Example: logmig plan --fluent-bit fluent-bit.yaml --cluster prod --out plan
    """
    from migrate.planning.build import Ingredients, build
    from migrate.planning.folder import refuse_foreign, write_folder
    from migrate.planning.model import Destination
    from translators.collection import TranslateOptions, translate

    refuse_foreign(out)
    paths = [*fluent_bit, *(more or [])]
    inputs = short_names(load(paths), paths)
    reading = read_inputs(inputs, paths, cluster, environment_of(env, env_file), lenient)
    _check_names(tenant, auth_secret)
    client = Client(push_address(loki_url), tenant, auth_secret)
    listed = tuple(_pods(pods)) if pods else ()
    options = TranslateOptions(
        reading.cluster, discovery, client, pod_label, overrides_of(labels), listed, first_part_time
    )
    destination = Destination(agent, client.url, tenant, auth_secret, str(discovery))
    plan, files = build(Ingredients(reading, translate(reading, options), inputs, destination))
    write_folder(out, files)
    if format is Format.JSON:
        print_json(_as_json(plan, sorted(files), out))
    else:
        _show(plan, out)
    if _counts(plan)[agent][Fidelity.MANUAL]:
        raise typer.Exit(1)


_TENANT = re.compile(r"[A-Za-z0-9!_.*'()-]{0,150}")
_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_SECRET = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*)?")


def push_address(url: str) -> str:
    """The address that agents push to; a bare host gets Loki's own path."""
    if not url.startswith(("http://", "https://")) or len(url.split("/")) < 3 or not url.split("/")[2]:
        raise Refused(
            "cli/loki-url", f"--loki-url {url}: not an http address", remedy="write https://HOST[/loki/api/v1/push]"
        )
    if "@" in url.split("/")[2]:
        raise Refused(
            "cli/loki-url",
            "--loki-url holds credentials",
            remedy="put them into a Secret and name it with --auth-secret",
        )
    host = "/".join(url.split("/")[:3])
    return f"{host}/loki/api/v1/push" if url.rstrip("/") == host else url


def _check_names(tenant: str, auth_secret: str) -> None:
    """What Loki and Kubernetes would refuse only when the agents run."""
    if not _TENANT.fullmatch(tenant) or tenant in (".", ".."):
        message = f"--tenant {tenant}: Loki takes no such tenant"
        way_out = "at most 150 letters, digits and ! - _ . * ' ( )"
        raise Refused("cli/tenant", message, remedy=way_out)
    if not _SECRET.fullmatch(auth_secret) or len(auth_secret) > 253:
        message = f"--auth-secret {auth_secret}: no Secret of Kubernetes can have this name"
        raise Refused("cli/auth-secret", message, remedy="write its name: small letters, digits, - and .")


def overrides_of(path: Path | None) -> tuple[Override, ...]:
    """The labels file, if there is one."""
    if path is None:
        return ()
    import yaml

    from translators.labels import read_overrides

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise _no_labels(path, error) from error
    if not isinstance(document, dict):
        raise Refused("labels/invalid", f"{path}: not a mapping", remedy="write `labels: {NAME: {kind: label}}`")
    return read_overrides(document, str(path))


def _no_labels(path: Path, error: Exception) -> Refused:
    mark = getattr(error, "problem_mark", None)
    span = Span(str(path), mark.line + 1, mark.column + 1) if mark else Span(str(path), 1, 1)
    unnamed = "it nests too deeply" if isinstance(error, RecursionError) else "it is no UTF-8 text"
    why = getattr(error, "problem", None) or getattr(error, "strerror", None) or unnamed
    return Refused("labels/invalid", f"cannot be read: {why}", span, "give a YAML file with one mapping named labels")


def _pods(path: Path) -> Sequence[Pod]:
    from migrate.adapters.pod_files import read_pods

    return tuple(read_pods(path))


def _counts(plan: Plan) -> dict[Agent, Counter[Fidelity]]:
    return {agent: Counter(finding.fidelity.of(agent) for finding in plan.findings) for agent in Agent}


def _as_json(plan: Plan, files: Sequence[str], out: Path) -> dict[str, Any]:
    counts = _counts(plan)
    return {
        "out": str(out),
        "agent": str(plan.destination.agent),
        "files": list(files),
        "findings": {str(agent): {str(item): counts[agent][item] for item in Fidelity} for agent in Agent},
        "keeps_fluent_bit": list(plan.keeps_fluent_bit),
    }


def _show(plan: Plan, out: Path) -> None:
    screen = console()
    counts = _counts(plan)
    rows = [(str(item), *(str(counts[agent][item]) for agent in Agent)) for item in Fidelity]
    screen.print(table(("what moves how", *(str(agent) for agent in Agent)), rows))
    agent = plan.destination.agent
    manual = [finding for finding in plan.findings if finding.fidelity.of(agent) is Fidelity.MANUAL]
    for finding in manual[:10]:
        print(f"{finding.span}: manual: {finding.subject}: {finding.message} [{finding.rule}]")
    if len(manual) > 10:
        print(f"and {len(manual) - 10} more; see the report")
    if plan.keeps_fluent_bit:
        print(f"Fluent Bit keeps running for: {', '.join(plan.keeps_fluent_bit)}")
    print(f"\n{out / 'report.html'}  read this first (report.md is the same)")
    if plan.readers:
        print(f"{out / str(agent)}  kubectl apply -k {quote(str(out / str(agent)))}")
    else:
        print(f"{agent} has nothing to read: no input becomes a job of it, so there is nothing to start")
