"""Joining lines: docker mode, first lines, multiline parsers as input and as filter."""

from __future__ import annotations

import pytest

from tests.unit.fluentbit_evaluate.node import SINK, cri, filter_of, logs, node_of, records, run, tail

JAVA = [b"java.lang.IllegalStateException: no\n", b"    at com.shop.Cart.add(Cart.java:7)\n", b"Caused by: x\n"]
DOCKER = "[PARSER]\n    Name docker\n    Format json\n    Time_Key time\n    Time_Format %Y-%m-%dT%H:%M:%S.%L\n"


def docker(text: str) -> bytes:
    return ('{"log":"' + text + '","stream":"stdout","time":"2026-03-02T01:00:00.5Z"}\n').encode()


def test_partial_cri_lines_of_two_streams_do_not_mix() -> None:
    content = cri("a", mark="P") + cri("x", "stderr", "P") + cri("b") + cri("y", "stderr")
    assert logs(run(tail("multiline.parser cri") + SINK, node_of({"/var/log/a.log": content}))) == [b"ab", b"xy"]


def test_a_trailing_partial_comes_out_after_the_flush() -> None:
    sent = run(tail("multiline.parser cri") + SINK, node_of({"/var/log/a.log": cri("a", mark="P")}))
    assert logs(sent) == [b"a"]
    assert len(sent[0].origin.extents) == 1


def test_docker_lines_join_until_an_escaped_newline() -> None:
    content = docker("a") + docker("b\\n") + docker("c\\n")
    assert logs(run(tail("multiline.parser docker") + SINK, node_of({"/var/log/a.log": content}))) == [b"ab\n", b"c\n"]


def test_docker_mode_joins_the_raw_text() -> None:
    content = docker("a") + docker("b\\n") + docker("c\\n")
    sent = run(tail("Parser docker", "Docker_Mode On") + SINK, node_of({"/var/log/a.log": content}), DOCKER)
    assert logs(sent) == [b"ab\n", b"c\n"]
    assert len(sent[0].origin.extents) == 2


def test_a_stack_trace_is_one_record_with_all_its_lines() -> None:
    content = b"before\n" + b"".join(JAVA) + b"after\n"
    sent = run(tail("multiline.parser java") + SINK, node_of({"/var/log/a.log": content}))
    assert logs(sent) == [b"before\n", b"".join(JAVA), b"after\n"]
    assert [len(one.origin.extents) for one in sent] == [1, 3, 1]


def test_the_multiline_filter_joins_records_and_sends_them_to_the_head() -> None:
    content = b"".join(cri(line.decode().rstrip("\n")) for line in JAVA)
    config = (
        tail("multiline.parser cri")
        + filter_of("modify", "Add seen once")
        + filter_of("multiline", "multiline.parser java", "multiline.key_content log")
    )
    sent = run(config + SINK, node_of({"/var/log/a.log": content}))
    assert logs(sent) == [b"".join(JAVA).rstrip(b"\n")]
    assert records(sent)[0]["seen"] == b"once"


def test_first_lines_of_the_legacy_mode_start_records() -> None:
    parsers = "[PARSER]\n    Name first\n    Format regex\n    Regex ^(?<day>\\d{4}-\\d\\d-\\d\\d) (?<log>.*)\n"
    content = b"lost\n2026-03-02 one\n  more\n2026-03-03 two\n"
    config = tail("Multiline On", "Parser_Firstline first") + SINK
    found = records(run(config, node_of({"/var/log/a.log": content}), parsers))
    assert [row["log"] for row in found] == [b"one\n  more", b"lost", b"two"]
    assert [row.get("day") for row in found] == [b"2026-03-02", None, b"2026-03-03"]


def test_the_legacy_mode_disables_parser() -> None:
    parsers = "[PARSER]\n    Name first\n    Format regex\n    Regex ^\\d (?<log>.*)\n"
    config = tail("Multiline On", "Parser_Firstline first", "Parser first") + SINK
    sent = run(config, node_of({"/var/log/a.log": b"1 one\n  more\n2 two\n"}), parsers)
    assert logs(sent) == [b"one\n  more", b"two"]


def test_a_user_defined_parser_joins_by_its_states() -> None:
    parsers = (
        '[MULTILINE_PARSER]\n    Name m\n    Type regex\n    Rule "start_state" "/^\\d/" "cont"\n'
        '    Rule "cont" "/^\\s/" "cont"\n'
    )
    sent = run(tail("multiline.parser m") + SINK, node_of({"/var/log/a.log": b"1 a\n b\n2 c\nx\n"}), parsers)
    assert logs(sent) == [b"1 a\n b\n", b"2 c\n", b"x\n"]


