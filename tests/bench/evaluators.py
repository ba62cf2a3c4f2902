"""How many log lines a second each evaluator takes: Fluent Bit's and the agents', on the manifest's application job."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from migrate.adapters.node_world import read_world
from migrate.lab.demo.real import PODS
from migrate.simulation import on_node
from tests.bench.measure import CPU, Ratio, alternate
from tests.bench.samples import POD, cri_line, manifest_reading
from translators.alloy.evaluate import evaluate as alloy
from translators.collection import TranslateOptions, translate
from translators.fluentbit.evaluate import evaluate as fluent_bit
from translators.promtail.evaluate import evaluate as promtail

LINES = 20_000


def measure() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory(prefix="logmig-bench-") as scratch:
        containers = Path(scratch) / "var/log/containers"
        containers.mkdir(parents=True)
        log = containers / f"{POD}_shop_web-{'0' * 64}.log"
        log.write_text("".join(map(cri_line, range(LINES))), "utf-8")
        world = read_world(Path(scratch), PODS, time.time_ns(), arriving=False)
        reading, cluster = manifest_reading()
        made = translate(reading, TranslateOptions(cluster))
        configuration = on_node(reading, world)

        def read_all() -> int:
            return sum(1 for line in log.read_text("utf-8").splitlines() if line.partition(" ")[0])

        for name, run in (
            ("Fluent Bit", lambda: sum(1 for _ in fluent_bit(configuration, world, {}))),
            ("Promtail", lambda: sum(1 for _ in promtail(made.promtail, world))),
            ("Alloy", lambda: sum(1 for _ in alloy(made.alloy, world))),
        ):
            if run() < LINES:
                raise ValueError(f"the evaluator of {name} gave less than {LINES} lines")
            ours, theirs = alternate(2, run, read_all, CPU)
            note = f"{LINES / ours:,.0f} lines/s"
            yield Ratio(f"evaluator of {name} : splitting lines", ours, theirs, math.inf, note, "CPU s")
