"""A collector's pipeline as Alloy's configuration."""

from __future__ import annotations

import re

from translators.alloy.stage_writer import write_stages
from translators.alloy.syntax import Attribute, Block, Map, Raw, Statement, Value, print_file
from translators.pipeline.model import Client, Discovery, Job, Pipeline, ReadFiles, ReadJournal, Relabel, RelabelAction

POSITIONS = "/run/promtail/positions.yaml"
SECRETS = "/etc/loki-auth"
_WRITE = Raw("loki.write.default.receiver")
_NODE = 'coalesce(sys.env("HOSTNAME"), constants.hostname)'


def write(pipeline: Pipeline) -> str:
    """The text of config.alloy, as ``alloy fmt`` leaves it. Equal pipelines give equal bytes."""
    body: list[Statement] = []
    if any(_is_discovered(job) for job in pipeline.jobs):
        body.append(_discovery())
    for job in pipeline.jobs:
        body += _job(job)
    if pipeline.client.auth_secret:
        body.append(_username())
    body.append(_client(pipeline.client))
    return print_file(body)


def _is_discovered(job: Job) -> bool:
    return isinstance(job.source, ReadFiles) and job.source.discovery is Discovery.KUBERNETES


def label_of(name: str) -> str:
    """A job's name as the label of its components."""
    kept = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return kept if re.match(r"[A-Za-z_]", kept) else f"job_{kept}"


def _discovery() -> Block:
    selector = Block(
        "selectors", "", (Attribute("role", "pod"), Attribute("field", Raw(f'"spec.nodeName=" + {_NODE}')))
    )
    return Block("discovery.kubernetes", "pods", (Attribute("role", "pod"), selector))


def _job(job: Job) -> list[Statement]:
    match job.source:
        case ReadJournal():
            return [*_journal(job, job.source), _pipeline(job)]
        case ReadFiles(discovery=Discovery.KUBERNETES):
            label = label_of(job.name)
            targets = Raw("discovery.kubernetes.pods.targets")
            fixed = tuple(
                Relabel(target_label=name, replacement=value.replace("$", "$$")) for name, value in job.labels
            )
            rules = _rules((*fixed, *job.relabels))
            found = Block("discovery.relabel", label, (Attribute("targets", targets), *rules))
            return [found, *_files(job, Raw(f"discovery.relabel.{label}.output")), _pipeline(job)]
        case ReadFiles():
            return [*_files(job, _targets(job, job.source)), _pipeline(job)]


def _targets(job: Job, source: ReadFiles) -> Value:
    exclude = (("__path_exclude__", _choice(source.exclude)),) if source.exclude else ()
    return tuple(Map.of((("__path__", path), *exclude, *job.labels)) for path in source.include)


def _choice(globs: tuple[str, ...]) -> str:
    return globs[0] if len(globs) == 1 else "{" + ",".join(globs) + "}"


def _files(job: Job, targets: Value) -> list[Statement]:
    label = label_of(job.name)
    source = job.source
    matched = Block("local.file_match", label, (Attribute("path_targets", targets), Attribute("sync_period", "10s")))
    body: list[Statement] = [Attribute("targets", Raw(f"local.file_match.{label}.targets"))]
    if isinstance(source, ReadFiles) and source.from_end:
        body.append(Attribute("tail_from_end", True))
    body.append(Attribute("forward_to", Raw(f"[loki.process.{label}.receiver]")))
    body.append(Attribute("legacy_positions_file", POSITIONS))
    return [matched, Block("loki.source.file", label, tuple(body))]


def _journal(job: Job, source: ReadJournal) -> list[Statement]:
    label = label_of(job.name)
    statements: list[Statement] = []
    body: list[Statement] = [Attribute("path", source.path), Attribute("max_age", source.max_age)]
    if source.as_json:
        body.append(Attribute("format_as_json", True))
    if source.matches:
        body.append(Attribute("matches", " ".join(source.matches)))
    if job.relabels:
        rules = _rules(job.relabels)
        statements.append(Block("loki.relabel", label, (Attribute("forward_to", ()), *rules)))
        body.append(Attribute("relabel_rules", Raw(f"loki.relabel.{label}.rules")))
    if job.labels:
        body.append(Attribute("labels", Map.of(job.labels)))
    body.append(Attribute("forward_to", Raw(f"[loki.process.{label}.receiver]")))
    position = Block("legacy_position", "", (Attribute("file", POSITIONS), Attribute("name", job.name)))
    statements.append(Block("loki.source.journal", label, (*body, position)))
    return statements


def _pipeline(job: Job) -> Block:
    stages = write_stages(job.stages)
    if isinstance(job.source, ReadJournal) and "job" not in dict(job.labels):
        stages = (Block("stage.label_drop", "", (Attribute("values", ("job",)),)), *stages)
    forward = Attribute("forward_to", Raw(f"[{_WRITE.text}]"))
    return Block("loki.process", label_of(job.name), (forward, *stages))


def _rules(rules: tuple[Relabel, ...]) -> tuple[Block, ...]:
    return tuple(_rule(rule) for rule in rules)


def _rule(rule: Relabel) -> Block:
    body: list[Statement] = []
    if rule.source_labels:
        body.append(Attribute("source_labels", rule.source_labels))
    if rule.separator != ";":
        body.append(Attribute("separator", rule.separator))
    if rule.regex != "(.*)":
        body.append(Attribute("regex", rule.regex))
    if rule.target_label:
        body.append(Attribute("target_label", rule.target_label))
    if rule.replacement != "$1":
        body.append(Attribute("replacement", rule.replacement))
    if rule.action is not RelabelAction.REPLACE:
        body.append(Attribute("action", rule.action.value))
    return Block("rule", "", tuple(body))


def _client(client: Client) -> Block:
    endpoint: list[Statement] = [Attribute("url", client.url)]
    if client.tenant:
        endpoint.append(Attribute("tenant_id", client.tenant))
    if client.auth_secret:
        endpoint.append(_basic_auth())
    body: list[Statement] = [Block("endpoint", "", tuple(endpoint))]
    if client.external_labels:
        body.append(Attribute("external_labels", Map.of(client.external_labels)))
    return Block("loki.write", "default", tuple(body))


def _basic_auth() -> Block:
    user = Attribute("username", Raw("local.file.loki_username.content"))
    return Block("basic_auth", "", (user, Attribute("password_file", f"{SECRETS}/password")))


def _username() -> Block:
    return Block("local.file", "loki_username", (Attribute("filename", f"{SECRETS}/username"),))
