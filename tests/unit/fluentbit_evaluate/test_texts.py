"""The small languages inside: regular expressions, times, JSON, accessors."""

from __future__ import annotations

import json
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translators.fluentbit.evaluate import Map, pairs, plain, repeats_a_key
from translators.fluentbit.evaluate.accessor import read_accessor, read_template
from translators.fluentbit.evaluate.accessor_syntax import BadAccessor
from translators.fluentbit.evaluate.decoders import Decoder, decode
from translators.fluentbit.evaluate.event_json import as_json
from translators.fluentbit.evaluate.globs import fnmatch_pattern, in_glob
from translators.fluentbit.evaluate.json_text import NotJson, read_object
from translators.fluentbit.evaluate.onigmo import BadRegex, Regex
from translators.fluentbit.evaluate.parsers import CRI, Parser, cast_text, read_types, read_whole_cri
from translators.fluentbit.evaluate.timestamps import BadTime, TimeLayout, read_offset
from translators.fluentbit.words import quoted_words, tokens

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))
RECORD = Map([(b"a", b"x"), (b"k", Map([(b"n.m", b"y"), (b"l", [b"p", b"q"])])), (b"n", 1.5), (b"t", True)])


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (b"^b$", b"a\nb\nc", b"b"),
        (b"/A/i", b"xa", b"a"),
        (b"/a b/x", b"ab", b"ab"),
        (b"/a.c/m", b"a\nc", b"a\nc"),
        (b"a.c", b"a\nc", None),
        (rb"\w+", "äb".encode(), b"b"),
        (rb"[\d]+", "٣4".encode(), b"4"),
        (rb"(?<q>a)\k<q>", b"aa", b"aa"),
        (b"^.$", b"\xff", b"\xff"),
        (b"^.$", "ä".encode(), "ä".encode()),
        (b"b", b"\xff\xfe\xe4ab", b"b"),
    ],
)
def test_regular_expressions(pattern: bytes, text: bytes, found: bytes | None) -> None:
    groups = Regex(pattern).search(text)
    assert (groups[0] if groups else None) == found


def test_a_pattern_that_onigmo_refuses() -> None:
    with pytest.raises(BadRegex):
        Regex(b"(")


@given(st.binary(max_size=30))
def test_a_named_group_over_everything_gives_the_text_back(text: bytes) -> None:
    assert Regex(rb"/\A(?<all>.*)\z/m").named(text) == [(b"all", text)]


@pytest.mark.parametrize(
    ("layout", "text", "nanoseconds"),
    [
        (b"%Y-%m-%dT%H:%M:%S.%L%z", b"1970-01-01T00:00:01.5+00:00", 1_500_000_000),
        (b"%Y-%m-%dT%H:%M:%S.%LZ", b"1970-01-01T00:00:01.000000001Z", 1_000_000_001),
        (b"%d/%b/%Y:%H:%M:%S %z", b"01/Jan/1970:01:00:00 +0100", 0),
        (b"%s.%L", b"12.25", 12_250_000_000),
        (b"%b %d %H:%M:%S", b"Jan 02 00:00:00", 86_400_000_000_000),
        (b"%Y-%j", b"1970-002", 86_400_000_000_000),
        (b"%y%m%d %I%p", b"700101 12AM", 0),
        (b"%Y-%m-%d %H:%M:%S %Z", b"1970-01-01 00:00:00 EST", 18_000_000_000_000),
    ],
)
def test_times(layout: bytes, text: bytes, nanoseconds: int) -> None:
    assert TimeLayout(layout).read(text) == nanoseconds


@pytest.mark.parametrize(("month", "hours"), [(1, 1), (7, 2)])
def test_a_zone_counts_where_the_text_has_none(month: int, hours: int) -> None:
    text = b"2026-%02d-01T00:00:00" % month
    zoned = TimeLayout(b"%Y-%m-%dT%H:%M:%S", zone=ZoneInfo("Europe/Berlin")).read(text)
    assert zoned == TimeLayout(b"%Y-%m-%dT%H:%M:%S").read(text) - hours * 3600 * 10**9


