"""An event is made again out of its Loki entry, byte for byte where the catalog knows it all."""

from __future__ import annotations

import json

import pytest

from translators.aws_layout import aws_layout
from translators.catalog import (
    Field,
    InJson,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsLine,
    IsTime,
    Matcher,
    MatchOperator,
    Presence,
    RecordKind,
    Shape,
    StreamForm,
    StreamPart,
)
from translators.query.rebuild import Rebuilder

NS = 1_714_532_645_678_901_234
LABELS = {"namespace": "shop", "container": "web", "stream": "stdout"}
METADATA = {"pod": "web-1", "node_name": "ip-1", "filename": "/var/log/containers/web-1_shop_web-aa.log"}
APPLICATION = aws_layout("demo").groups[0].shapes[0]


def shape(kind: RecordKind, *fields: Field, escape: bool = True) -> Shape:
    selector = (Matcher("app", MatchOperator.EQUAL, "x"),)
    return Shape("s", selector, kind, fields, escape_unicode=escape)


def message(of: Shape, line: str, wanted: frozenset[str] | None = None) -> str:
    return Rebuilder(of, wanted).origin(LABELS, METADATA).message(NS, line)


def test_a_container_line_is_fluent_bits_record() -> None:
    assert message(APPLICATION, "hi") == (
        '{"time":"2024-05-01T03:04:05.678901234Z","stream":"stdout","log":"hi",'
        '"kubernetes":{"pod_name":"web-1","namespace_name":"shop","host":"ip-1","container_name":"web"}}'
    )


def test_the_log_stream_is_composed_as_fluent_bit_composed_it() -> None:
    found = Rebuilder(APPLICATION).origin(LABELS, METADATA)
    assert found.log_stream == "ip-1-application.var.log.containers.web-1_shop_web-aa.log"


def test_letters_that_are_not_ascii_are_escaped() -> None:
    assert '"log":"\\ud55c"' in message(APPLICATION, "한")
    plain = shape(RecordKind.RECORD, Field(("log",), IsLine()), escape=False)
    assert message(plain, "한") == '{"log":"한"}'


@pytest.mark.parametrize("line", ["text", "[1]", "5", '{"a":1} trailing', '{"a":1', "", '"{}"'])
def test_log_processed_is_there_only_for_a_whole_object(line: str) -> None:
    assert "log_processed" not in json.loads(message(APPLICATION, line))


def test_log_processed_is_compact_and_has_the_last_of_repeated_keys() -> None:
    line = '{ "a" : 1, "b": {"c": "한"}, "a": 2 }'
    assert '"log_processed":{"a":2,"b":{"c":"\\ud55c"}}' in message(APPLICATION, line)


def test_only_the_fields_that_a_query_reads_are_made() -> None:
    text = message(APPLICATION, '{"level":"x"}', frozenset({"log_processed.level", "kubernetes.pod_name"}))
    assert json.loads(text) == {"log_processed": {"level": "x"}, "kubernetes": {"pod_name": "web-1"}}
    whole = json.loads(message(APPLICATION, "x", frozenset({"@message"})))
    assert list(whole) == ["time", "stream", "log", "kubernetes"]


def test_an_event_with_many_fields_is_made_whole_to_lose_the_same_ones() -> None:
    line = json.dumps({f"k{index}": index for index in range(250)})
    assert message(APPLICATION, line, frozenset({"log_processed.k1"})) == message(APPLICATION, line)


def test_the_keys_of_a_merged_object_are_keys_of_the_record() -> None:
    merged = shape(RecordKind.RECORD, Field(("stream",), IsConstant("stdout")), Field((), InJson((), ("time",))))
    assert message(merged, '{"time":"t","level":"x"}') == '{"stream":"stdout","level":"x"}'
    assert message(merged, "text") == '{"stream":"stdout"}'


def test_a_field_of_an_unparsed_line_is_there_when_nothing_was_parsed() -> None:
    host = shape(
        RecordKind.RECORD,
        Field(("ident",), InMetadata("ident"), Presence.PARSED),
        Field(("log",), IsLine(), Presence.UNPARSED),
    )
    assert message(host, "x") == '{"log":"x"}'
    parsed = Rebuilder(host).origin({}, {"ident": "sshd"}).message(NS, "x")
    assert parsed == '{"ident":"sshd"}'


def _under(place: InJson | InLogfmt) -> Shape:
    return shape(RecordKind.RECORD, Field((), place, Presence.PARSED), Field(("log",), IsLine(), Presence.UNPARSED))


