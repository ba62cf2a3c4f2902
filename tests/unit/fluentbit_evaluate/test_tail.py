"""Input tail: which files, which lines, which tag."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.fluentbit_evaluate.node import (
    CONTAINER_LOG,
    SINK,
    cri,
    filter_of,
    log_file,
    logs,
    node_of,
    records,
    run,
    source_of,
    tail,
)  # fmt: skip
from translators.diagnostics import Refused
from translators.fluentbit.evaluate.tail_reader import Buffer, read_chunks
from translators.pipeline.world import World

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=60), max_size=30)
TEXT = st.from_regex(r"[a-z {}:\"]{0,20}", fullmatch=True)
CRI_LINES = st.lists(st.tuples(st.sampled_from(("stdout", "stderr")), st.sampled_from("FP"), TEXT), max_size=30)


def test_a_file_is_read_only_from_its_head_or_while_it_grows() -> None:
    config = tail().replace("Read_from_Head On", "Read_from_Head Off") + SINK
    files = {"/var/log/a.log": b"one\n"}
    assert run(config, node_of(files)) == []
    assert logs(run(config, node_of(files, arriving=True))) == [b"one"]


def test_text_behind_the_last_newline_is_never_read() -> None:
    assert logs(run(tail() + SINK, node_of({"/var/log/a.log": b"one\ntwo"}))) == [b"one"]


def test_a_file_with_two_names_is_read_once() -> None:
    files = (log_file("/var/log/a.log", b"x\n", "1"), log_file("/var/log/b.log", b"x\n", "1"))
    assert len(run(tail() + SINK, World(files))) == 1


def test_excluded_paths_are_matched_across_slashes() -> None:
    files = {"/var/log/a.log": b"a\n", "/var/log/deep/b.log": b"b\n", "/var/log/deep/c.log": b"c\n"}
    config = tail("Exclude_Path /var/*b.log", path="/var/log/*.log,/var/log/*/*.log") + SINK
    assert logs(run(config, node_of(files))) == [b"a", b"c"]


def test_a_gz_file_is_decompressed() -> None:
    config = tail(path="/var/log/*.gz") + SINK
    assert logs(run(config, node_of({"/var/log/a.gz": gzip.compress(b"one\ntwo\n")}))) == [b"one", b"two"]


def test_a_star_in_the_tag_becomes_the_path() -> None:
    config = tail(path="/var/log/containers/*.log").replace("Tag t", "Tag kube.*") + SINK
    sent = run(config, node_of({CONTAINER_LOG: b"x\n"}))
    assert sent[0].tag == "kube.var.log.containers." + CONTAINER_LOG.rpartition("/")[2]


def test_tag_regex_fills_the_tag_and_leaves_other_files_out() -> None:
    config = tail("Tag_Regex /(?<name>[a-z]+)-\\d\\.log$").replace("Tag t", "Tag k.<name>.<other>") + SINK
    sent = run(config, node_of({"/var/log/web-1.log": b"x\n", "/var/log/web.log": b"y\n"}))
    assert [one.tag for one in sent] == ["k.web._"]


def test_a_tag_regex_that_is_none_leaves_the_tag_as_it_is() -> None:
    config = tail("Tag_Regex (").replace("Tag t", "Tag k.<name>") + SINK
    assert [one.tag for one in run(config, node_of({"/var/log/a.log": b"x\n"}))] == ["k.<name>"]


def test_path_and_offset_are_recorded() -> None:
    sent = run(tail("Path_Key file", "Offset_Key at") + SINK, node_of({"/var/log/a.log": b"ab\ncd\n"}))
    assert records(sent)[1] == {"file": b"/var/log/a.log", "at": 3, "log": b"cd"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("Skip_Long_Lines On",), [b"a", b"c"]),
        (("Skip_Long_Lines Off",), [b"a"]),
        (("Skip_Long_Lines On", "Buffer_Max_Size 128k"), [b"a", b"b" * 40_000, b"c"]),
    ],
)
def test_a_line_longer_than_the_buffer(options: tuple[str, ...], expected: list[bytes]) -> None:
    content = b"a\n" + b"b" * 40_000 + b"\nc\n"
    assert logs(run(tail(*options) + SINK, node_of({"/var/log/a.log": content}))) == expected


def test_carriage_returns_go_and_empty_lines_may_be_skipped() -> None:
    world = node_of({"/var/log/a.log": b"one\r\n\r\n\ntwo\n"})
    assert logs(run(tail("Skip_Empty_Lines On") + SINK, world)) == [b"one", b"two"]


def test_ignore_older_leaves_old_files_out() -> None:
    old = log_file("/var/log/a.log", b"x\n")
    world = World((type(old)(old.path, "1", old.open, modified_ns=1),), now_ns=10**18)
    assert run(tail("Ignore_Older 1h") + SINK, world) == []


def test_bytes_that_are_no_utf8_stay_as_they_are() -> None:
    parsers = "[PARSER]\n    Name p\n    Format regex\n    Regex ^(?<a>\\w+) (?<b>.*)$\n"
    sent = run(tail("Parser p") + SINK, node_of({"/var/log/a.log": b"x \xff\xe4b\n"}), parsers)
    assert records(sent) == [{"a": b"x", "b": b"\xff\xe4b"}]


@given(LINES)
def test_every_line_is_in_exactly_one_record(lines: list[str]) -> None:
    contents = {"/var/log/a.log": "".join(line + "\n" for line in lines).encode()}
    sent = run(tail() + SINK, node_of(contents))
    assert source_of(sent, contents) == [line.encode() + b"\n" for line in lines]
    assert logs(sent) == [line.encode() for line in lines]


@given(CRI_LINES)
def test_every_cri_line_is_in_exactly_one_joined_record(lines: list[tuple[str, str, str]]) -> None:
    written = [cri(text, stream, mark) for stream, mark, text in lines]
    contents = {"/var/log/a.log": b"".join(written)}
    sent = run(tail("multiline.parser cri") + SINK, node_of(contents))
    assert sorted(source_of(sent, contents)) == sorted(written)
    for stream in ("stdout", "stderr"):
        text = b"".join(part.encode() for name, _, part in lines if name == stream)
        assert b"".join(logs(one for one in sent if (b"stream", stream.encode()) in one.record)) == text


@given(CRI_LINES, CRI_LINES)
def test_two_files_together_are_as_each_alone(
    one: list[tuple[str, str, str]], other: list[tuple[str, str, str]]
) -> None:
    contents = {
        f"/var/log/{name}.log": b"".join(cri(text, stream, mark) for stream, mark, text in lines)
        for name, lines in (("a", one), ("b", other))
    }
    config = tail("multiline.parser docker, cri") + filter_of("grep", "Exclude log a") + SINK
    apart = [sent for path, content in contents.items() for sent in run(config, node_of({path: content}))]
    together = run(config, node_of(contents))
    assert [one for path in contents for one in together if one.origin.extents[0].path == path] == apart


@given(st.binary(max_size=400), st.integers(8, 64), st.integers(8, 128), st.booleans())
@settings(max_examples=300)
def test_lines_are_cut_at_newlines_whatever_the_buffer(content: bytes, chunk: int, largest: int, skips: bool) -> None:
    """With a buffer that is large enough all lines come; with a small one only lines that do not fit are missing."""
    import io

    content = content.replace(b"\0", b"")
    lines = [
        line
        for part in read_chunks(io.BytesIO(content), Buffer(chunk, max(chunk, largest), skips))
        for line in part.lines
    ]
    every = content.split(b"\n")[:-1]
    assert all(content[line.offset : line.end] == line.raw + b"\n" for line in lines)
    if skips:
        room = max(chunk, largest)
        assert [line.raw for line in lines if len(line.raw) < room - 1] == [raw for raw in every if len(raw) < room - 1]
    else:
        assert [line.raw for line in lines] == every[: len(lines)]


@pytest.mark.parametrize(
    ("option", "content", "texts"),
    [
        ("generic.encoding UHC", "주문 완료\r\nok\n".encode("cp949"), ["주문 완료", "ok"]),
        ("generic.encoding cp949", "주문\n".encode("cp949") + b"a\xff\n" + b"b\n", ["주문"]),
        ("generic.encoding Win1252", b"\x81first\nsecond\n", [None, "second"]),
        ("generic.encoding ShiftJIS", b"a\nb\0c\nd\n", ["a"]),
        ("unicode.encoding UTF-16LE", "\ufeff주문\r\nok\n".encode("utf-16-le"), ["주문", "ok"]),
        ("unicode.encoding utf-16be", "주문\nok\n".encode("utf-16-be"), ["주문", "ok"]),
        ("unicode.encoding auto", "\ufeff주문\n".encode("utf-16-be"), ["주문"]),
        ("unicode.encoding auto", "\ufeff주문\n".encode(), ["주문"]),
        ("unicode.encoding auto", "주문\n".encode("utf-16-le"), ["주문"]),
    ],
)
def test_another_encoding_is_read_as_utf8(option: str, content: bytes, texts: list[str | None]) -> None:
    sent = run(tail(option) + SINK, node_of({"/var/log/a.log": content}))
    wanted = [b"\x81first" if text is None else text.encode() for text in texts]
    assert logs(sent) == wanted
    sources = source_of(sent, {"/var/log/a.log": content})
    assert content.startswith(b"".join(sources))
    assert all(source.rstrip(b"\0").endswith(b"\n") for source in sources)


def test_a_line_that_goes_on_behind_a_converted_chunk_is_torn() -> None:
    options = ("generic.encoding UHC", "Buffer_Chunk_Size 11", "Buffer_Max_Size 11")
    content = b"one\ntwo two\nthree\n"
    sent = run(tail(*options) + SINK, node_of({"/var/log/a.log": content}))
    assert logs(sent) == [b"one", b"o", b"three"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("unicode.encoding UTF-8",), "invalid encoding 'unicode.encoding' value"),
        (("generic.encoding EUC-KR",), "invalid encoding 'generic.encoding' value EUC-KR"),
        (("generic.encoding UHC", "unicode.encoding auto"), "cannot be specified at the same time"),
    ],
)
def test_encodings_that_stop_fluent_bit(options: tuple[str, ...], said: str) -> None:
    with pytest.raises(Refused, match=said):
        run(tail(*options) + SINK, node_of({"/var/log/a.log": b"x\n"}))


def test_the_offset_of_a_joined_line_is_that_of_the_line_that_completed_it() -> None:
    lines = [cri("one"), cri("two", mark="P"), cri("two"), cri("three", mark="P")]
    sent = run(tail("multiline.parser cri", "Offset_Key at") + SINK, node_of({"/var/log/a.log": b"".join(lines)}))
    sizes = [len(line) for line in lines]
    assert [row["at"] for row in records(sent)] == [0, sizes[0] + sizes[1], sum(sizes)]


def test_the_offset_of_a_text_that_a_later_line_ends_is_that_of_the_later_line() -> None:
    content = b"\nTraceback (most recent call last):\n  File x\n    y\nE: no\nafter\n"
    config = tail("multiline.parser python", "Offset_Key at", "Skip_Empty_Lines On") + SINK
    sent = run(config, node_of({"/var/log/a.log": content}))
    assert [row["at"] for row in records(sent)] == [content.index(b"E: no"), content.index(b"after")]


@pytest.mark.parametrize(
    ("options", "parsers"),
    [
        (("Parser j",), "[PARSER]\n    Name j\n    Format regex\n    Regex ^(?<other>.*)$\n"),
        (("multiline.parser java",), ""),
        (("Docker_Mode On",), ""),
        (("Multiline On", "Parser_Firstline f"), "[PARSER]\n    Name f\n    Format regex\n    Regex ^(?<log>b+)$\n"),
    ],
)
def test_the_beginning_of_a_line_that_is_too_long_comes_raw(options: tuple[str, ...], parsers: str) -> None:
    long = "한" * 30
    content = f"{long}\nshort\n".encode()
    sizes = ("Truncate_Long_Lines On", "Buffer_Chunk_Size 32", "Buffer_Max_Size 32")
    sent = run(tail(*sizes, *options) + SINK, node_of({"/var/log/a.log": content}), parsers)
    assert records(sent)[0] == {"log": content[:31]}
    assert len(sent) == 2


def test_a_converted_line_that_is_too_long_is_cut_between_characters() -> None:
    options = ("generic.encoding UHC", "Truncate_Long_Lines On", "Buffer_Chunk_Size 32", "Buffer_Max_Size 32")
    content = ("한" * 30 + "\nok\n").encode("cp949")
    assert logs(run(tail(*options) + SINK, node_of({"/var/log/a.log": content})))[0] == ("한" * 10).encode()


def test_offsets_do_not_count_a_full_buffer_that_was_thrown_away() -> None:
    """``flb_tail_file_chunk`` empties the buffer without telling ``stream_offset``; the sources stay right."""
    content = b"before\n" + b"y" * 200 + b"\nafter\nlast\n"
    options = ("Offset_Key at", "Skip_Long_Lines On", "Buffer_Chunk_Size 64", "Buffer_Max_Size 64")
    sent = run(tail(*options) + SINK, node_of({"/var/log/a.log": content}))
    assert [row["at"] for row in records(sent)] == [0, content.index(b"after") - 63, content.index(b"last") - 63]
    assert source_of(sent, {"/var/log/a.log": content}) == [b"before\n", b"after\n", b"last\n"]


@pytest.mark.parametrize(
    ("option", "content", "offsets"),
    [
        ("unicode.encoding utf-16le", "\ufeffone\n둘\nthree\n".encode("utf-16-le"), [0, 4, 8]),
        ("unicode.encoding auto", b"\xef\xbb\xbfone\ntwo\n", [3, 7]),
        ("generic.encoding UHC", "하나\n둘\n".encode("cp949"), [0, 7]),
    ],
)
def test_offsets_count_the_bytes_after_a_conversion(option: str, content: bytes, offsets: list[int]) -> None:
    sent = run(tail("Offset_Key at", option) + SINK, node_of({"/var/log/a.log": content}))
    assert [row["at"] for row in records(sent)] == offsets
