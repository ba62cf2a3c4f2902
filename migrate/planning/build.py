"""From what was read to a plan and every file of its folder; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from migrate.planning.document import print_plan, sha256
from migrate.planning.folder import PLAN
from migrate.planning.model import Destination, Hashed, Plan, Retention, Source
from migrate.reports.compose import Material, compose
from migrate.reports.html import print_html
from migrate.reports.markdown import print_markdown
from migrate.reports.tracks import print_matchers
from translators.catalog_json import to_json
from translators.collection import Collection
from translators.deployment import Deployment, Place, deploy
from translators.diagnostics import Agent, Finding
from translators.fluentbit.configuration import Section
from translators.fluentbit.read import Reading
from translators.fluentbit.secrets import masked_finding, secrets
from translators.pipeline.model import Pipeline, ReadJournal
from translators.pipeline.stages import DropLabels, ReadCri, SetConstants, SetLabels, SetMetadata, Stage, When
from translators.positions import FileReader, JournalReader, Reader
from translators.workload.helm import values
from translators.workload.model import CONFIG_FILES
from translators.workload.objects import manifests

LEGACY_FILE = re.compile(r'legacy_positions_file\s*=\s*"([^"]+)"')
SECRET_FILE = re.compile(r"username_file\s*[:=]\s*[\"']?([^\s\"']+)")
CLOUDWATCH = ("cloudwatch_logs", "cloudwatch")
SILENT = ("null", "stdout", "counter", "file", "exit")
"""Outputs that nobody would miss: they need no Fluent Bit to stay."""


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a plan is made of. ``inputs`` are the bytes that were read, by the name that spans use."""

    reading: Reading
    collection: Collection
    inputs: Mapping[str, bytes]
    destination: Destination


def build(made_of: Ingredients) -> tuple[Plan, Mapping[str, str]]:
    """The plan, and the folder's files by their path in it."""
    deployments = {agent: _deployment(made_of, agent) for agent in Agent}
    files = _files(made_of, deployments)
    plan = _plan(made_of, deployments[made_of.destination.agent], files)
    report = compose(plan, _material(made_of))
    reports = {"report.md": print_markdown(report), "report.html": print_html(report), PLAN: print_plan(plan)}
    return plan, {**files, **reports}


def findings_of(made_of: Ingredients, deployment: Deployment) -> tuple[Finding, ...]:
    """Every finding once, in the order of the source, without secrets."""
    hidden = secrets(made_of.reading.configuration)
    found = [*made_of.reading.findings, *made_of.collection.findings, *deployment.findings]
    clean = (masked_finding(finding, hidden) for finding in found)
    return tuple(sorted(dict.fromkeys(clean), key=lambda item: (item.span, item.rule, item.subject)))


def _plan(made_of: Ingredients, deployment: Deployment, files: Mapping[str, str]) -> Plan:
    reading = made_of.reading
    return Plan(
        cluster=made_of.collection.catalog.cluster,
        source=Source(
            reading.kind,
            reading.version,
            tuple(Hashed(name, sha256(data)) for name, data in sorted(made_of.inputs.items())),
        ),
        destination=made_of.destination,
        readers=tuple(_readers(made_of)),
        retention=tuple(_retention(made_of)),
        keeps_fluent_bit=tuple(dict.fromkeys(_kept_outputs(reading.configuration.outputs))),
        findings=findings_of(made_of, deployment),
        files=tuple(Hashed(name, sha256(text.encode())) for name, text in sorted(files.items())),
    )


def _material(made_of: Ingredients) -> Material:
    collection, reading = made_of.collection, made_of.reading
    return Material(
        reading.configuration,
        collection.catalog,
        collection.scheme,
        reading.sources,
        collection.prediction,
        tuple(stream_labels(collection.pipelines[made_of.destination.agent])),
    )


