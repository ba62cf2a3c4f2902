"""moto, which plays AWS."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, PythonModule

MOTO = Engine("moto", "5", PythonModule("moto.server", "moto[server]>=5.1"))
