"""``python -m migrate.lab.engines [NAME...]`` gets every engine, two at a time, and says where each one is."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from migrate.errors import WorldFailed
from migrate.lab.engines.cache import BUILDS_AT_ONCE
from migrate.lab.engines.catalog import ENGINES
from migrate.lab.engines.engine import Engine
from migrate.lab.engines.provide import provide_binary


def main(names: list[str]) -> int:
    """Exit status 3 when an engine is not to be had; the others are got all the same."""
    unknown = sorted(set(names) - {engine.name for engine in ENGINES})
    if unknown:
        print(f"no such engine: {', '.join(unknown)}; known: {', '.join(e.name for e in ENGINES)}", file=sys.stderr)
        return 2
    wanted = [engine for engine in ENGINES if not names or engine.name in names]
    with ThreadPoolExecutor(BUILDS_AT_ONCE) as pool:
        return max(pool.map(_get, wanted), default=0)


def _get(engine: Engine) -> int:
    try:
        found = provide_binary(engine)
    except WorldFailed as failure:
        print(f"{engine.name}: {failure.message}\n  {failure.remedy}", file=sys.stderr, flush=True)
        return failure.exit_code
    print(f"{engine.name:28} {found.origin:16} {' '.join(found.command)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
