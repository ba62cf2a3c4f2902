"""Entries of several lines: the first-line pattern of the agents for Fluent Bit's multiline parsers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from translators.diagnostics import PerAgent
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.options import listed
from translators.fluentbit.firstline import (
    CONTINUES,
    START,
    FirstLine,
    MultilineRule,
    NoFirstLine,
    built_in,
    first_line,
    together,
)
from translators.fluentbit.ledger import Judgement, Ledger, harmless, manual
from translators.fluentbit.words import tokens

MAX_LINES = 10_000
"""A trace may be long; the agents' own limit is 128 lines."""
_WAY_OUT = "name a pattern that every first line has, or let this Fluent Bit join and send with its own loki output"


@dataclass(frozen=True, slots=True)
class Join:
    """A line that matches ``firstline`` begins an entry. ``judgement`` says how far that is what Fluent Bit does."""

    firstline: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class NoJoin:
    """Nothing can be joined; the judgement says why."""

    judgement: Judgement


def join_of(names: Sequence[str], parsers: Mapping[str, Section], ledger: Ledger) -> Join | NoJoin:
    """The pattern for a list of multiline parsers: alternatives, of which the first that fits counts."""
    found = tuple(_one(name, parsers, ledger) for name in names)
    if len(found) > 1 and all(isinstance(one, FirstLine) for one in found) and len(set(found)) > 1:
        found = (together(tuple(dict.fromkeys(regex for name in names for regex in _continues(name, parsers)))),)
    elif len(found) > 1 and len(set(found)) > 1:
        what = f"{' and '.join(names)} are tried one after the other: no one pattern for first lines says that"
        return NoJoin(manual(what, _WAY_OUT))
    if not found or isinstance(found[0], NoFirstLine):
        reason = found[0].reason if found and isinstance(found[0], NoFirstLine) else "it names no parser"
        return NoJoin(manual(f"nothing is joined: {reason}", _WAY_OUT))
    only = found[0]
    return Join(only.pattern, Judgement(PerAgent.same(only.fidelity), only.note))


def _one(name: str, parsers: Mapping[str, Section], ledger: Ledger) -> FirstLine | NoFirstLine:
    known = built_in(name)
    if known is not None:
        return known
    section = parsers.get(name)
    if section is None:
        return NoFirstLine(f"there is no multiline parser {name}", 0)
    _judge(section, ledger)
    kind = section.value("type", "regex").strip().lower()
    if kind != "regex":
        return NoFirstLine(f"the agents know no lines that go on until one {kind} a text", 0)
    reader = section.last("parser")
    if reader is not None:
        return NoFirstLine(f"the rules of {name} see what the parser {reader.value} makes of a line", 0)
    return first_line(tuple(rules(section)))


def _continues(name: str, parsers: Mapping[str, Section]) -> tuple[str, ...]:
    """What goes on an entry of one parser, in whatever state."""
    if name in CONTINUES:
        return CONTINUES[name]
    return tuple(rule.regex for rule in rules(parsers[name]) if START not in rule.states)


def _judge(section: Section, ledger: Ledger) -> None:
    said = harmless("the finding where the parser is used says what becomes of its rules")
    ledger.section("multiline-parser", section, said)
    for item in section.properties:
        if not ledger.has(item):
            ledger.key("multiline-parser", item, said)


def rules(section: Section) -> Iterator[MultilineRule]:
    """The rules of a section, in either syntax."""
    for item in section.every("rule"):
        parts = tokens(item.value, 3)
        if len(parts) >= 3:
            yield MultilineRule(tuple(listed(parts[0])), parts[1], parts[2])
    for group in section.groups:
        yield MultilineRule(
            tuple(listed(group.value("state"))),
            group.value("regex"),
            group.value("next_state", group.value("next state")),
        )
