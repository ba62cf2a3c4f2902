"""Filters, one fact each."""

from __future__ import annotations

import json
import sys

import pytest

from tests.unit.fluentbit_evaluate.node import NOW, SINK, cri, filter_of, filtered, logs, node_of, records, run, tail
from translators.diagnostics import Refused

HTTP = "[PARSER]\n    Name kv\n    Format logfmt\n"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("Rename a b", {"b": b"1", "c": {}}),
        ("Rename a c", {"a": b"1", "c": {}}),
        ("Hard_rename a c", {"c": b"1"}),
        ("Add a 2", {"a": b"1", "c": {}}),
        ("Set a 2", {"c": {}, "a": b"2"}),
        ("Copy a b", {"a": b"1", "b": b"1", "c": {}}),
        ("Remove_wildcard a", {"c": {}}),
        ("Remove_regex ^[b-z]", {"a": b"1"}),
        ("Move_to_end a", {"c": {}, "a": b"1"}),
        ("Rename a to z", {"z": b"1", "c": {}}),
        ("Set a 'two words'", {"c": {}, "a": b"two words"}),
        ('Set a "it\'s"', {"c": {}, "a": b"it's"}),
    ],
)
def test_modify(rule: str, expected: dict[str, object]) -> None:
    (row,) = filtered('{"a":"1","c":{}}', filter_of("modify", rule))
    assert {key: {} if value == [] else value for key, value in row.items()} == expected
    assert list(row) == list(expected)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("Key_exists a", True),
        ("Key_exists $k['x']", True),
        ("Key_exists k['x']", False),
        ("Key_exists d.e", True),
        ("Key_value_equals g-h i", True),
        ("Key_exists $l", True),
        ("Key_exists $l[0]", False),
        ("Key_exists $l[1]['m']", True),
        ("Key_does_not_exist $TAG", True),
        ("Key_value_equals a '1'", True),
        ("Key_does_not_exist z", True),
        ("Key_value_equals a 1", True),
        ("Key_value_does_not_equal z 1", False),
        ("Key_value_matches a ^\\d$", True),
        ("A_key_matches ^k", True),
        ("No_key_matches ^k", False),
        ("Matching_keys_have_matching_values ^z x", True),
        ("Matching_keys_do_not_have_matching_values ^a x", True),
    ],
)
def test_modify_conditions(condition: str, holds: bool) -> None:
    record = '{"a":"1","k":{"x":"y"},"l":[1,{"m":2}],"d.e":"f","g-h":"i"}'
    (row,) = filtered(record, filter_of("modify", f"Condition {condition}", "Add new n"))
    assert ("new" in row) is holds


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (("Regex log o",), True),
        (("Regex log x",), False),
        (("Exclude log o",), False),
        (("Regex $k['x'] y",), True),
        (("Regex n 1",), False),
        (("Logical_Op or", "Regex log x", "Regex $k['x'] y"), True),
        (("Logical_Op and", "Regex log x", "Regex $k['x'] y"), False),
        (("Logical_Op and", "Exclude log o", "Exclude $k['x'] z"), True),
        (("Regex log o", "Exclude log o"), True),
    ],
)
def test_grep(options: tuple[str, ...], kept: bool) -> None:
    assert bool(filtered('{"log":"foo","n":1,"k":{"x":"y"}}', filter_of("grep", *options))) is kept


def test_nest_and_lift_are_each_other_s_inverse() -> None:
    nest = filter_of("nest", "Operation nest", "Wildcard k_*", "Nest_under k", "Remove_prefix k_")
    lift = filter_of("nest", "Operation lift", "Nested_under k", "Add_prefix k_")
    assert filtered('{"k_a":"1","k_b":2}', nest, lift) == [{"k_a": b"1", "k_b": 2}]


def test_nest_and_lift_take_either_name_of_the_key() -> None:
    nest = filter_of("nest", "Operation nest", "Wildcard a", "Nested_under k")
    assert filtered('{"a":"1"}', nest) == [{"k": [(b"a", b"1")]}]
    assert filtered('{"k":{"a":"1"}}', filter_of("nest", "Operation lift", "Nest_under k")) == [{"a": b"1"}]


