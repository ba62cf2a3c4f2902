"""Bare configuration files: a main file, its includes and its parsers, as they lie in a folder."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.configuration import HOSTNAME, Kind, Property, Section
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.inputs import templates
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.standard_parsers import standard_parsers_file
from translators.fluentbit.variables import Variables
from translators.source import Source, Span

_REFERENCE = re.compile(r"(?im)^(?:@include|[ \t]*(?:parsers_file|streams_file|plugins_file)|[ \t]*-)[ \t:]+(\S+)")
_SECTION = re.compile(r"(?im)^\[(?:s|i|f|o|c)\w*\]|^[ \t]*(?:pipeline|service|includes):")
_INSIDE = re.compile(r"(?m)^[ \t]+(\[(?:SERVICE|INPUT|FILTER|OUTPUT)\])", re.IGNORECASE)
_INPUT = re.compile(r"(?im)^\[in?p?u?t?s?\]|^@include |^[ \t]*inputs:")
_PIPELINE = re.compile(r"(?im)^\[[fo]\w*\]|^[ \t]*(?:filters|outputs):")
_USUAL = ("fluent-bit.conf", "fluent-bit.yaml", "fluent-bit.yml", "fluentbit.conf", "td-agent-bit.conf", "main.conf")


def find(texts: Mapping[str, str], variables: Variables) -> Found:
    """The configuration that the files hold."""
    if len(texts) == 1:
        templates.refuse_program(*next(iter(texts.items())))
    tree = FileTree()
    for name, text in texts.items():
        tree.add(ConfigFile(name, text, name))
    main = main_file(tree)
    variables.pod.setdefault("HOSTNAME", HOSTNAME)
    found = Found("files", main, tree, variables)
    if len(texts) == 1 and _PIPELINE.search(main.text) and not _INPUT.search(main.text):
        _as_firelens(found)
    return found


def main_file(tree: FileTree) -> ConfigFile:
    """The file that no other names; the usual names decide between several. In a circle it is the one given first."""
    named = _named(tree)
    sections = [file for file in tree.files.values() if _SECTION.search(file.text)]
    candidates = [file for file in sections if file.path not in named] or sections[:1]
    for usual in _USUAL:
        chosen = [file for file in candidates if posixpath.basename(file.path) == usual]
        if len(chosen) == 1:
            return chosen[0]
    if len(candidates) == 1:
        return candidates[0]
    files = list(tree.files.values())
    if not candidates and len(files) == 1 and not files[0].path.lower().endswith((".yaml", ".yml", ".json")):
        return files[0]
    place = Span(files[0].source, 1, 1) if files else None
    if not candidates:
        raise _nothing(files, place)
    raise Refused(
        "fluentbit/several-main-files",
        f"these files could all be the main one: {', '.join(file.path for file in candidates[:6])}",
        place,
        "Name the main file itself; its includes and parsers are found from it.",
    )


def _nothing(files: list[ConfigFile], place: Span | None) -> Refused:
    """No file is one of Fluent Bit's; sections may still stand in values that nobody knows to read them."""
    found = ((file, _INSIDE.search(file.text)) for file in files)
    inside = next(((file, match) for file, match in found if match), None)
    if inside is None:
        return Refused(
            "fluentbit/no-main-file",
            "none of these files is a Fluent Bit configuration: no [INPUT], [FILTER], [OUTPUT] or `pipeline:` in "
            + ", ".join(file.path for file in files[:5]),
            place,
            "Give the main file (fluent-bit.conf or fluent-bit.yaml), the manifest or the ConfigMap.",
        )
    file, match = inside
    return Refused(
        "fluentbit/no-main-file",
        f"{match[1]} stands inside a value that no chart known here reads",
        Source(file.source, file.text).span(match.start(1), match.end(1)),
        "Look whether indentation was lost above it, or give what the cluster has: "
        "`kubectl get configmap,daemonset -n NAMESPACE -o yaml`.",
    )


def _named(tree: FileTree) -> set[str]:
    """The paths that some file includes or names as its parsers."""
    named: set[str] = set()
    for file in tree.files.values():
        folder = posixpath.dirname(file.path)
        for name in _REFERENCE.findall(file.text):
            found = tree.matching(name, folder) if "*" in name else [tree.find(name, folder)]
            named.update(each.path for each in found if each is not None and each is not file)
    return named


def _as_firelens(found: Found) -> None:
    """An extra file of FireLens has no inputs: the router's own configuration receives the logs and includes it."""
    span = found.main.span(1, 0, 1)
    found.kind = "firelens"
    image = standard_parsers_file("parsers.conf")
    if image is not None and "parsers_file" not in found.main.text.lower():
        found.parsers.append(image)
    found.before.append(
        Section(Kind.INPUT, "forward", (Property("name", "forward", span, "Name", "forward"),), span),
    )
    found.findings.append(
        Finding(
            "fluentbit/firelens-input",
            span,
            "no [INPUT]",
            PerAgent.same(Fidelity.EQUIVALENT),
            "This file has no input, as the extra configuration of FireLens: the router's own forward input, whose "
            "tags are NAME-firelens-TASK, is assumed.",
            "Give the whole configuration if this is not FireLens.",
        )
    )
