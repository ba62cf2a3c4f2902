"""What Fluent Bit does not refuse, and what its user may not have noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from translators.diagnostics import Fidelity, Finding, PerAgent
from translators.fluentbit.checks.parsers import Known
from translators.fluentbit.configuration import Configuration, Kind, Property, Section
from translators.fluentbit.options import is_global
from translators.fluentbit.standard_parsers import IMAGE_SOURCE
from translators.source import Span

_HARMLESS = PerAgent.same(Fidelity.HARMLESS)
_TITLES = ("SERVICE", "INPUT", "FILTER", "OUTPUT", "PARSER", "MULTILINE_PARSER")
_STORED = {
    "plugins": "External plugins are loaded from here; the outputs that use them are reported where they stand.",
    "upstream_servers": "Upstream servers serve the forward output only.",
    "custom": "A custom plugin touches no log record.",
    "customs": "A custom plugin touches no log record.",
    "extensions": "Extensions touch no log record.",
}
_REPEATED = frozenset(("parsers_file", "plugins_file", "streams_file"))
SERVICE_KEYS = frozenset(
    (
        "flush", "grace", "grace_input", "daemon", "logfile", "log_file", "log_level", "parsers_file", "plugins_file",
        "streams_file", "http_server", "http_listen", "http_port", "health_check", "hc_errors_count",
        "hc_retry_failure_count", "hc_period", "hc_throughput", "hc_throughput_input_plugins",
        "hc_throughput_output_plugins", "hc_throughput_ratio_threshold", "hc_throughput_min_failures", "dns.mode",
        "dns.resolver", "dns.prefer_ipv4", "dns.prefer_ipv6", "storage.path", "storage.sync", "storage.metrics",
        "storage.checksum", "storage.inherit", "storage.backlog.mem_limit", "storage.backlog.flush_on_shutdown",
        "storage.max_chunks_up", "storage.delete_irrecoverable_chunks", "storage.trim_files", "storage.type",
        "storage.keep.rejected", "storage.rejected.path", "coro_stack_size", "hot_reload",
        "hot_reload.ensure_thread_safety", "hot_reload.timeout", "scheduler.cap", "scheduler.base",
        "json.convert_nan_to_null", "json.escape_unicode", "sp.convert_from_str_to_num",
        "windows.maxstdio", "multiline_buffer_limit", "enable_chunk_trace", "fluentbit_metrics",
        "net.dns.resolver", "net.dns.mode", "net.dns.prefer_ipv4",
    )
)  # fmt: skip


def find(configuration: Configuration, known: Known) -> Iterator[Finding]:
    """The findings in the order of the configuration's parts."""
    yield from _service(configuration.service)
    yield from (_ignored(section) for section in configuration.ignored)
    for section in (*configuration.inputs, *configuration.filters, *configuration.outputs):
        yield from _overwritten(item for item in section.properties if is_global(section.kind, item.key))
        yield from _nested(section)
    yield from _without_input(configuration)
    yield from _unmatched(configuration)
    yield from _undefined(configuration, known)
    yield from _unused(configuration)


def _service(service: Section | None) -> Iterator[Finding]:
    if service is None:
        return
    yield from _overwritten(item for item in service.properties if item.key not in _REPEATED)
    for item in service.properties:
        if item.key not in SERVICE_KEYS:
            close = get_close_matches(item.key, SERVICE_KEYS, n=1)
            yield Finding(
                "fluentbit/unknown-service-key",
                item.span,
                item.name,
                _HARMLESS,
                "[SERVICE] has no such key; Fluent Bit ignores it without a word, and so do we.",
                f"Did you mean {close[0]}?" if close else "Take the line out.",
            )


def _ignored(section: Section) -> Finding:
    stored = _STORED.get(section.name.lower())
    subject = f"[{section.name}]"
    if stored is not None:
        return Finding("fluentbit/stored-section", section.span, subject, _HARMLESS, stored)
    close = get_close_matches(section.name.strip().upper(), _TITLES, n=1)
    meant = f"Did you mean [{close[0]}]? It has no effect today." if close else "Take it out, or correct its name."
    if section.kind is not Kind.OTHER:
        told = "In a file of parsers Fluent Bit looks at parsers only; it ignores this section without a word."
        return Finding("fluentbit/ignored-section", section.span, subject, _HARMLESS, told, "Move it to the main file.")
    told = "Fluent Bit knows no such section and ignores it without a word, and so do we."
    return Finding("fluentbit/ignored-section", section.span, subject, _HARMLESS, told, meant)


def _overwritten(properties: Iterable[Property]) -> Iterator[Finding]:
    last: dict[str, Property] = {}
    for item in properties:
        before = last.get(item.key)
        if before is not None:
            yield Finding(
                "fluentbit/overwritten-key",
                before.span,
                f"{before.name} …" if "passwd" in before.key else f"{before.name} {before.raw}",
                _HARMLESS,
                f"The key stands again in line {item.span.line}, and the last one counts; this one has no effect.",
                "Take it out.",
            )
        last[item.key] = item