@pytest.mark.parametrize(
    ("zone", "text", "hour"),
    [
        ("Europe/Berlin", b"2026-03-29T02:30:00", 0),
        ("America/New_York", b"2026-03-08T02:30:00", 7),
        ("Europe/Berlin", b"2026-10-25T02:30:00", 0),
    ],
)
def test_a_local_time_that_is_left_out_or_shown_twice(zone: str, text: bytes, hour: int) -> None:
    layout = TimeLayout(b"%Y-%m-%dT%H:%M:%S", zone=ZoneInfo(zone))
    assert layout.read(text) // 10**9 % 86_400 == hour * 3600 + 1800


def test_a_time_of_the_day_is_today_s() -> None:
    assert TimeLayout(b"%H:%M", today=(1970, 1, 2)).read(b"00:01") == (32 * 86_400 + 60) * 10**9


def test_a_misfit_is_bad_unless_the_layout_is_not_strict() -> None:
    with pytest.raises(BadTime):
        TimeLayout(b"%Y-%m-%d").read(b"1970/01/02")
    assert TimeLayout(b"%Y-%m-%dx", strict=False).read(b"1970-01-02y") == 86_400 * 10**9


@given(
    st.sampled_from(("", "Z", "%z")),
    st.integers(0, 14),
    st.integers(0, 33),
    st.integers(0, 25),
    st.from_regex(r"[0-9]{1,9}", fullmatch=True),
)
def test_the_fast_road_for_times_is_the_slow_one(zone: str, month: int, day: int, hour: int, fraction: str) -> None:
    text = f"2026-{month:02d}-{day:02d}T{hour:02d}:00:00.{fraction}Z".encode()
    fast = TimeLayout(f"%Y-%m-%dT%H:%M:%S.%L{zone}".encode(), 3600, strict=False)
    slow = TimeLayout(f"%Y-%m-%dT%k:%M:%S.%L{zone}".encode(), 3600, strict=False)
    assert fast.read(text) == slow.read(text) == fast.read(text)


@pytest.mark.parametrize(("text", "offset"), [("+0900", 32_400), ("-05:30", -19_800), ("Z", 0), ("", 0)])
def test_time_offsets(text: str, offset: int) -> None:
    assert read_offset(text) == offset
    assert TimeLayout(b"%Y", offset).read(b"1970") == (-86_400 - offset) * 10**9


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON, max_size=5))
def test_json_keeps_its_meaning(document: dict[str, object]) -> None:
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    if text.decode("utf-8") == json.dumps(document, ensure_ascii=False):
        assert plain(read_object(text)) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"[1]", b'{"a":1} {"b":2}', b'{"a":1} 12:30 x', b'{"a":1}"x"',
        b'{"a":"\x01\\q"}', b"x", b'{"a":1,}', b'{"a":[1,]}', b'{"a" 1}',
        b'{,"a":1}',
        b'{"a":01}', b'{"a":+1}', b'{"a":1.}', b'{"a":.5}', b'{"a":-}', b'{"a":1e400}', b'{"a":NaN}', b'{"a":True}',
        b'{"a":nope}', b'{"a":"x', b'{"a":"\\', b'{"a":"\xff\\q"}', b'{"a":\xff}', b'{"a":"\\ud800"', b"{'a':1}",
        b'{a:1}',
        b'{"a":"\\ud800",}', b'{"a":"\\ud800"} nullx', b'{"a":' + b"[" * 32 + b"]" * 32 + b"}",
        b'{"e":"\\ud800","a":' + b"[" * 32 + b"]" * 32 + b"}", b'{"a":"\\ud800","b":1.}', b"{" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_object(text: bytes) -> None:
    with pytest.raises(NotJson):
        read_object(text)


