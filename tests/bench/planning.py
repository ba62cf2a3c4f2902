"""How long planning takes: against reading the manifest as YAML, and as configurations grow."""

from __future__ import annotations

import gc
import math
import textwrap
from collections.abc import Iterator
from functools import partial

import yaml

from migrate.cli.main import collect_seldom
from migrate.lab.demo.real import MANIFEST
from tests.bench.measure import CPU, Ratio, alternate
from tests.bench.samples import CLUSTER, VALUES, manifest, manifest_reading
from translators.collection import TranslateOptions, translate
from translators.fluentbit.read import ReadOptions, read

FEW, MANY = 500, 2000
GROWTH = 4.8
"""Four times the inputs, and something for what a bigger heap costs."""


def measure() -> Iterator[Ratio]:
    """As in the command, which collects garbage seldom; other benches set their own."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield from _ratios()
    finally:
        gc.set_threshold(*before)


def _ratios() -> Iterator[Ratio]:
    name, _ = manifest()
    # Text that lost its indentation is no YAML: the peer reads the demo's manifest of the same kind then.
    peer = MANIFEST.read_bytes()
    plan, load = alternate(10, _plan, lambda: list(yaml.safe_load_all(peer)), CPU)
    yield Ratio(f"plan {name} : yaml.safe_load", plan, load, math.inf)
    for title, write in (("an output each", _own_outputs), ("one output", _one_output)):
        few, many = write(FEW).encode(), write(MANY).encode()
        times = alternate(3, partial(_translate, many), partial(_translate, few), CPU)
        yield Ratio(f"{MANY} inputs : {FEW} inputs, {title}", *times, GROWTH, unit="CPU s")


def _plan() -> object:
    reading, cluster = manifest_reading()
    return translate(reading, TranslateOptions(cluster))


def _translate(data: bytes) -> object:
    reading = read({"fluent-bit.conf": data}, ReadOptions(environment=VALUES, cluster=CLUSTER))
    return translate(reading, TranslateOptions(CLUSTER))


def _input(number: int, tag: str) -> str:
    return textwrap.dedent(f"""\
        [INPUT]
            Name             tail
            Tag              {tag}
            Path             /var/log/containers/app{number}-*.log
            multiline.parser docker, cri
            DB               /var/fluent-bit/state/app{number}.db
            Read_from_Head   On
        """)


def _output(match: str, group: str) -> str:
    return textwrap.dedent(f"""\
        [OUTPUT]
            Name              cloudwatch_logs
            Match             {match}
            region            ap-northeast-2
            log_group_name    /bench/{group}
            log_stream_prefix bench-
            auto_create_group On
        """)


def _own_outputs(count: int) -> str:
    return "".join(
        _input(number, f"app{number}.*") + _output(f"app{number}.*", f"app{number}") for number in range(count)
    )


def _one_output(count: int) -> str:
    inputs = "".join(_input(number, f"app{number}.*") for number in range(count))
    kubernetes = "[FILTER]\n    Name kubernetes\n    Match app*\n    Merge_Log On\n"
    return inputs + kubernetes + _output("*", "all")
