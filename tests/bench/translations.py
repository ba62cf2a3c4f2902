"""Translations a second, from text to LogQL, side by side with pySigma's backend for Loki on rules of like size.

Twice: as the wheel of ``make wheel`` does it, its query translator compiled, and as this checkout does, interpreted.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

from migrate.queries.preparing import Options
from migrate.queries.translating import translate_saved
from tests.bench.measure import CPU, Ratio, alternate
from tests.bench.samples import CLUSTER
from tests.compiled_wheel import run, unpacked
from translators.aws_layout import aws_layout
from translators.query.named import NamedQuery

LIMIT = 5.0
RUNS = 5
COPIES = 40
CONDITIONS = (
    (("level", "error"), ("msg", "timeout")),
    (("status", "500"), ("path", "/orders")),
    (("level", "warn"), ("msg", "slow upstream")),
    (("user", "root"), ("action", "login")),
    (("method", "DELETE"), ("path", "/admin")),
)


COMPILED = "import tests.bench.translations as bench; print(*bench.seconds())"


def measure() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory(prefix="logmig-bench-") as scratch:
        done = run(unpacked(Path(scratch)), COMPILED)
    done.check_returncode()
    peer, spent = map(float, done.stdout.split())
    yield _ratio("translating queries, as make wheel ships it", peer, spent, LIMIT)
    yield _ratio("the same, interpreted", *seconds(), math.inf)


def seconds() -> tuple[float, float]:
    """CPU seconds of pySigma and of ours for one batch."""
    from sigma.backends.loki import LogQLBackend
    from sigma.collection import SigmaCollection

    catalog, options = aws_layout(CLUSTER), Options(log_groups=(f"/aws/containerinsights/{CLUSTER}/application",))
    count = COPIES * len(CONDITIONS)
    batches = [range(run * count, (run + 1) * count) for run in range(RUNS)]
    # No text is read twice, so that neither side can remember a whole one.
    queries = iter([[_query(number) for number in batch] for batch in batches])
    rules = iter([[_rule(number) for number in batch] for batch in batches])

    def ours() -> None:
        for query in next(queries):
            if translate_saved(query, catalog, options).is_manual:
                raise ValueError(f"not translated: {query.text}")

    def theirs() -> None:
        backend = LogQLBackend()
        for rule in next(rules):
            if not backend.convert(SigmaCollection.from_yaml(rule)):
                raise ValueError(f"not converted: {rule}")

    spent, peer = alternate(RUNS, ours, theirs, CPU)
    return peer, spent


def _ratio(title: str, peer: float, spent: float, limit: float) -> Ratio:
    count = COPIES * len(CONDITIONS)
    rate = (
        f"{count / spent:,.0f}/s against {count / peer:,.0f}/s; ours from text to the panel's table and its findings, "
        "pySigma's from YAML to LogQL; two conditions each, no text twice"
    )
    return Ratio(f"pySigma-backend-loki : {title}", peer, spent, limit, rate, "CPU s", at_least=True)


def _query(number: int) -> NamedQuery:
    (key, value), (other, part) = CONDITIONS[number % len(CONDITIONS)]
    text = (
        f'fields @timestamp, log | filter log_processed.{key} = "{value}"'
        f' and log_processed.{other} like "{part} {number}" | limit 100'
    )
    return NamedQuery(str(number), f"rule {number}", text, "bench")


def _rule(number: int) -> str:
    (key, value), (other, part) = CONDITIONS[number % len(CONDITIONS)]
    return (
        f"title: rule {number}\nstatus: test\nlogsource:\n    category: webserver\n    product: bench\n"
        f"detection:\n    selection:\n        {key}: '{value}'\n        {other}|contains: '{part} {number}'\n"
        "    condition: selection\n"
    )
