"""Lines that break one habit each: rows are the evaluator's, and a panel that differs has said on what it relies."""

from __future__ import annotations

from uuid import uuid4

import pytest

from migrate.lab.grafana import Panel, transform_all
from migrate.lab.loki import Loki
from migrate.queries.preparing import prepare_query, read_query
from tests.queries_support.choosing import DAY
from tests.queries_support.emitted import comparable, rows_of, shown_by
from tests.queries_support.hostile import EXCUSED, HABITS, hostile_world
from tests.queries_support.two_sides import difference
from translators.diagnostics import Fidelity
from translators.insights.evaluate.evaluate import Result
from translators.queries import Translated, translated

pytestmark = pytest.mark.engine
QUERIES = r"""
fields @timestamp, level, status, ms, user | sort @timestamp desc
fields @timestamp, @message | sort @timestamp asc | limit 7
display @timestamp, @timestamp as again, detected_level, Time, Line, req.id
fields level as user, user as level2 | display user, level2
filter status = 500 | display status, user
filter status != 500 | display status, user
filter status >= 500 | display status, user
filter status in ["200", "500"] | display status
filter status not in [200, 500] | display status
filter not (ms > 2) | display ms
filter ms * 2 > 14 | display ms
filter ms > status | display ms
filter user = path | display ms
filter user != path | display ms
filter user > "b" and level <= "error" | display user, level
filter ms > "10" | display ms
filter status = "5e2" or ms = "7.0" | display status, ms
filter bytes = 9007199254740993 | display bytes
filter user > path | display user
filter status | display status
filter level = "error" and (user = "alice" or ms > 3) | display level, user, ms
filter level like "err" or status = 404 | display level
filter user like /a*/ | display level
filter user not like /^$/ | display level
filter user != "bob" | display level
filter user != "" | display level
filter user in ["", "bob"] | display level
filter ispresent(req.id) | display req.id
filter isempty(user) | display level
filter isblank(level) | display user
filter strlen(user) < 6 | display level
filter @message like /bob/ | display user
filter tolower(level) = "error" | display level
fields ms + bytes as x, floor(ms) as y | display x, y
fields coalesce(user, 'none') as u | stats count(*) by u
fields concat(level, "-", user) as both | stats count(*) as n by both
fields substr(user, 2) as rest | stats count(rest), count(*)
fields if(ms > 5, "slow", "fast") as s | stats count(*) by s
fields if(status >= 500, ms, 0) as s | stats sum(s)
fields ispresent(user) as p | stats count(*) by p
parse msg "user=* id=*" as a, b | fields coalesce(a, b) as c | stats count(*) by c
parse msg "user=* id=*" as a, b | fields coalesce(a, 'x') as c | display c
parse msg /user=(?<a>\w*) id=(?<b>\w*)/ | fields coalesce(a, b) as c | display c
parse msg /user=(?<a>\w+) id/ | fields coalesce(a, 'none') as c | stats count(*) by c
parse msg "user=* id=*" as a, b | filter ispresent(a) | display a, b, level
parse msg "user=* id=*" as a, b | filter a = "" | display a, b, level
parse msg "user=* id=*" as a, b | filter a != "" and strlen(b) >= 0 | display a, b, level
parse msg "user=* id=*" as a, b | filter a not in ["", "bob"] | display a, level
parse msg "user=* id=*" as a, b | stats count(a), count(*) by level
parse msg "user=* id=*" as a, b | stats count_distinct(b), count(*) by a
parse @message "user=* id=* took * ms" as u, i, t | stats sum(i), avg(t) by u
parse @message /took (?<t>\d+) ms/ | stats sum(t), count(t), count(*)
stats count(*) by bin(1h), level
stats sum(ms), avg(ms), min(ms), max(ms), count(ms) by level
stats pct(ms, 50), stddev(bytes) by level
stats count(*) as n by user | sort n desc | limit 3
stats count(*) by status
stats count_distinct(user) by level
stats earliest(ms), latest(ms) by user
stats latest(user), count(user)
stats sum(status >= 500) as bad, count(*) as n by user
stats sum(ms) / sum(bytes) as x by level
stats max(ms) as m by user, level | stats avg(m) as a by level
stats count(ms) as n by level | filter n = 0
stats count(*) as n by status | filter status = 500
stats sum(ms) as n by level | fields n * 2 as n
stats ceil(avg(ms - bytes)) as d, sum(ms) / sum(status) as r by level
stats sum(ms) as c by level, user | stats count(*) as n, count(c) as m by level
sort @timestamp desc | limit 15 | stats count(*) as n by level
limit 12 | stats count(*) by bin(6h), level
limit 12 | stats count(*) by @message
filter user like level or strcontains(msg, user) | display user, msg
filter user not like level | display user, level
filter isIpv4InSubnet(ip, "10.0.0.9/24") | stats count(*) by ip
fields isValidIpv4(ip) as v | stats count(*) by v
filter startswith(path, "/a") and not endswith(user, "e") | display user, path
fields abs(ms - bytes) as a, ms % 3 as b, ms % -2 as c | display a, b, c
fields ltrim(user) as a, rtrim(user) as b, trim(user) as c | display a, b, c
fields case(status >= 500, "5xx", status >= 400, "4xx", "ok") as c | stats count(*) by c
stats count(*) by status - status % 100 as class
filter isblank(user) = 0 | display user
""".strip().splitlines()
PAGE = 15
FAITHFUL = (Fidelity.HARMLESS, Fidelity.EXACT, Fidelity.EQUIVALENT)


@pytest.mark.parametrize("habit", HABITS)
def test_no_panel_differs_without_saying_so(habit: str, loki: Loki) -> None:
    world = hostile_world(habit)
    tenant = loki.tenant(f"hostile-{uuid4().hex}")
    world.push(tenant)
    asked: list[tuple[str, Translated, Result]] = []
    panels: list[Panel] = []
    for text in QUERIES:
        plan = read_query(text, world.options(text))
        expected = world.expected(plan)
        assert not difference(expected.rows, world.found(text, tenant).rows), text
        translation = translated(
            prepare_query(plan, world.estate.catalog, world.options(text)), world.policies, DAY.milliseconds
        )
        if translation.table is not None:
            panels.append(shown_by(translation.table, tenant, DAY))
            asked.append((text, translation, expected))
    shown_panels = [one for at in range(0, len(panels), PAGE) for one in transform_all(panels[at : at + PAGE])]
    wrong = []
    for (text, translation, expected), frames in zip(asked, shown_panels, strict=True):
        shown = sorted(map(repr, rows_of(frames, expected.columns)))
        rows = [tuple(map(comparable, row)) for row in expected.rows]
        # Grafana has no columns, and so no rows, where every cell is blank.
        wanted = sorted(map(repr, rows if any(cell is not None for row in rows for cell in row) else []))
        rules = {one.rule for one in translation.findings}
        if shown != wanted and translation.fidelity in FAITHFUL and not rules & EXCUSED.get(habit, frozenset()):
            wrong.append(f"{text}\n{translation.requests[0].panel}\n{sorted(rules)}\n{wanted[:3]}\n{shown[:3]}")
    assert not wrong, "\n\n".join(wrong)
    assert len(asked) > 0.8 * len(QUERIES)
