"""Outputs: what a CloudWatch output makes of a record, where processors and Match lead."""

from __future__ import annotations

import json

import pytest

from tests.unit.fluentbit_evaluate.node import TAIL, filter_of, node_of, records, run, run_yaml, tail
from translators.fluentbit.evaluate import Sent, evaluate
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.world import JournalEntry

JSON = "[PARSER]\n    Name j\n    Format json\n"
GROUP = ("region eu-west-1", "log_group_name g", "log_stream_prefix s-")


def output(name: str, *options: str, match: str = "*") -> str:
    return f"[OUTPUT]\n    Name {name}\n    Match {match}\n" + "".join(f"    {option}\n" for option in options)


def events(record: str, *options: str, name: str = "cloudwatch_logs", filters: str = "") -> list[Sent]:
    world = node_of({"/var/log/a.log": record.encode() + b"\n"})
    return run(tail("Parser j") + filters + output(name, *options), world, JSON)


def test_a_record_is_an_event_in_json() -> None:
    (one,) = events('{"log":"a\\tb","n":1.5,"k":{"x":null}}', *GROUP)
    assert (one.group, one.stream, one.message) == ("g", "s-t", '{"log":"a\\tb","n":1.5,"k":{"x":null}}')


@pytest.mark.parametrize(
    ("record", "message"),
    [('{"log":"a b"}', "a b"), ('{"log":7777}', "77"), ('{"log":{"a":"b"}}', '"a":"b"')],
)
def test_log_key_takes_one_value_without_its_first_and_last_character(record: str, message: str) -> None:
    (one,) = events(record, *GROUP, "log_key log")
    assert one.message == message


def test_templates_name_groups_and_streams() -> None:
    templates = ("log_group_template /k/$k['ns']", "log_stream_template $TAG-$k['x']")
    (one,) = events('{"log":"abc","k":{"ns":"shop","x":"y"}}', *GROUP, *templates)
    assert (one.group, one.stream) == ("/k/shop", "t-y")


def test_a_template_that_cannot_be_filled_falls_back() -> None:
    (one,) = events('{"log":"abc"}', *GROUP, "log_group_template /k/$k['ns']")
    assert one.group == "g"


def test_the_go_plugin_fills_its_own_kind_of_template() -> None:
    options = ("region eu-west-1", "log_group_name /$(k['ns'])/$(tag)", "log_stream_name $(tag[0])", "log_key log")
    (one,) = events('{"log":"abc","k":{"ns":"shop"}}', *options, name="cloudwatch")
    assert (one.group, one.stream, one.message) == ("/shop/t", "t", "abc")


def test_names_are_written_into_the_request_as_json() -> None:
    templates = ("log_group_template /k/$k['ns']", "log_stream_template $k['x']")
    world = node_of({"/var/log/a.log": b'{"log":"abc","k":{"ns":"a\\"b\\\\","x":"\xff"}}\n'})
    (one,) = run(tail("Parser j") + output("cloudwatch_logs", *GROUP, *templates), world, JSON)
    assert (one.group, one.stream, one.refused) == ('/k/a"b\\', "\ufffd", False)


STRAY = b'{"log":"bad \xff bytes","k\xe9":"\xed\x95\x9c caf\xe9","e":"\xee\x83\xbf"}'


def test_a_byte_that_is_no_utf8_is_a_character_of_its_own_and_a_cut_off_one_is_gone() -> None:
    world = node_of({"/var/log/a.log": STRAY + b"\n"})
    (one,) = run(tail("Parser j") + output("cloudwatch_logs", *GROUP), world, JSON)
    assert one.message == '{"log":"bad \ue0ff bytes","k":"\\ud55c caf","e":"\\ue0ff"}'


def test_without_escapes_a_byte_that_is_no_utf8_is_replaced() -> None:
    config = "[SERVICE]\n    json.escape_unicode Off\n    Parsers_File parsers.conf\n" + tail("Parser j")
    inputs = {"fluent-bit.conf": (config + output("cloudwatch_logs", *GROUP)).encode(), "parsers.conf": JSON.encode()}
    world = node_of({"/var/log/a.log": STRAY + b"\n"})
    (one,) = evaluate(read(inputs, ReadOptions()).configuration, world)
    assert one.message == '{"log":"bad \ufffd bytes","k\ufffd":"\ud55c caf\ufffd","e":"\ue0ff"}'


