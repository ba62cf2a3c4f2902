"""Loki's own searches for what a regular expression is made of are wrong; what we print gives what RE2 finds."""

from __future__ import annotations

import random

import pytest
import re2

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.lab.loki import Tenant
from migrate.ports import EntriesRequest, Entry, Stream
from migrate.queries.preparing import Options
from migrate.queries.run import run_query
from migrate.queries.window import Window
from tests.queries_support.estate import Estate, Kind, Written
from translators.catalog import Matcher, MatchOperator
from translators.logql import model as m
from translators.logql.printer import print_query

pytestmark = pytest.mark.engine
START = 1_772_366_400_000
WINDOW = Window(START, START + 60_000)
LINES = (
    *("fooaacc", "fooaa only", "foo then aa", "Access only", "AccessDenied", "Auth only", "AuthFailure", "QUERY"),
    *("QUERY_DM", "QUERY_DML", "a.b", "axb", "web-1", "my web-1", "ERR_A", "ERR_AB", "ERR_C", "ERR_CD", "한글 오류"),
)
WORDS = ("A", "AB", "Ab", "C", "CD", "foo", "aa", "QUERY", "QUERY_DM", "ERR_", "web", "Access", "Auth", "한", r"a\.b")
OTHERS = (".*", ".", r"\d", "[AB]", r"[^\n]*", ".+", "E?", "^", "$", "x*", "[a-c]", "x{2}", "(?:.*)?")
S = (Matcher("app", MatchOperator.EQUAL, "x"),)


def lines(tenant: Tenant, logql: str) -> list[str]:
    loki = HttpLoki(Endpoint(tenant.url, tenant.name))
    found = loki.entries(EntriesRequest(logql, START * 1_000_000, WINDOW.behind_ns, 5000))
    return sorted(entry.line for stream in found.streams for entry in stream.entries)


@pytest.fixture
def filled(tenant: Tenant) -> Tenant:
    entries = tuple(Entry((START + at) * 1_000_000, line, {}) for at, line in enumerate(LINES))
    tenant.push([Stream({"app": "x"}, entries)])
    return tenant


@pytest.mark.parametrize(
    ("pattern", "lost", "gained"),
    [
        ("Access|AccessDenied|Auth|AuthFailure", {"Access only"}, set()),
        ("foo(aa|bb)(cc|dd)", set(), {"fooaa only"}),
        ("foo.*(aa|bb)", {"foo then aa"}, set()),
    ],
)
def test_loki_alone_is_wrong(filled: Tenant, pattern: str, lost: set[str], gained: set[str]) -> None:
    """When this fails, Loki is mended."""
    found = set(lines(filled, f'{{app="x"}} |~ "{pattern}"'))
    right = {line for line in LINES if re2.search(pattern, line)}
    assert (right - found, found - right) == (lost, gained)


def _alternatives(chance: random.Random, depth: int) -> str:
    begin = chance.choice(("", "", "", "ERR_", "A"))
    return "|".join(begin + _sequence(chance, depth) for _ in range(chance.choice((1, 2, 3, 4))))


def _sequence(chance: random.Random, depth: int) -> str:
    parts = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        roll = chance.random()
        inner = f"({_alternatives(chance, depth - 1)})" if depth else chance.choice(WORDS)
        parts.append(chance.choice(WORDS) if roll < 0.6 else chance.choice(OTHERS) if roll < 0.7 else inner)
    return "".join(parts)


def _accepted(pattern: str) -> bool:
    try:
        re2.compile(pattern)
    except re2.error:
        return False
    return True


def test_what_we_print_finds_what_re2_finds(filled: Tenant) -> None:
    chance = random.Random(11)
    drawn = (chance.choice(("", "", "(?i)", "(?s)")) + _alternatives(chance, 2) for _ in range(250))
    wrong = []
    for pattern in filter(_accepted, drawn):
        line_of = m.LabelFormat((m.Assign("line_", "{{__line__}}"),))
        label = m.LabelFilter(Matcher("line_", MatchOperator.MATCHES, pattern))
        asked = {
            m.LogQuery(S, (m.LineFilter(m.LineOperator.MATCHES, (pattern,)),)): re2.search,
            m.LogQuery(S, (line_of, label)): re2.fullmatch,
        }
        for query, found_by in asked.items():
            text = print_query(query)
            if lines(filled, text) != sorted(line for line in LINES if found_by(pattern, line)):
                wrong.append(text)
    assert not wrong, wrong


def test_the_rows_of_a_query_are_those_of_its_expression(tenant: Tenant) -> None:
    estate = Estate((("/app/x", Kind.LINES),))
    tenant.push(estate.streams(Written((START + at) * 1_000_000, line, "/app/x") for at, line in enumerate(LINES)))
    loki = HttpLoki(Endpoint(tenant.url, tenant.name))
    for query, expected in (
        ("filter @message like /Access|AccessDenied|Auth|AuthFailure/ | stats count(*)", 4),
        ("filter @message not like /Access|AccessDenied|Auth|AuthFailure/ | stats count(*)", len(LINES) - 4),
        ("filter @message like /foo(aa|bb)(cc|dd)/ | stats count(*)", 1),
        ("parse @message /(?<kind>.*)/ | filter kind in ['QUERY', 'QUERY_DML'] | stats count(*)", 2),
    ):
        found = run_query(query, estate.catalog, loki, WINDOW, Options(("/app/x",), now=START))
        assert list(found.rows) == [(expected,)], query
