"""Losing meaning is data: how faithful a translation is, by which rule, and where."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from translators.frozen import frozen
from translators.source import Span


class Fidelity(StrEnum):
    """The five outcomes of a construct; exactly one holds for each."""

    HARMLESS = "harmless"
    """No entry can differ by it."""
    EXACT = "exact"
    """The same entries or rows for any data."""
    EQUIVALENT = "equivalent"
    """The same under a condition that the message states."""
    APPROXIMATE = "approximate"
    """The message says when they differ."""
    MANUAL = "manual"
    """A person must act; nothing was emitted for it."""


_BY_LOSS = tuple(Fidelity)
_LOSS = {fidelity: loss for loss, fidelity in enumerate(_BY_LOSS)}


def worst(fidelities: Iterable[Fidelity]) -> Fidelity:
    """The least faithful of them; exact when there is none. Harmless counts as exact."""
    loss = max([_LOSS[fidelity] for fidelity in fidelities], default=1)
    return _BY_LOSS[max(loss, 1)]


class Agent(StrEnum):
    """The two collectors we emit for."""

    PROMTAIL = "promtail"
    ALLOY = "alloy"


@frozen
class PerAgent:
    """One fidelity for each agent."""

    promtail: Fidelity
    alloy: Fidelity

    @classmethod
    def same(cls, fidelity: Fidelity) -> PerAgent:
        return cls(fidelity, fidelity)

    def of(self, agent: Agent) -> Fidelity:
        return self.promtail if agent is Agent.PROMTAIL else self.alloy


@frozen
class Finding:
    """What becomes of one construct of a collector's configuration.

    ``rule`` is a slug such as ``fluentbit/tail-db``; its page is ``docs/rules/<rule>.md``. ``subject`` is the construct
    as the user wrote it (``Read_from_Head On``). ``message`` is one sentence: what was done and how it differs.
    ``remedy`` says what to do, and is empty when there is nothing to do.
    """

    rule: str
    span: Span
    subject: str
    fidelity: PerAgent
    message: str
    remedy: str = ""


@frozen
class Diagnostic:
    """What becomes of one construct of a query."""

    rule: str
    fidelity: Fidelity
    message: str
    span: Span | None = None
    remedy: str = ""


class Refused(Exception):
    """The input cannot be used: what happened, where, and the way out. The command line shows it and exits with 2.

    ``text`` is what the place is in; whoever has it puts it there on the way out.
    """

    text: str | None = None

    def __init__(self, rule: str, message: str, span: Span | None = None, remedy: str = "") -> None:
        super().__init__(f"{span}: {message}" if span else message)
        self.rule = rule
        self.message = message
        self.span = span
        self.remedy = remedy
