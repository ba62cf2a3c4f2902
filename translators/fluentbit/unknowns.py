"""Variables without a value: unset ones are empty as in Fluent Bit, unknown ones must be given."""

from __future__ import annotations

from collections.abc import Iterator

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.configuration import Configuration
from translators.fluentbit.variables import Absence, Unknown, Use, Variables
from translators.source import Span

_FILES = ("parsers_file", "streams_file", "plugins_file")


def check(variables: Variables, configuration: Configuration, has_workload: bool) -> list[Finding]:
    """Refuse unknown values that decide something; report the others."""
    idle = _idle_spans(configuration)
    unknown = [use for use in variables.uses if use.absence is Absence.UNKNOWN]
    deciding = [use for use in unknown if use.span not in idle]
    if deciding:
        raise _refusal(variables, deciding, [use for use in unknown if use.span in idle])
    return [
        *(_idle(variables, use) for use in unknown),
        *(_unset(use, has_workload) for use in variables.uses if use.absence is Absence.UNSET),
    ]


def _idle_spans(configuration: Configuration) -> set[Span]:
    """Keys of [SERVICE] decide nothing about a log record, except those that name files."""
    service = configuration.service
    return {item.span for item in service.properties if item.key not in _FILES} if service else set()


def _refusal(variables: Variables, deciding: list[Use], idle: list[Use]) -> Refused:
    needed = list(_needed(variables, deciding))
    words = ", ".join(f"{each.name} ({each.origin})" for each in needed)
    missing = "the values of these variables were" if len(needed) > 1 else "the value of this variable was"
    return Refused(
        "fluentbit/unknown-value",
        f"{missing} not given: {words}",
        deciding[0].span,
        " ".join(_ways_out(needed, [use.name for use in idle])),
    )


def _ways_out(needed: list[Unknown], idle: list[str]) -> Iterator[str]:
    """The values as flags, which may be copied; what the text shows of them; the objects that hold them."""
    yield f"Give {'them' if len(needed) > 1 else 'it'}: {' '.join(each.flag for each in needed)}."
    hints = [f"{each.name}={each.hint}" for each in needed if each.hint]
    if hints:
        yield f"The text itself shows {', '.join(hints)}."
    commands = list(dict.fromkeys(each.command for each in needed if each.command))
    if commands:
        yield f"Or give what this prints as one more PATH: {'; '.join(commands)}."
    if idle:
        yield f"Unknown too, but nothing depends on it: {', '.join(dict.fromkeys(idle))}."


def _needed(variables: Variables, uses: list[Use]) -> Iterator[Unknown]:
    for name in dict.fromkeys(use.name for use in uses):
        found = variables.unknown.get(name)
        yield found or Unknown(name, variables.elsewhere or "not given", f"--env {name}=VALUE")


def _idle(variables: Variables, use: Use) -> Finding:
    known = variables.unknown.get(use.name)
    origin = known.origin if known else variables.elsewhere
    return Finding(
        "fluentbit/unknown-service-value",
        use.span,
        f"${{{use.name}}}",
        PerAgent.same(Fidelity.HARMLESS),
        f"Its value ({origin}) was not given; no log record depends on it.",
    )


def _unset(use: Use, has_workload: bool) -> Finding:
    told = (
        "The container has no such variable: it is empty, as in Fluent Bit, which only warns."
        if has_workload
        else "Nobody gives this variable a value: it is read as empty, as Fluent Bit does where it is not set."
    )
    return Finding(
        "fluentbit/unset-variable",
        use.span,
        f"${{{use.name}}}",
        PerAgent.same(Fidelity.HARMLESS if has_workload else Fidelity.EQUIVALENT),
        told,
        "" if has_workload else f"If the container sets it, say so: --env {use.name}=VALUE.",
    )
