"""`@message` without the keys that are gone: those and nothing else."""

from __future__ import annotations

from migrate.queries.prove.comparing import RowVerdict
from migrate.queries.prove.envelope import without_gone
from migrate.queries.prove.tables import Expected
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.source import Source

GONE = (("_p",), ("kubernetes", "docker_id"))
PLAN = normalise(parse(Source("query", "fields @message, user")))
WHOLE = '{"log": "\\u00e9", "_p":"F","kubernetes":{"pod_name":"web","docker_id":"1"}}'


def differing(actual: str, text: str = "fields @message, user") -> int | None:
    plan = normalise(parse(Source("query", text)))
    expected = Expected(plan.columns, ((WHOLE, "u"),), ((),), 10)
    found = without_gone(plan, (expected, [(actual, "u")]), GONE, {})
    return None if found is None else len(found.differing)


def test_gone_keys_are_tolerated_and_named() -> None:
    expected = Expected(PLAN.columns, ((WHOLE, "u"), ("plain", "v")), ((), ()), 10)
    actual = [('{"log":"é","kubernetes":{"pod_name":"web"}}', "u"), ("plain", "v")]
    found = without_gone(PLAN, (expected, actual), GONE, {})
    assert found is not None
    assert found.equal
    assert [match.verdict for match in found.matches] == [RowVerdict.TOLERATED, RowVerdict.EQUAL]
    assert "kubernetes.docker_id" in found.tolerances[-1].reason


def test_any_other_key_or_value_or_order_differs() -> None:
    assert differing('{"log":"é","kubernetes":{"pod_name":"other"}}') == 1
    assert differing('{"log":"é","kubernetes":{}}') == 1
    assert differing('{"kubernetes":{"pod_name":"web"},"log":"é"}') == 1
    assert differing("plain") == 1


def test_the_message_under_another_name() -> None:
    stripped = '{"log":"é","kubernetes":{"pod_name":"web"}}'
    assert differing(stripped, "fields @message as m, user") == 0
    assert differing(stripped, "fields unmask(@message) as m, user") == 0


def test_only_where_the_whole_message_is_shown() -> None:
    assert differing('{"log":"é"}', "fields concat(@message, 'x') as m, user") is None
