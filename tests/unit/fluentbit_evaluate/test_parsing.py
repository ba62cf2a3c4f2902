"""Parsers: decoders, times, groups."""

from __future__ import annotations

import pytest

from tests.unit.fluentbit_evaluate.node import NOW, SINK, filter_of, node_of, run, tail
from translators.fluentbit.evaluate import plain
from translators.fluentbit.evaluate.escapes import unescape_utf8
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
        (("Decode_Field_As json log",), rb'{"log":"{\"a\":1} x"}', {"log": {"a": 1}}),
        (("Decode_Field_As json log",), rb'{"log":"{\"a\":1} {}"}', {"log": '{"a":1} {}'}),
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


@pytest.mark.parametrize("junk", [b" x", b"}", b" [info]", b" {", b", 1", b" 01", b"\0"])
def test_what_is_no_json_behind_an_object_is_passed_over(junk: bytes) -> None:
    parsed = Parser("j", "json").parse(b'{"a":1}' + junk)
    assert parsed is not None
    assert plain(parsed.record) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rb"\ud83d\ude00", "\U0001f600".encode()),
        (rb"\ud83dx\ude00", "\ufffdx\ufffd".encode()),
        (rb"\ud83d\u0041b", "\ufffdb".encode()),
        (rb"\ud83d\u004zb", "\ufffdzb".encode()),
        (rb"\u12x", "\ufffdx".encode()),
        (rb"\uz", b"\0z"),
        (rb"\U110041\x4a\112", b"AJJ"),
        (b"a\0\\n", b"a"),
    ],
)
def test_escapes_of_pairs_and_short_ones(text: bytes, found: bytes) -> None:
    assert unescape_utf8(text) == found


def test_a_value_of_logfmt_ends_at_an_escaped_nul() -> None:
    parsed = Parser("l", "logfmt").parse(rb'a="x\u0000y" b="\ud83d\ude00"')
    assert parsed is not None
    assert plain(parsed.record) == {"a": "x", "b": "\U0001f600"}


def test_with_the_time_zone_of_the_system_that_of_the_text_does_not_count() -> None:
    parser = (
        "[PARSER]\n    Name p\n    Format regex\n    Regex ^(?<time>\\S+) (?<log>.*)$\n"
        "    Time_Format %Y-%m-%dT%H:%M:%S%z\n    Time_System_Timezone On\n"
    )
    sent = run(tail("Parser p") + SINK, node_of({"/var/log/a.log": b"2026-03-02T01:00:00+0900 x\n"}), parser)
    assert [one.time_ns for one in sent] == [NOW]


@pytest.mark.parametrize(("time", "count"), [("1772413200", 1), ("4294967295", 1), ("4294967296", 0)])
@pytest.mark.parametrize("way", ["parser", "multiline", "filter"])
def test_a_record_whose_time_is_behind_2106_is_lost(time: str, count: int, way: str) -> None:
    parsers = (
        "[PARSER]\n    Name p\n    Format regex\n    Regex ^(?<time>\\d+) (?<log>.*)$\n    Time_Format %s\n"
        "[MULTILINE_PARSER]\n    Name m\n    Type equal\n    Match_String x\n    Key_Content log\n    Parser p\n"
    )
    options = {"parser": ("Parser p",), "multiline": ("multiline.parser m",), "filter": ()}[way]
    steps = filter_of("parser", "Key_Name log", "Parser p") if way == "filter" else ""
    sent = run(tail(*options) + steps + SINK, node_of({"/var/log/a.log": f"{time} x\n".encode()}), parsers)
    assert len(sent) == count