def stream_labels(pipeline: Pipeline) -> Iterator[str]:
    """The stream labels that the jobs set, each once: fixed, from discovery, or from stages; not what leaves again."""
    found: dict[str, None] = dict.fromkeys(name for name, _ in pipeline.client.external_labels)
    for job in pipeline.jobs:
        stages = tuple(_every(job.stages))
        gone = {name for stage in stages if isinstance(stage, SetMetadata) for _, name in stage.values}
        gone |= {name for stage in stages if isinstance(stage, DropLabels) for name in stage.names}
        names = [name for name, _ in job.labels]
        names += [rule.target_label for rule in job.relabels if not rule.target_label.startswith("__")]
        names += [name for stage in stages if isinstance(stage, SetLabels | SetConstants) for name, _ in stage.values]
        names += ["stream"] if any(isinstance(stage, ReadCri) for stage in stages) else []
        found |= dict.fromkeys(name for name in names if name and name not in gone)
    return iter(found)


def _every(stages: Iterable[Stage]) -> Iterator[Stage]:
    for stage in stages:
        yield stage
        if isinstance(stage, When):
            yield from _every(stage.stages)


# --- files -----------------------------------------------------------------------------------------------------------


def _configuration(collection: Collection, agent: Agent) -> str:
    return collection.promtail if agent is Agent.PROMTAIL else collection.alloy


def _deployment(made_of: Ingredients, agent: Agent) -> Deployment:
    place = place_of(agent, _configuration(made_of.collection, agent))
    return deploy(made_of.reading.workload, made_of.collection.pipelines[agent], agent, place)


def place_of(agent: Agent, configuration: str) -> Place:
    """What the emitted file says of its container. Alloy is told its storage and port on the command line."""
    secret = _folder(SECRET_FILE.search(configuration))
    if agent is Agent.ALLOY:
        return Place(hand_over_mount=_folder(LEGACY_FILE.search(configuration)), secret_mount=secret)
    document = yaml.safe_load(configuration.partition("\nscrape_configs:")[0]) or {}
    positions = str((document.get("positions") or {}).get("filename", ""))
    port = int((document.get("server") or {}).get("http_listen_port", 0))
    return Place(positions.rpartition("/")[0], port, secret_mount=secret)


def _folder(found: re.Match[str] | None) -> str:
    return found[1].rpartition("/")[0] if found else ""


def _files(made_of: Ingredients, deployments: Mapping[Agent, Deployment]) -> dict[str, str]:
    collection = made_of.collection
    files = {"catalog.json": to_json(collection.catalog)}
    if collection.retention:
        files["loki/retention.yaml"] = collection.retention
    for agent, deployment in deployments.items():
        configuration = _configuration(collection, agent)
        files[f"{agent}/{CONFIG_FILES[agent]}"] = configuration
        files |= {f"{agent}/{name}": text for name, text in manifests(deployment.setup).items()}
        files[f"helm/{agent}.yaml"] = values(deployment.setup, configuration)
    return files


# --- what later verbs need -------------------------------------------------------------------------------------------


def _readers(made_of: Ingredients) -> Iterator[Reader]:
    """Who reads what, for the hand-over of positions."""
    journals = [section for section in made_of.reading.configuration.inputs if section.name == "systemd"]
    for job in made_of.collection.pipelines[made_of.destination.agent].jobs:
        if isinstance(job.source, ReadJournal):
            yield JournalReader(job.name, tuple(_databases(job.source, journals)))
        else:
            yield FileReader(job.name, job.source.include, job.source.exclude, _joins(job.stages), job.source.root)


def _joins(stages: Iterable[Stage]) -> bool:
    return any(isinstance(stage, ReadCri) for stage in _every(stages))


def _databases(source: ReadJournal, inputs: Iterable[Section]) -> Iterator[str]:
    """The databases of the inputs whose filters the job's matches hold."""
    for section in inputs:
        wanted = {item.value.strip() for item in section.every("systemd_filter")}
        if section.value("db") and wanted <= set(source.matches):
            yield section.value("db").strip()


def _retention(made_of: Ingredients) -> Iterator[Retention]:
    for group in made_of.collection.catalog.groups:
        selectors = (print_matchers(shape.selector) for shape in group.shapes)
        yield Retention(group.name, group.retention_days, tuple(dict.fromkeys(selectors)))


def _kept_outputs(outputs: Iterable[Section]) -> Iterator[str]:
    for section in outputs:
        if section.name not in CLOUDWATCH and section.name not in SILENT:
            yield section.name
