"""What a kustomization makes of the files beside it: generated ConfigMaps, patches, images and the namespace."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.inputs.objects import KubeObject
from translators.fluentbit.inputs.patches import patched
from translators.fluentbit.inputs.releases import Written
from translators.fluentbit.yaml_syntax import NotYaml, compose, get, is_mapping, is_scalar, items, span_of, text_of
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Node, ScalarNode

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_FOLDERS = ("resources", "bases", "components")
_ABOUT = re.compile(r"fluent-?bit", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kustomization:
    """One kustomization file and the texts beside it, by their paths."""

    written: Written
    texts: Mapping[str, str]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.written.name)

    def at(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, path))

    def listed(self, *keys: str) -> Iterator[Node]:
        for key in keys:
            yield from items(get(self.written.node, key))


@dataclass(slots=True)
class Kustomized:
    """The kustomizations that make one configuration, bases first. ``consumed`` are no inputs of their own."""

    order: list[Kustomization] = field(default_factory=list)
    consumed: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def applied(self, objects: list[KubeObject]) -> list[KubeObject]:
        """The objects as the kustomizations leave them."""
        for each in self.order:
            for generated, behavior in _generated(each, self.findings):
                objects = _joined(objects, generated, behavior)
            objects = _patched(each, objects, self.findings)
            namespace = text_of(get(each.written.node, "namespace"))
            objects = [replace(one, namespace=namespace or one.namespace) for one in objects]
        return objects

    def image(self, image: str) -> str:
        """The image that kustomize writes for this one."""
        images = {name: new for each in self.order for name, new in _images(each.written.node)}
        name, _, tag = image.partition(":") if "/" not in image.rpartition(":")[2] else (image, "", "")
        found = images.get(name)
        if found is None:
            return image
        return found if ":" in found.rpartition("/")[2] or "@" in found else f"{found}:{tag}" if tag else found

    def values(self) -> Iterator[Written]:
        """Values of charts that stand in a kustomization."""
        for each in self.order:
            for chart in each.listed("helmCharts"):
                inline = get(chart, "valuesInline")
                if is_mapping(inline):
                    yield replace(each.written, node=inline)


def is_kustomization(name: str) -> bool:
    return posixpath.basename(name) in _NAMES


def references(text: str, name: str) -> list[str]:
    """The paths that a kustomization names, for whoever has to find them; none where it is no YAML."""
    try:
        documents = compose(text, name)
    except NotYaml:
        return []
    each = Kustomization(Written(name, text, documents[0]), {}) if documents else None
    if each is None:
        return []
    listed = (text_of(node) for node in each.listed(*_FOLDERS))
    return [each.at(path) for path in (*listed, *_parts(each)) if path]


def read(texts: Mapping[str, str]) -> Kustomized:
    """The one kustomization among the texts that is about Fluent Bit, with its bases; empty without one."""
    beside = {posixpath.normpath(name): text for name, text in texts.items()}
    known: dict[str, Kustomization] = {}
    for name, text in texts.items():
        if is_kustomization(name):
            for document in compose(text, name):
                known[posixpath.normpath(posixpath.dirname(name) or ".")] = Kustomization(
                    Written(name, text, document), beside
                )
    named = {each.at(text_of(node)) for each in known.values() for node in each.listed(*_FOLDERS)}
    roots = [each for folder, each in known.items() if folder not in named]
    about = [root for root in roots if any(_is_about(each) for each in _below(root, known))] if roots[1:] else roots
    if len(about) > 1:
        raise _several(sorted(about, key=lambda each: each.folder))
    found = Kustomized([each for root in about for each in _below(root, known)])
    for each in known.values():
        found.consumed |= {each.written.name, *(each.at(path) for path in _parts(each))}
    found.findings += (one for each in found.order for one in _missing(each, known))
    return found


def _below(each: Kustomization, known: Mapping[str, Kustomization]) -> list[Kustomization]:
    """The kustomization after its bases, each of them once."""
    found: list[Kustomization] = []

    def visit(one: Kustomization, above: tuple[str, ...]) -> None:
        for node in one.listed(*_FOLDERS):
            base = known.get(one.at(text_of(node)))
            if base is not None and base.folder not in above:
                visit(base, (*above, base.folder))
        if all(one is not other for other in found):
            found.append(one)

    visit(each, (each.folder,))
    return found


def _is_about(each: Kustomization) -> bool:
    given = (each.texts.get(each.at(text_of(node)), "") for node in each.listed("resources"))
    return bool(_ABOUT.search(each.written.text)) or any(_ABOUT.search(text) for text in given)


def _several(roots: list[Kustomization]) -> Refused:
    names = ", ".join(each.folder or "." for each in roots)
    return Refused(
        "fluentbit/several-kustomizations",
        f"these kustomizations each make a configuration of their own: {names}",
        Span(roots[1].written.name, 1, 1),
        f"Name the folder of one of them: --fluent-bit {roots[0].folder or '.'}",
    )


def _missing(each: Kustomization, known: Mapping[str, Kustomization]) -> Iterator[Finding]:
    for node in each.listed(*_FOLDERS):
        path = each.at(text_of(node))
        if path not in known and path not in each.texts:
            yield _finding(each, node, "what it holds is not in this plan")


def _finding(each: Kustomization, node: Node, what: str) -> Finding:
    return Finding(
        "fluentbit/kustomize-elsewhere",
        span_of(node, each.written.name),
        text_of(node) or "patch",
        PerAgent.same(Fidelity.MANUAL),
        f"This part of the kustomization was not given: {what}.",
        "Build first: kubectl kustomize FOLDER > rendered.yaml, and give that.",
    )


def _parts(each: Kustomization) -> Iterator[str]:
    """Files that are no objects of their own: those of generators, and patches."""
    for generator in each.listed("configMapGenerator", "secretGenerator"):
        for node in items(get(generator, "files")):
            yield text_of(node).rpartition("=")[2]
        yield from (text_of(node) for node in (*items(get(generator, "envs")), get(generator, "env")))
    yield from (text_of(node) for node in each.listed("patchesStrategicMerge") if "\n" not in text_of(node))
    yield from (text_of(get(node, "path")) for node in each.listed("patches", "patchesJson6902"))


def _generated(each: Kustomization, findings: list[Finding]) -> Iterator[tuple[KubeObject, str]]:
    for kind, key in (("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator")):
        for generator in each.listed(key):
            if kind == "Secret" and not items(get(generator, "files")):
                continue
            pairs = [*_files(each, generator, findings), *_envs(each, generator, findings), *_literals(each, generator)]
            yield _object(kind, each, generator, pairs), text_of(get(generator, "behavior"))


def _files(each: Kustomization, generator: Node, findings: list[Finding]) -> Iterator[tuple[str, Written]]:
    for node in items(get(generator, "files")):
        key, _, path = text_of(node).rpartition("=")
        name = each.at(path)
        if name in each.texts:
            yield key or posixpath.basename(path), _scalar(name, each.texts[name], None)
        else:
            findings.append(_finding(each, node, "the key is missing in the ConfigMap"))


def _envs(each: Kustomization, generator: Node, findings: list[Finding]) -> Iterator[tuple[str, Written]]:
    single = get(generator, "env")
    for node in (*items(get(generator, "envs")), *([single] if single is not None else [])):
        name = each.at(text_of(node))
        if name not in each.texts:
            findings.append(_finding(each, node, "its values are not known"))
        for row in each.texts.get(name, "").splitlines():
            key, equals, value = row.strip().partition("=")
            if equals and not key.startswith("#"):
                yield key.strip(), _scalar(name, value, None)


def _literals(each: Kustomization, generator: Node) -> Iterator[tuple[str, Written]]:
    for literal in items(get(generator, "literals")):
        key, _, value = text_of(literal).partition("=")
        yield key, _scalar(each.written.name, value.strip("'\""), literal)


def _scalar(name: str, text: str, like: Node | None) -> Written:
    """A text as a value: a whole file is one block, whose lines are the file's."""
    import yaml

    mark = yaml.Mark(name, 0, -1, 0, None, 0)
    style = "|" if like is None else None
    start, end = (like.start_mark, like.end_mark) if like is not None else (mark, mark)
    return Written(name, text, yaml.ScalarNode("tag:yaml.org,2002:str", text, start, end, style))


