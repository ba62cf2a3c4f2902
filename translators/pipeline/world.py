"""What a collector sees on its node, as plain values: log files and pods. No I/O is done here; ``open`` is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file as a node shows it.

    ``path`` is absolute on the node (``/var/log/containers/…``); ``identity`` is the same for two names of one file
    (a symlink and its target); ``real_path`` is where the symlinks end; ``modified_ns`` its mtime or None.
    """

    path: str
    identity: str
    open: Callable[[], BinaryIO]
    real_path: str = ""
    modified_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod. ``identifier`` is the runtime's (64 hex), ``image_id`` the kubelet's imageID.

    ``started``: the pod's status knows it, not its specification alone.
    """

    name: str
    image: str = ""
    image_id: str = ""
    identifier: str = ""
    init: bool = False
    started: bool = True


@dataclass(frozen=True, slots=True)
class Pod:
    """What the Kubernetes API says of a pod. ``omitted``: which of labels and annotations it does not hold at all."""

    name: str
    namespace: str
    uid: str = ""
    node: str = ""
    ip: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    containers: tuple[Container, ...] = ()
    controller_kind: str = ""
    controller_name: str = ""
    phase: str = "Running"
    owner_references: tuple[Mapping[str, object], ...] = ()
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Namespace:
    """What the Kubernetes API says of a namespace. ``omitted`` as with a pod."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry of the journal: its fields in order, and journald's cursor and realtime stamp."""

    fields: tuple[tuple[str, bytes], ...]
    realtime_ns: int
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """A node for a simulation. ``hostname`` and ``now_ns`` are given, never read from the machine.

    ``arriving``: the lines count as written after the collector started (Read_from_Head does not matter then).
    ``instance_metadata`` is what the EC2 metadata service says (az, ec2_instance_id …); empty when it does not answer.
    """

    files: tuple[LogFile, ...] = ()
    pods: tuple[Pod, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    now_ns: int = 0
    arriving: bool = False
    symlinks: Mapping[str, str] = field(default_factory=dict)
    instance_metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes of one file: ``start`` inclusive, ``end`` exclusive."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The source lines of a record or an entry, in order. For the journal ``path`` is the cursor, the bytes are 0, 0.

    Two sides describe the same source when their origins cover the same lines.
    """

    extents: tuple[Extent, ...]
