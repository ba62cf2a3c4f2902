"""Alloy with the components of a log pipeline: some modules of the whole cannot be had, and logs need none of them."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoScript

ALLOY = Engine("alloy", "1.18.1", GoScript("alloy"), series="1.18", minutes=5)
