"""Fluent Bit's regular expressions as the agents' engine takes them: RE2, with private names for the groups."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import re2

from translators.diagnostics import Fidelity
from translators.fluentbit.onigmo import NotRe2, Usage, to_re2

_PLAIN = Usage()
_UNBROKEN = "while the text holds no line break"
_EVERYWHERE = "^"
"""What finds something in every text: stages and selectors take an empty expression for none."""
_MOST_MORE = "^(?m)$"
"""About what an expression for texts of several lines may be longer: look-around grows into what nobody reads."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An RE2 expression that stands for an Onigmo pattern; ``condition`` is empty when it does for every text.

    ``groups`` are pairs of the expression's name of a group and Fluent Bit's. ``negated``: Fluent Bit's pattern matches
    where this expression is not found.
    """

    expression: str
    condition: str = ""
    groups: tuple[tuple[str, str], ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class NotTaken:
    """No RE2 expression says what the pattern says."""

    reason: str


def take(pattern: str, usage: Usage = _PLAIN) -> Taken | NotTaken:
    """What the agents search for where Fluent Bit searches for ``pattern``."""
    made = to_re2(pattern, usage)
    if isinstance(made, NotRe2):
        return NotTaken(made.reason)
    condition = "" if made.fidelity in (Fidelity.EXACT, Fidelity.HARMLESS) else made.note or "for usual texts"
    return Taken(
        made.pattern or _EVERYWHERE,
        condition,
        tuple((group.name, group.original) for group in made.groups),
        made.negated,
    )


def take_broken(pattern: str, usage: Usage = _PLAIN) -> Taken | NotTaken:
    """The same for a text that may hold line breaks, at which ``^`` and ``$`` match in Fluent Bit."""
    plain, broken = take(pattern, usage), take(pattern, replace(usage, newlines=True))
    if isinstance(plain, NotTaken) or isinstance(broken, NotTaken):
        return broken if isinstance(plain, NotTaken) else _with(plain, _UNBROKEN)
    is_short = len(broken.expression) <= len(plain.expression) + len(_MOST_MORE)
    return broken if is_short and broken.negated is plain.negated else _with(plain, _UNBROKEN)


def _with(taken: Taken, condition: str) -> Taken:
    return replace(taken, condition=f"{condition}; {taken.condition}" if taken.condition else condition)


def take_fields(pattern: str, may_break: bool = False) -> Taken | NotTaken:
    """What is searched for with the pattern's named groups. ``may_break``: the text may hold line breaks."""
    return (take_broken if may_break else take)(pattern, Usage(groups=True))


def found(expression: str, text: str) -> bool:
    """Whether RE2 finds the expression in the text."""
    return re2.search(expression, text) is not None


def empty_matches(expression: str) -> bool:
    """Whether the expression matches a text without characters."""
    return found(expression, "")


def rename_groups(expression: str, name: Callable[[str], str]) -> str:
    """The expression with each named group called by ``name`` of its name."""
    parts: list[str] = []
    at = 0
    in_class = False
    while at < len(expression):
        group = None if in_class else _GROUP.match(expression, at)
        if group:
            parts.append(f"(?P<{name(group[1])}>")
            at = group.end()
            continue
        size = 2 if expression[at] == "\\" else 1
        if size == 1:
            in_class = expression[at] == "[" or (in_class and expression[at] != "]")
        parts.append(expression[at : at + size])
        at += size
    return "".join(parts)


_GROUP = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>")
