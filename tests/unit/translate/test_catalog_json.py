"""catalog.json: what is written is read back, and what is wrong is named with its place."""

from __future__ import annotations

import json

import pytest

from translators.aws_layout import aws_layout
from translators.catalog import (
    GROUP_LABEL,
    Catalog,
    Field,
    InJson,
    InLabel,
    InLogfmt,
    IsConstant,
    IsLine,
    LogGroup,
    Matcher,
    MatchOperator,
    Presence,
    RecordKind,
    Shape,
    StreamPart,
)
from translators.catalog_json import from_json, to_json
from translators.diagnostics import Refused

TEMPLATED = LogGroup(
    "/app/$kubernetes['namespace_name']",
    (
        Shape(
            "kube",
            (Matcher(GROUP_LABEL, MatchOperator.MATCHES, "/app/.*"),),
            RecordKind.RECORD,
            (
                Field((), InJson((), ("t",)), Presence.PARSED),
                Field(("log",), IsLine("\n"), Presence.UNPARSED),
                Field(("k",), InLogfmt("k")),
                Field((), InLogfmt("", ("gone",)), Presence.PARSED),
                Field(("pairs",), InLogfmt("", (), (("took", "integer"), ("ok", "bool")), False), Presence.PARSED),
                Field(("stage",), IsConstant("prod")),
            ),
        ),
    ),
    "123456789012",
    30,
    (StreamPart("/app/"), StreamPart(place=InLabel("namespace"))),
)


@pytest.mark.parametrize("catalog", [aws_layout("demo"), Catalog((TEMPLATED,), "demo"), Catalog(())])
def test_a_catalog_is_read_back_as_it_was_written(catalog: Catalog) -> None:
    text = to_json(catalog)
    assert from_json(text) == catalog
    assert to_json(from_json(text)) == text


def test_a_templated_group_answers_for_every_name_it_can_give() -> None:
    catalog = Catalog((TEMPLATED,), "demo")
    found = catalog.group("/app/shop")
    assert found is not None
    assert found.shapes[0].selector == (
        Matcher("namespace", MatchOperator.EQUAL, "shop"),
        Matcher(GROUP_LABEL, MatchOperator.EQUAL, "/app/shop"),
    )
    assert catalog.group("/other/shop") is None
    assert catalog.group("/app/") is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda value: value.update(version=9), "version"),
        (lambda value: value.update(extra=1), "the catalog"),
        (lambda value: value["groups"][0].update(name=3), "groups[0].name"),
        (lambda value: value["groups"][0]["shapes"][0].update(record="x"), "groups[0].shapes[0].record"),
        (
            lambda value: value["groups"][0]["shapes"][0]["selector"].append(["a", "="]),
            "groups[0].shapes[0].selector[2]",
        ),
        (lambda value: value["groups"][0]["shapes"][0]["fields"][0].update(json=[]), "groups[0].shapes[0].fields[0]"),
        (lambda value: value["groups"][0].update(retention_days=True), "groups[0].retention_days"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(change: object, place: str) -> None:
    value = json.loads(to_json(aws_layout("demo")))
    change(value)  # type: ignore[operator]
    with pytest.raises(Refused) as refused:
        from_json(json.dumps(value))
    assert refused.value.message.startswith(place)
    assert refused.value.remedy


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_what_is_no_catalog_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        from_json(text)
