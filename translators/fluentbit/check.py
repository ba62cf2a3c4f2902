"""Fluent Bit's own judgement of a configuration: what stops it, and what it only warns of, as v5.1.1."""

from __future__ import annotations

from translators.diagnostics import Finding
from translators.fluentbit.checks import filters, inputs, outputs, parsers, plugins, warnings
from translators.fluentbit.checks.instances import numbered
from translators.fluentbit.configuration import Configuration


def check(configuration: Configuration, parsers_missing: bool) -> list[Finding]:
    """Raise ``Refused`` as the real one would, first things first; else what it says or leaves unsaid.

    ``parsers_missing`` says that a file of parsers was not given, so an undefined parser proves nothing.
    """
    known = parsers.check(configuration, parsers_missing)
    plugins.check(configuration)
    for instance in numbered(configuration.inputs):
        inputs.check(instance, known)
    for instance in numbered(configuration.filters):
        filters.check(instance, known)
    for instance in numbered(configuration.outputs):
        outputs.check(instance)
    return list(warnings.find(configuration, known))
