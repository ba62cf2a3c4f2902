"""A collector's pipeline as Promtail's configuration."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from translators.pipeline.model import Client, Discovery, Job, Pipeline, ReadFiles, ReadJournal, Relabel, RelabelAction
from translators.promtail.printer import Commented, Map, Tree, print_yaml
from translators.promtail.stage_writer import write_stages

END_OF_LIFE = (
    "Promtail reached its end of life on 2026-03-02: it gets no fixes any more. Alloy runs the same pipeline;",
    "alloy/config.alloy of this plan is the same configuration for it.",
    "Run it without -config.expand-env: that flag takes away every second backslash, and what stands as ${1}.",
)
POSITIONS = "/run/promtail/positions.yaml"
SECRETS = "/etc/loki-auth"
_NODE = "__meta_kubernetes_pod_node_name"
_MAX_RETRIES = 50
"""Promtail drops a batch after its retries; ten, its default, are over in eight minutes."""


def write(pipeline: Pipeline) -> str:
    """The text of promtail.yaml. Equal pipelines give equal bytes."""
    return print_yaml(Commented(END_OF_LIFE, _root(pipeline)))


def _root(pipeline: Pipeline) -> Tree:
    return Map(
        (
            ("server", Map((("http_listen_port", 3101), ("grpc_listen_port", 0), ("log_level", "info")))),
            ("positions", Map((("filename", POSITIONS), ("sync_period", "10s")))),
            ("clients", (_client(pipeline.client),)),
            ("target_config", Map((("sync_period", "10s"),))),
            ("scrape_configs", tuple(_job(_labelled(job, pipeline.client)) for job in pipeline.jobs)),
        )
    )


def _client(client: Client) -> Tree:
    items: list[tuple[str, Tree]] = [("url", client.url)]
    if client.tenant:
        items.append(("tenant_id", client.tenant))
    if client.auth_secret:
        items.append(("basic_auth", _basic_auth()))
    items.append(("backoff_config", Map((("max_retries", _MAX_RETRIES),))))
    return Map(tuple(items))


def _basic_auth() -> Tree:
    return Map((("username_file", f"{SECRETS}/username"), ("password_file", f"{SECRETS}/password")))


def _labelled(job: Job, client: Client) -> Job:
    """The job with the client's labels as its own: Promtail copies all labels of each line to add external ones."""
    return replace(job, labels=tuple({**dict(client.external_labels), **dict(job.labels)}.items()))


def _job(job: Job) -> Tree:
    items: list[tuple[str, Tree]] = [("job_name", job.name)]
    match job.source:
        case ReadJournal():
            items += _journal(job, job.source)
        case ReadFiles(discovery=Discovery.KUBERNETES):
            items += _discovered(job)
        case ReadFiles():
            items += _static(job, job.source)
    if job.stages:
        items.append(("pipeline_stages", write_stages(job.stages)))
    return Map(tuple(items))


def _journal(job: Job, source: ReadJournal) -> list[tuple[str, Tree]]:
    items: list[tuple[str, Tree]] = [("path", source.path), ("max_age", source.max_age)]
    if source.as_json:
        items.append(("json", True))
    if source.matches:
        items.append(("matches", " ".join(source.matches)))
    if job.labels:
        items.append(("labels", Map(job.labels)))
    rules = tuple(_relabel(rule) for rule in job.relabels)
    return [("journal", Map(tuple(items))), *((("relabel_configs", rules),) if rules else ())]


def _discovered(job: Job) -> list[tuple[str, Tree]]:
    host = Relabel((_NODE,), "__host__")
    fixed = tuple(Relabel(target_label=name, replacement=value.replace("$", "$$")) for name, value in job.labels)
    rules = tuple(_relabel(rule) for rule in (host, *fixed, *job.relabels))
    return [("kubernetes_sd_configs", (Map((("role", "pod"),)),)), ("relabel_configs", rules)]


def _static(job: Job, source: ReadFiles) -> list[tuple[str, Tree]]:
    include, exclude = (tuple(source.root + glob for glob in globs) for globs in (source.include, source.exclude))
    labels = [*job.labels, ("__path__", join_globs(include))]
    if exclude:
        labels.append(("__path_exclude__", join_globs(exclude)))
    target = Map((("targets", ("localhost",)), ("labels", Map(tuple(labels)))))
    rules = tuple(_relabel(rule) for rule in job.relabels)
    return [("static_configs", (target,)), *((("relabel_configs", rules),) if rules else ())]


def join_globs(globs: tuple[str, ...]) -> str:
    """Promtail takes one pattern and looks for files below its fixed start: several are a choice behind that.

    What the globs begin with alike is not taken out of the middle of a choice or a class.
    """
    if len(globs) == 1:
        return globs[0]
    start = re.split(r"[\[{]", posixpath.commonprefix(globs))[0]
    start = start[: start.rfind("/") + 1]
    return start + "{" + ",".join(glob[len(start) :] for glob in globs) + "}"


def _relabel(rule: Relabel) -> Tree:
    items: list[tuple[str, Tree]] = []
    if rule.source_labels:
        items.append(("source_labels", rule.source_labels))
    if rule.separator != ";":
        items.append(("separator", rule.separator))
    if rule.regex != "(.*)":
        items.append(("regex", rule.regex))
    if rule.target_label:
        items.append(("target_label", rule.target_label))
    if rule.replacement != "$1":
        items.append(("replacement", rule.replacement))
    if rule.action is not RelabelAction.REPLACE:
        items.append(("action", rule.action.value))
    return Map(tuple(items))