RULES = '    Rule "start_state" "/^a/" "cont"\n    Rule "cont" "/^ /" "cont"\n'


def test_a_multiline_parser_without_parser_has_that_of_the_one_before_it_in_the_file() -> None:
    head = "[MULTILINE_PARSER]\n    Type regex\n    Key_Content text\n"
    parsers = "[PARSER]\n    Name j\n    Format json\n" + head + "    Name one\n    Parser j\n" + RULES
    content = b'{"text":"a 1"}\n{"text":" b"}\na 2\n'
    sent = run(
        tail("multiline.parser two") + SINK,
        node_of({"/var/log/a.log": content}),
        parsers + head + "    Name two\n" + RULES,
    )
    assert records(sent) == [{"text": b"a 1\n b"}, {"text": b"a 2"}]


@pytest.mark.parametrize(("limit", "texts"), [("8", [b"1234\n567", b"z\n"]), ("false", [b"1234\n567890\n", b"z\n"])])
def test_a_message_is_cut_at_the_buffer_limit(limit: str, texts: list[bytes]) -> None:
    parsers = (
        '[MULTILINE_PARSER]\n    Name m\n    Type regex\n    Rule "start_state" "/^1/" "cont"\n'
        '    Rule "cont" "/^5/" "cont"\n'
    )
    config = "[SERVICE]\n    Parsers_File parsers.conf\n    Multiline_Buffer_Limit " + limit + "\n"
    config += tail("multiline.parser m") + SINK
    sent = run(config, node_of({"/var/log/a.log": b"1234\n567890\nz\n"}), parsers)
    assert [text.rstrip(b"\n") for text in logs(sent)] == [text.rstrip(b"\n") for text in texts]
    assert bool(sent[0].metadata) is (limit != "false")


ENDS = "[MULTILINE_PARSER]\n    Name m\n    Type endswith\n    Match_String END\n"


def test_a_text_shorter_than_the_end_of_a_message_is_lost() -> None:
    sent = run(tail("multiline.parser m") + SINK, node_of({"/var/log/a.log": b"one\nx\ntwo END\n"}), ENDS)
    assert logs(sent) == [b"one\ntwo END\n"]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"123456789\n5\n5\n1\n", [b"12345678\n", b"5\n", b"1\n"]),
        (b"123456789\n12\n", [b"12345678\n", b"12\n"]),
        (b"xxxxxxxxxx\n1\n", [b"xxxxxxxx\n", b"1\n"]),
    ],
)
def test_a_first_line_that_fills_the_buffer_waits(content: bytes, texts: list[bytes]) -> None:
    """The next line ends the message; one that would have gone on is lost with it."""
    parsers = (
        '[MULTILINE_PARSER]\n    Name m\n    Type regex\n    Rule "start_state" "/^1/" "cont"\n'
        '    Rule "cont" "/^5/" "cont"\n'
    )
    service = "[SERVICE]\n    Parsers_File parsers.conf\n    Multiline_Buffer_Limit 8\n"
    sent = run(service + tail("multiline.parser m") + SINK, node_of({"/var/log/a.log": content}), parsers)
    assert logs(sent) == texts
    assert [bool(one.metadata) for one in sent] == [True, *[False] * (len(texts) - 1)]


def test_what_waits_comes_out_behind_what_the_other_files_have() -> None:
    files = {"/var/log/a.log": b"start\n" + b"".join(JAVA), "/var/log/b.log": b"b\n"}
    sent = run(tail("multiline.parser java") + SINK, node_of(files))
    assert logs(sent) == [b"start\n", b"b\n", b"".join(JAVA)]


def test_timers_fire_in_the_order_of_their_times() -> None:
    """A trace that waits in a filter goes after two seconds, a part without its end after four."""
    content = b"".join(cri(line.decode().rstrip("\n")) for line in JAVA) + cri("    at x", mark="P")
    config = tail("multiline.parser cri") + filter_of("multiline", "multiline.parser java", "multiline.key_content log")
    sent = run(config + SINK, node_of({"/var/log/a.log": content}))
    assert logs(sent) == [b"".join(JAVA).rstrip(b"\n"), b"    at x"]


