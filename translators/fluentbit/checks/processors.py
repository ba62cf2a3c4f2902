"""Processors that do not start, each the end of the input or output that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from translators.diagnostics import Refused
from translators.fluentbit.checks import filters, properties
from translators.fluentbit.checks.definitions import compiles
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.checks.parsers import Known
from translators.fluentbit.configuration import Kind, Property, Section
from translators.fluentbit.options import exists
from translators.source import Span

_ACTIONS = ("insert", "upsert", "delete", "rename", "hash", "extract", "convert")
_WITH_VALUE = ("insert", "upsert", "rename")
_TYPES = ("string", "boolean", "int", "double")
_CONTEXTS = (
    "metadata", "attributes", "body", "message", "record", "otel_resource_attributes", "otel_scope_name",
    "otel_scope_version", "otel_scope_attributes",
)  # fmt: skip
_NAMED = {"otel_scope_name": "name", "otel_scope_version": "version"}
_COMPLETE = "Complete the processor, or take it out."


def check(owner: Instance, before: int, known: Known) -> None:
    """Raise what stops the owner's processors. ``before``: how many filters Fluent Bit has made before them."""
    for processor in owner.section.groups:
        if processor.kind is not Kind.PROCESSOR or processor.last("name") is None:
            continue
        is_filter = exists(Kind.FILTER, processor.name)
        made = _as_filter(processor, before) if is_filter else Instance(processor, 0)
        try:
            filters.check(made, known) if is_filter else _check_native(made)
        except Refused as refused:
            lines = [line for line in refused.message.split("\n") if not line.startswith("[engine]")]
            unit = "filter" if is_filter else "native processor"
            lines += [
                f"[processor] error initializing unit {unit} {processor.name}",
                f"[processor] initialization of processor unit '{processor.name}' failed",
            ]
            raise _stopped(owner, lines, refused) from None


def _as_filter(processor: Section, number: int) -> Instance:
    """A filter that is a processor takes every record, and is counted behind the filters that are there by then."""
    match = Property("match", "*", processor.span, "match", "*")
    given = processor.properties if processor.last("match") else (*processor.properties, match)
    return Instance(replace(processor, kind=Kind.FILTER, properties=given), number)


def _stopped(owner: Instance, lines: list[str], refused: Refused) -> Refused:
    if owner.section.kind is Kind.OUTPUT:
        lines.append(f"[output {owner.name}] error initializing processor, aborting startup")
    else:
        lines.append(f"failed initialize processors for input {owner.name}")
    place = refused.span or owner.section.span
    return owner.stops(refused.rule, "\n".join(lines), place, refused.remedy or _COMPLETE)


def _check_native(instance: Instance) -> None:
    properties.check(instance)
    if instance.section.name == "content_modifier":
        error = next(_errors(instance.section), None)
        if error is not None:
            told, place = error
            raise instance.fails("fluentbit/content-modifier", told, place, _COMPLETE)


def _errors(section: Section) -> Iterator[tuple[str, Span]]:
    """What a content_modifier lacks, in the order in which Fluent Bit looks."""
    written, context = section.value("action"), section.value("context")
    action = written.lower()
    if section.last("action") is None:
        yield "no 'action' defined", section.span
    elif action not in _ACTIONS:
        yield f"unknown action '{written}'", _place(section, "action")
    yield from _errors_of_context(section, context, written)
    if (pattern := section.value("pattern")) and not compiles(pattern):
        yield f"invalid regex pattern '{pattern}'", _place(section, "pattern")
    if section.last("key") is None and context.lower() not in _NAMED:
        yield f"key is required for action '{written}'", section.span
    if action in _WITH_VALUE and section.last("value") is None:
        yield f"value is required for action '{written}'", section.span
    if action == "extract" and section.last("pattern") is None:
        yield "for 'extract' action, a regular expression in 'pattern' is required", section.span
    if action == "convert":
        yield from _errors_of_type(section, written)


def _errors_of_context(section: Section, context: str, action: str) -> Iterator[tuple[str, Span]]:
    place = _place(section, "context")
    if section.last("context") is not None and context.lower() not in _CONTEXTS:
        yield f"unknown logs context '{context}'", place
    key = _NAMED.get(context.lower())
    if key and action.lower() in ("rename", "extract", "convert"):
        yield f"action '{action}' is not allowed for context '{context}'", place
    if key and section.value("key", key).lower() != key:
        given = section.value("key")
        yield f"context '{context}' requires the name of the key to be '{key}', no '{given}'", place


def _errors_of_type(section: Section, action: str) -> Iterator[tuple[str, Span]]:
    wanted = section.value("converted_type")
    if section.last("converted_type") is None:
        yield f"converted_type is required for action '{action}'", section.span
    elif wanted.lower() not in _TYPES:
        told = f"unsupported converted_type '{wanted}'\ncannot set converted_type '{wanted}'"
        yield told, _place(section, "converted_type")


def _place(section: Section, key: str) -> Span:
    item = section.last(key)
    return item.span if item else section.span
