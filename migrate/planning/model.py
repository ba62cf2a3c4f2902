"""A plan of a migration as plain values: what a person reviews, and what later verbs act on."""

from __future__ import annotations

from dataclasses import dataclass, field

from translators.diagnostics import Agent, Finding
from translators.positions import Reader

SCHEMA = "logmig.io/plan"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Hashed:
    """A file by its name (never an absolute path) and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """What was read: the kind of input, the Fluent Bit version its image names ("" unknown), and the files."""

    kind: str
    fluent_bit_version: str
    inputs: tuple[Hashed, ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the new agent sends to; secrets are named, never held."""

    agent: Agent
    loki_url: str
    tenant: str = ""
    auth_secret: str = ""
    discovery: str = "kubernetes"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a log group was kept, and the Loki streams for which that must hold. None: for ever, or unknown."""

    log_group: str
    days: int | None
    selectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that was decided. ``files`` are what the folder holds besides ``plan.json`` and the reports."""

    cluster: str
    source: Source
    destination: Destination
    readers: tuple[Reader, ...] = ()
    retention: tuple[Retention, ...] = ()
    keeps_fluent_bit: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[Hashed, ...] = field(default=())