def test_large_files_of_one_tag_are_read_in_turn() -> None:
    line = b"x" * 60 + b"\n"
    files = {f"/var/log/{name}.log": (name.encode() + line) * 3 for name in "ab"}
    sent = run(tail("Buffer_Chunk_Size 100", "Buffer_Max_Size 100") + SINK, node_of(files))
    assert [text[:1] for text in logs(sent)] == [b"a", b"b"] * 3


FIRST_LINES = '[PARSER]\n    Name first\n    Format regex\n    Regex ^{"log":"(?<log>\\d.*)\n'


def test_docker_mode_joins_only_behind_a_first_line() -> None:
    content = b"".join(docker(text + "\\n") for text in ("a", "b", "1", "c", "2"))
    config = tail("Parser docker", "Docker_Mode On", "Docker_Mode_Parser first", "Offset_Key at") + SINK
    sent = run(config, node_of({"/var/log/a.log": content}), DOCKER + FIRST_LINES)
    assert logs(sent) == [b"a\n", b"b\n", b"1\nc\n", b"2\n"]
    assert [row["at"] for row in records(sent)] == [0, 0, 0, len(content)]


@pytest.mark.parametrize("mode", ["Docker_Mode On", "Multiline On"])
def test_ignore_older_asks_the_time_of_joined_lines(mode: str) -> None:
    parsers = DOCKER + (
        "[PARSER]\n    Name first\n    Format regex\n    Regex ^(?<time>\\S+) (?<log>.*)\n"
        "    Time_Format %Y-%m-%dT%H:%M:%S%z\n"
    )
    if mode == "Multiline On":
        options = ("Multiline On", "Parser_Firstline first")
        content = b"2026-03-02T01:00:00Z new\n more\n2020-01-01T00:00:00Z old\n too\n2026-03-02T01:00:01Z new\n"
    else:
        options = (mode, "Parser docker")
        content = docker("new\\n more\\n") + docker("old\\n").replace(b"2026", b"2020") + docker("new\\n")
    sent = run(tail("Ignore_Older 1h", *options) + SINK, node_of({"/var/log/a.log": content}), parsers)
    assert [text.rstrip(b"\n") for text in logs(sent)] == [b"new\n more", b"new"]


def test_only_the_first_of_repeated_keys_gets_the_joined_text() -> None:
    lines = b'{"log":"one ","log":"x","stream":"stdout"}\n{"log":"two\\n","stream":"stdout"}\n'
    sent = run(tail("multiline.parser docker") + SINK, node_of({"/var/log/a.log": lines}))
    assert [one.record for one in sent] == [[(b"log", b"one two\n"), (b"log", b"x"), (b"stream", b"stdout")]]


def test_an_empty_stream_is_none() -> None:
    lines = b'{"log":"one ","stream":""}\n{"log":"two\\n"}\n'
    sent = run(tail("multiline.parser docker") + SINK, node_of({"/var/log/a.log": lines}))
    assert logs(sent) == [b"one two\n"]


ALPHABET = "".join(
    f'[MULTILINE_PARSER]\n    Name {name}\n    Type regex\n    Rule "start_state" "/^{start}/" "more"\n'
    f'    Rule "more" "/^{more}/" "more"\n'
    for name, start, more in (("first", "[ab]", "!"), ("second", "[bc]", " "))
)


def test_the_parser_of_the_last_line_is_asked_first_if_that_was_of_the_same_file() -> None:
    """``b`` goes to the second parser, which took ``c``; behind a chunk of another file it goes to the first."""
    contents = {"/var/log/a.log": b"c" + b"." * 40 + b"\nb" + b"." * 60 + b"\n x\n", "/var/log/z.log": b"a\n" * 40}
    config = tail("Buffer_Chunk_Size 84", "Buffer_Max_Size 84", "multiline.parser first, second") + SINK
    alone = run(config, node_of({"/var/log/a.log": contents["/var/log/a.log"]}), ALPHABET)
    assert [text.replace(b".", b"") for text in logs(alone)] == [b"c\n", b"b\n x\n"]
    together = [text.replace(b".", b"") for text in logs(run(config, node_of(contents), ALPHABET))]
    assert [text for text in together if text != b"a\n"] == [b"b\n", b"c\n x\n"]


def test_what_waits_for_one_parser_goes_before_what_waits_for_the_next() -> None:
    files = {"/var/log/a.log": b"c\n 1\n", "/var/log/b.log": b"a\n!2\n"}
    sent = run(tail("multiline.parser first, second") + SINK, node_of(files), ALPHABET)
    assert logs(sent) == [b"a\n!2\n", b"c\n 1\n"]
