"""A folder that holds what a node holds becomes the world of a simulation: log files, links, the journal, pods."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from migrate.adapters.node_files import below, resolve
from migrate.errors import WorldFailed
from translators.diagnostics import Refused
from translators.pipeline.world import Container, JournalEntry, LogFile, Namespace, Pod, World

JOURNAL = "var/log/journal"
JOURNAL_META = ("__CURSOR", "__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP", "__SEQNUM", "__SEQNUM_ID")
WAYS = "give --logs a folder that holds var/log/… as a node does"
POD_FORMS = "give `kubectl get pods -A -o json > pods.json`, or a folder in which every file holds a Pod"


def read_world(root: Path, pods: Path | None, now_ns: int, arriving: bool) -> World:
    """The node below ``root``. Raises ``Refused`` when it is no folder or the pods are none."""
    if not root.is_dir():
        raise Refused("simulate/no-logs", f"{root}: not a folder", remedy=WAYS)
    files, links = [], {}
    for path in _walk(root, root):
        name = "/" + path.relative_to(root).as_posix()
        real = resolve(root, name)
        if path.is_symlink():
            links[name] = os.readlink(path)
        if real is not None and below(root, real).is_file() and not _is_journal(path):
            files.append(_log_file(root, name, real))
    if not files and not (root / "var").exists():
        raise Refused("simulate/no-logs", f"{root}: holds no log files of a node", remedy=WAYS)
    known = tuple(_read_objects(pods)) if pods else ()
    return World(
        files=tuple(files),
        pods=tuple(one for one in known if isinstance(one, Pod)),
        namespaces=tuple(one for one in known if isinstance(one, Namespace)),
        journal=tuple(_journal(root / JOURNAL)),
        now_ns=now_ns,
        arriving=arriving,
        symlinks=links,
    )


def _walk(root: Path, folder: Path) -> Iterator[Path]:
    """Every file and link below the folder, sorted; links to folders are not entered."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(root, entry)
        else:
            yield entry


def _is_journal(path: Path) -> bool:
    return path.suffix == ".journal" or path.name.endswith(".journal~")


def _log_file(root: Path, name: str, real: str) -> LogFile:
    path = below(root, real)
    status = path.stat()
    return LogFile(
        path=name,
        identity=f"{status.st_dev}:{status.st_ino}",
        open=partial(_open, path),
        real_path=real,
        modified_ns=status.st_mtime_ns,
    )


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _journal(folder: Path) -> Iterator[JournalEntry]:
    """The entries of journal files, read by systemd's own tool; without it a journal cannot be simulated."""
    if not folder.is_dir() or not any(_is_journal(path) for path in folder.rglob("*")):
        return
    if shutil.which("journalctl") is None:
        raise WorldFailed(
            f"{folder}: no journalctl reads it here", "install systemd, or leave the journal out of --logs"
        )
    command = ["journalctl", f"--directory={folder}", "--output=export", "--no-pager", "--all"]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode:
        raise WorldFailed(f"{folder}: {answer.stderr.decode(errors='replace').strip()}")
    yield from parse_export(answer.stdout)


def parse_export(data: bytes) -> Iterator[JournalEntry]:
    """The journal export format: lines of FIELD=value; a field without ``=`` has its length and bytes behind it."""
    fields: list[tuple[str, bytes]] = []
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        name, equals, value = data[at:end].partition(b"=")
        at = end + 1
        if not name:
            yield from _entry(fields)
            fields = []
        elif equals:
            fields.append((name.decode("ascii", "replace"), value))
        else:
            size = int.from_bytes(data[at : at + 8], "little")
            fields.append((name.decode("ascii", "replace"), data[at + 8 : at + 8 + size]))
            at += 8 + size + 1
    yield from _entry(fields)


def _entry(fields: list[tuple[str, bytes]]) -> Iterator[JournalEntry]:
    if not fields:
        return
    meta = {name: value for name, value in fields if name in JOURNAL_META}
    yield JournalEntry(
        fields=tuple((name, value) for name, value in fields if name not in JOURNAL_META),
        realtime_ns=int(meta.get("__REALTIME_TIMESTAMP", b"0")) * 1000,
        cursor=meta.get("__CURSOR", b"").decode("ascii", "replace"),
    )