def test_numbers_are_read_as_c_reads_them() -> None:
    assert read_object(b'{"a":1e3,"b":18446744073709551615,"c":1.0}') == [
        (b"a", 1000.0),
        (b"b", 2**64 - 1),
        (b"c", 1.0),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'"\\ud83e\\udd17"', "\U0001f917".encode()),
        (b'"\\ud83e,|"', "\ufffd,|".encode()),
        (b'"\\udee1,"', "\ufffd,".encode()),
        (b'"\\ud83e\\u0041b"', "\ufffdb".encode()),
        (b'"\\ud83e\\u12x"', "\ufffdx".encode()),
        (b'"\\u00e9\\u0000"', b"\xc3\xa9\0"),
        (b'"\\ud800\\u12xy"', "\ufffdxy".encode()),
        (b'"\xff\\u12xy"', b"\xff\\u12y"),
        (b'"a\tb\x01\xff\xc3"', b"a\tb\x01\xff\xc3"),
        (b'"\\ud800\\\\\\/\\n"', "\ufffd\\/\n".encode()),
        (b"123456789012345678901", 1.2345678901234568e20),
        (b"-9223372036854775809", -9.223372036854776e18),
        (b"1" * 5000 + b"e-4990", 1.1111111111e9),
        (b"[-0,-0.0,1E2,0.5e-1]", [0, -0.0, 100.0, 0.05]),
        (b'["\\ud800",-0,-0.0,1E2,true,null,{}]', ["\ufffd".encode(), 0, -0.0, 100.0, True, None, Map()]),
    ],
)
def test_what_values_are(text: bytes, value: object) -> None:
    (found,) = read_object(b' {"v" : ' + text + b" }\r\n")
    assert found[0] == b"v"
    assert found[1] == pytest.approx(value) if isinstance(value, float) else found[1] == value


def test_a_repeated_key_is_kept() -> None:
    record = read_object(b'{"a":1,"a":2}')
    assert repeats_a_key(record)
    assert plain(record) == {"a": 2}
    assert pairs(record) == [["a", 1], ["a", 2]]


@pytest.mark.parametrize(
    ("accessor", "value"),
    [(b"$a", b"x"), (b"$k['n.m']", b"y"), (b"$k['l'][1]", b"q"), (b"$a['any']", b"x"), (b"k", RECORD[1][1])],
)
def test_accessors(accessor: bytes, value: object) -> None:
    assert read_accessor(accessor).get(RECORD) == value


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (b"$TAG", b"kube.x"),
        (b"/a/$TAG[1]/$a", b"/a/x/x"),
        (b"$a.$k['n.m'].z", b"x.y.z"),
        (b"$none-", b""),
        (b"$n.$t", b"1.500000.true"),
        (b"$n-", b"1.500000"),
        (b"$k['l']..", b".."),
        (b"$k['l'].", b""),
        (b"$1.$2", b"g."),
    ],
)
def test_templates(template: bytes, text: bytes) -> None:
    assert read_template(template).fill(RECORD, b"kube.x", (b"all", b"g")) == text


def test_a_list_in_a_template_counts_as_missing() -> None:
    assert read_template(b"/x/$k['l']").fill_all(RECORD, b"t") is None
    assert read_template(b"$1").fill_all(RECORD, b"t") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"$n$t", "unexpected '$', expecting end of file at '$n$t'"),
        (b"$n-$t", "unexpected '$', expecting end of file at '$n-$t'"),
        (b"$log-level", "unexpected IDENTIFIER, expecting end of file at '$log-level'"),
        (b"/x/$k['a b']", "expecting STRING or INTEGER"),
        (b'$k["a"]', "unexpected end of file, expecting STRING or INTEGER at '$k['"),
        (b"$k['a'", "unexpected end of file, expecting ']'"),
        (b"$.a", "unexpected end of file, expecting IDENTIFIER at '$'"),
    ],
)
def test_accessors_that_fluent_bit_cannot_read(text: bytes, said: str) -> None:
    with pytest.raises(BadAccessor, match=re.escape(said)):
        read_template(text)