def test_record_modifier_leaves_alone_what_would_all_be_empty() -> None:
    step = filter_of("record_modifier", "Remove_key log")
    lines = {"/var/log/a.log": b"one\ntwo\n"}
    assert logs(run(tail() + step + SINK, node_of(lines))) == [b"one", b"two"]


def test_record_modifier_does_not_add_a_record_of_three_words() -> None:
    step = filter_of("record_modifier", "Record note two words", "Record b c")
    assert filtered('{"a":"1"}', step) == [{"a": b"1", "b": b"c"}]


def test_record_modifier_appends_and_keeps_only_what_is_allowed() -> None:
    step = filter_of("record_modifier", 'Record note "two words"', "Allowlist_key A*")
    assert filtered('{"ab":1,"b":2}', step) == [{"ab": 1, "note": b"two words"}]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"a": b"1"}),
        (("Reserve_Data On",), {"a": b"1", "k": 2}),
        (("Reserve_Data On", "Preserve_Key On"), {"a": b"1", "log": b"a=1", "k": 2}),
        (("Preserve_Key On",), {"a": b"1", "log": b"a=1"}),
    ],
)
def test_the_parser_filter_keeps_what_it_is_told(options: tuple[str, ...], expected: dict[str, object]) -> None:
    config = tail("Parser j") + filter_of("parser", "Key_Name log", "Parser kv", *options) + SINK
    sent = run(
        config, node_of({"/var/log/a.log": b'{"log":"a=1","k":2}\n'}), "[PARSER]\n    Name j\n    Format json\n" + HTTP
    )
    assert records(sent) == [expected]


def test_rewrite_tag_sends_a_copy_through_the_filters_again() -> None:
    config = (
        tail()
        + filter_of("modify", "Add seen new", match="new.*")
        + filter_of("rewrite_tag", "Rule $log ^(e)rr new.$1.$TAG true", match="t")
        + SINK
    )
    sent = run(config, node_of({"/var/log/a.log": b"err\nok\n"}))
    assert sorted((one.tag, len(one.record)) for one in sent) == [("new.e.t", 2), ("t", 1), ("t", 1)]
    assert sent[0].origin == next(one.origin for one in sent if one.tag == "new.e.t")


def test_the_key_of_a_rewrite_tag_rule_without_a_dollar_is_the_whole_text() -> None:
    step = filter_of("rewrite_tag", "Rule a.b ^x new false", match="t")
    world = node_of({"/var/log/a.log": b'{"a":"x","a.b":"y"}\n{"a":"z","a.b":"x"}\n'})
    sent = run(tail("Parser j") + step + SINK, world, "[PARSER]\n    Name j\n    Format json\n")
    assert [one.tag for one in sent] == ["t", "new"]


def test_rewrite_tags_in_a_circle_are_refused() -> None:
    config = tail() + "".join(
        filter_of("rewrite_tag", f"Rule $log .* {new} false", match=old) for old, new in (("t", "u"), ("u", "t"))
    )
    with pytest.raises(Refused) as caught:
        run(config + SINK, node_of({"/var/log/a.log": b"x\n"}))
    assert caught.value.rule == "fluentbit/rewrite-tag-cycle"


def test_type_converter_adds_the_converted_value() -> None:
    step = filter_of("type_converter", "str_key code status int", "int_key n text string")
    assert filtered('{"code":"200","n":7}', step) == [{"code": b"200", "n": 7, "status": 200, "text": b"7"}]


def test_type_converter_does_not_find_elements_of_lists() -> None:
    step = filter_of("type_converter", "str_key $l[0] first int", "str_key $l[1]['m'] second int")
    (row,) = filtered('{"l":["1",{"m":"2"}]}', step)
    assert ("first" in row, row["second"]) == (False, 2)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("0", "uint", 0), ("-5", "uint", 2**64 - 5), ("99999999999999999999", "uint", 2**64 - 1), ("x", "uint", None),
        ("0", "int", 0), ("99999999999999999999", "int", 2**63 - 1), ("0", "hex", None), (" 7x", "int", 7),
    ],
)  # fmt: skip
def test_type_converter_reads_numbers_as_c_does(text: str, kind: str, value: object) -> None:
    """Without any conversion that succeeds the records stay as they are."""
    (row,) = filtered(json.dumps({"a": text}), filter_of("type_converter", f"str_key a b {kind}"))
    assert row.get("b") == value


