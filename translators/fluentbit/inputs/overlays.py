"""Several values of one release, each over the one before it, as Helm takes ``-f base.yaml -f mine.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from translators.fluentbit.inputs.releases import Written
from translators.fluentbit.yaml_syntax import entries, is_mapping, is_sequence

if TYPE_CHECKING:
    from yaml import MappingNode, Node, ScalarNode


@dataclass(frozen=True, slots=True)
class Merged:
    """The values, and for each node that another text than the first brought, that text."""

    node: Node
    first: Written
    origins: Mapping[int, Written] = field(default_factory=dict)


def merged(values: Sequence[Written]) -> Merged:
    """Maps are merged key by key; of anything else the last one stays."""
    first, *others = values
    node: Node = first.node
    origins: dict[int, Written] = {}
    for other in others:
        origins.update((id(each), other) for each in _all(other.node))
        node = _over(node, other.node, origins)
    return Merged(node, first, origins)


def _over(below: Node, above: Node, origins: dict[int, Written]) -> Node:
    if not (is_mapping(below) and is_mapping(above)):
        return above
    kept: dict[str, tuple[ScalarNode, Node]] = {key: (place, value) for key, place, value in entries(below)}
    for key, place, value in entries(above):
        known = kept.get(key)
        kept[key] = (place, value) if known is None else (known[0], _over(known[1], value, origins))
    made = _mapping(below, list(kept.values()))
    if id(below) in origins:
        origins[id(made)] = origins[id(below)]
    return made


def _mapping(like: MappingNode, pairs: list[tuple[ScalarNode, Node]]) -> MappingNode:
    import yaml

    return yaml.MappingNode(like.tag, pairs, like.start_mark, like.end_mark, like.flow_style)


def _all(node: Node) -> Iterator[Node]:
    yield node
    if is_mapping(node):
        for key, value in node.value:
            yield from (*_all(key), *_all(value))
    elif is_sequence(node):
        for item in node.value:
            yield from _all(item)
