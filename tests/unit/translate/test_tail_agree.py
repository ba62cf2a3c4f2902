"""Which lines of which files a translated tail input takes: both sides on the same files."""

from __future__ import annotations

import io
from functools import partial

import pytest

from tests.unit.translate.test_filters_agree import NOW, sides
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Fidelity
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.pipeline.world import LogFile, World

OUTPUT = (
    "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region x\n    log_group_name g\n    log_stream_prefix p-\n"
)
TAIL = "[INPUT]\n    Name tail\n    Tag t.<n>\n    Path /var/log/*.log,/var/log/app/*.txt\n    Read_from_Head On\n"
FILES = {
    "/var/log/a-1.log": b"a\n\nb\r\n",
    "/var/log/bb.log": b"c\n",
    "/var/log/app/x.txt": b"d\n",
    "/var/log/app/y.txt": b"e\n",
}


def node(**more: bytes) -> World:
    contents = {**FILES, **{f"/var/log/{name}.log": text for name, text in more.items()}}
    return World(tuple(LogFile(path, path, partial(io.BytesIO, text)) for path, text in contents.items()), now_ns=NOW)


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ("Exclude_Path *b.log,*/app/x*", 4),
        ("Exclude_Path *b.log", 5),
        ("Tag_Regex (?<n>[a-z]+)-(?<i>\\d+)\\.log$", 3),
        ("Tag_Regex ^(?!.*/app/)(?<n>.*)$", 4),
        ("Tag_Regex (", 6),
    ],
)
def test_the_agents_take_the_lines_that_fluent_bit_takes(options: str, lines: int) -> None:
    for claimed, verdicts in sides(read_tail(options), node()).values():
        assert claimed is Fidelity.EQUIVALENT
        assert len(verdicts) == lines
        assert all(verdict.equal for verdict in verdicts)


def test_empty_lines_that_end_in_a_carriage_return_are_dropped_too() -> None:
    for _, verdicts in sides(read_tail("Skip_Empty_Lines On"), node(c=b"\r\n\nx\r\n")).values():
        assert len(verdicts) == 6
        assert all(verdict.equal for verdict in verdicts)


def read_tail(options: str) -> Reading:
    return read({"fluent-bit.conf": f"{TAIL}    {options}\n{OUTPUT}".encode()}, ReadOptions())


@pytest.mark.parametrize(
    ("path", "claim"),
    [
        ("/l/*.log,/l/*.gz", Fidelity.APPROXIMATE),
        ("/l/a.log.GZ", Fidelity.APPROXIMATE),
        ("/l/a*", Fidelity.EQUIVALENT),
        ("/l/*.log", Fidelity.EQUIVALENT),
        ("/*/a.log", Fidelity.EQUIVALENT),
        ("/l/a*.log", Fidelity.EXACT),
        ("/l/messages", Fidelity.EXACT),
    ],
)
def test_compressed_files_are_read_as_they_are_and_hidden_ones_too(path: str, claim: Fidelity) -> None:
    text = f"[INPUT]\n    Name tail\n    Path {path}\n    Tag t\n{OUTPUT}"
    made = translate(read({"fluent-bit.conf": text.encode()}, ReadOptions()), TranslateOptions(cluster="c"))
    found = next(one for one in made.findings if one.rule == "fluentbit/tail-path")
    assert found.fidelity.promtail is found.fidelity.alloy is claim


@pytest.mark.parametrize(
    ("tag", "regex", "lines"),
    [
        ("x.<a", "(?<a>.)$", 0),
        ("x.<b<a>", "(?<a>.)$", 0),
        ("x.<a>", "(?<a>.)$", 6),
        ("x>", "(?<a>.)$", 6),
        ("x", "log$", 0),
        ("x", "(l)og$", 4),
    ],
)
def test_a_tag_that_no_file_gets_reads_no_file(tag: str, regex: str, lines: int) -> None:
    for _, verdicts in sides(read_tail(f"Tag {tag}\n    Tag_Regex {regex}"), node()).values():
        assert len(verdicts) == lines
        assert all(verdict.equal for verdict in verdicts)