def _object(kind: str, each: Kustomization, generator: Node, pairs: list[tuple[str, Written]]) -> KubeObject:
    import yaml

    text, mapping = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map"
    start, end = generator.start_mark, generator.end_mark
    data = [(yaml.ScalarNode(text, key, start, end), made.node) for key, made in pairs]
    whole = [
        (yaml.ScalarNode(text, "kind", start, end), yaml.ScalarNode(text, kind, start, end)),
        (
            yaml.ScalarNode(text, "stringData" if kind == "Secret" else "data", start, end),
            yaml.MappingNode(mapping, data, start, end),
        ),
    ]
    written = each.written
    node = yaml.MappingNode(mapping, whole, start, end)
    origins = {id(made.node): made for _, made in pairs}
    return KubeObject(kind, text_of(get(generator, "name")), "", node, written.name, written.lines, origins=origins)


def _joined(objects: list[KubeObject], generated: KubeObject, behavior: str) -> list[KubeObject]:
    if behavior not in ("merge", "replace"):
        return [*objects, generated]
    before = [each for each in objects if (each.kind, each.name) == (generated.kind, generated.name)]
    others = [each for each in objects if all(each is not one for one in before)]
    if behavior == "replace" or not before:
        return [*others, generated]
    over = patched(before[0], Written(generated.source, "", generated.node))
    return [*others, replace(over, origins={**before[0].origins, **generated.origins})]