def test_the_result_of_expect_stands_first_and_is_one_for_all_that_travel_together() -> None:
    step = filter_of("expect", "key_val_eq $log x", "action result_key")
    sent = run(tail() + step + SINK, node_of({"/var/log/a.log": b"x\ny\n"}))
    assert [one.record for one in sent] == [[(b"matched", False), (b"log", text)] for text in (b"x", b"y")]
    (row,) = filtered('{"log":7}', step)
    assert row == {"matched": True, "log": 7}


@pytest.mark.parametrize(
    ("options", "listed"),
    [(("mode partial",), True), ((), False), (("mode partial", "ignore_case on"), True), (("file",), False)],
)
def test_a_checklist_looks_for_patterns_of_sqlite_when_it_is_partial(options: tuple[str, ...], listed: bool) -> None:
    named = () if options == ("file",) else ("file list.txt",)
    step = filter_of("checklist", *named, "lookup_key $log", "record seen yes", *options[: len(named)], *options[1:])
    world = node_of({"/var/log/a.log": b"userX1 came\n"})
    (row,) = records(run(tail() + step + SINK, world, files={"list.txt": b"# users\r\nuser_1\r\n"}))
    assert ("seen" in row) is listed


def test_sysinfo_adds_what_is_the_same_on_every_node() -> None:
    step = filter_of("sysinfo", "os_name_key os", "fluentbit_version_key v")
    assert filtered('{"log":"x"}', step) == [{"log": b"x", "v": b"5.1.1", "os": b"linux"}]
    with pytest.raises(Refused, match="hostname_key"):
        filtered('{"log":"x"}', filter_of("sysinfo", "hostname_key h"))


def test_a_filter_that_cannot_be_known_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="geoip2"):
        run(
            tail() + filter_of("geoip2", "Database x", "Lookup_key ip", "Record c ip %{country.names.en}") + SINK,
            node_of(),
        )


def test_lua_changes_drops_and_splits() -> None:
    pytest.importorskip("lupa")
    script = b"""
function f(tag, time, record)
  if record.log == "drop" then return -1, 0, 0 end
  if record.log == "two" then return 2, 0, {{log="a"}, {log="b"}} end
  record.log = tag .. record.log
  return 2, 0, record
end
"""
    config = tail() + filter_of("lua", "script f.lua", "call f") + SINK
    sent = run(config, node_of({"/var/log/a.log": b"drop\ntwo\nx\n"}), files={"f.lua": script})
    assert logs(sent) == [b"a", b"b", b"tx"]


