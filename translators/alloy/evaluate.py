"""The reference semantics of Alloy: its configuration and a node in, the entries that Loki has of it out."""

from __future__ import annotations

from collections.abc import Iterator

from translators.alloy.read import read
from translators.pipeline.entries import Entry
from translators.pipeline.run_jobs import node_of, run_jobs
from translators.pipeline.store import stored
from translators.pipeline.world import World


def evaluate(text: str, world: World, hostname: str = "") -> Iterator[Entry]:
    """What is in Loki then, by the emitted text alone: what Alloy sent, without what Loki refuses or has already."""
    return stored(sent(text, world, hostname))


def sent(text: str, world: World, hostname: str = "") -> Iterator[Entry]:
    """What Alloy sends. ``hostname`` is the environment's; empty: the node of the pods, when they have one.

    Raises Refused for what is not evaluated.
    """
    return run_jobs(read(text), world, hostname or node_of(world))
