"""Two programs of our own for pods: one that holds a pod together, and one that logs what it is told."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoBuild

PAUSE = Engine("pause", "1", GoBuild("pods", "./pause"))
CHATTER = Engine("chatter", "1", GoBuild("pods", "./chatter"))