@pytest.mark.parametrize(
    ("line", "record"), [('{"a":1}', {"a": 1}), ("text", {"log": "text"}), ("[1]", {"log": "[1]"})]
)
def test_the_text_of_a_line_is_there_where_its_json_was_not_read(line: str, record: object) -> None:
    assert json.loads(message(_under(InJson(())), line)) == record
    assert json.loads(message(_under(InJson(())), line, frozenset({"log", "a"}))) == record


@pytest.mark.parametrize(
    ("line", "record"),
    [('level=info a="x y" t=9 bare', {"level": "info", "a": "x y", "bare": True}), ('= "', {"log": '= "'})],
)
def test_the_keys_of_a_logfmt_line_are_keys_of_the_record(line: str, record: object) -> None:
    assert json.loads(message(_under(InLogfmt("", ("t",))), line)) == record


def test_text_and_json_events_are_the_line() -> None:
    assert message(shape(RecordKind.JSON), '{"a": 1}') == '{"a": 1}'
    assert message(shape(RecordKind.TEXT, Field((), IsLine("\n"))), "x") == "x\n"


@pytest.mark.parametrize(
    ("form", "text"),
    [("rfc3339nano", "2024-05-01T03:04:05.678901234Z"), ("%d/%b/%Y:%H:%M:%S", "01/May/2024:03:04:05")],
)
def test_times_are_written_in_their_form(form: str, text: str) -> None:
    assert message(shape(RecordKind.RECORD, Field(("time",), IsTime(form))), "") == json.dumps({"time": text}).replace(
        " ", ""
    )


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('k="a b" z=1', "a b"),
        ("k=1 k=2", "2"),
        ("k", True),
        ("k=", True),
        ('k=""', ""),
        ('k="a\\"b"', 'a"b'),
        ('k="\\u00e9\\x41\\t"', "éA\t"),
    ],
)
def test_logfmt_values_are_read_as_fluent_bit_reads_them(line: str, value: object) -> None:
    found = message(shape(RecordKind.RECORD, Field(("x",), InLogfmt("k"))), line)
    assert json.loads(found) == {"x": value}


def test_a_path_in_metadata_becomes_a_tag() -> None:
    parts = (StreamPart("a."), StreamPart(place=InMetadata("filename"), form=StreamForm.TAG))
    of = Shape("s", (), RecordKind.TEXT, (), parts)
    assert Rebuilder(of).origin({}, METADATA).log_stream == "a.var.log.containers.web-1_shop_web-aa.log"


@pytest.mark.parametrize("line", ['{"a":1},"log_processed":{"a":2}', '{"a":1} x', '{"a":1', "[1]", '"x"', "5"])
def test_a_line_that_is_no_object_gives_no_field_however_little_is_wanted(line: str) -> None:
    text = message(APPLICATION, line, frozenset({"log_processed.a"}))
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    assert "log_processed" not in found


@pytest.mark.parametrize(
    ("line", "record"),
    [
        (' {"a": 1, "b": {"c": 1.50}} ', {"a": 1, "b": {"c": 1.5}}),
        ('{"a":1},{"a":2}', {}),
        ('{"a":1} x', {}),
        ('{"a":1', {}),
        ("{}", {}),
        ('"a"', {}),
    ],
)
def test_a_line_whose_keys_are_the_records_is_written_as_it_is_where_only_values_count(
    line: str, record: object
) -> None:
    text = message(shape(RecordKind.RECORD, Field((), InJson(()), Presence.PARSED)), line, frozenset({"a"}))
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    assert found == record


@pytest.mark.parametrize("wanted", [frozenset({"log"}), frozenset({"log", "az"}), frozenset({"log", "ident"})])
@pytest.mark.parametrize("ident", ["cron", ""])
def test_the_text_of_a_line_that_was_understood_is_missing_however_little_is_wanted(
    wanted: frozenset[str], ident: str
) -> None:
    fields = (
        Field(("ident",), InMetadata("ident"), Presence.PARSED),
        Field(("log",), IsLine(), Presence.UNPARSED),
        Field(("az",), InMetadata("az")),
    )
    origin = Rebuilder(shape(RecordKind.RECORD, *fields), wanted).origin({}, {"ident": ident, "az": "a"})
    assert ("log" in json.loads(origin.message(0, "cron[1]: x"))) is (not ident)


def test_the_text_of_a_line_that_a_path_was_read_of_is_missing_however_little_is_wanted() -> None:
    fields = (Field(("n",), InJson(("a",)), Presence.PARSED), Field(("log",), IsLine(), Presence.UNPARSED))
    found = [message(shape(RecordKind.RECORD, *fields), line, frozenset({"log"})) for line in ('{"a":1}', '{"b":1}')]
    assert ["log" in json.loads(text) for text in found] == [False, True]
