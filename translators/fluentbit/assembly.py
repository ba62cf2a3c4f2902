"""From the sections of the files to the configuration that Fluent Bit runs: variables filled in, parsers files read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit import classic, yaml_format
from translators.fluentbit.checks import definitions
from translators.fluentbit.classic import Document
from translators.fluentbit.configuration import Configuration, Kind, Property, Section
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.standard_parsers import standard_parsers_file
from translators.fluentbit.variables import Variables

HARMLESS = PerAgent.same(Fidelity.HARMLESS)
MANUAL = PerAgent.same(Fidelity.MANUAL)
_YAML = (".yaml", ".yml")
_CORRECT = (
    "Correct the definition. Fluent Bit goes on without this parser and without those after it in the same file, so "
    "what they were meant to do does not happen."
)


@dataclass(slots=True)
class Assembled:
    """A configuration, what was noticed while it was put together, and the files it names that were not given.

    ``errors`` are what Fluent Bit logs while it loads; ``broken`` is a parser's regex that cannot be compiled.
    """

    configuration: Configuration
    findings: list[Finding] = field(default_factory=list)
    missing_files: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    broken: Refused | None = None


def is_yaml(path: str) -> bool:
    """Fluent Bit tells its two formats apart by the file's extension only."""
    return path.lower().endswith(_YAML)


def load_document(file: ConfigFile, tree: FileTree) -> Document:
    """Read one file, with its includes, in the format that its name says."""
    return yaml_format.load(file, tree) if is_yaml(file.path) else classic.load(file, tree)


def assemble_document(document: Document, main: ConfigFile, tree: FileTree, variables: Variables) -> Assembled:
    """Take the main file as Fluent Bit does: env, meta, service with its files, parsers, inputs, filters, outputs."""
    work = _Assembly(main, tree, variables)
    work.findings.extend(document.findings)
    work.set_variables(document)
    if not is_yaml(main.path):
        _refuse_parsers_in_main(document)
    return work.finish(document)


class _Assembly:
    def __init__(self, main: ConfigFile, tree: FileTree, variables: Variables) -> None:
        self.main = main
        self.folder = posixpath.dirname(main.path)
        self.tree = tree
        self.variables = variables
        self.findings: list[Finding] = []
        self.missing: list[str] = []
        self.errors: list[str] = []
        self.broken: Refused | None = None
        self._parsers: list[Section] = []
        self._multiline: list[Section] = []
        self._tasks: list[Section] = []
        self._ignored: list[Section] = []

    def set_variables(self, document: Document) -> None:
        for meta in document.metas:
            name, equals, value = meta.parameters.partition("=")
            if meta.command.lower() == "set" and equals:
                self.variables.file[name] = value
            elif meta.command.lower() != "env":
                self.findings.append(_finding("fluentbit/meta", meta, f"@{meta.command} {meta.parameters}"))

    def finish(self, document: Document) -> Assembled:
        service = self._service(document)
        self._define(document, self.main)
        for section in document.sections:
            self._sort(section)
        configuration = Configuration(
            service=service,
            parsers=tuple(self._parsers),
            multiline_parsers=tuple(self._multiline),
            inputs=tuple(self._expanded(document, Kind.INPUT)),
            filters=tuple(self._expanded(document, Kind.FILTER)),
            outputs=tuple(self._expanded(document, Kind.OUTPUT)),
            stream_tasks=tuple(self._tasks),
            ignored=tuple(self._ignored),
        )
        return Assembled(configuration, self.findings, self.missing, self.errors, self.broken)

    def _sort(self, section: Section) -> None:
        match section.kind:
            case Kind.PARSER | Kind.MULTILINE_PARSER:
                pass
            case Kind.STREAM_TASK:
                self._tasks.append(self._expand(section))
            case Kind.OTHER:
                self._ignored.append(section)
            case Kind.SERVICE | Kind.INPUT | Kind.FILTER | Kind.OUTPUT | Kind.PROCESSOR:
                pass

    def _expanded(self, document: Document, kind: Kind) -> Iterator[Section]:
        return (self._expand(section) for section in document.sections if section.kind is kind)

    def _expand(self, section: Section) -> Section:
        expand = self.variables.expand
        properties = tuple(
            replace(item, value=expand(item.raw, item.span)) if "${" in item.raw else item
            for item in section.properties
        )
        groups = tuple(self._expand(group) for group in section.groups)
        return Section(section.kind, _name(section, properties), properties, section.span, groups)

    def _service(self, document: Document) -> Section | None:
        found = next((section for section in document.sections if section.kind is Kind.SERVICE), None)
        if found is None:
            return None
        service = self._expand(found)
        for item in service.properties:
            if item.key == "parsers_file":
                self._read_parsers(item)
            elif item.key == "streams_file":
                self._read_streams(item)
        return service

    def _read_parsers(self, item: Property) -> None:
        document = self._document(item)
        if document is None:
            return
        self.findings.extend(document.findings)
        self._define(document, None)
        self._ignored.extend(
            section for section in document.sections if section.kind not in (Kind.PARSER, Kind.MULTILINE_PARSER)
        )

    def _define(self, document: Document, main: ConfigFile | None) -> None:
        """Take the parsers of a file, as far as Fluent Bit takes them."""
        own = [self._expand(each) for each in document.sections if each.kind in (Kind.PARSER, Kind.MULTILINE_PARSER)]
        if not own:
            return
        admitted = definitions.admit(own, self._parsers, own[0].span.source)
        self._parsers.extend(each for each in admitted.sections if each.kind is Kind.PARSER)
        self._multiline.extend(each for each in admitted.sections if each.kind is Kind.MULTILINE_PARSER)
        problem = admitted.problem
        if problem is None:
            return
        if main is not None:
            remedy = "Correct the definition: Fluent Bit does not start with it in its main file."
            raise classic.refuse("fluentbit/parser-definition", problem.text, problem.span, remedy)
        self.errors.append(problem.text)
        if problem.broken_regex:
            self.broken = self.broken or Refused("fluentbit/broken-regex", problem.text, problem.span, _CORRECT)
        else:
            self.findings.extend(definitions.findings(admitted))

    def _read_streams(self, item: Property) -> None:
        document = self._document(item)
        if document is None:
            return
        for section in document.sections:
            if section.name.lower() == "stream_task":
                self._tasks.append(self._expand(replace(section, kind=Kind.STREAM_TASK)))
            else:
                self._ignored.append(section)

    def _document(self, item: Property) -> Document | None:
        """The named file; None when it was not given, which Fluent Bit's image may still have."""
        found = self.tree.find(item.value, self.folder)
        if found is not None:
            return load_document(found, self.tree)
        standard = standard_parsers_file(item.value)
        if standard is not None and item.key == "parsers_file":
            self.findings.append(_from_the_image(item))
            return classic.load(standard, self.tree)
        self.missing.append(item.value)
        self.findings.append(_not_given(item))
        return None


