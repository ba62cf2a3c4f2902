"""Patches of a kustomization on objects: strategic merges, and lists of operations (RFC 6902)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from translators.diagnostics import Refused
from translators.fluentbit.inputs.objects import KubeObject
from translators.fluentbit.inputs.releases import Written
from translators.fluentbit.yaml_syntax import entries, get, is_mapping, is_scalar, is_sequence, items, span_of, text_of

if TYPE_CHECKING:
    from yaml import Node

_DIRECTIVE = "$patch"
_NULL = "tag:yaml.org,2002:null"
_IDENTITY = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
}
"""The key by which Kubernetes tells the members of a list apart; other lists are replaced as a whole."""


def patched(holder: KubeObject, patch: Written) -> KubeObject:
    """The object with the patch applied; what comes from the patch keeps its place there."""
    node = holder.node
    if is_sequence(patch.node):
        for operation in patch.node.value:
            node = _operated(node, operation, patch)
    else:
        node = _merged(node, patch.node, "")
    origins = {**holder.origins, **{id(each): patch for each in _all(patch.node)}}
    return replace(holder, node=node, origins=origins)


def _merged(below: Node, above: Node, key: str) -> Node:
    if text_of(get(above, _DIRECTIVE)) == "replace":
        return _mapping(above, [pair for pair in _pairs(above) if text_of(pair[0]) != _DIRECTIVE])
    if is_mapping(below) and is_mapping(above):
        return _merged_mappings(below, above)
    if is_sequence(below) and is_sequence(above) and key in _IDENTITY:
        return _merged_lists(below, above, _IDENTITY[key])
    same = is_scalar(below) and is_scalar(above) and (below.tag, below.value) == (above.tag, above.value)
    return below if same else above


def _merged_mappings(below: Node, above: Node) -> Node:
    kept = {text_of(place): (place, value) for place, value in _pairs(below)}
    for key, place, value in entries(above):
        if key == _DIRECTIVE:
            continue
        if value.tag == _NULL:
            kept.pop(key, None)
        elif key in kept:
            kept[key] = (kept[key][0], _merged(kept[key][1], value, key))
        else:
            kept[key] = (place, value)
    return _mapping(below, list(kept.values()))


def _merged_lists(below: Node, above: Node, identity: str) -> Node:
    """Members with the same identity are merged, others come first, as Kubernetes puts them."""
    left = {text_of(get(item, identity)): item for item in items(below)}
    new: list[Node] = []
    for item in items(above):
        name = text_of(get(item, identity))
        if text_of(get(item, _DIRECTIVE)) == "delete":
            left.pop(name, None)
        elif name in left:
            left[name] = _merged(left[name], item, "")
        else:
            new.append(item)
    return _sequence(below, [*new, *left.values()])


def _operated(node: Node, operation: Node, patch: Written) -> Node:
    name, path = text_of(get(operation, "op")), text_of(get(operation, "path"))
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in path.split("/")[1:]]
    value = get(operation, "value")
    if name not in ("add", "replace", "remove", "test") or not tokens or (value is None and name != "remove"):
        raise _refused(operation, patch, f"the operation {name} {path} is not read here")
    if name == "test":
        return node

    def missing() -> Refused:
        return _refused(operation, patch, f"nothing is at {path}, so the operation {name} fails")

    return _changed(node, tokens, (name, value), missing)


def _changed(node: Node, tokens: list[str], change: tuple[str, Node | None], missing: Callable[[], Refused]) -> Node:
    token, rest = tokens[0], tokens[1:]
    if is_mapping(node):
        kept = {text_of(place): (place, value) for place, value in _pairs(node)}
        found = kept.get(token)
        if found is None and (rest or change[0] != "add"):
            raise missing()
        place = found[0] if found else _key(token, node)
        made = _changed(found[1], rest, change, missing) if rest and found else change[1]
        if made is None:
            del kept[token]
        else:
            kept[token] = (place, made)
        return _mapping(node, list(kept.values()))
    if is_sequence(node):
        return _changed_list(node, tokens, change, missing)
    raise missing()


def _changed_list(
    node: Node, tokens: list[str], change: tuple[str, Node | None], missing: Callable[[], Refused]
) -> Node:
    members, name, rest = items(node), tokens[0], tokens[1:]
    adds = change[0] == "add" and not rest
    at = len(members) if name == "-" else int(name) if name.isdigit() else -1
    if not 0 <= at < len(members) + adds:
        raise missing()
    if rest:
        members[at] = _changed(members[at], rest, change, missing)
    else:
        members[at : at + (not adds)] = [change[1]] if change[1] is not None else []
    return _sequence(node, members)


def _refused(operation: Node, patch: Written, why: str) -> Refused:
    return Refused(
        "fluentbit/kustomize-patch",
        why,
        span_of(operation, patch.name),
        "Build first: kubectl kustomize FOLDER > rendered.yaml, or take what the cluster has: "
        "kubectl get configmap,daemonset -n NAMESPACE -o yaml.",
    )


def _pairs(node: Node) -> list[tuple[Node, Node]]:
    return [(place, value) for _, place, value in entries(node)]


def _key(text: str, like: Node) -> Node:
    import yaml

    return yaml.ScalarNode("tag:yaml.org,2002:str", text, like.start_mark, like.end_mark)


def _mapping(like: Node, pairs: list[tuple[Node, Node]]) -> Node:
    import yaml

    return yaml.MappingNode("tag:yaml.org,2002:map", pairs, like.start_mark, like.end_mark)


def _sequence(like: Node, members: list[Node]) -> Node:
    import yaml

    return yaml.SequenceNode("tag:yaml.org,2002:seq", members, like.start_mark, like.end_mark)


def _all(node: Node) -> list[Node]:
    below: list[Node] = []
    if is_mapping(node):
        below = [each for pair in node.value for each in pair]
    elif is_sequence(node):
        below = list(node.value)
    return [node, *(each for child in below for each in _all(child))]
