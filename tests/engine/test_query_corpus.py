"""Each query of the field, on lines made from it: witnesses, near misses, nulls, wrong types, hostile ones.

`logmig query` must give the rows of the evaluator, and the panel of each translation must show them where its stated
conditions hold.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from migrate.lab.grafana import Panel, transform_all
from migrate.lab.loki import Loki, Tenant
from migrate.queries.preparing import Options, prepare_query, read_query
from migrate.queries.window import Window
from tests.queries_support.choosing import DAY, world_for
from tests.queries_support.emitted import comparable, rows_of, shown_by
from tests.queries_support.two_sides import World, difference
from tests.queries_support.witnesses import DAY_START, HOUR
from translators.diagnostics import Fidelity
from translators.insights.evaluate.evaluate import Result
from translators.queries import QueryShape, Translated, translated
from translators.query.plan import Plan

pytestmark = pytest.mark.engine
CLIPPED = Window(DAY_START + 90_001, DAY_START + 10 * HOUR + 5 * 60_000 + 30_000)
"""Its first and last buckets are partial ones."""
STATED = {"logql/dedup-null", "logql/extreme-of-text"}
"""Conditions that lines made from a query do break."""
_PARAMETER = re.compile(r"\{\{ *(\w+) *\}\}")
_PLACEHOLDER = re.compile(r"(?<== )<\w+>")
FAITHFUL = (Fidelity.HARMLESS, Fidelity.EXACT, Fidelity.EQUIVALENT)
PAGE = 20


@dataclass(frozen=True)
class Saved:
    """A query of the corpus with its plan."""

    id: str
    text: str
    plan: Plan
    parameters: dict[str, str]


@pytest.fixture(scope="module")
def corpus(shared: Path) -> list[Saved]:
    path = shared / "corpus" / "queries" / "insights.jsonl"
    if not path.exists():
        pytest.skip("the corpus of queries is not beside this repository")
    found = []
    for line in path.read_text("utf-8").splitlines():
        saved = json.loads(line)
        text = _PLACEHOLDER.sub(str(DAY_START), saved["query"])
        parameters = dict.fromkeys(_PARAMETER.findall(text), "ERROR")
        plan = read_query(text, Options(parameters=parameters))
        found.append(Saved(saved["id"], text, plan, parameters))
    return found


def worlds(corpus: list[Saved], loki: Loki, tame: bool) -> Iterator[tuple[Saved, World, Tenant]]:
    for saved in corpus:
        world = world_for(saved.plan, saved.id, tame)
        tenant = loki.tenant(f"{saved.id}-{uuid4().hex[:8]}")
        world.push(tenant)
        yield saved, world, tenant


def test_every_query_gives_the_evaluators_rows(corpus: list[Saved], loki: Loki) -> None:
    wrong: list[str] = []
    with_rows = 0
    shapes: Counter[QueryShape] = Counter()
    for saved, world, tenant in worlds(corpus, loki, tame=False):
        for window in (DAY, CLIPPED):
            expected = world.within(window).expected(saved.plan)
            found = world.within(window).found(saved.text, tenant, saved.parameters)
            if differs := difference(expected.rows, found.rows):
                wrong.append(f"{saved.id}: {differs}\n{saved.text}")
        whole = world.expected(saved.plan)
        with_rows += any(cell not in (None, "", 0) for row in whole.rows for cell in row)
        shapes[found.shape] += 1
    assert not wrong, "\n\n".join(wrong)
    assert with_rows >= 0.96 * len(corpus)
    assert shapes[QueryShape.LOGQL] + shapes[QueryShape.GRAFANA] >= 0.94 * len(corpus), shapes


@dataclass(frozen=True)
class Claim:
    """A translation and what it must show."""

    saved: Saved
    translation: Translated
    expected: Result
    panel: Panel


def claims(corpus: list[Saved], loki: Loki, tame: bool) -> list[Claim]:
    found = []
    for saved, world, tenant in worlds(corpus, loki, tame):
        prepared = prepare_query(saved.plan, world.estate.catalog, world.options(saved.text, saved.parameters))
        translation = translated(prepared, world.policies, DAY.milliseconds)
        if translation.table is not None:
            panel = shown_by(translation.table, tenant, DAY)
            found.append(Claim(saved, translation, world.expected(saved.plan), panel))
    return found


def test_panels_show_the_rows_where_the_stated_conditions_hold(corpus: list[Saved], loki: Loki) -> None:
    claimed = [one for one in claims(corpus, loki, tame=True) if one.translation.fidelity in FAITHFUL]
    wrong: list[str] = []
    same = 0
    for at in range(0, len(claimed), PAGE):
        some = claimed[at : at + PAGE]
        for claim, frames in zip(some, transform_all([one.panel for one in some]), strict=True):
            shown = sorted(map(repr, rows_of(frames, claim.expected.columns)))
            expected = sorted(repr(tuple(map(comparable, row))) for row in claim.expected.rows)
            same += shown == expected
            if shown != expected and not STATED & {one.rule for one in claim.translation.findings}:
                wrong.append(f"{claim.saved.id}\n{claim.saved.text}\nexpected {expected[:3]}\nshown {shown[:3]}")
    assert not wrong, "\n\n".join(wrong)
    assert same >= 0.97 * len(claimed)


def test_no_translation_fails_on_hostile_lines(corpus: list[Saved], loki: Loki) -> None:
    """``shown_by`` raises for any answer but 200."""
    assert len(claims(corpus, loki, tame=False)) > 0.85 * len(corpus)
