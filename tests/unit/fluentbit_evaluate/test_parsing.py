"""Parsers: decoders, times, groups."""

from __future__ import annotations

import pytest

from tests.unit.fluentbit_evaluate.node import NOW, SINK, node_of, run, tail
from translators.fluentbit.evaluate import plain
from translators.fluentbit.evaluate.onigmo import compiled
from translators.fluentbit.evaluate.parsers import Parser
from translators.fluentbit.evaluate.timestamps import TimeLayout


@pytest.mark.parametrize(
    ("rules", "text", "found"),
    [
        (
            ("Decode_Field json log",),
            rb'{"log":"{\"a\":\"say \\\"hi\\\"\"}"}',
            {"log": r'{"a":"say \"hi\""}', "a": 'say "hi"'},
        ),
        (("Decode_Field JSON log",), rb'{"log":"  {\"a\":1}"}', {"log": '  {"a":1}', "a": 1}),
        (("Decode_Field_As json log",), rb'{"log":"{\"a\":1}"}', {"log": {"a": 1}}),
        (("Decode_Field_As json log",), rb'{"log":"[1,2]"}', {"log": "[1,2]"}),
        (("Decode_Field_As json log",), rb'{"log":"{\"a\":1} x"}', {"log": '{"a":1} x'}),
        (
            ("Decode_Field json log do_next", "Decode_Field json log"),
            rb'{"log":"{\"a\":1}"}',
            {"log": '{"a":1}', "a": 1},
        ),
        (("Decode_Field_As mysql_quoted log",), rb'{"log":"\"it\\\\ \\\"s\\q\""}', {"log": '"it\\ "s\\q"'[1:-1]}),
        (("Decode_Field_As escaped log", "Decode_Field_As jsn log"), rb'{"log":"a\\nb"}', {"log": r"a\nb"}),
        (("Decode_Field_As escaped",), rb'{"log":"a\\nb"}', {"log": r"a\nb"}),
        (
            ("Decode_Field_As escaped_utf8 log do_next", "Decode_Field_As json log"),
            rb'{"log":"{\\\"a\\\":\\\"\\u00e9\\\"}"}',
            {"log": {"a": "\u00e9"}},
        ),
    ],
)
def test_decoders(rules: tuple[str, ...], text: bytes, found: dict[str, object]) -> None:
    parser = "[PARSER]\n    Name p\n    Format json\n" + "".join(f"    {rule}\n" for rule in rules)
    sent = run(tail("Parser p") + SINK, node_of({"/var/log/a.log": text + b"\n"}), parser)
    assert plain(sent[0].record) == found


def test_of_a_json_time_that_ends_otherwise_the_fraction_counts() -> None:
    parser = Parser("j", "json", time=TimeLayout(b"%Y-%m-%dT%H:%M:%S.%LZ"))
    times = ["2026-03-02T01:00:00.25+09:00", "2026-03-02T01:00:00Z", "2026-03-02T01:00:00.25Z"]
    parsed = [parser.parse(b'{"time":"%s"}' % time.encode()) for time in times]
    assert [one and one.time_ns for one in parsed] == [250_000_000, None, NOW + 250_000_000]


def test_groups_of_one_name_stand_together() -> None:
    assert compiled(rb"(?<a>x)(?<b>y)(?<a>z)").named(b"xyz") == [(b"a", b"x"), (b"a", b"z"), (b"b", b"y")]


@pytest.mark.parametrize(("pattern", "taken"), [(b"/a/o", False), (b"/a/io", True), (b"/a/", True), (b"/A/i", True)])
def test_the_flag_o_alone_is_none(pattern: bytes, taken: bool) -> None:
    assert compiled(pattern).matches(b"a") is taken


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (b"^(?<a>x)?.*$", b"y", None),
        (b"^(?<a>x?).*$", b"y", {}),
        (b"^(?<a>x)?(?<b>y)?$", b"y", {"b": "y"}),
        (b"^(x)$", b"x", None),
        (b"^x$", b"x", None),
    ],
)
def test_a_pattern_of_which_no_group_took_part_does_not_take_a_line(
    pattern: bytes, text: bytes, found: dict[str, str] | None
) -> None:
    parsed = Parser("r", "regex", regex=compiled(pattern)).parse(text)
    assert (parsed and plain(parsed.record)) == found
