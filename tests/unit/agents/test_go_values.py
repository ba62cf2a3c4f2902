"""Values as the agents' Go libraries read and write them: go-logfmt 0.6, json-iterator 1.1 and Go 1.26 were asked."""

from __future__ import annotations

import json

import pytest

from translators.pipeline.go_values import (
    NotJson,
    byte_size,
    extracted,
    jmespath,
    logfmt,
    nanoseconds,
    read_object,
    text_of,
    write_json,
)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a=1 b=2", [("a", "1"), ("b", "2")]),
        ("a= b=2", [("a", ""), ("b", "2")]),
        ("a b=2", [("a", ""), ("b", "2")]),
        ('a="x y" b=1', [("a", "x y"), ("b", "1")]),
        (r'a="x\"y"', [("a", 'x"y')]),
        (r'a="\u00e9"', [("a", "é")]),
        ("  a=1\t b=2 ", [("a", "1"), ("b", "2")]),
        ("a=1\nb=2", [("a", "1"), ("b", "2")]),
        ("é=ü", [("é", "ü")]),
        ('a="x"y=1', [("a", "x"), ("y", "1")]),
        ('a="x"b c=1', [("a", "x"), ("b", ""), ("c", "1")]),
        ('a="x', []),
        ("=1 a=2", []),
        ("a=1=2 b=3", []),
        ("a==1 b=2", []),
        ('a"b=1 c=2', []),
        ('a=x"y b=1', []),
        (r'a="x\qy" b=1', []),
        ('a=1 b="x', [("a", "1")]),
    ],
)
def test_logfmt_stops_for_good_at_what_it_does_not_take(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(logfmt(text)) == pairs


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("3s", 3_000_000_000),
        ("1h30m", 5_400_000_000_000),
        ("1.5s", 1_500_000_000),
        (".5s", 500_000_000),
        ("10ms", 10_000_000),
        ("5us", 5_000),
        ("5µs", 5_000),
        ("7ns", 7),
        ("1.0000000019s", 1_000_000_001),
    ],
)
def test_durations(text: str, length: int) -> None:
    assert nanoseconds(text) == length


@pytest.mark.parametrize("text", ["", "3", "s", "1d", "1s x"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError):
        nanoseconds(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("256KB", 262_144), ("1", 1), ("10B", 10), ("1 kib", 1024), ("2MiB", 2_097_152), ("1gb", 1 << 30)],
)
def test_sizes(text: str, size: int) -> None:
    assert byte_size(text) == size


@pytest.mark.parametrize("text", ["", "KB", "1XB", "1.5KB", "-1KB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError):
        byte_size(text)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("0", "0"),
        ("1e-6", "0.000001"),
        ("9.9e-7", "9.9e-07"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"),
        ("123456789.5", "123456789.5"),
        ("-1e-7", "-1e-07"),
        ("5e-10", "5e-10"),
        ("1e100", "1e+100"),
    ],
)
def test_numbers_inside_json_are_written_as_json_iterator_does(number: str, written: str) -> None:
    assert write_json(json.loads(f"[{number}]", parse_int=float)) == f"[{written}]"


def test_what_a_json_stage_extracts() -> None:
    found = read_object('{"n": 5, "f": 2.50, "b": true, "z": null, "o": {"b": 1, "a": "<&>"}, "l": [1, "x"], "n": 1e6}')
    assert [text_of(extracted(found[name])) for name in "nfbzol"] == [
        "1000000", "2.5", "true", None, '{"b":1,"a":"\\u003c\\u0026\\u003e"}', '[1,"x"]',
    ]  # fmt: skip
    assert read_object("null") == {}


@pytest.mark.parametrize("text", ["", "[1]", "1", '{"a": NaN}', '{"a": 1', "{'a': 1}", '{"a": 1} x'])
def test_what_is_no_json_object(text: str) -> None:
    with pytest.raises(NotJson):
        read_object(text)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("a.b", "x"),
        ('a."b c"', "y"),
        ('"a"', {"b": "x", "b c": "y"}),
        ("l[0]", "p"),
        ("l[-1].k", 1.0),
        ("l[5]", None),
        ("l[-5]", None),
        ("a[0]", None),
        ("l.k", None),
        ("missing.b", None),
        ("length(l)", 2),
        ("a.b || l", "x"),
        (" a . b ", "x"),
    ],
)
def test_jmespath_by_hand_and_by_the_library_are_one(expression: str, found: object) -> None:
    value = read_object('{"a": {"b": "x", "b c": "y"}, "l": ["p", {"k": 1}]}')
    assert jmespath(expression)(dict(value)) == found


@pytest.mark.parametrize(
    ("number", "text"), [("5.0", "5"), ("18446744073709551616", "18446744073709552000"), ("0.25", "0.25")]
)
def test_numbers_are_texts_in_as_few_digits_as_in_go(number: str, text: str) -> None:
    assert jmespath("to_string(a)")(dict(read_object(f'{{"a": {number}}}'))) == text
