"""One outcome for each construct: what plugins say about sections and keys, gathered until every one has a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from translators.diagnostics import Agent, Fidelity, Finding, PerAgent
from translators.fluentbit.configuration import Kind, Property, Section
from translators.source import Span

_ORDER = tuple(Fidelity)
_SECRET = re.compile(
    r"passw|secret|token|api_?key|license_?key|shared_key|private|credential|authorization|header|add_?label"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a construct, before it is known where it stands."""

    fidelity: PerAgent
    message: str
    remedy: str = ""


def harmless(message: str) -> Judgement:
    return Judgement(PerAgent.same(Fidelity.HARMLESS), message)


def exact(message: str) -> Judgement:
    return Judgement(PerAgent.same(Fidelity.EXACT), message)


def equivalent(message: str, remedy: str = "") -> Judgement:
    return Judgement(PerAgent.same(Fidelity.EQUIVALENT), message, remedy)


def approximate(message: str, remedy: str = "") -> Judgement:
    return Judgement(PerAgent.same(Fidelity.APPROXIMATE), message, remedy)


def manual(message: str, remedy: str) -> Judgement:
    return Judgement(PerAgent.same(Fidelity.MANUAL), message, remedy)


def differs(promtail: Fidelity, alloy: Fidelity, message: str, remedy: str = "") -> Judgement:
    return Judgement(PerAgent(promtail, alloy), message, remedy)


Options = Mapping[str, Judgement]
"""What becomes of an option whatever its value, by its lower-case key."""


@dataclass(slots=True)
class Ledger:
    """The findings so far, one a construct; of several outcomes for one construct the worst stays, per agent."""

    _entries: dict[tuple[Span, str], Finding] = field(default_factory=dict)
    _spans: set[Span] = field(default_factory=set)

    def key(self, plugin: str, item: Property, judgement: Judgement) -> None:
        """The outcome of one key of a section."""
        self.add(f"fluentbit/{slug(plugin)}-{slug(item.key)}", item.span, spell(item), judgement)

    def section(self, plugin: str, section: Section, judgement: Judgement) -> None:
        """The outcome of the plugin itself: it stands where the section names it."""
        name = section.last("name")
        span = name.span if name else section.span
        subject = f"[{section.kind.value.upper()}] {section.name}".strip()
        self.add(f"fluentbit/{slug(plugin)}", span, subject, judgement)

    def implied(self, plugin: str, section: Section, option: str, judgement: Judgement) -> None:
        """The outcome of a default that decides something although nobody wrote it."""
        rule = f"fluentbit/{slug(plugin)}-{slug(option.split()[0])}"
        self.add(rule, section.span, f"{option} (default)", judgement)

    def add(self, rule: str, span: Span, subject: str, judgement: Judgement) -> None:
        finding = Finding(rule, span, subject, judgement.fidelity, judgement.message, judgement.remedy)
        self._spans.add(span)
        before = self._entries.get((span, rule))
        self._entries[(span, rule)] = finding if before is None else _worse(before, finding)

    def has(self, item: Property) -> bool:
        return item.span in self._spans

    def findings(self) -> tuple[Finding, ...]:
        """All findings in the order of their places."""
        return tuple(sorted(self._entries.values(), key=lambda finding: (finding.span, finding.rule)))


def judge_options(ledger: Ledger, plugin: str, section: Section, options: Options) -> None:
    """Note every key of the section that the table knows and nobody has judged yet."""
    for item in section.properties:
        judgement = options.get(item.key)
        if judgement is not None and not ledger.has(item):
            ledger.key(plugin, item, judgement)


def judge_rest(ledger: Ledger, plugin: str, items: Iterable[Property], judgement: Judgement) -> None:
    """Note every key that nobody has judged."""
    for item in items:
        if not ledger.has(item):
            ledger.key(plugin, item, judgement)


def _worse(before: Finding, after: Finding) -> Finding:
    """The worse of two; of two that are as bad the first, unless the second says the same with a condition more."""
    ranks = [max(_ORDER.index(finding.fidelity.of(agent)) for agent in Agent) for finding in (before, after)]
    finer = ranks[1] == ranks[0] and after.message.startswith(before.message)
    chosen = after if finer or ranks[1] > ranks[0] else before
    merged = PerAgent(*(_worst(before.fidelity.of(agent), after.fidelity.of(agent)) for agent in Agent))
    return Finding(chosen.rule, chosen.span, chosen.subject, merged, chosen.message, chosen.remedy)


def _worst(one: Fidelity, other: Fidelity) -> Fidelity:
    return _ORDER[max(_ORDER.index(one), _ORDER.index(other))]


def plugin_of(section: Section) -> str:
    """The name under which the rules of a section stand: those of a filter parser are not those of a parser."""
    name = section.name.lower()
    if section.kind in (Kind.PARSER, Kind.MULTILINE_PARSER):
        return "parser"
    return "filter-parser" if name == "parser" else name


def spell(item: Property) -> str:
    """The key and value as written; the value of a key that holds a secret is not shown."""
    shown = item.raw or item.value
    if _SECRET.search(item.key) and not shown.startswith("${"):
        shown = "…"
    return f"{item.name or item.key} {shown}".strip()


def slug(key: str) -> str:
    """A key as a part of a rule's name."""
    kept = "".join(character if character.isalnum() else "-" for character in key.lower())
    return "-".join(part for part in kept.split("-") if part) or "key"