def _name(section: Section, properties: Iterable[Property]) -> str:
    """The plugin's name in lower case, the parser's as written; a section that needs none keeps its title."""
    found = next((item.value for item in properties if item.key == "name"), None)
    match section.kind:
        case Kind.SERVICE:
            return "service"
        case Kind.INPUT | Kind.FILTER | Kind.OUTPUT:
            return (found or "").lower()
        case Kind.PARSER | Kind.MULTILINE_PARSER | Kind.STREAM_TASK:
            return found or ""
        case Kind.PROCESSOR:
            return (found or section.name).lower()
        case Kind.OTHER:
            return section.name


def _refuse_parsers_in_main(document: Document) -> None:
    for section in document.sections:
        if section.kind in (Kind.PARSER, Kind.MULTILINE_PARSER):
            raise classic.refuse(
                "fluentbit/parser-in-main-file",
                "Sections 'multiline_parser' and 'parser' are not valid in the main configuration file. It belongs to",
                section.span,
                "Move the section to a file of its own and name that file in [SERVICE] with Parsers_File.",
            )


def _finding(rule: str, meta: classic.Meta, subject: str) -> Finding:
    return Finding(rule, meta.span, subject, HARMLESS, "Fluent Bit ignores this command, and so do we.")


def _from_the_image(item: Property) -> Finding:
    return Finding(
        "fluentbit/parsers-of-the-image",
        item.span,
        f"{item.name} {item.value}",
        PerAgent.same(Fidelity.EQUIVALENT),
        "This file was not given; the parsers that Fluent Bit's image has under this name are used, which holds while "
        "the image's file is unchanged.",
        "Give the file too if your image has its own.",
    )


def _not_given(item: Property) -> Finding:
    return Finding(
        "fluentbit/file-not-given",
        item.span,
        f"{item.name} {item.value}",
        MANUAL,
        "This file was not given, and what it defines is unknown; Fluent Bit itself would log an error and start "
        "without it.",
        f"Give {item.value} too (its folder, or the ConfigMap that holds it).",
    )