def _nested(section: Section) -> Iterator[Finding]:
    """A ``[group]`` inside a classic section: its keys are read and never used."""
    for group in section.groups:
        if group.kind is Kind.PROCESSOR and group.last("name") is None:
            yield Finding(
                "fluentbit/ignored-group",
                group.span,
                f"[{group.name}]",
                _HARMLESS,
                "Fluent Bit reads this group of keys and uses none of them.",
                "Take it out.",
            )


def _without_input(configuration: Configuration) -> Iterator[Finding]:
    """Half of a configuration looks like one that reads nothing."""
    sections = (*configuration.filters, *configuration.outputs)
    if not configuration.inputs and sections:
        yield Finding(
            "fluentbit/no-input",
            sections[0].span,
            "no [INPUT]",
            PerAgent.same(Fidelity.EQUIVALENT),
            "Nothing reads a log here, so the agents read none; this holds while it is the whole configuration.",
            "If it is a part of one, give the rest too: kubectl get configmap NAME -n NAMESPACE -o yaml.",
        )


def _unmatched(configuration: Configuration) -> Iterator[Finding]:
    alone = len(configuration.inputs) == 1 and len(configuration.outputs) == 1
    for section in configuration.outputs:
        if section.value("match") or section.value("match_regex"):
            continue
        if alone:
            told = "The only output beside the only input takes every record, although it has no Match."
            yield Finding("fluentbit/no-match", section.span, "no Match", PerAgent.same(Fidelity.EXACT), told)
        else:
            yield Finding(
                "fluentbit/no-match",
                section.span,
                "no Match",
                _HARMLESS,
                "An output without Match beside other outputs gets nothing; Fluent Bit only warns (NO match).",
                "Add a Match line if it should get records, which it does not today.",
            )


def _undefined(configuration: Configuration, known: Known) -> Iterator[Finding]:
    """Parsers that nobody defines, where Fluent Bit logs an error and goes on."""
    if not known.complete:
        yield from _unproven(configuration, known)
        return
    for section in configuration.inputs:
        item = section.last("parser")
        if section.name == "tail" and item is not None and item.value not in known.parsers:
            told = "Nobody defines this parser: Fluent Bit logs an error and the lines stay as they are, unparsed."
            yield _undefined_parser(item, Fidelity.EXACT, told)
    for section in configuration.filters:
        for item in section.every("parser") if section.name == "parser" else ():
            if item.value not in known.parsers:
                told = "Nobody defines this parser: Fluent Bit logs an error and tries the others of the filter."
                yield _undefined_parser(item, Fidelity.EXACT, told)


def _unproven(configuration: Configuration, known: Known) -> Iterator[Finding]:
    told = "This parser is in none of the files that were given; a file that the configuration names is missing."
    for section in (*configuration.inputs, *configuration.filters):
        for item in section.every("parser"):
            if section.name in ("tail", "parser") and item.value not in known.parsers:
                yield _undefined_parser(item, Fidelity.MANUAL, told)


def _undefined_parser(item: Property, fidelity: Fidelity, told: str) -> Finding:
    remedy = "Define the parser, or give the file that defines it."
    return Finding(
        "fluentbit/undefined-parser", item.span, f"{item.name} {item.value}", PerAgent.same(fidelity), told, remedy
    )


def _unused(configuration: Configuration) -> Iterator[Finding]:
    """Parsers that no section names; a pod's annotation may still name one."""
    sections = (*configuration.inputs, *configuration.filters, *configuration.multiline_parsers)
    used = set(_named_parsers(sections))
    annotated = any(
        section.value("k8s-logging.parser").lower() in ("on", "true", "yes") for section in configuration.filters
    )
    for section in (*configuration.parsers, *configuration.multiline_parsers):
        name = section.name.lower() if section.kind is Kind.MULTILINE_PARSER else section.name
        if name in used or section.span.source == IMAGE_SOURCE:
            continue
        if annotated and section.kind is Kind.PARSER:
            fidelity = Fidelity.EQUIVALENT
            told = "No section names this parser, so nothing is emitted for it, which holds while no pod names it in "
            told += "its annotation fluentbit.io/parser."
        else:
            fidelity, told = Fidelity.HARMLESS, "This parser is defined but never used; nothing is emitted for it."
        yield _unused_parser(section, section.span, fidelity, told)


def _named_parsers(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        for item in section.properties:
            key = item.key
            if key == "multiline.parser":
                yield from (name.strip().lower() for name in item.value.split(","))
            elif key in ("parser", "docker_mode_parser", "merge_parser", "regex_parser"):
                yield from (name.strip() for name in item.value.split(","))
            elif key.startswith("parser_"):
                yield item.value


def _unused_parser(section: Section, span: Span, fidelity: Fidelity, told: str) -> Finding:
    subject = f"[{section.kind.value.upper()}] {section.name}"
    return Finding("fluentbit/unused-parser", span, subject, PerAgent.same(fidelity), told)
