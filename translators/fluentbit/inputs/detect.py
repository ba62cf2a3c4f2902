"""Which form an input has: its content decides, its name only where Fluent Bit itself goes by the name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from translators.diagnostics import Refused
from translators.fluentbit.files import ConfigFile
from translators.fluentbit.inputs import classic_files, helm, lenient, manifest, templates
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.manifest import Manifest
from translators.fluentbit.inputs.objects import KubeObject, is_data, is_object, objects_of
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
    values: list[tuple[str, str, Node]] = field(default_factory=list)
    pasted: dict[str, str] = field(default_factory=dict)


def find(texts: Mapping[str, str], is_lenient: bool, variables: Variables, cluster: str) -> Found:
    """The one configuration in the inputs."""
    if not any(text.strip("\ufeff \t\r\n") for text in texts.values()):
        raise Refused(
            "fluentbit/empty",
            "the input is empty",
            Span(next(iter(texts), "-"), 1, 1),
            "Give the manifest, the ConfigMap or the configuration file.",
        )
    found = _find(_sort(texts), texts, variables, cluster)
    if is_lenient and found.kind != "pasted":
        lenient.straighten(found)
    return found


def _find(sorted_inputs: _Sorted, texts: Mapping[str, str], variables: Variables, cluster: str) -> Found:
    if sorted_inputs.pasted:
        return lenient.find(sorted_inputs.pasted, variables, cluster)
    if len(sorted_inputs.values) > 1:
        raise _several_values(sorted_inputs.values)
    if sorted_inputs.values:
        return helm.find(*sorted_inputs.values[0], variables, cluster)
    if sorted_inputs.objects:
        extra = [ConfigFile(name, text, name) for name, text in sorted_inputs.files.items()]
        return manifest.find(Manifest(sorted_inputs.objects, cluster, extra), variables)
    if cluster:
        variables.pod.setdefault("CLUSTER_NAME", cluster)
    return classic_files.find(sorted_inputs.files or dict(texts), variables)


def _several_values(values: list[tuple[str, str, Node]]) -> Refused:
    names = ", ".join(name for name, _, _ in values)
    return Refused(
        "fluentbit/several-values",
        f"these are values of several charts or releases: {names}",
        Span(values[1][0], 1, 1),
        "Give the merged values of one release: helm get values RELEASE -n NAMESPACE --all -o yaml.",
    )


def _sort(texts: Mapping[str, str]) -> _Sorted:
    out = _Sorted()
    for name, text in texts.items():
        if name.lower().endswith(".conf"):
            templates.refuse_template(name, text)
            out.files[name] = text
        else:
            _sort_by_content(out, name, text)
    return out


def _sort_by_content(out: _Sorted, name: str, text: str) -> None:
    templates.refuse_terraform(name, text)
    try:
        documents = compose(text.removeprefix("\ufeff"), name)
    except NotYaml as problem:
        _sort_other(out, name, text, problem)
        return
    if any(is_object(document) or is_data(document) for document in documents):
        templates.refuse_template(name, text)
        out.objects.extend(objects_of(documents, name, text.removeprefix("\ufeff")))
    elif len(documents) == 1 and helm.is_values(documents[0]):
        out.values.append((name, text, documents[0]))
    elif any(is_mapping(each) and any(get(each, key) for key in _FLUENT_BIT_YAML) for each in documents):
        templates.refuse_template(name, text)
        out.files[name] = text
    elif lenient.has_markers(text) and not name.lower().endswith((".yaml", ".yml", ".json")):
        out.pasted[name] = text
    elif _CLASSIC.search(text) or name.lower().endswith((".yaml", ".yml")):
        out.files[name] = text


def _sort_other(out: _Sorted, name: str, text: str, problem: NotYaml) -> None:
    """No YAML: a template, a paste that lost its indentation, the classic format, or a mistake."""
    templates.refuse_template(name, text)
    is_yaml = name.lower().endswith((".yaml", ".yml", ".json"))
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
