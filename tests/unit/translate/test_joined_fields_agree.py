"""What a parser finds in lines that were joined: in Fluent Bit ``^`` and ``$`` match at each line break."""

from __future__ import annotations

import io

import pytest

from tests.unit.translate.test_filters_agree import NOW, PATH, Sides, output, section, sides
from translators.diagnostics import Fidelity
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.world import LogFile, World

PARSERS = """[PARSER]
    Name words
    Format regex
    Regex ^(?<level>[A-Z]+) (?<text>.*)$
[PARSER]
    Name second
    Format regex
    Regex ^ at (?<place>\\w+)
[MULTILINE_PARSER]
    name trace
    type regex
    rule "start_state" "/^[A-Z]/" "cont"
    rule "cont" "/^[^A-Z]/" "cont"
"""
LINES = ("INFO one", "ERROR boom", " at x", " at y", "WARN", "INFO three", "  more")
JOIN = section("multiline", "multiline.key_content log", "multiline.parser trace", match="app")


def joined(filters: str) -> Sides:
    tail = f"[INPUT]\n    Name tail\n    Tag app\n    Path {PATH}\n    Read_from_Head On\n"
    main = f"[SERVICE]\n    Parsers_File parsers.conf\n{tail}{filters}{output('app', '/a')}{output('new*', '/n')}"
    reading = read({"fluent-bit.conf": main.encode(), "parsers.conf": PARSERS.encode()}, ReadOptions(cluster="c"))
    content = "".join(f"{line}\n" for line in LINES).encode()
    world = World((LogFile(PATH, PATH, lambda: io.BytesIO(content)),), now_ns=NOW)
    return sides(reading, world, about="fluentbit/parser-regex")


@pytest.mark.parametrize(
    "filters",
    [
        JOIN + section("parser", "Key_Name log", "Parser words"),
        JOIN + section("parser", "Key_Name log", "Parser second", "Reserve_Data On"),
        JOIN
        + section("rewrite_tag", "Rule $log boom new.x false", match="app")
        + section("parser", "Key_Name log", "Parser words"),
    ],
    ids=["first line", "a later line", "behind a fork"],
)
def test_fields_are_those_of_the_line_that_matches(filters: str) -> None:
    for agent, (claim, verdicts) in joined(filters).items():
        assert claim in (Fidelity.EXACT, Fidelity.EQUIVALENT), agent
        assert verdicts
        assert [verdict for verdict in verdicts if not verdict.equal] == [], agent


def test_new_tags_have_what_the_line_that_matches_holds() -> None:
    """Two Matches that each take some of the tags make the agents compute them."""
    rule = section("rewrite_tag", "Rule $log ^([A-Z]+)[[:blank:]][a-z]+$ t.$1 false", match="app")
    for agent, (_, verdicts) in joined(JOIN + rule + output("t.E*", "/e") + output("t.I*", "/i")).items():
        assert verdicts
        assert [verdict for verdict in verdicts if not verdict.equal] == [], agent
