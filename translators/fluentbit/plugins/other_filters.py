"""Filters that no agent has, or that have nothing to say to one."""

from __future__ import annotations

from collections.abc import Mapping

from translators.catalog import Field, IsGone
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Judgement, approximate, harmless, judge_rest, manual
from translators.fluentbit.plugins.common import COMMON
from translators.pipeline.stages import LimitRate

_KEEP_FLUENT_BIT = "let this Fluent Bit send to Loki itself with a loki output for this tag"
_FIELD = "the lines come without what it adds"
_WHAT: Mapping[str, Judgement] = {
    "stdout": harmless("prints records for debugging"),
    "ecs": approximate(f"facts of the ECS task: {_FIELD}"),
    "sysinfo": approximate(f"facts of the host: {_FIELD}"),
    "geoip2": approximate(f"places of addresses: {_FIELD}", "add a geoip stage with your database to the agent"),
    "log_to_metrics": approximate(
        "lines come as they are; the metrics it made vanish", "make recording rules in Loki's ruler"
    ),
    "checklist": approximate(f"marks from a list of values: {_FIELD}"),
    "nightfall": manual("it may redact text, which nobody does now", _KEEP_FLUENT_BIT),
    "tensorflow": approximate(f"results of a model: {_FIELD}"),
    "wasm": manual("a program of yours may change any record", _KEEP_FLUENT_BIT),
    "lua": manual("a script may change or drop any record; it is not run", _KEEP_FLUENT_BIT),
    "throttle_size": manual("the agents know no limit by bytes", _KEEP_FLUENT_BIT),
    "alter_size": harmless("a test tool"),
    "record_accessor": harmless("a test tool"),
    "labels": harmless("labels of metrics"),
    "metrics_selector": harmless("metrics only"),
    "cumulative_to_delta": harmless("metrics only"),
    "opentelemetry_envelope": harmless("an envelope for OpenTelemetry outputs"),
    "tda": harmless("metrics only"),
    "sampling": harmless("traces only"),
    "sql": manual("it may drop or change any record", _KEEP_FLUENT_BIT),
    "template": approximate(f"a text made of other fields: {_FIELD}"),
}


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow behind a filter that only some agents, or none, have."""
    plugin = section.name.lower()
    if plugin == "throttle":
        return _throttle(section, flow, desk)
    if plugin == "expect":
        return _expect(section, flow, desk)
    judgement = _WHAT.get(plugin) or manual(f"nobody knows the filter {section.name}", _KEEP_FLUENT_BIT)
    judge_every(section, plugin, judgement, desk)
    return flow


def judge_every(section: Section, plugin: str, judgement: Judgement, desk: Desk) -> None:
    """The plugin's outcome at its name; its options belong to it and need nothing of their own."""
    desk.ledger.section(plugin, section, judgement)
    for item in section.properties:
        if item.key in COMMON:
            desk.ledger.key(plugin, item, COMMON[item.key])
    part = harmless("belongs to the plugin, whose finding says what becomes of it")
    judge_rest(desk.ledger, plugin, section.properties, part)


def _expect(section: Section, flow: Flow, desk: Desk) -> Flow:
    """With ``action result_key`` every record gets a key with the outcome, by default ``matched``."""
    if section.value("action").strip().lower() != "result_key":
        judge_every(section, "expect", harmless("a test tool: it only reports"), desk)
        return flow
    judge_every(section, "expect", approximate(f"a test tool that marks each record: {_FIELD}"), desk)
    key = section.value("result_key").strip() or "matched"
    return flow.knowing(flow.record.put(Field((key,), IsGone("the agents do not run the test"))))


def _throttle(section: Section, flow: Flow, desk: Desk) -> Flow:
    rate, window = _number(section, "rate", 1), _number(section, "window", 5)
    seconds = _seconds(section.value("interval", "1").strip())
    message = "a token bucket instead of a sliding mean: about as many lines pass, not the same ones"
    judge_every(section, "throttle", approximate(message), desk)
    burst = max(int(rate * window), 1)
    return flow.then(LimitRate(max(rate / seconds, 0.001), burst))


def _number(section: Section, key: str, default: int) -> int:
    text = section.value(key).strip()
    return int(float(text)) if text.replace(".", "", 1).isdigit() else default


def _seconds(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number = text.rstrip("smhd") or "1"
    return float(number) * units.get(text[-1:], 1) if number.replace(".", "", 1).isdigit() else 1.0
