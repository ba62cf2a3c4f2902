"""Sections without a Name, and names that no plugin has."""

from __future__ import annotations

from difflib import get_close_matches

from translators.fluentbit.checks import conditions, engine_keys
from translators.fluentbit.classic import refuse
from translators.fluentbit.configuration import Configuration, Kind, Section
from translators.fluentbit.options import exists, plugins

_SHOWN = 200
"""A refusal fits on one screen."""


def check(configuration: Configuration) -> None:
    """Refuse in the order that Fluent Bit makes the instances: inputs, filters, outputs."""
    for section in (*configuration.inputs, *configuration.filters, *configuration.outputs):
        _check(section)
        engine_keys.check(section)
        for group in section.groups:
            _check_processor(group)


def _check(section: Section) -> None:
    if section.last("name") is None:
        raise refuse(
            "fluentbit/missing-name",
            f"[config] section '{section.kind.value}' is missing the 'name' property",
            section.span,
            "Add a Name line that says which plugin the section configures.",
        )
    if not exists(section.kind, section.name):
        name = section.last("name")
        written = (name.value if name else section.name)[:_SHOWN]
        raise refuse(
            "fluentbit/unknown-plugin",
            f"[config] section '{written}' tried to instance a plugin name that doesn't exist",
            name.span if name else section.span,
            _suggestion(section.kind, section.name),
        )


def _check_processor(group: Section) -> None:
    """Only YAML makes processors with a name; a group of the classic format, whose title is its name, is not used."""
    if group.kind is not Kind.PROCESSOR:
        return
    if not group.name:
        told = f"[processor] configuration missing required 'name' field\n{conditions.NOT_LOADED}"
        raise refuse("fluentbit/missing-name", told, group.span, "Add a name that says which processor it is.")
    if group.last("name") is not None and not exists(Kind.PROCESSOR, group.name):
        written = group.value("name")
        raise refuse(
            "fluentbit/unknown-plugin",
            f"[processor] error creating processor '{written}': plugin doesn't exist or failed to initialize\n"
            f"{conditions.NOT_LOADED}",
            group.span,
            _suggestion(Kind.PROCESSOR, group.name),
        )
    conditions.check(group)


def _suggestion(kind: Kind, name: str) -> str:
    close = get_close_matches(name[:_SHOWN], plugins(kind), n=1)
    known = f"Did you mean {close[0]}? " if close else ""
    unknown = f"{known}Fluent Bit 5.1.1 and aws-for-fluent-bit have no {kind.value} of this name."
    if kind is not Kind.OUTPUT:
        return unknown
    return f"{unknown} If your image adds it, give the file without this section: no other output depends on it."
