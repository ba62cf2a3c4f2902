"""The verb ``translate-pipeline``: a Fluent Bit configuration as the agents write it, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

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
from migrate.cli.plan import overrides_of, push_address
from migrate.cli.terminal import console, print_json
from translators.diagnostics import Agent, Fidelity, Finding
from translators.pipeline.model import Client, Discovery
from translators.render import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from translators.collection import Collection

STYLES = {
    Fidelity.EXACT: "green",
    Fidelity.EQUIVALENT: "cyan",
    Fidelity.APPROXIMATE: "yellow",
    Fidelity.MANUAL: "bold red",
    Fidelity.HARMLESS: "dim",
}


class Output(StrEnum):
    """What is printed: text is the configuration with its findings, yaml the configuration alone."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


def command(
    paths: Paths,
    agent: Annotated[Agent, typer.Option(help="The agent to write for.")] = Agent.PROMTAIL,
    cluster: Cluster = "",
    env: Environment = None,
    env_file: EnvironmentFile = None,
    discovery: LabelsFrom = Discovery.KUBERNETES,
    loki_url: Annotated[str, typer.Option(metavar="URL", help="Loki's push address.")] = Client().url,
    pod_label: PodLabel = False,
    labels: LabelsFile = None,
    first_part_time: FirstPartTime = False,
    all_findings: Annotated[bool, typer.Option("--all", help="Show what is exact or harmless too.")] = False,
    lenient: Lenient = False,
    format: Annotated[
        Output, typer.Option(help="text: with findings; yaml: the configuration alone; json: everything.")
    ] = Output.TEXT,
) -> None:
    """Print a Fluent Bit configuration as Promtail or Alloy, and what becomes of each construct.

    Exit code 1 when a construct needs a person.

    Example: kubectl get cm fluent-bit-config -o yaml | logmig translate-pipeline - --agent alloy --cluster prod
    """
    from translators.collection import TranslateOptions, translate
    from translators.fluentbit.secrets import masked_finding, secrets

    reading = read_inputs(load(paths), paths, cluster, environment_of(env, env_file), lenient)
    client = Client(push_address(loki_url))
    overrides = overrides_of(labels)
    made = translate(
        reading,
        TranslateOptions(reading.cluster, discovery, client, pod_label, overrides, first_part_time=first_part_time),
    )
    hidden = secrets(reading.configuration)
    found = dict.fromkeys(masked_finding(item, hidden) for item in (*reading.findings, *made.findings))
    findings = sorted(found, key=lambda item: (item.span, item.rule))
    configuration = made.promtail if agent is Agent.PROMTAIL else made.alloy
    match format:
        case Output.JSON:
            _print_document(made, findings, configuration, agent)
        case Output.YAML:
            print(configuration, end="")
        case Output.TEXT:
            print(configuration)
            show_findings(findings, agent, everything=all_findings)
    if any(item.fidelity.of(agent) is Fidelity.MANUAL for item in findings):
        raise typer.Exit(1)


def _print_document(made: Collection, findings: Sequence[Finding], configuration: str, agent: Agent) -> None:
    import json

    from migrate.planning.document import finding_as_json
    from translators.catalog_json import to_json

    print_json(
        {
            "agent": str(agent),
            "configuration": configuration,
            "findings": [finding_as_json(finding) for finding in findings],
            "catalog": json.loads(to_json(made.catalog)),
        }
    )


def show_findings(findings: Sequence[Finding], agent: Agent, everything: bool = False) -> None:
    """The findings on stderr, so that stdout is the configuration; those that change nothing are counted."""
    screen = console(stderr=True)
    quiet = {Fidelity.EXACT, Fidelity.HARMLESS}
    shown = [item for item in findings if everything or item.fidelity.of(agent) not in quiet]
    for finding in shown:
        fidelity = finding.fidelity.of(agent)
        line = Text(f"{finding.span}: ")
        line.append(str(fidelity), style=STYLES[fidelity])
        line.append(visible(f": {finding.subject}: {finding.message} [{finding.rule}]"))
        screen.print(line, soft_wrap=True)
        if finding.remedy:
            screen.print(Text(f"  → {finding.remedy}"), soft_wrap=True)
    counts = ", ".join(f"{sum(item.fidelity.of(agent) is one for item in findings)} {one}" for one in Fidelity)
    screen.print(Text(f"{len(findings)} constructs: {counts}"), soft_wrap=True)