def read_pods(path: Path) -> Iterator[Pod]:
    """Pods of a file (a Pod, a List, YAML or JSON), or of every file of a folder."""
    return (one for one in _read_objects(path) if isinstance(one, Pod))


def _read_objects(path: Path) -> Iterator[Pod | Namespace]:
    """Pods and namespaces; ``kubectl get pods,namespaces -A`` gives both."""
    if not path.exists():
        raise Refused("simulate/no-pods", f"{path}: no such file or folder", remedy=POD_FORMS)
    for file in sorted(entry for entry in path.iterdir() if entry.is_file()) if path.is_dir() else [path]:
        for document in _documents(file):
            yield from _objects(document, file)


def _documents(file: Path) -> list[Any]:
    text = file.read_bytes().decode("utf-8", "replace")
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        pass
    import yaml

    try:
        return [document for document in yaml.safe_load_all(text) if document is not None]
    except yaml.YAMLError as error:
        raise Refused("simulate/no-pods", f"{file}: neither JSON nor YAML", remedy=POD_FORMS) from error


def _objects(document: Any, file: Path) -> Iterator[Pod | Namespace]:
    kind = document.get("kind", "") if isinstance(document, Mapping) else ""
    if kind in ("List", "PodList"):
        for item in document.get("items") or []:
            yield from _objects({"kind": "Pod", **item}, file)
    elif kind == "Pod":
        yield _pod(document, file)
    elif kind == "Namespace":
        yield _namespace(document)
    else:
        raise Refused("simulate/no-pods", f"{file}: kind {kind or 'unknown'} is no Pod", remedy=POD_FORMS)


def _namespace(document: Mapping[str, Any]) -> Namespace:
    metadata = document.get("metadata") or {}
    return Namespace(
        name=str(metadata.get("name", "")),
        labels=_texts(metadata.get("labels")),
        annotations=_texts(metadata.get("annotations")),
        omitted=_omitted(metadata),
    )


def _omitted(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in ("labels", "annotations") if name not in metadata)


def _pod(document: Mapping[str, Any], file: Path) -> Pod:
    metadata, spec, status = (document.get(name) or {} for name in ("metadata", "spec", "status"))
    if not metadata.get("name"):
        raise Refused("simulate/no-pods", f"{file}: a Pod without a name", remedy=POD_FORMS)
    owners = tuple(metadata.get("ownerReferences") or ())
    controller: Mapping[str, Any] = next((owner for owner in owners if owner.get("controller")), {})
    return Pod(
        name=str(metadata["name"]),
        namespace=str(metadata.get("namespace", "default")),
        uid=str(metadata.get("uid", "")),
        node=str(spec.get("nodeName", "")),
        ip=str(status.get("podIP", "")),
        labels=_texts(metadata.get("labels")),
        annotations=_texts(metadata.get("annotations")),
        containers=tuple(_containers(spec, status)),
        controller_kind=str(controller.get("kind", "")),
        controller_name=str(controller.get("name", "")),
        phase=str(status.get("phase", "Running")),
        owner_references=owners,
        omitted=_omitted(metadata),
    )


def _texts(value: Mapping[str, Any] | None) -> dict[str, str]:
    return {str(key): str(item) for key, item in (value or {}).items()}


def _containers(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Iterator[Container]:
    """Init containers first, as the kubelet runs them; what runs is in the status, by name."""
    for group, running, init in (
        ("initContainers", "initContainerStatuses", True),
        ("containers", "containerStatuses", False),
    ):
        states = {state.get("name"): state for state in status.get(running) or []}
        declared = spec.get(group) or [{"name": name} for name in states]
        for container in declared:
            state = states.get(container.get("name")) or {}
            yield Container(
                name=str(container.get("name", "")),
                image=str(state.get("image") or container.get("image") or ""),
                image_id=str(state.get("imageID", "")),
                identifier=str(state.get("containerID", "")).rpartition("//")[2],
                init=init,
                started=container.get("name") in states,
            )
