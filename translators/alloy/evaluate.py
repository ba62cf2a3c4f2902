"""The reference semantics of Alloy: its configuration and a node in, the entries that it sends to Loki out."""

from __future__ import annotations

from collections.abc import Iterator

from translators.alloy.read import read
from translators.pipeline.entries import Entry
from translators.pipeline.run_jobs import run_jobs
from translators.pipeline.world import World


def evaluate(text: str, world: World, hostname: str = "") -> Iterator[Entry]:
    """What Alloy sends, by the emitted text alone; ``hostname`` is the environment's. Loki's part is pipeline/store.

    Raises Refused for what is not evaluated.
    """
    return run_jobs(read(text), world, hostname)
