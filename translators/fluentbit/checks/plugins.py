"""Sections without a Name, and names that no plugin has."""

from __future__ import annotations

from difflib import get_close_matches

from translators.fluentbit.classic import refuse
from translators.fluentbit.configuration import Configuration, Kind, Section
from translators.fluentbit.options import exists, plugins

_SHOWN = 200
"""A refusal fits on one screen."""


def check(configuration: Configuration) -> None:
    """Refuse in the order that Fluent Bit makes the instances: inputs, filters, outputs."""
    for section in (*configuration.inputs, *configuration.filters, *configuration.outputs):
        _check(section)


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


def _suggestion(kind: Kind, name: str) -> str:
    close = get_close_matches(name[:_SHOWN], plugins(kind), n=1)
    known = f"Did you mean {close[0]}? " if close else ""
    return f"{known}Fluent Bit 5.1.1 and aws-for-fluent-bit have no {kind.value} of this name."
