"""Which form an input has: its content decides, its name only where Fluent Bit itself goes by the name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import zip_longest
from typing import TYPE_CHECKING

from translators.diagnostics import Finding, Refused
from translators.fluentbit.files import ConfigFile
from translators.fluentbit.inputs import (
    classic_files,
    commands,
    described,
    embedded,
    helm,
    kustomize,
    lenient,
    manifest,
    releases,
    templates,
)
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.kustomize import Kustomized
from translators.fluentbit.inputs.manifest import Manifest
from translators.fluentbit.inputs.objects import KubeObject, is_data, is_object, objects_of
from translators.fluentbit.inputs.releases import Written
from translators.fluentbit.variables import Variables
from translators.fluentbit.yaml_syntax import NotYaml, compose, get, is_mapping
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Node

_CLASSIC = re.compile(r"(?m)^\s*\[[A-Za-z_ ]+\]|^@INCLUDE ")
_YAML_PIPELINE = re.compile(r"(?m)^(?:pipeline|service|parsers|multiline_parsers|includes):")
_FLUENT_BIT_YAML = ("pipeline", "parsers", "multiline_parsers", "stream_processor")


@dataclass(slots=True)
class _Sorted:
    """The inputs by what they are."""

    files: dict[str, str] = field(default_factory=dict)
    objects: list[KubeObject] = field(default_factory=list)
    values: list[Written] = field(default_factory=list)
    settings: list[Written] = field(default_factory=list)
    elsewhere: list[Finding] = field(default_factory=list)
    pasted: dict[str, str] = field(default_factory=dict)
    outside: list[tuple[int, str]] = field(default_factory=list)
    kustomized: Kustomized = field(default_factory=Kustomized)

    def next(self) -> int:
        """The place of what comes now among the values."""
        return len(self.values) + len(self.settings)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says about the inputs."""

    lenient: bool = False
    cluster: str = ""
    in_order: bool = True


def find(texts: Mapping[str, str], variables: Variables, wishes: Wishes) -> Found:
    """The one configuration in the inputs."""
    if not any(text.strip("\ufeff \t\r\n") for text in texts.values()):
        raise Refused(
            "fluentbit/empty",
            "the input is empty",
            Span(next(iter(texts), "-"), 1, 1),
            "Give the manifest, the ConfigMap or the configuration file.",
        )
    found = _find(_sort(texts), texts, variables, wishes)
    if wishes.lenient and found.kind != "pasted":
        lenient.straighten(found)
    return found


def _find(sorted_inputs: _Sorted, texts: Mapping[str, str], variables: Variables, wishes: Wishes) -> Found:
    cluster = wishes.cluster
    if sorted_inputs.pasted:
        return lenient.find(sorted_inputs.pasted, variables, _manifest(sorted_inputs, variables, cluster))
    if sorted_inputs.values:
        return _of_values(sorted_inputs, variables, wishes)
    if sorted_inputs.objects:
        kustomized = sorted_inputs.kustomized
        found = manifest.find(_manifest(sorted_inputs, variables, cluster), variables)
        found.findings[:0] = sorted_inputs.elsewhere
        if found.workload is not None:
            found.workload = replace(found.workload, image=kustomized.image(found.workload.image))
        return found
    if cluster:
        variables.pod.setdefault("CLUSTER_NAME", cluster)
    return classic_files.find(sorted_inputs.files or dict(texts), variables)


def _manifest(inputs: _Sorted, variables: Variables, cluster: str) -> Manifest:
    """The objects, the files beside them, and what the commands of a guide put into ConfigMaps."""
    extra = [ConfigFile(name, text, name) for name, text in inputs.files.items()]
    created = commands.find(inputs.outside, variables.given)
    return Manifest(inputs.objects, cluster, extra, created.values, created.hints)


def _of_values(inputs: _Sorted, variables: Variables, wishes: Wishes) -> Found:
    """The configuration of one release, later values over earlier ones where the user gave them in order."""
    given = [*inputs.values]
    if wishes.in_order:
        given = sorted((*given, *inputs.settings), key=lambda each: each.place)
    if len({helm.chart_of(each.node) for each in inputs.values}) > 1 or (len(given) > 1 and not wishes.in_order):
        raise _several_values(given)
    found = helm.find(given, variables, wishes.cluster)
    found.findings[:0] = inputs.elsewhere
    found.texts.update((each.name, each.text) for each in given)
    return found


def _several_values(values: list[Written]) -> Refused:
    names = ", ".join(each.name for each in values)
    return Refused(
        "fluentbit/several-values",
        f"these are values of several charts or releases: {names}",
        Span(values[1].name, 1, 1),
        "Give the files of one release one by one, in Helm's order: --fluent-bit BASE --fluent-bit OVER-IT; or its "
        "merged values: helm get values RELEASE -n NAMESPACE --all -o yaml.",
    )


