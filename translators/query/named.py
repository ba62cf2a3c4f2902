"""A query as its owner keeps it: with a name, the log groups and the window that it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from translators.source import Span


class QueryLanguage(StrEnum):
    """The languages that CloudWatch keeps saved queries in."""

    INSIGHTS = "CWLI"
    PPL = "PPL"
    SQL = "SQL"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A ``{{name}}`` of a saved query; ``default`` None: the caller must give it."""

    name: str
    default: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A window as a link or a dashboard pins it: seconds before now when relative, epoch milliseconds otherwise."""

    start: int
    end: int
    relative: bool


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One query. ``source`` says where it stands (``runbook.md:12:1``, ``state.json#errors``).

    ``unresolved`` names what is left of a template in the text (``${AWS::StackName}``): such a query cannot be run.
    ``assumed`` are parameters of a template with the defaults that were taken for them.
    """

    id: str
    name: str
    text: str
    source: str
    language: QueryLanguage = QueryLanguage.INSIGHTS
    log_groups: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    window: Window | None = None
    unresolved: tuple[str, ...] = ()
    assumed: tuple[tuple[str, str], ...] = ()
    span: Span | None = None
