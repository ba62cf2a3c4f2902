"""Lines that break one habit of well-behaved logs each, and the conditions of translations that say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.queries_support.choosing import DAY
from tests.queries_support.estate import Estate, Kind, Written
from tests.queries_support.two_sides import World
from tests.queries_support.witnesses import DAY_START, HOUR

GROUP = "/app/lines"
LINES = 40
Line = Callable[[int], str]


def plain(number: int) -> dict[str, Any]:
    """A record that breaks no habit."""
    return {
        "level": ("error", "info", "warn")[number % 3],
        "status": (200, 404, 500, 503)[number % 4],
        "ms": (1, 2.5, 7, 40, 150)[number % 5],
        "bytes": 100 * (number + 1),
        "user": ("alice", "bob", "carol")[number % 3],
        "path": ("/a", "/b")[number % 2],
        "msg": ("user=bob id=7 took 5 ms", "GET /api: error 500", "timeout after 5s")[number % 3],
        "req": {"id": f"r-{number % 4}"},
        "ok": "yes",
    }


def written(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _with(**fields: Any) -> Line:
    return lambda number: written({**plain(number), **fields})


def _each(value: Any) -> Line:
    """``value`` in a third of the fields, another third in each line."""
    return lambda number: written(
        {key: value if (number + len(key)) % 3 == 0 else known for key, known in plain(number).items()}
    )


def _without(number: int) -> str:
    return written({key: value for key, value in plain(number).items() if (number + len(key)) % 3})


def _spelled(old: str, new: str) -> Line:
    return lambda number: written(plain(number)).replace(old, new)


def _one_of(*lines: str) -> Line:
    return lambda number: lines[number % len(lines)]


HABITS: dict[str, tuple[Line, ...]] = {
    "missing": (_without,),
    "null": (_each(None),),
    "empty": (_each(""),),
    "empty-capture": (
        _with(msg="user= id=7 took  ms"),
        _with(msg=": x"),
        _with(msg="user=a id= took 5 ms"),
        _with(msg="a: "),
    ),
    "text-for-number": (_with(status="abc"), _with(ms="n/a"), _with(bytes="10kb")),
    "negative": (_with(ms=-5), _with(ms=-2.5, bytes=-7), _with(status=-1)),
    "zero": (_with(ms=0), _with(status=0, bytes=0)),
    "exponent": (_with(status="5e2"), _with(ms="1e3"), _with(bytes="1E2")),
    "odd-number": (
        _with(status=" 12", ms="0x1f"),
        _with(bytes="1_000", status="+5"),
        _with(ms=".5", bytes="5."),
        _with(status="1e999"),
        _with(ms="-1e999"),
    ),
    "not-a-number": (_with(status="NaN", ms="nan"), _with(ms="Infinity", bytes="-Inf"), _with(status="inf")),
    "needless-zero": (_with(status="0500"), _with(status="500.0"), _with(ms=-0.0), _with(bytes="1.50")),
    "large": (_with(bytes=9007199254740993), _with(ms=10**29), _with(status=2**64), _with(ms=0.00000123)),
    "boolean": (_with(status=True), _with(ok=False), _with(user=True, level=False)),
    "boolean-text": (_with(status="true"), _with(ok="false"), _with(user="true", level="false")),
    "nested": (_with(status={"a": 1}), _with(user=["x", 1]), _with(msg={"b": {"c": 2}}), _with(req="text", level=[])),
    "dotted-keys": (_with(**{"req": None, "req.id": "dotted"}), _with(req_id="under"), _with(**{"req.id": "both"})),
    "keys-twice": (lambda number: written(plain(number))[:-1] + ',"status":299,"user":"zed"}',),
    "cut": (lambda number: written(plain(number))[:-9], lambda number: written(plain(number)) + " trailing"),
    "no-json": (
        _one_of("plain text user=zed id=9", "ERROR something 500", "   ", "null", "[1,2]", '"str"', "{}", "user= id="),
    ),
    "korean": (_with(level="오류"), _with(user="한글"), _with(msg="user=홍길동 id=삼 took 9 ms: é")),
    "escapes": (_spelled('"error"', '"err\\u006fr"'), _spelled("bob", "b\\u0000b"), _spelled("/a", "\\/a")),
    "half-letters": (_spelled('"error"', '"\\ud800x"'),),
    "quotes": (
        _with(user='say "hi"', msg="a\\b: c\nd"),
        _with(level="x`y", user="tab\there"),
        _with(user="a,b", level="{{.x}}"),
        _with(user="$1", level="${1}"),
    ),
    "spaces": (
        _with(user=" alice"),
        _with(user="alice "),
        _with(level="  "),
        _with(level="\u3000"),
        _with(user="Alice"),
    ),
    "addresses": (
        _with(ip="10.0.0.7"),
        _with(ip="10.0.1.7"),
        _with(ip="010.0.0.7"),
        _with(ip="10.0.0.256"),
        _with(ip="10.0.0.7 "),
        _with(ip="::ffff:10.0.0.7"),
        _with(ip=7),
    ),
    "names": (
        _with(__error__="JSONParserErr", detected_level="x", Time="t", Line="l", labels="q", tsNs="1", id="7"),
        _with(log_stream="zz", log_group="yy", __line__="y"),
    ),
}
_NULLS = frozenset({"logql/dedup-null", "logql/nulls-last"})
_VALUES = frozenset({"logql/json-values"})
_NUMBERS = frozenset({"logql/json-values", "logql/number-spelling"})
_EXTREMES = frozenset({"logql/extreme-of-text"})
_EMPTY = frozenset({"logql/empty-is-missing"})
EXCUSED: dict[str, frozenset[str]] = {
    "missing": _NULLS | _EMPTY,
    "null": _NULLS | _EMPTY,
    "empty": _EMPTY,
    "empty-capture": _EMPTY,
    "text-for-number": _EXTREMES,
    "odd-number": _EXTREMES,
    "not-a-number": _EXTREMES,
    "boolean-text": _EXTREMES,
    "exponent": _NUMBERS,
    "needless-zero": _NUMBERS,
    "large": _VALUES,
    "boolean": _VALUES,
    "nested": _VALUES,
    "dotted-keys": _VALUES,
    "keys-twice": _VALUES,
    "cut": frozenset({"logql/cut-json"}),
    "half-letters": frozenset({"logql/cut-json"}),
    "no-json": _NULLS | _EMPTY,
}
"""The findings that say that a translation relies on the habit."""


def hostile_world(habit: str) -> World:
    """Lines of which three in four break the habit, as plain lines of one log group."""
    chance = Random(habit)
    breaking = HABITS[habit]
    lines = []
    for number in range(LINES):
        line = breaking[number % len(breaking)] if number % 4 else lambda one: written(plain(one))
        at = (DAY_START + chance.randrange(24 * HOUR)) * 1_000_000 + chance.randrange(1_000_000)
        lines.append(Written(at, line(number), GROUP, log_stream=f"host-{number % 3}"))
    return World(Estate(((GROUP, Kind.LINES),)), lines, DAY, (GROUP,), now=DAY.end)
