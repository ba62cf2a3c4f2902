"""Fluent Bit's own judgement of a configuration: what stops it, and what it only warns of, as v5.1.1."""

from __future__ import annotations

from translators.diagnostics import Finding, Refused
from translators.fluentbit.assembly import Assembled
from translators.fluentbit.checks import engine_keys, filters, inputs, outputs, plugins, processors, storage, warnings
from translators.fluentbit.checks.emitters import emitters_of
from translators.fluentbit.checks.instances import numbered
from translators.fluentbit.checks.parsers import Known, known_parsers
from translators.fluentbit.configuration import Configuration


def check(assembled: Assembled) -> list[Finding]:
    """Raise ``Refused`` as the real one would, first things first; else what it says or leaves unsaid.

    The message of a refusal begins with the errors that Fluent Bit logged before, as its own log does.
    """
    configuration = assembled.configuration
    known = known_parsers(configuration, not assembled.missing_files, assembled.errors)
    try:
        _start(configuration, known)
    except Refused as refused:
        cause = assembled.broken or refused
        message = "\n".join([*known.errors, refused.message])
        raise Refused(cause.rule, message, cause.span, cause.remedy) from None
    if assembled.broken is not None:
        raise assembled.broken
    return list(warnings.find(configuration, known))


def _start(configuration: Configuration, known: Known) -> None:
    plugins.check(configuration)
    engine_keys.check_service(configuration.service)
    sources = tuple(numbered(configuration.inputs))
    storage.check(configuration.service, sources)
    for instance in sources:
        inputs.check(instance, known)
        processors.check(instance, 0, known)
    emitters = emitters_of(configuration.service, sources)
    for instance in numbered(configuration.filters):
        filters.check(instance, known)
        emitters.check(instance)
    for instance in numbered(configuration.outputs):
        outputs.check(instance)
        processors.check(instance, len(configuration.filters), known)