@pytest.mark.parametrize(
    ("body", "options", "expected"),
    [
        ("r.l = {}", (), {"l": [], "n": 7}),
        ("r.l = {}", ("type_array_key l",), {"l": [], "n": 7}),
        ("r.l[1] = nil", (), {"l": [None, b"b"], "n": 7}),
        ("r.n = r.n / 2", (), {"l": [b"a", b"b"], "n": 3.5}),
        ("r.n = r.n / 2", ("type_int_key n",), {"l": [b"a", b"b"], "n": 3}),
        ("r.x = {[2] = 'y'}", (), {"l": [b"a", b"b"], "n": 7, "x": [None, b"y"]}),
        ("r.new = r.z == flb_null", ("enable_flb_null On",), {"l": [b"a", b"b"], "n": 7, "new": True, "z": None}),
        ("error('no')", (), {"l": [b"a", b"b"], "n": 7, "z": None}),
    ],
)
def test_lua_tables(body: str, options: tuple[str, ...], expected: dict[str, object]) -> None:
    pytest.importorskip("lupa.luajit21")
    script = f"function f(tag, time, r) {body} return 2, time, r end".encode()
    config = tail("Parser j") + filter_of("lua", "script f.lua", "call f", *options) + SINK
    world = node_of({"/var/log/a.log": b'{"l":["a","b"],"n":7,"z":null}\n'})
    (row,) = records(run(config, world, "[PARSER]\n    Name j\n    Format json\n", {"f.lua": script}))
    assert row == expected


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("'2', 0, {k = 'v'}", [(NOW, {"k": b"v"})]),
        ("1, '1.5', {k = 'v'}", [(1_500_000_000, {"k": b"v"})]),
        ("1, 'noon', {k = 'v'}", [(0, {"k": b"v"})]),
        ("1, -5, {k = 'v'}", []),
    ],
)
def test_lua_numbers_may_be_texts_and_no_time_is_before_1970(
    answer: str, told: list[tuple[int, dict[str, object]]]
) -> None:
    pytest.importorskip("lupa.luajit21")
    parser = "[PARSER]\n    Name j\n    Format json\n    Time_Key t\n    Time_Format %s\n"
    config = tail("Parser j") + filter_of("lua", "script f.lua", "call f") + SINK
    world = node_of({"/var/log/a.log": b'{"t":"%d","log":"x"}\n' % (NOW // 10**9)})
    script = f"function f() return {answer} end".encode()
    sent = run(config, world, parser, {"f.lua": script})
    assert list(zip([one.time_ns for one in sent], records(sent), strict=True)) == told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("script no.lua", "call f"),
            "[filter:lua:lua.1] cannot access script 'no.lua'\n[filter_lua] filter cannot be loaded",
        ),
        (("code x = 1", "call f"), "[filter:lua:lua.1] function f is not found"),
        (
            ("code function f(", "call f"),
            "[luajit] error loading script: "
            """[string "fluentbit.lua"]:1: <name> or '...' expected near '<eof>'""",
        ),
        (
            ("script f.lua", "call f"),
            "[luajit] error loading script: f.lua:1: <name> or '...' expected near '<eof>'",
        ),
    ],
)
def test_lua_that_cannot_start_is_refused_in_fluent_bits_words(options: tuple[str, ...], told: str) -> None:
    pytest.importorskip("lupa.luajit21")
    config = tail() + filter_of("stdout") + filter_of("lua", *options) + SINK
    with pytest.raises(Refused) as caught:
        run(config, node_of(), files={"f.lua": b"function f("})
    after = "Failed initialize filter lua.1\n[engine] filter initialization failed"
    assert caught.value.message == f"{told}\n{after}"


def test_lua_without_an_interpreter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lupa", None)
    monkeypatch.delitem(sys.modules, "lupa.luajit21", raising=False)
    config = tail() + filter_of("lua", "script f.lua", "call f") + SINK
    with pytest.raises(Refused) as caught:
        run(config, node_of(), files={"f.lua": b""})
    assert caught.value.rule == "fluentbit/lua-unavailable"


def test_filters_run_in_the_order_of_the_file() -> None:
    config = (
        tail("multiline.parser cri") + filter_of("grep", "Exclude log a") + filter_of("modify", "Remove time") + SINK
    )
    sent = run(config, node_of({"/var/log/a.log": cri("a") + cri("b")}))
    assert [sorted(row) for row in records(sent)] == [["_p", "log", "stream"]]


def test_an_input_without_a_tag_has_its_name_counted_over_all_inputs() -> None:
    config = "[INPUT]\n    Name tail\n    Path /b\n[INPUT]\n    Name systemd\n[INPUT]\n    Name tail\n    Path /a\n"
    config = config.replace("Name tail\n", "Name tail\n    Read_from_Head On\n") + SINK
    sent = run(config, node_of({"/a": b"x\n", "/b": b"y\n"}))
    assert sorted(one.tag for one in sent) == ["tail.0", "tail.2"]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("A_key_matches", False), ("No_key_matches", True), ("Key_does_not_exist", True), ("Key_exists", False)],
)
def test_a_condition_without_a_key_takes_its_own_name(condition: str, holds: bool) -> None:
    config = tail() + filter_of("modify", f"Condition {condition}", "Set x y") + SINK
    (row,) = records(run(config, node_of({"/var/log/a.log": b"one\n"})))
    assert ("x" in row) is holds
