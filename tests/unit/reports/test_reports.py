"""The report loads nothing, runs nothing, escapes everything, and says the same in HTML and in Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from migrate.reports.drawing import draw_column, draw_row
from migrate.reports.html import print_html
from migrate.reports.markdown import print_markdown
from migrate.reports.model import Node, Track
from tests.unit.reports.sample import finding, sample
from translators.diagnostics import Agent, Fidelity

VOID = {"meta", "br", "hr", "link"}


class Balance(HTMLParser):
    """Refuses tags that do not close in order, and collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(page: str) -> Balance:
    reader = Balance()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_is_well_formed_and_needs_nothing_else() -> None:
    page = print_html(sample())
    reader = parsed(page)
    assert not {"script", "link", "img", "iframe", "object"} & reader.seen
    assert re.findall(r'(?:src|href)="(?!#)', page) == []
    assert "url(" not in page
    assert "prefers-color-scheme:dark" in page


def test_every_finding_is_there_with_its_place_and_its_line() -> None:
    page, text = print_html(sample()), print_markdown(sample())
    shown = "".join(parsed(page).texts)
    for row in sample().rows:
        assert str(row.finding.span) in shown
        assert str(row.finding.span) in text
        assert row.finding.subject in shown


def test_what_is_said_at_several_places_is_said_once() -> None:
    said = [finding(n, "Mem_Buf_Limit 5MB", Fidelity.MANUAL, Fidelity.MANUAL, "said once only") for n in (3, 9, 14)]
    report = replace(sample(), rows=(*said, *sample().rows))
    for text in ("".join(parsed(print_html(report)).texts), print_markdown(report)):
        assert text.count("said once only") == 1
        assert ", ".join(str(row.finding.span) for row in said) in text
    assert report.counts(Agent.PROMTAIL)[Fidelity.MANUAL] == 3 + sample().counts(Agent.PROMTAIL)[Fidelity.MANUAL]


def test_harmless_findings_are_folded_and_others_are_not() -> None:
    page = print_html(sample())
    folded = "".join(re.findall(r"<details>.*?</details>", page, re.DOTALL))
    assert "Mem_Buf_Limit" in folded
    assert "log_format json/emf" not in folded


def test_what_users_write_is_text_and_never_markup() -> None:
    evil = finding(1, '<script>alert("1")</script> & "quotes"', Fidelity.MANUAL, Fidelity.MANUAL, "a </p><b>b` & c")
    node = Node("<img src=x>", "</svg><script>", Fidelity.EXACT, "a&b:1")
    track = Track(node, (), (node,), node)
    page = print_html(replace(sample(), rows=(evil,), tracks=(track,), cluster="<i>prod</i>"))
    reader = parsed(page)
    assert not {"script", "img", "i"} & (reader.seen - parsed(print_html(sample())).seen)
    assert '<script>alert("1")</script>' in "".join(reader.texts)


def test_a_pipe_or_a_backtick_breaks_no_table() -> None:
    report = replace(sample(), labels=(replace(sample().labels[0], name="a`b|c", why="x | y"),))
    row = next(line for line in print_markdown(report).splitlines() if "a`b" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 5


def test_the_same_report_gives_the_same_bytes() -> None:
    assert print_html(sample()) == print_html(sample())
    assert print_markdown(sample()) == print_markdown(sample())


@pytest.mark.parametrize("filters", [0, 1, 3, 4, 9, 30])
def test_drawings_are_valid_and_no_box_leaves_the_picture(filters: int) -> None:
    node = Node(
        "a filter with a very long name indeed", "오류 " * 40, Fidelity.APPROXIMATE, "some/file.conf#part.conf:12"
    )
    track = Track(node, (node,) * filters, (node, node), node)
    for picture in (draw_row(track), draw_column(track)):
        root = ElementTree.fromstring(picture.text)
        _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
        for box in root.iter("rect"):
            assert 0 <= float(box.attrib["x"]) <= width - float(box.attrib["width"])
            assert 0 <= float(box.attrib["y"]) <= height - float(box.attrib["height"])


@pytest.mark.parametrize("filters", [1, 3, 4, 9])
def test_filters_are_drawn_one_after_the_other(filters: int) -> None:
    boxes = [Node(f"f{number}") for number in range(filters)]
    picture = draw_row(Track(Node("in"), tuple(boxes), (Node("out"),), Node("Loki")))
    wires = [each for each in ElementTree.fromstring(picture.text).iter("path") if "wire" in each.attrib["class"]]
    assert len(wires) == filters + 2


def test_loki_takes_over_from_cloudwatch_alone() -> None:
    track = Track(Node("in"), (), (Node("s3"), Node("cloudwatch_logs"), Node("http")), Node("Loki"))
    for picture in (draw_row(track), draw_column(track)):
        wires = [
            each for each in ElementTree.fromstring(picture.text).iter("path") if "becomes" in each.attrib["class"]
        ]
        assert len(wires) == 1
    titles = [each.text for each in ElementTree.fromstring(draw_column(track).text).iter("text")]
    assert titles[-2:] == ["cloudwatch_logs", "Loki"]


def test_an_empty_plan_is_still_a_page() -> None:
    empty = replace(
        sample(),
        headlines=(),
        tracks=(),
        rows=(),
        differences=(),
        labels=(),
        kept=(),
        next_steps=(),
        files=(),
        streams="",
    )
    assert "0 constructs" in "".join(parsed(print_html(empty)).texts)
    assert print_markdown(empty).startswith("# Fluent Bit")