@pytest.mark.parametrize(
    ("text", "at_most", "found"),
    [
        ("a  b c", 0, ["a", "b", "c"]),
        ('key "two words"', 2, ["key", "two words"]),
        ("key two words", 2, ["key", "two", "words"]),
        ('"a \\" b" c d', 1, ['a " b', "c d"]),
        ('a "open one', 0, ["a", "open one"]),
        ("a ''", 0, ["a", "''"]),
        ('a ""', 0, ["a", ""]),
    ],
)
def test_the_words_of_a_list(text: str, at_most: int, found: list[str]) -> None:
    assert tokens(text, at_most) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("key 'two words'", ["key", "two words"]),
        ('key "it\'s \\"so\\" \\\\"', ["key", 'it\'s "so" \\']),
        ("a b c d e", ["a", "b", "c", "d e"]),
        ("a it's", ["a", "it's"]),
        ("a 'b", None),
    ],
)
def test_the_words_of_modify(text: str, found: list[str] | None) -> None:
    assert quoted_words(text) == found


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (b" 12x", "integer", 12),
        (b"x", "integer", 0),
        (b"1.5e1y", "float", 15.0),
        (b"ff", "hex", 255),
        (b"TRUE", "bool", True),
        (b"-1", "hex", 2**64 - 1),
        (b"0xfg", "hex", 15),
        (b"1" * 20, "hex", 2**64 - 1),
        (b"0x1p4z", "float", 16.0),
        (b"-INFINITY", "float", float("-inf")),
        (b" .5e1x", "float", 5.0),
    ],
)
def test_types(text: bytes, kind: str, value: object) -> None:
    assert cast_text(text, kind) == value
    assert read_types(f"a:{kind} a:float") == {b"a": kind}


@given(st.sampled_from((b"stdout", b"stderr")), st.binary(max_size=20), st.integers(0, 10**9 - 1))
def test_the_fast_road_for_cri_lines_is_the_slow_one(stream: bytes, text: bytes, fraction: int) -> None:
    line = b"2026-03-02T01:02:03.%09dZ %s F %s" % (fraction, stream, text)
    fast = read_whole_cri(line)
    assert fast is None or fast == CRI.parse(line)


def test_event_json_escapes_and_cuts_bad_bytes() -> None:
    assert as_json(Map([(b"a", 'é"\n'.encode() + b"\xff")])) == b'{"a":"\\u00e9\\"\\n"}'


@pytest.mark.parametrize(
    ("pattern", "path", "taken"),
    [
        ("/l/*.log", "/l/a.log", True),
        ("/l/*.log", "/l/d/a.log", False),
        ("/l/*", "/l/.a", False),
        ("/l/[a-c]?", "/l/b1", True),
        ("/l/[!a-c]", "/l/b", False),
        ("/l/[[:digit:]_]", "/l/7", True),
        ("/l/[[:digit:]_]", "/l/a", False),
        ("/l/[]x]", "/l/]", True),
        ("/l/[x", "/l/[x", True),
    ],
)
def test_globs(pattern: str, path: str, taken: bool) -> None:
    assert in_glob(pattern, path) is taken
    assert bool(fnmatch_pattern(pattern).fullmatch(path)) is (taken or path in ("/l/d/a.log", "/l/.a"))


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (("json a", "json b"), {"a": '{"x":1}', "b": '{"y":2}', "y": 2}),
        (("json b", "json a"), {"a": '{"x":1}', "b": '{"y":2}', "y": 2}),
        (("json a",), {"a": '{"x":1}', "b": '{"y":2}', "x": 1}),
    ],
)
def test_decode_field_adds_the_keys_of_the_last_field_alone(rules: tuple[str, ...], found: dict[str, object]) -> None:
    decoders = tuple(Decoder(rule[-1:].encode(), "json", False, "") for rule in rules)
    assert plain(decode(Map([(b"a", b'{"x":1}'), (b"b", b'{"y":2}')]), decoders)) == found


@pytest.mark.parametrize("text", ["JST", "0900", "+9", "+9:00", "+090", "+60:00", "+0960", "+09:6"])
def test_texts_that_are_no_time_offset(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        read_offset(text)


@pytest.mark.parametrize(
    ("types", "message"), [({}, b'say "a"\tb'), ({b"other": "integer"}, rb"say \"a\"\tb")], ids=["plain", "typed"]
)
def test_logfmt_keeps_escapes_as_written_where_the_parser_has_types(types: dict[bytes, str], message: bytes) -> None:
    parsed = Parser("kv", "logfmt", types=types).parse(rb'msg="say \"a\"\tb" n=1')
    assert parsed is not None
    assert parsed.record == Map([(b"msg", message), (b"n", b"1")])
