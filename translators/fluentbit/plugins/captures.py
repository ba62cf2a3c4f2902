"""What the groups of an expression can hold: a new tag is then known although the record decides it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

MOST = 32
"""Each choice is a stage and a route of its own: beyond this the new tag stays a pattern."""
_CHARACTER = r"(?:[\w-]|\\[-./])"
_TEXT = re.compile(rf"{_CHARACTER}+(?![*+?{{])")
_GROUP = re.compile(rf"\(({_CHARACTER}*(?:\|{_CHARACTER}*)*)\)(?![*+?{{])")


@dataclass(frozen=True, slots=True)
class Choice:
    """An expression that holds one text in each of the first groups; ``texts`` are those of group 1, 2 …"""

    pattern: str
    texts: tuple[str, ...]


def choices(pattern: str) -> tuple[Choice, ...]:
    """The expression as one for each text of its first groups, to be tried in this order. Itself where none is finite.

    The engine tries the alternatives of a group in order at one place before it goes on, so the first that is found is
    the one that Fluent Bit has: true behind an anchor and fixed texts only.
    """
    whole = (Choice(pattern, ()),)
    if pattern[:1] != "^" or "(?" in pattern:
        return whole
    parts, rest = _parts(pattern[1:])
    groups = [part for part in parts if isinstance(part, tuple)]
    if not groups or _has_open_choice(rest):
        return whole
    made = tuple(_choice(parts, chosen, rest) for chosen in itertools.product(*groups))
    return made if len(made) <= MOST else whole


def _parts(pattern: str) -> tuple[list[str | tuple[str, ...]], str]:
    """Fixed texts and groups of fixed texts from the start on, and what stands behind them."""
    parts: list[str | tuple[str, ...]] = []
    while pattern:
        found = _GROUP.match(pattern) or _TEXT.match(pattern)
        if found is None:
            break
        parts.append(tuple(found[1].split("|")) if found.re is _GROUP else found[0])
        pattern = pattern[found.end() :]
    return parts, pattern


def _has_open_choice(rest: str) -> bool:
    """Whether an alternation outside of all groups makes what stands before it one alternative of several."""
    depth = 0
    for found in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|[()|]", rest, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == "|" and depth == 0:
            return True
    return False


def _choice(parts: list[str | tuple[str, ...]], chosen: tuple[str, ...], rest: str) -> Choice:
    texts = iter(chosen)
    fixed = "".join(part if isinstance(part, str) else f"({next(texts)})" for part in parts)
    return Choice(f"^{fixed}{rest}", tuple(re.sub(r"\\(.)", r"\1", text) for text in chosen))
