"""When Loki may count for a query: the first stats only counts, by labels and by whole seconds of the entry's time."""

from __future__ import annotations

import pytest

from translators.catalog import (
    Field,
    InJson,
    InLabel,
    InMetadata,
    IsConstant,
    Matcher,
    MatchOperator,
    RecordKind,
    Shape,
)
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.plan import Aggregate, Given
from translators.query.split.counts import GIVEN, Counts, counts_of, source_of, with_counts
from translators.query.tree import walk
from translators.source import Source


def counts(text: str) -> Counts | None:
    return counts_of(normalise(parse(Source("q", text))))


@pytest.mark.parametrize(
    ("text", "keys", "bucket", "calls"),
    [
        ("stats count(*)", {}, None, {"count(*)": None}),
        ("stats count(*) as n by stream", {"stream": "stream"}, None, {"n": None}),
        ("stats count(level) by stream, bin(1s)", {"stream": "stream"}, "bin(1s)", {"count(level)": "level"}),
        ("fields bin(5m) as t | stats count(*) by t", {}, "t", {"count(*)": None}),
        ("filter a = 1 | sort b | stats count(*) as n by c | filter n > 3", {"c": "c"}, None, {"n": None}),
        ("fields level as a | fields a as b | stats count(b) as n by a", {"a": "level"}, None, {"n": "level"}),
        ("fields level as a | fields a as b | fields stream as a | stats count(*) as n by a, b",
         {"a": "stream", "b": "level"}, None, {"n": None}),
        ("fields x as a | fields a as b | fields b as a | stats count(*) as n by a", {"a": "x"}, None, {"n": None}),
        ("fields bin(5m) as t | fields stream as t | stats count(*) as n by t", {"t": "stream"}, None, {"n": None}),
        ("stats count(*) as n by stream, bin(5m) as t | stats sum(n) by t", {"stream": "stream"}, "t", {"n": None}),
    ],
)  # fmt: skip
def test_what_loki_counts(text: str, keys: dict[str, str], bucket: str | None, calls: dict[str, str | None]) -> None:
    found = counts(text)
    assert found is not None
    assert {key.name: ".".join(key.field.path) for key in found.keys} == keys
    assert (found.bucket and found.bucket[0]) == bucket
    assert {name: field and ".".join(field.path) for name, field in found.calls} == calls


@pytest.mark.parametrize(
    "text",
    [
        "fields a",
        "stats max(a)",
        "stats count(*), max(a) by stream",
        "stats count(*) by bin(500ms)",
        "stats count(*) by bin(5m), bin(1h)",
        "stats count(*) by bin(1mo)",
        "stats count(*) by dateceil(@timestamp, 1h)",
        "stats count(*) by datefloor(ts, 1h)",
        "stats count(*) by strlen(a)",
        "stats count(strlen(a))",
        "fields strlen(a) as a | stats count(*) by a",
        "fields a as b | parse @message 'x=*' as b | stats count(*) by b",
        "limit 5 | stats count(*)",
        "dedup a",
        "join type=inner left=a right=b where a.x=b.x (SOURCE '/x') | stats count(*)",
    ],
)
def test_what_loki_does_not_count(text: str) -> None:
    assert counts(text) is None


def test_counts_take_the_place_of_the_aggregate() -> None:
    plan = normalise(parse(Source("q", "stats count(*) as n by stream | filter n > 3 | sort n desc | limit 2")))
    found = counts_of(plan)
    assert found is not None
    counted = with_counts(plan, found)
    assert not any(isinstance(one, Aggregate) for one in walk(counted.root))
    (given,) = [one for one in walk(counted.root) if isinstance(one, Given)]
    assert (given.id, given.columns) == (GIVEN, ("stream", "n"))
    assert len(list(walk(counted.root))) == len(list(walk(plan.root))) - 1


def test_where_a_key_is_in_a_shape() -> None:
    places = (InLabel("ns"), InMetadata("pod"), IsConstant("x"), InJson(("m",)))
    fields = tuple(Field((name,), place) for name, place in zip("lmcj", places, strict=True))
    shape = Shape("s", (Matcher("app", MatchOperator.EQUAL, "x"),), RecordKind.RECORD, fields)
    keys = {name: found.keys[0].field for name in "lmcjz" if (found := counts(f"stats count(*) by {name}"))}
    assert [source_of(keys[name], shape) for name in "lmc"] == [(True, place) for place in places[:3]]
    assert source_of(keys["j"], shape) == (False, None)
    assert source_of(keys["z"], shape) == (True, None)
