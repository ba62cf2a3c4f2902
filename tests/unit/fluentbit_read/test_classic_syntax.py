"""The classic syntax: what Fluent Bit accepts, and the words with which it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.fluentbit_read.reading import check_reading
from translators.diagnostics import Refused
from translators.fluentbit.classic import Document, kind_of, load
from translators.fluentbit.configuration import Kind
from translators.fluentbit.files import ConfigFile, FileTree


def parse(text: str, **others: str) -> Document:
    tree = FileTree()
    for name, content in {"etc/main.conf": text, **{f"etc/{key}.conf": value for key, value in others.items()}}.items():
        tree.add(ConfigFile(name, content, name))
    return load(tree.files["etc/main.conf"], tree)


def pairs(document: Document, index: int = 0) -> list[tuple[str, str]]:
    return [(item.key, item.value) for item in document.sections[index].properties]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("S", Kind.SERVICE),
        ("in", Kind.INPUT),
        ("INPUTS", Kind.INPUT),
        ("F", Kind.FILTER),
        ("Out", Kind.OUTPUT),
        ("P", Kind.PARSER),
        ("multi", Kind.MULTILINE_PARSER),
        ("FLITER", Kind.OTHER),
        (" INPUT ", Kind.OTHER),
        ("INPUTSX", Kind.OTHER),
    ],
)
def test_any_prefix_of_a_title_in_any_case_is_that_section(title: str, kind: Kind) -> None:
    assert kind_of(title) is kind


def test_the_first_blank_separates_key_and_value_and_nothing_ends_a_value() -> None:
    assert pairs(parse("[INPUT]\n    Tag   a # b  \n    Regex ^a  b$\n")) == [("tag", "a # b"), ("regex", "^a  b$")]


def test_a_comment_stands_at_the_start_or_behind_the_indent() -> None:
    assert pairs(parse("# x\n[INPUT]\n    # y\n    Name tail\n")) == [("name", "tail")]


def test_carriage_returns_end_lines_too() -> None:
    assert pairs(parse("[INPUT]\r\n    Name tail\r\n\r\n    Tag x\r\n")) == [("name", "tail"), ("tag", "x")]


def test_an_unindented_first_key_loses_its_first_letter() -> None:
    assert pairs(parse("[SERVICE]\nFlush 1\n")) == [("lush", "1")]


def test_several_services_are_one() -> None:
    document = parse("[SERVICE]\n    Flush 1\n[INPUT]\n    Name a\n[SERVICE]\n    Grace 2\n")

    assert [section.kind for section in document.sections] == [Kind.SERVICE, Kind.INPUT]
    assert pairs(document) == [("flush", "1"), ("grace", "2")]


def test_a_section_does_not_go_on_in_an_included_file() -> None:
    with pytest.raises(Refused) as refusal:
        parse("[INPUT]\n    Name tail\n@INCLUDE more.conf\n", more="    Tag x\n")

    assert refusal.value.message.startswith("[config] error in etc//more.conf:1: could not allocate key value pair\n")


def test_an_indented_include_is_a_key() -> None:
    assert pairs(parse("[INPUT]\n    @INCLUDE x.conf\n")) == [("@include", "x.conf")]


def test_a_group_has_twice_the_indent() -> None:
    document = parse("[INPUT]\n    Name tail\n    [processors] here\n        Key v\n    Tag x\n")

    assert pairs(document) == [("name", "tail"), ("tag", "x")]
    assert [item.value for item in document.sections[0].groups[0].properties] == ["v"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[INPUT\n", "[config] error in etc/main.conf:1: bad header definition"),
        ("[INPUT]\n    Name\n", "[config] error in etc/main.conf:2: undefined value"),
        ("[INPUT]\n    Name \n", "[config] error in etc/main.conf:2: key has an empty value"),
        ("[INPUT]\n    Tag\tx\n", "[config] error in etc/main.conf:2: undefined value"),
        ("[INPUT]\n    Name tail\n\tTag x\n", "[config] inconsistent use of tab and space\n[config] error in"),
        ("[INPUT]\n    Name tail\n  Tag x\n", "[config] indentation level is too low\n[config] error in"),
        ("[INPUT]\n    Name tail\n      Tag x\n", "[config] extra indentation level found\n[config] error in"),
        ("[INPUT]\n    Name tail\n  \n", "[config] indentation level is too low"),
        ("    Name tail\n", "[config] error in etc/main.conf:1: could not allocate key value pair"),
    ],
)
def test_refusals_are_fluent_bits_own(text: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(text)

    assert refusal.value.message.startswith(message)
    assert refusal.value.message.endswith("configuration file contains errors, aborting.")


def test_a_copied_key_of_a_config_map_is_named() -> None:
    with pytest.raises(Refused) as refusal:
        parse("fluent-bit.conf:\n[INPUT]\n    Name tail\n")

    assert refusal.value.remedy.startswith("This is a key of a ConfigMap")


@pytest.mark.parametrize(
    ("text", "others", "rule"),
    [
        ("@INCLUDE gone.conf\n", {}, "fluentbit/include-missing"),
        ("@INCLUDE gone*.conf\n", {}, "fluentbit/include-missing"),
        ("@INCLUDE a.conf\n@include a.conf\n", {"a": "[INPUT]\n    Name x\n"}, "fluentbit/include-twice"),
        ("@INCLUDE a.conf\n", {"a": "@INCLUDE main.conf\n"}, "fluentbit/include-twice"),
    ],
)
def test_includes_that_stop_the_start(text: str, others: dict[str, str], rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(text, **others)

    assert refusal.value.rule == rule
    assert refusal.value.message == "configuration file contains errors, aborting."


def test_a_glob_reads_in_order_of_name_and_says_so() -> None:
    document = parse("@INCLUDE [ab]*.conf\n", b="[FILTER]\n    Name b\n", a="[FILTER]\n    Name a\n")

    assert [section.properties[0].value for section in document.sections] == ["a", "b"]
    assert [finding.rule for finding in document.findings] == ["fluentbit/include-order"]


def test_an_absolute_include_finds_the_file_beside_the_main_one() -> None:
    assert len(parse("@INCLUDE /fluent-bit/etc/a.conf\n", a="[INPUT]\n    Name x\n").sections) == 1


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.]{0,12}", fullmatch=True)
VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1
)


@settings(max_examples=150)
@given(st.lists(st.tuples(NAMES, VALUES.map(lambda text: text.strip(" \t") or "x")), min_size=1, max_size=8))
def test_what_is_written_is_read(entries: list[tuple[str, str]]) -> None:
    text = "[INPUT]\n" + "".join(f"    {name} {value}\n" for name, value in entries)

    assert pairs(parse(text)) == [(name.lower(), value.strip(" \t\n\v\f\r")) for name, value in entries]


@settings(max_examples=200)
@given(st.text(st.sampled_from("[]INPUT \t\n\r#@v${}=.")))
def test_no_text_breaks_the_reader(text: str) -> None:
    check_reading({"fluent-bit.conf": text.encode()})