def _patched(each: Kustomization, objects: list[KubeObject], findings: list[Finding]) -> list[KubeObject]:
    for patch, target, place in _patches(each, findings):
        taken = [_takes(one, patch, target) for one in objects]
        objects = [patched(one, patch) if takes else one for one, takes in zip(objects, taken, strict=True)]
        if not any(taken):
            findings.append(_unused(each, place))
    return objects


def _unused(each: Kustomization, place: Node) -> Finding:
    return Finding(
        "fluentbit/kustomize-patch-unused",
        span_of(place, each.written.name),
        "patch",
        PerAgent.same(Fidelity.HARMLESS),
        "This patch changes no object that was given.",
    )


def _patches(each: Kustomization, findings: list[Finding]) -> Iterator[tuple[Written, Node | None, Node]]:
    """Each patch with its target, where it names one, and its place."""
    for node in each.listed("patchesStrategicMerge", "patches", "patchesJson6902"):
        inline = node if is_scalar(node) and "\n" in text_of(node) else get(node, "patch")
        path = text_of(node) if is_scalar(node) else text_of(get(node, "path"))
        name = each.at(path)
        if is_scalar(inline):
            source, text = each.written.name, _in_place(inline, each.written)
        elif name in each.texts:
            source, text = name, each.texts[name]
        else:
            findings.append(_finding(each, node, "the patch is not applied"))
            continue
        for document in _documents(text, source):
            yield Written(source, text, document), get(node, "target"), node


def _in_place(inline: ScalarNode, written: Written) -> str:
    """A text inside a file on the lines, and with the indentation, that it has there."""
    first = inline.start_mark.line + (1 if inline.style in ("|", ">") else 0)
    rows = text_of(inline).split("\n")
    original = [row.removesuffix("\r") for row in written.lines[first : first + len(rows)]]
    same = len(original) == len(rows) and all(a.endswith(b) for a, b in zip(original, rows, strict=True))
    return "\n" * first + "\n".join(original if same and inline.style == "|" else rows)


def _documents(text: str, source: str) -> list[Node]:
    try:
        return compose(text, source)
    except NotYaml as problem:
        raise Refused(
            "fluentbit/not-yaml",
            f"this patch is no YAML ({problem.problem})",
            Span(source, problem.line, problem.column),
            "Correct the patch.",
        ) from None


def _takes(holder: KubeObject, patch: Written, target: Node | None) -> bool:
    if target is None:
        wanted = (text_of(get(patch.node, "kind")), text_of(get(patch.node, "metadata", "name")))
        return wanted == (holder.kind, holder.name)
    kind, name = text_of(get(target, "kind")), text_of(get(target, "name"))
    return kind in ("", holder.kind) and (not name or re.fullmatch(name, holder.name) is not None)


def _images(document: Node) -> Iterator[tuple[str, str]]:
    for image in items(get(document, "images")):
        name = text_of(get(image, "name"))
        new, tag, digest = (text_of(get(image, key)) for key in ("newName", "newTag", "digest"))
        yield name, (new or name) + (f"@{digest}" if digest else f":{tag}" if tag else "")
