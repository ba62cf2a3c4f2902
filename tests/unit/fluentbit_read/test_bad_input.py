"""Whatever the bytes are: a configuration, or one refusal with a place and a way out; never a traceback."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.adapters.local_files import load_inputs
from tests.unit.fluentbit_read.reading import check_reading
from translators.diagnostics import Refused
from translators.fluentbit.read import ReadOptions, read

SECTION = "[INPUT]\n    Name tail\n    Path /x\n[OUTPUT]\n    Name stdout\n    Match *\n"
BOMB = "apiVersion: v1\nkind: ConfigMap\na: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
)
CORPUS = Path("/work/shared/corpus/fluent-bit")


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.conf", b"", "fluentbit/empty"),
        ("-", b" \n\t\n", "fluentbit/empty"),
        ("a.conf", b"\x7fELF\x00\x01", "fluentbit/binary"),
        ("a.conf", SECTION.encode("utf-16"), "fluentbit/binary"),
        ("a.conf", SECTION.replace("/x", "/한국").encode("euc-kr"), "fluentbit/not-utf-8"),
        ("a.conf", b"x" * (17 * 2**20), "fluentbit/too-large"),
        ("a.yaml", BOMB.encode(), "fluentbit/yaml-bomb"),
        ("a.yaml", b"a: &a [*a]\n", "fluentbit/yaml-bomb"),
        ("a.yaml", b"[" * 100_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"[" * 100_000 + b"]" * 100_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"{a: " * 100_000 + b"}" * 100_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"- " * 200_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"? - " * 200_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"\n".join(b" " * depth + b"a:" for depth in range(5_000)), "fluentbit/yaml-bomb"),
        ("a.yaml", b"[" * 3_000 + b"]" * 3_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"apiVersion: v1\nkind: Service\nmetadata: {name: x}\n", "fluentbit/no-configuration"),
        ("a.yaml", b"foo: bar\n", "fluentbit/no-main-file"),
        ("a.yaml", b"foo: \x07bar\n", "fluentbit/not-yaml"),
        ("a.yaml", b"a: b: c\n", "fluentbit/not-yaml"),
        ("a.yaml", b"- a: b\n" * 600_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"---\n" * 600_000, "fluentbit/yaml-bomb"),
        ("a.yaml", b"{{- if .Values.x }}\nkind: ConfigMap\n{{- end }}\n", "fluentbit/template"),
        ("a.yaml", b"apiVersion: v1\nkind: ConfigMap\ndata:\n  cluster.name: {{cluster_name}}\n", "fluentbit/template"),
        ("a.conf", b"{% if x %}\n[INPUT]\n    Name tail\n", "fluentbit/template"),
        ("a.tf", b'resource "kubernetes_config_map" "x" {\n}\n', "fluentbit/template"),
        ("a.conf", b"[OUTPUT]\n    Name stdout\n    Match ${var.tag}\n", "fluentbit/template"),
        ("a.java", b'String x = String.join("", "[OUTPUT]", "    Name cloudwatch_logs");\n', "fluentbit/template"),
        ("a.ts", b"const x = `\n[OUTPUT]\n    Name stdout\n`\n", "fluentbit/template"),
        ("a.yaml", b"logs:\n  files:\n    app: |\n      [INPUT]\n        Name tail\n", "fluentbit/no-main-file"),
        ("a.conf", SECTION.encode() + b"...\n", "fluentbit/classic-syntax"),
        ("a.conf", b"\xef\xbb\xbf" + SECTION.encode(), "fluentbit/classic-syntax"),
        ("a.conf", b"hello\n", "fluentbit/classic-syntax"),
    ],
)
def test_bad_input_is_refused_with_a_place_and_a_way_out(name: str, data: bytes, rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        read({name: data}, ReadOptions())

    assert refusal.value.rule == rule
    assert refusal.value.span is not None
    assert refusal.value.span.source == name
    assert refusal.value.remedy
    assert len(refusal.value.message) < 2_000


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b: c\n", "a.yaml:4:7"),
        (b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 'a\ndata: {}\n", "a.yaml:6:1"),
    ],
)
def test_a_manifest_with_a_mistake_is_not_said_to_have_lost_its_indentation(data: bytes, place: str) -> None:
    with pytest.raises(Refused) as refusal:
        read({"a.yaml": data}, ReadOptions())
    assert (str(refusal.value.span), refusal.value.rule) == (place, "fluentbit/not-yaml")


@pytest.mark.parametrize(
    ("data", "place"), [("한글\0".encode(), "a.conf:1:3"), ("é\n한".encode() + b"\xff", "a.conf:2:2")]
)
def test_columns_count_letters_and_not_bytes(data: bytes, place: str) -> None:
    with pytest.raises(Refused) as refusal:
        read({"a.conf": data}, ReadOptions())
    assert str(refusal.value.span) == place


def test_two_main_files_are_not_guessed_between() -> None:
    with pytest.raises(Refused, match=r"a\.conf, b\.conf"):
        read({"a.conf": SECTION.encode(), "b.conf": SECTION.encode()}, ReadOptions())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(("a.conf", "a.yaml", "-", "a.json")), st.booleans())
def test_no_bytes_break_the_reader(data: bytes, name: str, lenient: bool) -> None:
    check_reading({name: data}, ReadOptions(lenient=lenient))


WORDS = st.sampled_from(
    ["pipeline:", "inputs:", "- name: tail", "path:", "apiVersion: v1", "kind: ConfigMap", "data:", "config:", "|",
     "[a]", "fluent-bit.conf: |", "[INPUT]", "Name tail", "env:", "- ", "{", "}", "&a", "*a", "service:", "filter:",
     "enabled: 1", "containerLogs:", "kind: DaemonSet", "spec:", "template:", "containers:", "image: fluent-bit",
     "\t", "---", "''"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), WORDS), max_size=14), st.sampled_from(("a.yaml", "-")))
def test_no_yaml_breaks_the_reader(lines: list[tuple[int, str]], name: str) -> None:
    text = "\n".join("  " * indent + words for indent, words in lines)
    check_reading({name: text.encode()})


def seconds(count: int) -> float:
    text = "".join(f"[INPUT]\n    Name tail\n    Tag app.{i}\n    Path /var/log/{i}/*.log\n" for i in range(count))
    data = (text + "[OUTPUT]\n    Name stdout\n    Match *\n").encode()
    begin = time.process_time()
    assert len(read({"a.conf": data}, ReadOptions()).configuration.inputs) == count
    return time.process_time() - begin


def test_two_thousand_inputs_are_read_in_linear_time() -> None:
    seconds(10)
    few, many = min(seconds(500) for _ in range(3)), min(seconds(2_000) for _ in range(3))

    assert many < 2.0
    assert many < 12 * few


@pytest.mark.skipif(not CORPUS.exists(), reason="/work/shared/corpus is not on this machine")
@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.[cty]*")), ids=lambda path: path.name)
def test_the_corpus_is_read_or_refused_with_a_way_out(path: Path) -> None:
    if path.suffix == ".tsv":
        return
    names = ("AWS_REGION", "aws_region", "READ_FROM_HEAD", "READ_FROM_TAIL", "LOG_GROUP_NAME", "log_group_name")
    options = ReadOptions(environment=dict.fromkeys(names, "Off"), cluster="prod")
    if path.suffix == ".tf":
        with pytest.raises(Refused):
            read(load_inputs([str(path)]), options)
    else:
        assert read(load_inputs([str(path)]), options).configuration.outputs


def test_files_bring_what_they_name_and_folders_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "main.conf").write_text("[SERVICE]\n    Parsers_File /etc/x/parsers.conf\n@INCLUDE conf.d/*.conf\n")
    (tmp_path / "conf.d" / "a.conf").write_text(SECTION)
    (tmp_path / "parsers.conf").write_text("[PARSER]\n    Name a\n    Format json\n")
    (tmp_path / "notes.md").write_text("no")

    one = load_inputs([str(tmp_path / "main.conf")])
    whole = load_inputs([str(tmp_path)])

    assert sorted(one) == sorted(whole)
    assert len(read(one, ReadOptions()).configuration.parsers) == 1


def test_stdin_is_one_input() -> None:
    assert load_inputs(["-"], io.BytesIO(b"abc")) == {"-": b"abc"}


@pytest.mark.parametrize("name", ["gone.conf", "empty"])
def test_what_cannot_be_loaded_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(Refused) as refusal:
        load_inputs([str(tmp_path / name)])

    assert refusal.value.remedy


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.log").open("wb") as file:
        file.truncate(100 * 2**20)

    with pytest.raises(Refused, match="limit is 16 MiB"):
        load_inputs([str(tmp_path / "huge.log")])


@pytest.mark.parametrize("first", ["a.conf", "b.conf"])
def test_of_files_that_include_each_other_the_one_given_first_is_refused_for_it(first: str) -> None:
    section = "[INPUT]\n    Name tail\n    Path /a\n"
    files = {"a.conf": f"{section}@INCLUDE b.conf\n", "b.conf": f"{section}@INCLUDE a.conf\n"}
    ordered = {name: files[name].encode() for name in sorted(files, key=lambda name: name != first)}
    with pytest.raises(Refused) as refusal:
        read(ordered, ReadOptions())

    assert refusal.value.rule == "fluentbit/include-twice"


def test_a_configuration_without_a_section_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read({"fluent-bit.conf": "# 주석\n".encode()}, ReadOptions())

    assert refusal.value.rule == "fluentbit/empty"


@pytest.mark.parametrize("dots", ["...", "\u2026", "<snip>"])
def test_text_that_was_left_out_of_a_paste_is_named_as_the_cause(dots: str) -> None:
    with pytest.raises(Refused) as refusal:
        read({"a.txt": f"{SECTION}{dots}\n".encode()}, ReadOptions())
    assert refusal.value.remedy.startswith("Text was left out here")


def test_sections_inside_values_that_nobody_reads_have_their_place() -> None:
    with pytest.raises(Refused) as refusal:
        read({"a.yaml": b"logs:\n  app: |\n    [INPUT]\n      Name tail\n"}, ReadOptions())
    assert (str(refusal.value.span), refusal.value.rule) == ("a.yaml:3:5", "fluentbit/no-main-file")
    assert "no [INPUT]" not in refusal.value.message
