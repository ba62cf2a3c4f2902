"""Kubernetes objects in YAML or JSON text, one by one, whichever way they were packed."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from translators.diagnostics import Refused
from translators.fluentbit.files import ConfigFile
from translators.fluentbit.inputs.releases import Written
from translators.fluentbit.yaml_syntax import entries, get, is_mapping, is_scalar, items, span_of, text_of
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Node

WORKLOADS = ("DaemonSet", "Deployment", "StatefulSet", "ReplicaSet", "Pod", "Job", "CronJob")
_ENTRY_LIMIT = 2000
_FILE = re.compile(r"\.(?:conf|ya?ml|lua|txt|json)$")


@dataclass(frozen=True, slots=True)
class KubeObject:
    """One object and the file that it stands in. ``added`` are the blanks that we put before each line of the file.

    ``origins`` has the text of a node (by its identity) that came from another file.
    """

    kind: str
    name: str
    namespace: str
    node: Node
    source: str
    lines: list[str]
    added: tuple[int, ...] = ()
    origins: Mapping[int, Written] = field(default_factory=dict)

    def span(self, node: Node | None = None) -> Span:
        """Where a node of the object begins."""
        other = self.origins.get(id(node or self.node))
        if other is not None:
            return span_of(node or self.node, other.name)
        span = span_of(node or self.node, self.source)
        last = span.end_column if span.end_line == span.line else len(self.lines[span.line - 1]) + 1
        added = self.added[span.line - 1] if self.added else 0
        return Span(self.source, span.line, max(span.column - added, 1), span.line, max(last - added, 1))

    def get(self, *path: str) -> Node | None:
        return get(self.node, *path)

    @property
    def data(self) -> Node | None:
        """The keys of a ConfigMap; a document without a kind is nothing but them."""
        return self.get("data") if self.get("kind") is not None else self.node


def is_data(node: Node) -> bool:
    """Whether a document is the ``data`` of a ConfigMap without the rest: names of files over texts."""
    pairs = list(entries(node))
    return bool(pairs) and all(_FILE.search(key) and is_scalar(value) for key, _, value in pairs)


def is_object(node: Node) -> bool:
    """Whether a document is a Kubernetes object."""
    return bool(text_of(get(node, "kind")) and text_of(get(node, "apiVersion")))


def objects_of(documents: Iterable[Node], source: str, text: str, added: tuple[int, ...] = ()) -> Iterator[KubeObject]:
    """The objects of the documents; a List gives its items."""
    lines = text.split("\n")
    for document in documents:
        yield from _objects(KubeObject("", "", "", document, source, lines, added))


def _objects(whole: KubeObject) -> Iterator[KubeObject]:
    kind = text_of(whole.get("kind"))
    if kind.endswith("List") and whole.get("items") is not None:
        for item in items(whole.get("items")):
            yield from _objects(replace(whole, node=item))
    elif is_data(whole.node):
        yield replace(whole, kind="ConfigMap")
    elif is_mapping(whole.node) and kind:
        name, namespace = text_of(whole.get("metadata", "name")), text_of(whole.get("metadata", "namespace"))
        yield replace(whole, kind=kind, name=name, namespace=namespace)


def keys_of(config_map: KubeObject) -> dict[str, ConfigFile]:
    """The text keys of a ConfigMap as files; their places are lines of the manifest wherever that is possible."""
    found: dict[str, ConfigFile] = {}
    for key, place, value in entries(config_map.data):
        if key in found:
            raise Refused(
                "fluentbit/repeated-configmap-key",
                f"the ConfigMap {config_map.name} has the key {key} twice; kubectl refuses it",
                config_map.span(place),
                "Keep one of the two.",
            )
        if is_scalar(value):
            found[key] = file_of(config_map, key, value, key)
        if len(found) > _ENTRY_LIMIT:
            raise Refused(
                "fluentbit/too-many-keys", f"more than {_ENTRY_LIMIT} keys", config_map.span(place), "Split it."
            )
    return found


def file_of(holder: KubeObject, key: str, value: Node, path: str) -> ConfigFile:
    """A scalar as a file. A literal block keeps the lines of the manifest; other scalars are counted in themselves."""
    text = text_of(value)
    other = holder.origins.get(id(value))
    source, lines = (other.name, other.lines) if other is not None else (holder.source, holder.lines)
    first = value.start_mark.line + 1
    if is_scalar(value) and value.style == "|":
        for index, row in enumerate(text.split("\n")):
            if row.strip() and first + index < len(lines):
                written = lines[first + index].removesuffix("\r")
                if written.endswith(row.removesuffix("\r")):
                    indent = len(written) - len(row.removesuffix("\r"))
                    added = () if other is not None else holder.added[first : first + text.count("\n") + 1]
                    return ConfigFile(path, text, source, first, indent, added)
                break
    return ConfigFile(path, text, f"{source}#{key}")


def as_files(secret: KubeObject) -> KubeObject | None:
    """A Secret's keys that are named as files, decoded, like a ConfigMap's; its other values stay unread."""
    import yaml

    pairs: list[tuple[Node, Node]] = []
    for key, place, value in entries(secret.get("stringData")):
        if _FILE.search(key) and is_scalar(value):
            pairs.append((place, value))
    for key, place, value in entries(secret.get("data")):
        text = _decoded(text_of(value))
        if _FILE.search(key) and text:
            mark = value.start_mark
            pairs.append((place, yaml.ScalarNode("tag:yaml.org,2002:str", text, mark, value.end_mark)))
    if not pairs:
        return None
    text, mapping = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map"
    start, end = secret.node.start_mark, secret.node.end_mark
    kind: tuple[Node, Node] = (yaml.ScalarNode(text, "kind"), yaml.ScalarNode(text, "Secret"))
    data: tuple[Node, Node] = (yaml.ScalarNode(text, "data"), yaml.MappingNode(mapping, pairs, start, end))
    return replace(secret, node=yaml.MappingNode(mapping, [kind, data], start, end))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except ValueError:
        return ""


def literals(config_maps: Iterable[KubeObject]) -> Mapping[tuple[str, str], str]:
    """All values of the ConfigMaps by name and key."""
    return {
        (config_map.name, key): text_of(value)
        for config_map in config_maps
        for key, _, value in entries(config_map.data)
        if is_scalar(value)
    }
