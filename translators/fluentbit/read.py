"""The way in: whatever the user has becomes one configuration, with everything that was noticed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from translators.diagnostics import Finding, Refused
from translators.fluentbit import check, comments, unknowns, versions
from translators.fluentbit.assembly import Assembled, assemble_document, load_document
from translators.fluentbit.checks.inputs import GIVE_VARIABLE
from translators.fluentbit.configuration import Configuration, Section
from translators.fluentbit.files import decode
from translators.fluentbit.inputs import detect, fargate
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.standard_parsers import IMAGE_SOURCE, standard_parsers_file
from translators.fluentbit.variables import Variables
from translators.fluentbit.workload import Workload
from translators.source import Span


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says besides the files.

    ``environment`` holds the values of ``--env`` and ``--env-file`` (an empty one is set and empty); ``cluster`` is
    ``--cluster``, the value of cluster.name. ``lenient`` reads any text without its indentation. ``unknown_as`` stands
    for values of objects that were not given; None refuses them, naming the flags. ``in_order``: the user named each
    input, so that later values of a chart stand over earlier ones; in a folder nothing says which do.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""
    lenient: bool = False
    unknown_as: str | None = None
    in_order: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``sources`` has the text for each name that a span uses; ``version`` is empty when nobody says it.

    ``missing_files`` are files that the configuration names and that were not given: their parsers are unknown.
    ``cluster`` is the cluster's name as the user or the inputs say it, empty when nobody does.
    ``files`` has every file by its path for Fluent Bit (Lua scripts among them), mounts included.
    """

    configuration: Configuration
    findings: tuple[Finding, ...]
    workload: Workload | None
    kind: str
    version: str
    sources: Mapping[str, str]
    missing_files: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""


def read(inputs: Mapping[str, bytes], options: ReadOptions) -> Reading:
    """Read the inputs, name → bytes. Raises ``Refused`` for what Fluent Bit, or we, cannot use."""
    texts = {name: decode(name, data) for name, data in inputs.items()}
    wishes = detect.Wishes(options.lenient, options.cluster, options.in_order)
    found = detect.find(texts, _variables(options), wishes)
    return replace(_reading(found, _load(found), texts), cluster=options.cluster or found.variables.cluster())


def _variables(options: ReadOptions) -> Variables:
    return Variables(given=dict(options.environment), unknown_as=options.unknown_as)


def _load(found: Found) -> Assembled:
    document = load_document(found.main, found.tree)
    document.sections = [*found.before, *document.sections]
    assembled = assemble_document(document, found.main, found.tree, found.variables)
    for file in found.parsers:
        parsers = assemble_document(
            load_document(file, found.tree), replace(file, path=".yaml"), found.tree, found.variables
        )
        configuration = assembled.configuration
        assembled.configuration = replace(
            configuration,
            parsers=configuration.parsers + parsers.configuration.parsers,
            multiline_parsers=configuration.multiline_parsers + parsers.configuration.multiline_parsers,
        )
        assembled.findings.extend(parsers.findings)
        assembled.errors.extend(parsers.errors)
        assembled.broken = assembled.broken or parsers.broken
    return assembled


def _reading(found: Found, assembled: Assembled, texts: dict[str, str]) -> Reading:
    configuration = assembled.configuration
    if configuration == Configuration() and not assembled.errors and not assembled.broken:
        raise Refused(
            "fluentbit/empty",
            "there is no section in this configuration",
            Span(found.main.source, found.main.span(1, 0, 0).line, 1),
            "Give the file that holds the [INPUT], [FILTER] and [OUTPUT] sections (or `pipeline:`).",
        )
    findings = [*found.findings, *assembled.findings]
    findings += unknowns.check(found.variables, configuration, found.workload is not None)
    findings += _judge(found, assembled)
    version = versions.of_workload(found.workload)
    findings += versions.check(version, found.workload, configuration)
    return Reading(
        configuration,
        tuple(findings),
        found.workload,
        found.kind,
        version,
        _sources(found, texts, configuration.parsers),
        tuple(assembled.missing_files),
        {path: file.text for path, file in found.tree.files.items()},
    )


def _judge(found: Found, assembled: Assembled) -> list[Finding]:
    """Fluent Bit's judgement; where an empty variable is to blame, the way out names it."""
    try:
        if found.kind == "fargate":
            fargate.check(assembled.configuration)
        return check.check(assembled)
    except Refused as refused:
        raise _naming_comments(_naming_variables(refused, found.variables), assembled.findings) from None


def _naming_comments(refused: Refused, findings: list[Finding]) -> Refused:
    """The refusal; where a comment stands behind the value at its place, that is the way out."""
    place = refused.span
    if place is None or not any(found.rule == comments.RULE and _same_line(found.span, place) for found in findings):
        return refused
    return Refused(refused.rule, refused.message, place, f"{comments.REMEDY} Or: {refused.remedy}")


def _naming_variables(refused: Refused, variables: Variables) -> Refused:
    """The refusal; where an empty variable stands at its place or is to blame, with the flags that give it."""
    place, blames = refused.span, refused.remedy.startswith(GIVE_VARIABLE)
    here = [use for use in variables.uses if blames or (place is not None and _same_line(use.span, place))]
    if not here:
        return refused
    flags = " ".join(f"--env {name}=VALUE" for name in dict.fromkeys(use.name for use in here))
    remedy = f"{GIVE_VARIABLE}: {flags}."
    return Refused(refused.rule, refused.message, place, remedy if blames else f"{remedy} Or: {refused.remedy}")


def _same_line(first: Span, second: Span) -> bool:
    return (first.source, first.line) == (second.source, second.line)


def _sources(found: Found, texts: dict[str, str], parsers: tuple[Section, ...]) -> dict[str, str]:
    sources = {**found.texts, **texts}
    for file in found.tree.files.values():
        sources.setdefault(file.source, file.text)
    image = standard_parsers_file("parsers.conf")
    if image is not None and any(section.span.source == IMAGE_SOURCE for section in parsers):
        sources.setdefault(IMAGE_SOURCE, image.text)
    return sources
