"""A plan and what it was made of become a report: headlines, drawings, findings with their lines, next steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from migrate.planning.model import Plan
from migrate.reports.differences import differences
from migrate.reports.model import Headline, Kept, LabelNote, Report, Row, Tone
from migrate.reports.tracks import MOST_TRACKS, artist, shape_labels, tracks
from translators.catalog import Catalog, InMetadata
from translators.diagnostics import Agent, Fidelity, Finding
from translators.fluentbit.configuration import Configuration
from translators.fluentbit.secrets import masked, secrets
from translators.labels import Kind, Prediction, Scheme
from translators.workload.model import STATE_ROOT

KINDS = {
    "manifest": "Kubernetes objects",
    "files": "Fluent Bit files",
    "firelens": "an extra configuration of FireLens",
    "fargate": "an aws-logging ConfigMap (Fargate)",
    "pasted": "pasted text whose indentation was lost",
    "helm fluent-bit": "values of the chart fluent-bit",
    "helm aws-for-fluent-bit": "values of the chart aws-for-fluent-bit",
    "helm amazon-cloudwatch-observability": "values of the chart amazon-cloudwatch-observability (the EKS add-on)",
}
STREAM_LIMIT = 5000
"""Loki's default max_global_streams_per_user."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of besides the plan.

    ``sources`` hold the text for each name that a finding uses; ``labels`` are all stream labels that the agent sets.
    """

    configuration: Configuration
    catalog: Catalog
    scheme: Scheme
    sources: Mapping[str, str] = field(default_factory=dict)
    prediction: Prediction | None = None
    labels: tuple[str, ...] = ()


def compose(plan: Plan, material: Material) -> Report:
    """The report of a plan."""
    agent = plan.destination.agent
    hidden = secrets(material.configuration)
    lines = {name: text.splitlines() for name, text in material.sources.items()}
    drawn = artist(material.configuration, material.catalog, plan.findings, agent)
    version = f", Fluent Bit {plan.source.fluent_bit_version}" if plan.source.fluent_bit_version else ""
    return Report(
        cluster=plan.cluster,
        agent=agent,
        source=KINDS.get(plan.source.kind, plan.source.kind) + version,
        inputs=tuple((item.name, f"sha256 {item.sha256[:12]}…") for item in plan.source.inputs),
        headlines=tuple(_headlines(plan, material)),
        tracks=tracks(drawn),
        rows=tuple(Row(finding, masked(_line(lines, finding), hidden)) for finding in plan.findings),
        differences=differences(material.catalog),
        labels=tuple(_labels(material)),
        kept=tuple(Kept(item.log_group, item.days, item.selectors) for item in plan.retention),
        next_steps=tuple(_next_steps(plan)),
        files=tuple((item.name, item.sha256) for item in plan.files),
        streams=_streams(material.prediction),
        tracks_left_out=max(0, len(material.configuration.inputs) - MOST_TRACKS),
    )


def _line(lines: Mapping[str, list[str]], finding: Finding) -> str:
    """The source line of a finding; empty when the text is not at hand (a chart's default)."""
    text = lines.get(finding.span.source, [])
    return text[finding.span.line - 1].strip() if 0 < finding.span.line <= len(text) else ""


# --- headlines -------------------------------------------------------------------------------------------------------


def _headlines(plan: Plan, material: Material) -> Iterator[Headline]:
    agent = plan.destination.agent
    manual = [item for item in plan.findings if item.fidelity.of(agent) is Fidelity.MANUAL]
    if manual:
        names = ", ".join(dict.fromkeys(f"`{item.subject}`" for item in manual[:4]))
        more = f" and {len(manual) - 4} more" if len(manual) > 4 else ""
        count = f"{len(manual)} construct{'s need' if len(manual) > 1 else ' needs'} a person"
        yield Headline(Tone.WARNING, count, f"Nothing was emitted for {names}{more}.")
    yield from _about_metrics(plan)
    if plan.keeps_fluent_bit:
        names = ", ".join(f"`{name}`" for name in plan.keeps_fluent_bit)
        text = f"Its other outputs ({names}) go on; only the CloudWatch outputs are taken over."
        yield Headline(Tone.NOTE, "Fluent Bit keeps running", text)
    if plan.source.kind == "fargate":
        text = "DaemonSets do not run on Fargate: see the findings for the ways to Loki."
        yield Headline(Tone.WARNING, "These pods stay in CloudWatch", text)
    if agent is Agent.PROMTAIL:
        text = "It gets no updates since 2026-03-02. `alloy/config.alloy` says the same for its successor."
        yield Headline(Tone.NOTE, "Promtail is at its end of life", text)
    yield from _about_start(plan, material)
    if not plan.readers:
        text = "No input of this configuration becomes a job of the agent, so the agent would send nothing."
        yield Headline(Tone.WARNING, "The agent has nothing to read", text)
    elif not manual:
        yield Headline(Tone.GOOD, "Nothing is left to do by hand", _what_differs(plan))


def _what_differs(plan: Plan) -> str:
    count = sum(item.fidelity.of(plan.destination.agent) is Fidelity.APPROXIMATE for item in plan.findings)
    if not count:
        return "Each construct is emitted or changes no entry."
    differs = "construct differs in a case that its finding states" if count == 1 else "constructs differ in a case"
    return f"Each construct is emitted or changes no entry; {count} {differs}" + (
        "." if count == 1 else " stated below."
    )


def _about_metrics(plan: Plan) -> Iterator[Headline]:
    emf = [item for item in plan.findings if item.rule.endswith("log-format") and "emf" in item.subject.lower()]
    if emf:
        outputs = f"{len(emf)} output{'s' if len(emf) > 1 else ''}"
        text = f"{outputs} with `json/emf`: the lines move, the metrics that CloudWatch made of them do not."
        yield Headline(Tone.WARNING, "Metrics from EMF lines vanish", text)


def _about_start(plan: Plan, material: Material) -> Iterator[Headline]:
    """Read_from_Head Off has no twin for containers; Alloy has one for files that one job names."""
    off = [
        section
        for section in material.configuration.inputs
        if section.name == "tail" and section.value("read_from_head", "off").lower() not in ("on", "true", "yes")
    ]
    if not off or not plan.readers:
        return
    unless = "unless `logmig positions` hands over where Fluent Bit stood."
    if plan.destination.agent is Agent.PROMTAIL:
        yield Headline(Tone.NOTE, "The first start looks back", f"The first start reads whole files {unless}")
    else:
        text = f"The first start reads containers' files whole, other files from their end, {unless}"
        yield Headline(Tone.NOTE, "The first start begins elsewhere", text)


# --- labels ----------------------------------------------------------------------------------------------------------


def _labels(material: Material) -> Iterator[LabelNote]:
    """Every label and piece of metadata that the catalog uses: what it replaces, and why it is what it is."""
    labels, metadata = _used(material.catalog)
    for name in material.labels:
        labels.setdefault(name, [])
    for names, kind in ((labels, Kind.LABEL), (metadata, Kind.METADATA)):
        for name, sources in names.items():
            word = "label" if kind is Kind.LABEL else "structured metadata"
            origin = ", ".join(sources) or _origin(material.scheme, name)
            yield LabelNote(name, word, origin, _why(material.scheme, name))


def _origin(scheme: Scheme, name: str) -> str:
    """Where a value comes from that no field of the record holds."""
    found = scheme.find(name)
    return "the pod" if found is not None and found.source else "the plan"


def _why(scheme: Scheme, name: str) -> str:
    return "a field of the record, kept beside the line" if scheme.find(name) is None else scheme.why(name)


def _used(catalog: Catalog) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    labels: dict[str, list[str]] = {}
    metadata: dict[str, list[str]] = {}
    for shape in (shape for group in catalog.groups for shape in group.shapes):
        for matcher in shape.selector:
            labels.setdefault(matcher.label, [])
        for item in shape.fields:
            path = ".".join(item.path)
            if isinstance(item.place, InMetadata):
                _note(metadata, item.place.name, path)
        for name in shape_labels(shape):
            for item in shape.fields:
                if getattr(item.place, "name", "") == name:
                    _note(labels, name, ".".join(item.path))
    return labels, metadata


def _note(names: dict[str, list[str]], name: str, source: str) -> None:
    if source not in names.setdefault(name, []):
        names[name].append(source)


def _streams(prediction: Prediction | None) -> str:
    if prediction is None:
        return "Give --pods (kubectl get pods -A -o json) for a prediction of the number of streams."
    share = "below" if prediction.streams < STREAM_LIMIT else "ABOVE"
    largest = ", ".join(f"{namespace} {count}" for namespace, count in prediction.largest[:3])
    return (
        f"{prediction.containers} containers make about {prediction.streams} streams, {share} Loki's default limit of "
        f"{STREAM_LIMIT} (max_global_streams_per_user). Most: {largest or 'none'}."
    )


# --- next steps ------------------------------------------------------------------------------------------------------


def _next_steps(plan: Plan) -> Iterator[str]:
    agent = plan.destination.agent
    if any(item.fidelity.of(agent) is Fidelity.MANUAL for item in plan.findings):
        yield "Decide about each finding marked manual: nothing was emitted for it."
    yield (
        "See the difference on your own lines: `logmig simulate PATH --logs ROOT --pods pods.json`, with the options "
        "that `plan` was given (`--env`, `--labels`, `--first-part-time` …)."
    )
    if plan.destination.auth_secret:
        name = plan.destination.auth_secret
        yield f"Make the Secret `{name}` in the namespace `logging` with the keys `username` and `password`."
    if plan.source.kind == "fargate":
        yield "Choose how Fargate pods reach Loki (the finding names the ways): no agent runs on their nodes."
    elif plan.readers:
        out = f"{STATE_ROOT}/{agent}/positions.yaml"
        command = f"`logmig positions /var/fluent-bit/state --plan PLAN --root / --out {out}`"
        yield (
            "On nodes where the agent must go on exactly where Fluent Bit stopped: stop Fluent Bit and, before the "
            f"agent starts, run {command}."
        )
        yield f"Start the agent: `kubectl apply -k {agent}` (or helm with `helm/{agent}.yaml`)."
    yield from _about_retention(plan)
    yield "Translate dashboards and queries with this folder's `catalog.json`: `logmig translate-queries`."


def _about_retention(plan: Plan) -> Iterator[str]:
    if any(item.days for item in plan.retention):
        yield "Give Loki the retention of the log groups: merge `loki/retention.yaml` into its configuration."
    elif plan.retention:
        yield (
            "Give Loki the retention that the log groups have: nothing that was read tells it, "
            "`aws logs describe-log-groups` does."
        )