@pytest.mark.parametrize(
    ("text", "length"),
    [("x" * 1_000_100, 1_000_000), ("\t" * 350_000, None), ("x" * 1_048_565, None), ("x" * 1_048_562, 1_000_000)],
)
def test_a_long_event_is_cut_and_a_longer_one_discarded(text: str, length: int | None) -> None:
    """What counts is the text with its escapes: a tab takes three characters, quotes two."""
    world = node_of({"/var/log/a.log": text.encode() + b"\n"})
    reading = tail("Buffer_Max_Size 3M", "Buffer_Chunk_Size 3M")
    (one,) = run(reading + output("cloudwatch_logs", *GROUP), world)
    inside = None if one.message is None else len(json.dumps(one.message)) - 2
    assert inside == length


def test_every_output_gets_its_copy_by_match() -> None:
    config = TAIL + output("stdout") + output("stdout", match="t*") + output("stdout", "Alias other", match="x")
    sent = run(config, node_of({"/var/log/a.log": b"x\n"}))
    assert [one.output for one in sent] == ["stdout.0", "stdout.1"]


def test_match_regex_is_held_against_the_beginning_of_the_tag() -> None:
    lines = filter_of("modify", "Add new n").replace("Match *", "Match_Regex ^t$")
    (one,) = run(TAIL + lines + output("stdout"), node_of({"/var/log/a.log": b"x\n"}))
    assert records([one])[0]["new"] == b"n"


def processed(processors: str, lines: bytes) -> list[dict[str, object]]:
    """What becomes of the lines of a file in the processors of its input, given as YAML."""
    config = """
pipeline:
  inputs:
    - name: tail
      path: /var/log/a.log
      tag: t
      read_from_head: true
      processors:
        logs:
PROCESSORS
  outputs:
    - name: stdout
      match: "*"
"""
    indented = "".join(f"          {line}\n" for line in processors.strip().split("\n"))
    return records(run_yaml(config.replace("PROCESSORS\n", indented), node_of({"/var/log/a.log": lines})))


MARK = """
- name: content_modifier
  action: upsert
  key: new
  value: n
  condition:
    op: and
    rules:
      - field: "$log"
"""


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        ('op: eq, value: "7"', True),
        ("op: eq, value: 7", False),
        ("op: neq, value: 7", True),
        ('op: neq, value: "7"', False),
        ('op: regex, value: "^[67]$"', True),
        ('op: in, value: ["6", "7"]', True),
        ("op: gt, value: 6.5", True),
        ("op: lt, value: 6.5", False),
        ("op: gt, value: 600", True),
        ("op: lt, value: 600", False),
    ],
)
def test_a_processor_may_have_a_condition(rule: str, taken: bool) -> None:
    """A whole number without quotes is taken for what its bytes are as text, or as a number with a point."""
    (row,) = processed(MARK.replace('field: "$log"', f'{{ field: "$log", {rule} }}'), b"7\n")
    assert ("new" in row) is taken


def test_a_filter_that_is_a_processor_does_not_look_at_its_condition() -> None:
    rules = 'condition: { op: and, rules: [ { field: "$log", op: eq, value: "x" } ] }'
    assert processed(f"- name: modify\n  add: new n\n  {rules}", b"a\n")[0]["new"] == b"n"


def test_a_multiline_processor_lets_go_of_its_last_record_too() -> None:
    step = "- name: multiline\n  multiline.parser: java\n  multiline.key_content: log"
    trace = b"aException: a\n\tat b\nnext\nanError: c\n\tat d\n"
    rows = processed(step + "\n- name: modify\n  add: new n", trace)
    assert [row["log"] for row in rows] == [b"aException: a\n\tat b", b"next", b"anError: c\n\tat d"]
    assert all(row["new"] == b"n" for row in rows)


def test_a_rewrite_tag_processor_gives_the_records_another_tag() -> None:
    config = """
pipeline:
  inputs:
    - name: tail
      path: /var/log/a.log
      tag: t
      read_from_head: true
      processors:
        logs:
          - name: rewrite_tag
            rule: $log ^(b) new.$1.$TAG false
          - name: modify
            add: stage two
  outputs:
    - name: stdout
      match: "*"
"""
    sent = run_yaml(config, node_of({"/var/log/a.log": b"a\nb\n"}))
    assert sorted(one.tag for one in sent) == ["new.b.t", "t"]
    assert [row["stage"] for row in records(sent)] == [b"two", b"two"]


