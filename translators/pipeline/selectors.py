"""The selectors of match stages: matchers on labels and at most one filter on the line, as both agents read them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from translators.catalog import Matcher, MatchOperator
from translators.searches import searched

NOTHING = "lm_none"
"""A label that no entry has."""
ROUTE = "lm_route"
"""A label that says which route an entry has taken, while it passes."""

COPY = "lm_copy"
"""A label that says which copy of an entry another tag got, while it passes."""


def select(matchers: Iterable[Matcher] = (), contains: str = "", matches: str = "", lacks: str = "") -> str:
    """The selector for entries with these labels and a line that contains a text, matches or does not match RE2."""
    chosen = tuple(matchers) or (Matcher(NOTHING, MatchOperator.EQUAL, ""),)
    inside = ", ".join(f"{matcher.label}{matcher.operator}{quote(matcher.value)}" for matcher in chosen)
    filters = (("|=", contains), ("|~", searched(matches)), ("!~", searched(lacks)))
    return "{" + inside + "}" + "".join(f" {operator} {quote(text)}" for operator, text in filters if text)


def having(label: str, value: str) -> Matcher:
    return Matcher(label, MatchOperator.EQUAL, value)


def searching(label: str, expression: str) -> Matcher:
    """The label's value is searched for the expression: matchers are anchored, so the rest is allowed around it."""
    return Matcher(label, MatchOperator.MATCHES, around(expression))


def not_searching(label: str, expression: str) -> Matcher:
    return Matcher(label, MatchOperator.NOT_MATCHES, around(expression))


def around(expression: str) -> str:
    """The expression for a whole text in which the given one is found somewhere."""
    return f"(?s:.*)(?:{expression})(?s:.*)"


def quote(text: str) -> str:
    """The agents' reader of selectors knows Go's interpreted strings only, no backticks."""
    return json.dumps(text, ensure_ascii=False)