def _sort(texts: Mapping[str, str]) -> _Sorted:
    out = _Sorted(kustomized=kustomize.read(texts))
    for name, text in texts.items():
        if posixpath.normpath(name) in out.kustomized.consumed:
            continue
        if name.lower().endswith(".conf"):
            templates.refuse_template(name, text)
            out.files[name] = text
        else:
            _sort_by_content(out, name, text)
    out.objects = out.kustomized.applied(out.objects)
    out.values += (replace(each, place=out.next()) for each in out.kustomized.values() if helm.is_values(each.node))
    out.elsewhere += out.kustomized.findings
    return out


def _sort_by_content(out: _Sorted, name: str, text: str) -> None:
    templates.refuse_terraform(name, text)
    if described.is_description(text):
        out.objects.extend(described.objects(name, text))
        return
    try:
        documents = compose(text.removeprefix("\ufeff"), name)
    except NotYaml as problem:
        _sort_other(out, name, text, problem)
        return
    documents = [each for each in documents if not _take_held(out, each, name, text)]
    if any(is_object(document) or is_data(document) for document in documents):
        templates.refuse_template(name, text)
        out.objects.extend(objects_of(documents, name, text.removeprefix("\ufeff")))
    elif len(documents) == 1 and helm.is_values(documents[0]):
        out.values.append(Written(name, text, documents[0], out.next()))
    elif any(is_mapping(each) and any(get(each, key) for key in _FLUENT_BIT_YAML) for each in documents):
        templates.refuse_template(name, text)
        out.files[name] = text
    elif not any(is_mapping(each) for each in documents) and _take_embedded(out, name, text):
        return
    elif lenient.has_markers(text) and not name.lower().endswith((".yaml", ".yml", ".json")):
        out.pasted[name] = text
    elif len(documents) == 1 and is_mapping(documents[0]) and not _CLASSIC.search(text):
        out.settings.append(Written(name, text, documents[0], out.next()))
        out.files[name] = text
    elif _CLASSIC.search(text) or name.lower().endswith((".yaml", ".yml")):
        out.files[name] = text


def _take_held(out: _Sorted, document: Node, name: str, text: str) -> bool:
    """Keep the values that an object of Flux, Argo CD and the like holds; False: it holds none of a known chart."""
    found = [each for each in releases.held(document, name, text) if helm.is_values(each.values.node)]
    for each in found:
        out.values.append(replace(each.values, place=out.next()))
        out.elsewhere.extend(each.elsewhere)
    return bool(found)


def _take_embedded(out: _Sorted, name: str, text: str) -> bool:
    """Keep what the blocks of a guide or a script hold; False: nothing, or their indentation is lost as well."""
    guide = embedded.read(text)
    found = [(block, _held_by(block)) for block in guide.blocks]
    if any(kind is _Held.BROKEN for _, kind in found):
        return False
    objects = [block for block, kind in found if kind is _Held.OBJECTS]
    files = [block for block, kind in found if kind is _Held.CLASSIC and (block.file or not objects)]
    for block in objects:
        _sort_by_content(out, name, block.text)
    for block in files:
        path = f"{name}/{block.file}" if block.file else name
        rows = block.text.split("\n")
        before = out.files.get(path, "").split("\n")
        out.files[path] = "\n".join(row or old for row, old in zip_longest(rows, before, fillvalue=""))
    out.outside.extend(guide.outside)
    out.elsewhere.extend(embedded.findings(name, (*objects, *files)))
    return bool(objects or files)


class _Held(Enum):
    """What a block of a guide is to us."""

    OBJECTS = auto()
    CLASSIC = auto()
    BROKEN = auto()
    NOTHING = auto()


def _held_by(block: embedded.Block) -> _Held:
    if block.file.endswith(".conf"):
        return _Held.CLASSIC
    try:
        documents = compose(block.content, "")
    except NotYaml:
        if lenient.has_markers(block.content):
            return _Held.BROKEN
        return _Held.CLASSIC if _CLASSIC.search(block.content) else _Held.NOTHING
    if any(is_object(each) and not is_mapping(get(each, "metadata") or each) for each in documents):
        return _Held.BROKEN
    known = any(is_object(each) or is_data(each) or helm.is_values(each) for each in documents)
    return _Held.OBJECTS if known else _Held.NOTHING


def _sort_other(out: _Sorted, name: str, text: str, problem: NotYaml) -> None:
    """No YAML: a template, a paste that lost its indentation, the classic format, or a mistake."""
    templates.refuse_template(name, text)
    is_yaml = name.lower().endswith((".yaml", ".yml", ".json"))
    if _take_embedded(out, name, text):
        return
    if lenient.has_markers(text):
        out.pasted[name] = text
    elif (_YAML_PIPELINE if is_yaml else _CLASSIC).search(text):
        out.files[name] = text
    else:
        raise Refused(
            "fluentbit/not-yaml",
            f"this is neither YAML ({problem.problem}) nor Fluent Bit's classic format",
            Span(name, problem.line, problem.column),
            "Correct the YAML at this place; a text whose indentation was lost is read with --lenient.",
        )
