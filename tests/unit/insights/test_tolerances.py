"""Forms that people write and AWS does not document: read, and said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from translators.diagnostics import Fidelity
from translators.insights.errors import InsightsError
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.plan import Plan
from translators.query.policies import Policy
from translators.source import Source

CORPUS = Path("/work/shared/corpus/queries/insights.jsonl")


def plan(text: str) -> Plan:
    return normalise(parse(Source("q", text)))


SAME = [
    ("order by a desc", "sort a desc", "order-by-synonym"),
    ("order a desc", "sort a desc", "order-by-synonym"),
    ("sort by a desc", "sort a desc", "order-by-synonym"),
    ("filter a == 'x'", "filter a = 'x'", "operator-spelling"),
    ("filter a <> 'x'", "filter a != 'x'", "operator-spelling"),
    ("filter a ~= 'x'", "filter a like 'x'", "regex-operator"),
    ("filter !ispresent(a)", "filter not ispresent(a)", "bang-operator"),
    ("filter a exists", "filter ispresent(a)", "exists"),
    ("filter a in ('x', 'y')", "filter a in ['x', 'y']", "list-parentheses"),
    ("stats count() by bin(@timestamp, 1h) as h", "stats count() by bin(1h) as h", "bin-of-timestamp"),
    (
        "stats count() by date_floor(@timestamp, 5m) as h",
        "stats count() by datefloor(@timestamp, 5m) as h",
        "date-floor",
    ),
    ("stats count() by bin(5 min) as b", "stats count() by bin(5m) as b", "period-blank"),
    ("fields @timestamp + 9h as jst", "fields @timestamp + `9h` as jst", "period-as-field"),
    ("parse @message 'a=*' x", "parse @message 'a=*' as x", "parse-without-as"),
    ("fields a, | sort a desc", "fields a | sort a desc", "trailing-comma"),
    ("stats max(a) as m,\n| count(*) as n by b", "stats max(a) as m, count(*) as n by b", "stray-pipe"),
    ("filter a = 1\nfilter b = 2", "filter a = 1\n| filter b = 2", "missing-pipe"),
    ("fields a || sort a asc", "fields a | sort a asc", "double-pipe"),
    ("fields a |", "fields a", "trailing-pipe"),
    ("fields a // why\n| limit 3", "fields a # why\n| limit 3", "slash-comment"),
    ("-- why\nfields a\n  --- more\n| limit 3", "fields a | limit 3", "dash-comment"),
    ("filter a = http://10.0.0.1/x#y and b = 1", "filter a = 'http://10.0.0.1/x#y' and b = 1", "bare-url"),
    (
        "filter a = 1 | count(*) as n by b | sort n desc",
        "filter a = 1 | stats count(*) as n by b | sort n desc",
        "missing-stats",
    ),
    ("stats median(a) as m by b", "stats pct(a, 50) as m by b", "percentile-name"),
    ("stats percentile(a, 95) as m by b", "stats pct(a, 95) as m by b", "percentile-name"),
    ("stats pctile(a, 95) as m by b", "stats pct(a, 95) as m by b", "percentile-name"),
    ("fields\u00a0a\u200b|\u2060\u202flimit\u3000\ufeff3", "fields a | limit 3", None),
    ("filter a like /x/and b like /y/or c = 1", "filter a like /x/ and b like /y/ or c = 1", None),
    ("fields a as 'A b'", "fields a as `A b`", "string-alias"),
    ("head 5", "limit 5", "head-tail"),
    ("filter u like /\\\\/client/ or u like /\\\\/org/", "filter u like /\\/client/ or u like /\\/org/", None),
    ("| FIELDS a | SORT a DESC | LIMIT 3", "fields a | sort a desc | limit 3", None),
    ("SOURCE '/g'\n| fields a", "SOURCE '/g' | fields a", None),
    ('SOURCE "/g" START=-3600s END=0s |\nfields a', "SOURCE '/g' | fields a", "source-window"),
    ("SOURCE '/g' start = 2026-01-05T00:00:00.000Z|fields a", "SOURCE '/g' | fields a", "source-window"),
    (
        'SOURCE logGroups(namePrefix: [], class: "STANDARD") START=-60s END=0s | fields a',
        'SOURCE logGroups(namePrefix: [], class: "STANDARD") | fields a',
        "source-window",
    ),
    ("SOURCE '/g'\nSOURCE '/h'\n| fields a", "SOURCE '/g' | SOURCE '/h' | fields a", None),
    ("SOURCE '/g'\nfields a", "SOURCE '/g' | fields a", None),
    ("filter a = 'x' #|,\"'/ comment\n# | filter b = 1\n| limit 3", "filter a = 'x' | limit 3", None),
    ("parse @message 'Code: *;' as c\\\n| limit 3", "parse @message 'Code: *;' as c | limit 3", None),
]


@pytest.mark.parametrize(("written", "meant", "rule"), SAME, ids=[written[:40] for written, *_ in SAME])
def test_a_form_means_what_it_stands_for_and_is_said(written: str, meant: str, rule: str | None) -> None:
    found = plan(written)
    assert found.root == plan(meant).root
    said = {diagnostic.rule for diagnostic in found.diagnostics}
    assert rule is None or f"insights/{rule}" in said


def test_forms_that_are_policies_are_listed_as_such() -> None:
    found = plan("filter isFinal and !no | fields if(a, 1, 0) as x | order by x")
    policies = {use.policy for use in found.policies}
    expected = {Policy.BARE_BOOLEAN_FILTER, Policy.BANG_OPERATOR, Policy.UNDOCUMENTED_IF, Policy.ORDER_BY_SYNONYM}
    assert expected <= policies


def test_a_spelling_is_harmless_and_a_guess_is_not() -> None:
    fidelities = {each.rule: each.fidelity for each in plan("filter a == 1 and b exists").diagnostics}
    assert fidelities["insights/operator-spelling"] is Fidelity.HARMLESS
    assert fidelities["insights/exists"] is Fidelity.EQUIVALENT


def test_a_period_beyond_its_cap_is_said() -> None:
    (said,) = plan("stats count(*) by bin(300s)").diagnostics
    assert said.rule == "insights/bin-cap"
    assert "300s is really 60s" in said.message


def test_a_column_that_does_not_come_out_of_stats_is_said_with_what_does() -> None:
    (said,) = plan("stats avg(ms) as avg_ms by host | sort avg_m desc").diagnostics
    assert said.rule == "insights/unknown-column"
    assert said.remedy == "did you mean `avg_ms`?"


@pytest.mark.skipif(not CORPUS.exists(), reason=f"{CORPUS} is not here")
def test_every_query_of_the_corpus_is_read_and_has_a_plan_or_lacks_a_value() -> None:
    for line in CORPUS.read_text("utf-8").splitlines():
        entry = json.loads(line)
        query = parse(Source(entry["id"], entry["query"]))
        rule = ""
        try:
            normalise(query)
        except InsightsError as error:
            rule = error.rule
        assert rule in ("", "insights/missing-parameter"), entry["id"]