def test_a_processor_of_traces_leaves_logs_alone() -> None:
    assert processed("- name: sampling\n  type: test", b"one\n") == [{"log": b"one"}]


def test_what_lies_behind_a_failed_extraction_is_lost() -> None:
    step = "- name: content_modifier\n  action: extract\n  key: log\n  pattern: '^(?<word>[a-z]+)$'"
    rows = processed(step, b"one\n2\nthree\n")
    assert rows == [{"log": b"one", "word": b"one"}, {"log": b"2"}]
    more = step + "\n- name: content_modifier\n  action: insert\n  key: new\n  value: n"
    assert [sorted(row) for row in processed(more, b"one\n2\nthree\n")] == [["log", "word"], ["log"], ["log", "new"]]


def test_an_extracted_key_takes_the_place_of_one_in_another_case() -> None:
    step = "- name: content_modifier\n  action: extract\n  key: log\n  pattern: '^(?<LOG>[a-z])'"
    assert processed(step, b"one\n") == [{"LOG": b"o"}]
    unnamed = "- name: content_modifier\n  action: extract\n  key: log\n  pattern: '^([a-z])'"
    assert processed(unnamed, b"one\ntwo\n") == [{"log": b"one"}]


@pytest.mark.parametrize(
    ("target", "text", "value"),
    [
        ("int", "12", 12),
        ("int", "-3", -3),
        ("double", "1.5x", 1.5),
        ("boolean", "TRUE", True),
        ("boolean", "no", False),
        ("double", "x", 0.0),
    ],
)
def test_a_value_is_converted(target: str, text: str, value: object) -> None:
    step = f"- name: content_modifier\n  action: convert\n  key: log\n  converted_type: {target}"
    assert processed(step, f"{text}\n".encode()) == [{"log": value}]


@pytest.mark.parametrize("text", ["12x", "1.5", "x", "4294967296"])
def test_a_text_that_is_no_whole_number_of_32_bits_fails(text: str) -> None:
    step = "- name: content_modifier\n  action: convert\n  key: log\n  converted_type: int"
    assert processed(step, f"{text}\n7\n".encode()) == [{"log": text.encode()}]


def test_the_journal_is_filtered_and_renamed() -> None:
    entries = [
        JournalEntry((("_SYSTEMD_UNIT", unit), ("MESSAGE", b"hello")), 5, unit.decode())
        for unit in (b"kubelet.service", b"sshd.service")
    ]
    config = (
        "[INPUT]\n    Name systemd\n    Tag host.*\n    Systemd_Filter _SYSTEMD_UNIT=kubelet.service\n"
        "    Strip_Underscores On\n    Lowercase On\n"
    )
    (one,) = run(config + output("stdout"), node_of(journal=entries))
    assert (one.tag, one.time_ns) == ("host.kubelet.service", 5)
    assert records([one]) == [{"systemd_unit": b"kubelet.service", "message": b"hello"}]


def test_a_field_of_the_journal_that_comes_again_is_a_list() -> None:
    fields = (("A", b"1"), ("_A", b"2"), ("B", b"3"), ("a", b"4"), ("MESSAGE", b"x"))
    entries = [JournalEntry(fields, 5, "c")]
    config = "[INPUT]\n    Name systemd\n    Tag host\n    Strip_Underscores On\n    Lowercase On\n"
    (one,) = run(config + output("stdout"), node_of(journal=entries))
    assert list(one.record) == [(b"a", [b"1", b"2", b"4"]), (b"b", b"3"), (b"message", b"x")]


@pytest.mark.parametrize(("kind", "messages"), [("or", [b"1", b"2"]), ("and", [])])
def test_filters_of_one_field_of_the_journal(kind: str, messages: list[bytes]) -> None:
    entries = [JournalEntry((("A", text), ("MESSAGE", text)), 5, "c") for text in (b"1", b"2", b"3")]
    config = (
        f"[INPUT]\n    Name systemd\n    Systemd_Filter A=1\n    Systemd_Filter A=2\n    Systemd_Filter_Type {kind}\n"
    )
    sent = run(config + output("stdout"), node_of(journal=entries))
    assert [row["MESSAGE"] for row in records(sent)] == messages
