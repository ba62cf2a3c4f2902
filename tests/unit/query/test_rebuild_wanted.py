"""However few fields of an event are wanted, those have the values that they have in the whole event."""

from __future__ import annotations

from itertools import combinations

import pytest

from translators.catalog import (
    Field,
    InJson,
    InLabel,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsLine,
    IsTime,
    Presence,
    RecordKind,
    Shape,
)
from translators.insights.evaluate.event import Event, Row
from translators.insights.evaluate.fields import reader
from translators.insights.evaluate.settings import Uses
from translators.query.policies import Policies
from translators.query.rebuild import Rebuilder

PARSED, UNPARSED = Presence.PARSED, Presence.UNPARSED
TEXT = Field(("log",), IsLine(), UNPARSED)
OTHERS = (
    Field(("az",), InMetadata("az")),
    Field(("stage",), IsConstant("prod")),
    Field(("time",), IsTime("rfc3339nano")),
)
SHAPES = {
    "json": (Field((), InJson((), ("t",)), PARSED), TEXT, *OTHERS),
    "json below": (Field(("log_processed",), InJson(())), Field(("log",), IsLine()), *OTHERS),
    "json key": (
        Field(("n",), InJson(("a", "b")), PARSED),
        Field(("level",), InJson(("level",)), PARSED),
        TEXT,
        *OTHERS,
    ),
    "json mixed": (Field((), InJson((), ("level",)), PARSED), Field(("severity",), InJson(("level",)), PARSED), TEXT),
    "logfmt": (Field((), InLogfmt("")), *OTHERS),
    "logfmt typed": (Field((), InLogfmt("", (), (("n", "integer"),), False), PARSED), TEXT, *OTHERS),
    "logfmt below": (Field(("kv",), InLogfmt("")), Field(("n",), InLogfmt("n")), Field(("log",), IsLine()), *OTHERS),
    "metadata": (
        Field(("ident",), InMetadata("ident"), PARSED),
        Field(("pod",), InLabel("pod"), PARSED),
        TEXT,
        *OTHERS,
    ),
    "kubernetes": (
        Field(("log",), IsLine()),
        Field(("log_processed",), InJson(())),
        Field(("kubernetes", "pod_name"), InMetadata("pod")),
        Field(("kubernetes", "labels", "app"), InLabel("app")),
        Field(("kubernetes", "labels"), InMetadata("labels")),
    ),
}
NAMES = (
    *(
        "log",
        "az",
        "stage",
        "time",
        "n",
        "a",
        "a.b",
        "level",
        "severity",
        "t",
        "kv",
        "kv.n",
        "ident",
        "pod",
        "log_processed",
    ),
    *("log_processed.a.b", "log_processed.level", "kubernetes", "kubernetes.pod_name", "kubernetes.labels.app", "x.y"),
)
LINES = (
    '{"a":{"b":1},"level":"x","n":5,"t":9,"az":"own","x.y":1}',
    '{"level":null,"a":"text","log":"inner","time":"t"}',
    '{"a":[{"b":1},2],"n":1e3,"x":{"y":true}}',
    "n=05 level=info a.b=2 log=z bare",
    "n=7 level=",
    '{"cut":"off',
    '{"a":1},"log":2',
    "[1]",
    "plain text, with a comma",
    "{}",
    "",
)
METADATA: tuple[dict[str, str], ...] = ({}, {"az": "a", "ident": "cron", "pod": "p-1"}, {"az": "b", "labels": "{}"})


def _values(rebuilder: Rebuilder, names: tuple[str, ...], line: str, metadata: dict[str, str]) -> list[object]:
    origin = rebuilder.origin({"app": "shop"}, metadata)
    row = Row(Event(0, origin.message(5, line)), None, {})
    return [reader(tuple(name.split(".")), Uses(Policies()))(row) for name in names]


@pytest.mark.parametrize("name", SHAPES)
def test_fewer_fields_have_the_values_of_all(name: str) -> None:
    shape = Shape(name, (), RecordKind.RECORD, SHAPES[name])
    whole = Rebuilder(shape)
    for names in (*combinations(NAMES, 1), *combinations(NAMES, 2)):
        few = Rebuilder(shape, frozenset(names))
        for line in LINES:
            for metadata in METADATA:
                expected = _values(whole, names, line, metadata)
                assert _values(few, names, line, metadata) == expected, (names, line, metadata)
