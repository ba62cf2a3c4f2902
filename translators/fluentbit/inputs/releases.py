"""Values of a chart inside other objects: Flux, Argo CD, k3s, eksctl, and what AWS prints of an EKS add-on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.yaml_syntax import NotYaml, compose, get, is_mapping, is_scalar, items, span_of, text_of
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Node

_ARGO = (("spec", "source"), ("spec", "template", "spec", "source"))
_ARGO_LISTS = (("spec", "sources"), ("spec", "template", "spec", "sources"))
_ELSEWHERE = ("valuesFrom", "valueFiles", "parameters", "fileParameters", "set")


@dataclass(frozen=True, slots=True)
class Written:
    """Values as one text has them; spans refer to ``name`` and ``text``. ``place`` is their turn among others."""

    name: str
    text: str
    node: Node
    place: int = 0

    @property
    def lines(self) -> list[str]:
        return self.text.removeprefix("\ufeff").split("\n")


@dataclass(frozen=True, slots=True)
class Held:
    """Values that an object holds, and what says that more of them are elsewhere."""

    values: Written
    elsewhere: tuple[Finding, ...] = ()


def held(document: Node, name: str, text: str) -> Iterator[Held]:
    """The values in an object; none for other objects."""
    for holder, node in _places(document):
        if is_mapping(node):
            yield Held(Written(name, text, node), tuple(_elsewhere(holder, name)))
        elif is_scalar(node) and text_of(node).strip():
            inner = _inner(node, name, text)
            if inner is not None:
                yield Held(inner, tuple(_elsewhere(holder, name)))


def _places(document: Node) -> Iterator[tuple[Node | None, Node | None]]:
    """What holds values, and the values."""
    kind, spec = text_of(get(document, "kind")), get(document, "spec")
    if kind == "HelmRelease":
        yield spec, get(spec, "values")
    elif kind in ("Application", "ApplicationSet"):
        listed = (item for path in _ARGO_LISTS for item in items(get(document, *path)))
        for source in (*(get(document, *path) for path in _ARGO), *listed):
            yield get(source, "helm"), get(source, "helm", "valuesObject") or get(source, "helm", "values")
    elif kind in ("HelmChart", "HelmChartConfig"):
        yield spec, get(spec, "values") or get(spec, "valuesContent")
    elif kind == "ClusterConfig":
        for addon in items(get(document, "addons")):
            yield addon, get(addon, "configurationValues")
    elif not kind:
        yield get(document, "addon"), get(document, "addon", "configurationValues")


def _inner(node: Node, name: str, text: str) -> Written | None:
    """A text of values. A literal block keeps the places of the file; another scalar is counted in itself."""
    value = text_of(node)
    first, lines = node.start_mark.line + 1, text.removeprefix("\ufeff").split("\n")
    if is_scalar(node) and node.style == "|":
        said = [line.strip() for line in value.rstrip("\n").split("\n")]
        block = lines[first : first + len(said)]
        if [line.strip() for line in block] == said:
            return _composed(Written(name, text, node), "\n" * first + "\n".join(block) + "\n")
    inside = f"{name}#values"
    return _composed(Written(inside, value, node), value)


def _composed(written: Written, padded: str) -> Written | None:
    try:
        documents = compose(padded, written.name)
    except NotYaml as problem:
        raise Refused(
            "fluentbit/not-yaml",
            f"the values in this object are no YAML ({problem.problem})",
            Span(written.name, problem.line, problem.column),
            "Correct the YAML at this place.",
        ) from None
    return Written(written.name, written.text, documents[0]) if documents else None


def _elsewhere(holder: Node | None, name: str) -> Iterator[Finding]:
    for key in _ELSEWHERE:
        found = get(holder, key)
        if found is not None and items(found):
            yield Finding(
                "fluentbit/values-elsewhere",
                span_of(found, name),
                key,
                PerAgent.same(Fidelity.EQUIVALENT),
                "More values come from what this names and was not given; the plan holds while they do not change what "
                "Fluent Bit collects or sends.",
                "Give the merged values: helm get values RELEASE -n NAMESPACE --all -o yaml.",
            )
