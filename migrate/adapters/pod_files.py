"""Pods and namespaces as ``kubectl get -o json`` and ``-o yaml`` write them, in one file or in a folder of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from translators.diagnostics import Refused
from translators.pipeline.world import Container, Namespace, Pod
from translators.source import Span

FORMS = "give `kubectl get pods -A -o json > pods.json`, or a folder in which every file holds a Pod"


def read_pods(path: Path) -> Iterator[Pod]:
    """Pods of a file (a Pod, a List, YAML or JSON), or of every file of a folder."""
    return (one for one in read_objects(path) if isinstance(one, Pod))


def read_objects(path: Path) -> Iterator[Pod | Namespace]:
    """Pods and namespaces; ``kubectl get pods,namespaces -A`` gives both. Raises ``Refused``."""
    if not path.exists():
        raise Refused("simulate/no-pods", f"{path}: no such file or folder", remedy=FORMS)
    for file in sorted(entry for entry in path.iterdir() if entry.is_file()) if path.is_dir() else [path]:
        documents = _documents(file)
        if not documents:
            raise Refused("simulate/no-pods", f"{file}: it is empty", remedy=FORMS)
        for document in documents:
            try:
                yield from _objects(document)
            except _Unlike as unlike:
                raise Refused("simulate/no-pods", f"{file}: {unlike}", remedy=FORMS) from None


class _Unlike(Exception):
    """The document is no such object; what is wrong with it."""


def _documents(file: Path) -> list[Any]:
    text = file.read_bytes().decode("utf-8", "replace")
    try:
        return [json.loads(text)]
    except json.JSONDecodeError as error:
        if text.lstrip().startswith(("{", "[")):
            place = Span(str(file), error.lineno, error.colno)
            raise Refused("simulate/no-pods", f"it is no JSON: {error.msg}", place, FORMS) from None
    except RecursionError:
        raise Refused("simulate/no-pods", f"{file}: it nests too deeply", remedy=FORMS) from None
    return _documents_of_yaml(text, file)


def _documents_of_yaml(text: str, file: Path) -> list[Any]:
    import yaml

    try:
        loaded = yaml.load_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return [document for document in loaded if document is not None]
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused("simulate/no-pods", f"{file}: neither JSON nor YAML", remedy=FORMS) from error


def _objects(document: Any) -> Iterator[Pod | Namespace]:
    kind = document.get("kind", "") if isinstance(document, Mapping) else ""
    if kind in ("List", "PodList"):
        for item in _members(document, "items"):
            yield from _objects({"kind": "Pod", **item})
    elif kind == "Pod":
        yield _pod(document)
    elif kind == "Namespace":
        yield _namespace(document)
    else:
        raise _Unlike(f"kind {kind or 'unknown'} is no Pod")


def _mapping(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The mapping below a key; a null or nothing is an empty one."""
    found = holder.get(key) or {}
    if not isinstance(found, Mapping):
        raise _Unlike(f"{key} is no mapping")
    return found


def _members(holder: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """The mappings of the list below a key; a null or nothing is an empty one."""
    found = holder.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _Unlike(f"{key} is no list of mappings")
    return found


def _namespace(document: Mapping[str, Any]) -> Namespace:
    metadata = _mapping(document, "metadata")
    return Namespace(
        name=str(metadata.get("name", "")),
        labels=_texts(metadata, "labels"),
        annotations=_texts(metadata, "annotations"),
        omitted=_omitted(metadata),
    )


def _omitted(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in ("labels", "annotations") if name not in metadata)


def _pod(document: Mapping[str, Any]) -> Pod:
    metadata, spec, status = (_mapping(document, name) for name in ("metadata", "spec", "status"))
    if not metadata.get("name"):
        raise _Unlike("a Pod without a name")
    owners = tuple(_members(metadata, "ownerReferences"))
    controller: Mapping[str, Any] = next((owner for owner in owners if owner.get("controller")), {})
    return Pod(
        name=str(metadata["name"]),
        namespace=str(metadata.get("namespace", "default")),
        uid=str(metadata.get("uid", "")),
        node=str(spec.get("nodeName", "")),
        ip=str(status.get("podIP", "")),
        labels=_texts(metadata, "labels"),
        annotations=_texts(metadata, "annotations"),
        containers=tuple(_containers(spec, status)),
        controller_kind=str(controller.get("kind", "")),
        controller_name=str(controller.get("name", "")),
        phase=str(status.get("phase", "Running")),
        owner_references=owners,
        omitted=_omitted(metadata),
    )


def _texts(holder: Mapping[str, Any], key: str) -> dict[str, str]:
    return {str(name): str(value) for name, value in _mapping(holder, key).items()}


def _containers(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Iterator[Container]:
    """Init containers first, as the kubelet runs them; what runs is in the status, by name."""
    for group, running, init in (
        ("initContainers", "initContainerStatuses", True),
        ("containers", "containerStatuses", False),
    ):
        states = {str(state.get("name", "")): state for state in _members(status, running)}
        declared = _members(spec, group) or [{"name": name} for name in states]
        for container in declared:
            name = str(container.get("name", ""))
            state = states.get(name, {})
            yield Container(
                name=name,
                image=str(state.get("image") or container.get("image") or ""),
                image_id=str(state.get("imageID", "")),
                identifier=str(state.get("containerID", "")).rpartition("//")[2],
                init=init,
                started=name in states,
            )
