"""For any query and any lines: `logmig query` on Loki gives the evaluator's rows, and no translation fails.

``LOGMIG_QUERY_EXAMPLES`` asks for more examples than a pull request can wait for.
"""

from __future__ import annotations

import os
from random import Random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from migrate.lab.grafana import transform_all
from migrate.lab.loki import Loki, Tenant
from migrate.queries.preparing import Options, prepare_query, read_query
from migrate.queries.window import Window
from tests.queries_support.choosing import DAY, world_for
from tests.queries_support.emitted import comparable, rows_of, shown_by
from tests.queries_support.grammar import Grammar
from tests.queries_support.two_sides import World, difference
from tests.queries_support.witnesses import DAY_START, HOUR
from translators.diagnostics import Fidelity
from translators.insights.evaluate.evaluate import Result
from translators.queries import Translated, translated
from translators.query.plan import Plan

pytestmark = pytest.mark.engine
EXAMPLES = int(os.environ.get("LOGMIG_QUERY_EXAMPLES", "150"))
SEED = int(os.environ.get("LOGMIG_QUERY_SEED", "7"))
CLIPPED = Window(DAY_START + 90_001, DAY_START + 10 * HOUR + 5 * 60_000 + 30_000)
STATED = {
    *("logql/dedup-null", "logql/extreme-of-text", "logql/nulls-last", "logql/missing-in-second-stats"),
    "logql/second-stats-of-nothing",
}
"""Conditions that lines made from a query do break."""
PAGE = 25


def random_world(random: Random, loki: Loki, tame: bool) -> tuple[str, Plan, World, Tenant]:
    text = Grammar(random, container=random.random() < 0.5).query()
    plan = read_query(text, Options())
    world = world_for(plan, str(random.random()), tame)
    tenant = loki.tenant(f"random-{uuid4().hex}")
    world.push(tenant)
    return text, plan, world, tenant


def test_random_queries_give_the_evaluators_rows(loki: Loki) -> None:
    tried: list[bool] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=SEED == 7,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(st.integers(0, 2**48))
    def check(seed: int) -> None:
        text, plan, world, tenant = random_world(Random(seed), loki, tame=False)
        for window in (DAY, CLIPPED):
            expected = world.within(window).expected(plan)
            found = world.within(window).found(text, tenant)
            assert not difference(expected.rows, found.rows), text
            tried.append(any(cell not in (None, "", 0) for row in expected.rows for cell in row))
        prepared = prepare_query(plan, world.estate.catalog, world.options(text))
        translation = translated(prepared, world.policies, DAY.milliseconds)
        if translation.table is not None:
            shown_by(translation.table, tenant, DAY)

    check()
    assert sum(tried) >= 0.6 * len(tried)


def test_random_panels_show_the_evaluators_rows(loki: Loki) -> None:
    """On lines that hold the conditions which the translations state."""
    random = Random(SEED)
    asked: list[tuple[str, Translated, Result]] = []
    panels = []
    for _ in range(EXAMPLES):
        text, plan, world, tenant = random_world(random, loki, tame=True)
        prepared = prepare_query(plan, world.estate.catalog, world.options(text))
        translation = translated(prepared, world.policies, DAY.milliseconds)
        if translation.table is None or translation.fidelity in (Fidelity.APPROXIMATE, Fidelity.MANUAL):
            continue
        asked.append((text, translation, world.expected(plan)))
        panels.append(shown_by(translation.table, tenant, DAY))
    wrong = []
    for at in range(0, len(panels), PAGE):
        answers = transform_all(panels[at : at + PAGE])
        for (text, translation, expected), frames in zip(asked[at : at + PAGE], answers, strict=True):
            # A row of nothing is not seen where no column has a value anywhere.
            shown = sorted(repr(row) for row in rows_of(frames, expected.columns) if set(row) != {None})
            wanted = sorted(repr(tuple(map(comparable, row))) for row in expected.rows if set(row) != {None})
            if shown != wanted and not STATED & {one.rule for one in translation.findings}:
                lost, gained = [one for one in wanted if one not in shown], [one for one in shown if one not in wanted]
                logql = "\n".join(request.panel for request in translation.requests)
                wrong.append(f"{text}\n{logql}\nlost {lost[:2]}\ngained {gained[:2]}")
    assert not wrong, f"{len(wrong)} of {len(panels)}\n\n" + "\n\n".join(wrong)
