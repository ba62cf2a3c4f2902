"""A log collector's whole configuration, as both agents can run it: jobs that read, relabel, stage and send."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from translators.pipeline.stages import Stage


class RelabelAction(StrEnum):
    """Prometheus relabel actions that we use."""

    REPLACE = "replace"
    KEEP = "keep"
    DROP = "drop"
    LABELMAP = "labelmap"
    LABELDROP = "labeldrop"


@dataclass(frozen=True, slots=True)
class Relabel:
    """One relabel rule; ``regex`` is RE2 and anchored at both ends by the agents."""

    source_labels: tuple[str, ...] = ()
    target_label: str = ""
    regex: str = "(.*)"
    replacement: str = "$1"
    separator: str = ";"
    action: RelabelAction = RelabelAction.REPLACE


class Discovery(StrEnum):
    """How the files of a job become targets."""

    KUBERNETES = "kubernetes"
    """The API lists the pods of this node; ``__path__`` is built by relabel rules from the pod."""
    FILES = "files"
    """Globs alone."""


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Tail files. ``include`` and ``exclude`` are doublestar globs; several are joined as ``{a,b}`` by the printer.

    ``root`` is put before every path: another way to the same files, for an agent that tells them apart by path alone.
    """

    discovery: Discovery
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    from_end: bool = False
    root: str = ""


@dataclass(frozen=True, slots=True)
class ReadJournal:
    """Read the systemd journal. ``matches`` are FIELD=value terms (same field: or, different fields: and)."""

    path: str = "/var/log/journal"
    matches: tuple[str, ...] = ()
    max_age: str = "7h"
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One scrape job. ``labels`` are fixed labels of its targets; ``serves`` names the catalog shapes it feeds."""

    name: str
    source: ReadFiles | ReadJournal
    labels: tuple[tuple[str, str], ...] = ()
    relabels: tuple[Relabel, ...] = ()
    stages: tuple[Stage, ...] = ()
    serves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Client:
    """Where entries go. ``external_labels`` are added to each; secrets are named, never held."""

    url: str = "http://loki-gateway.loki.svc/loki/api/v1/push"
    tenant: str = ""
    auth_secret: str = ""
    external_labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything an agent on a node does with logs."""

    jobs: tuple[Job, ...]
    client: Client = field(default_factory=Client)
