"""``make bench``: every ratio of ours in one table; exit status 1 when one breaks its limit."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time

from migrate.lab.engines.engine import Unavailable
from tests.bench.measure import Ratio, table

BENCHES = ("startup", "planning", "evaluators", "translations", "insights", "loki_queries", "promtail_cpu")


def main(arguments: list[str]) -> int:
    """Without CI=true, what needs an engine that is not to be had is left out, and said."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=BENCHES, action="append", help="only this one; repeatable")
    chosen = parser.parse_args(arguments).only or BENCHES
    ratios: list[Ratio] = []
    missing: list[str] = []
    for name in chosen:
        started = time.monotonic()
        try:
            ratios += importlib.import_module(f"tests.bench.{name}").measure()
        except Unavailable as unavailable:
            missing.append(f"{name} was left out: {unavailable.message}\n{unavailable.remedy}")
        print(f"[bench] {name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(table(ratios))
    print("\n".join(missing), end="\n" if missing else "")
    refused = bool(missing) and os.environ.get("CI") == "true"
    return 1 if refused or not all(ratio.holds for ratio in ratios) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
