"""The reader of promtail.yaml, as our printer writes it: text into jobs that run. What is not evaluated is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from translators.diagnostics import Agent, Refused
from translators.pipeline.go_values import nanoseconds
from translators.pipeline.model import Relabel, RelabelAction
from translators.pipeline.run_jobs import FixedTargets, JournalTarget, PodTargets, Run, RunJob
from translators.pipeline.stages import (
    DropLabels,
    DropLines,
    JoinLines,
    KeepSample,
    LimitRate,
    ParseJson,
    ParseLogfmt,
    ParseRegex,
    ReadCri,
    ReadDocker,
    Replace,
    SetConstants,
    SetLabels,
    SetMetadata,
    SetTemplate,
    SetText,
    SetTime,
    Stage,
    TimeFailure,
    When,
)

RULE = "promtail/not-evaluated"
_OPTIONS = {
    "cri": ("max_partial_lines", "max_partial_line_size", "max_partial_line_size_truncate"),
    "docker": (),
    "multiline": ("firstline", "max_wait_time", "max_lines"),
    "regex": ("expression", "source"),
    "json": ("expressions", "source"),
    "logfmt": ("mapping", "source"),
    "timestamp": ("source", "format", "fallback_formats", "location", "action_on_failure"),
    "output": ("source",),
    "replace": ("expression", "replace", "source"),
    "template": ("source", "template"),
    "drop": ("source", "value", "expression", "older_than", "longer_than", "drop_counter_reason"),
    "match": ("selector", "stages", "action", "drop_counter_reason", "pipeline_name"),
    "limit": ("rate", "burst", "drop", "by_label_name", "max_distinct_labels"),
    "sampling": ("rate", "drop_counter_reason"),
}
_JOB = ("job_name", "kubernetes_sd_configs", "static_configs", "journal", "relabel_configs", "pipeline_stages")
_RELABEL = ("source_labels", "separator", "regex", "target_label", "replacement", "action")


def read(text: str) -> Run:
    """The jobs of a configuration; Refused names what has no meaning here."""
    root = _load(text)
    clients = root.get("clients") or []
    labels = {
        str(name): str(value) for client in clients for name, value in (client.get("external_labels") or {}).items()
    }
    jobs = tuple(_job(job) for job in root.get("scrape_configs") or [])
    return Run(Agent.PROMTAIL, jobs, labels)


def _load(text: str) -> Mapping[str, Any]:
    import yaml

    try:
        root = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except yaml.YAMLError as wrong:
        raise Refused("promtail/yaml", f"this is no YAML: {wrong}") from None
    if not isinstance(root, dict):
        raise Refused("promtail/yaml", "this is no Promtail configuration: a mapping is wanted")
    return root


def _only(known: Iterable[str], found: Mapping[str, Any], where: str) -> None:
    unknown = [name for name in found if name not in known]
    if unknown:
        raise Refused(RULE, f"`{unknown[0]}` of {where} is not evaluated")


def _job(job: Mapping[str, Any]) -> RunJob:
    name = str(job.get("job_name", ""))
    _only(_JOB, job, f"the job {name}")
    relabels = tuple(_relabel(rule) for rule in job.get("relabel_configs") or [])
    return RunJob(name, _targets(job), relabels, read_stages(job.get("pipeline_stages") or []))


def _targets(job: Mapping[str, Any]) -> PodTargets | FixedTargets | JournalTarget:
    if journal := job.get("journal"):
        labels = {str(name): str(value) for name, value in (journal.get("labels") or {}).items()}
        terms = tuple(str(journal.get("matches") or "").split())
        return JournalTarget(labels, terms, bool(journal.get("json")), str(journal.get("max_age") or ""))
    if job.get("kubernetes_sd_configs"):
        roles = {config.get("role") for config in job["kubernetes_sd_configs"]}
        if roles != {"pod"}:
            raise Refused(RULE, "only the role `pod` of kubernetes_sd_configs is evaluated")
        return PodTargets()
    labelled = [
        {"__address__": str(target), **{str(name): str(value) for name, value in (config.get("labels") or {}).items()}}
        for config in job.get("static_configs") or []
        for target in config.get("targets") or ["localhost"]
    ]
    return FixedTargets(tuple(labelled))


def _relabel(rule: Mapping[str, Any]) -> Relabel:
    _only(_RELABEL, rule, "relabel_configs")
    action = str(rule.get("action", "replace"))
    if action not in tuple(RelabelAction):
        raise Refused(RULE, f"the relabel action `{action}` is not evaluated")
    replacement = rule.get("replacement", "$1")
    return Relabel(
        tuple(map(str, rule.get("source_labels") or ())),
        str(rule.get("target_label") or ""),
        str(rule.get("regex", "(.*)")),
        "" if replacement is None else str(replacement),
        str(rule.get("separator", ";")),
        RelabelAction(action),
    )


def read_stages(stages: Iterable[Mapping[str, Any]]) -> tuple[Stage, ...]:
    """The list under ``pipeline_stages``."""
    return tuple(_stage(*next(iter(stage.items()))) for stage in stages)


def _stage(name: str, options: Any) -> Stage:
    found = options if options is not None else {}
    if name in _OPTIONS:
        _only(_OPTIONS[name], found, f"the stage {name}")
    match name:
        case "cri" | "docker" | "multiline":
            return _reader(name, found)
        case "labels":
            return SetLabels(_named(found))
        case "structured_metadata":
            return SetMetadata(_named(found))
        case "static_labels":
            return SetConstants(tuple((str(label), _text(value)) for label, value in found.items()))
        case "labeldrop":
            return DropLabels(tuple(map(str, found)))
        case "drop" | "match" | "limit" | "sampling":
            return _choice(name, found)
        case _:
            return _value(name, found)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _named(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), _text(source) or str(name)) for name, source in values.items())


def _reader(name: str, found: Mapping[str, Any]) -> Stage:
    if name == "cri":
        if found.get("max_partial_line_size_truncate"):
            raise Refused(RULE, "`max_partial_line_size_truncate` of the stage cri is not evaluated")
        return ReadCri(int(found.get("max_partial_lines") or 100), int(found.get("max_partial_line_size") or 0))
    if name == "docker":
        return ReadDocker()
    wait = nanoseconds(str(found.get("max_wait_time", "3s"))) // 1_000_000_000
    return JoinLines(str(found["firstline"]), wait, int(found.get("max_lines", 128)))


def _value(name: str, found: Mapping[str, Any]) -> Stage:
    source = _text(found.get("source")) if isinstance(found, dict) else ""
    match name:
        case "regex":
            return ParseRegex(str(found["expression"]), source)
        case "json":
            return ParseJson(tuple((str(key), _text(value)) for key, value in found["expressions"].items()), source)
        case "logfmt":
            return ParseLogfmt(tuple((str(key), _text(value)) for key, value in found["mapping"].items()), source)
        case "timestamp":
            return _time(found)
        case "output":
            return SetText(source)
        case "replace":
            return Replace(str(found["expression"]), _text(found.get("replace")), source)
        case "template":
            return SetTemplate(source, str(found["template"]))
        case _:
            raise Refused(RULE, f"the stage `{name}` is not evaluated")


def _time(found: Mapping[str, Any]) -> SetTime:
    return SetTime(
        str(found["source"]),
        str(found["format"]),
        tuple(map(str, found.get("fallback_formats") or ())),
        _text(found.get("location")),
        TimeFailure(str(found.get("action_on_failure", "fudge"))),
    )


def _choice(name: str, found: Mapping[str, Any]) -> Stage:
    match name:
        case "drop":
            names = ("source", "value", "expression", "older_than", "longer_than")
            return DropLines(*(_text(found.get(option)) for option in names))
        case "match":
            drops = found.get("action") == "drop"
            return When(str(found["selector"]), read_stages(found.get("stages") or []), drops)
        case "limit":
            if not found.get("drop"):
                raise Refused(RULE, "a limit that waits instead of dropping is not evaluated: no time passes here")
            return LimitRate(float(found["rate"]), int(found["burst"]), _text(found.get("by_label_name")))
        case _:
            return KeepSample(float(found["rate"]))
