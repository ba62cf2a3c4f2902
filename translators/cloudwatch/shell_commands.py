"""The queries that runbooks hand to the AWS command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_COMMAND = re.compile(r"\baws\s(?:[^\n]|\\\n){0,300}?\blogs\s+(?:start-query|put-query-definition)\b")
_QUOTED = r"'(?P<{0}s>[^']*)'|\"(?P<{0}d>(?:\\.|[^\"\\])*)\""
_QUERY = re.compile(rf"--query-string[\s=]+(?:{_QUOTED.format('q')})", re.DOTALL)
_NAME = re.compile(rf"--name[\s=]+(?:{_QUOTED.format('n')}|(?P<n>[^\s'\"]+))")
_GROUPS = re.compile(r"--log-group-(?:names?|identifiers)[\s=]+(?P<all>(?:(?!--)(?:'[^']*'|\"[^\"]*\"|[^\s'\"]+)\s*)+)")
_WORD = re.compile(r"'([^']*)'|\"([^\"]*)\"|([^\s'\"\\]+)")
_ESCAPED = re.compile(r"\\(\n|[\"\\$`])")
_VARIABLE = re.compile(r"(?<!\\)\$(?:\w+|\{[^}]*\})")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command asks; ``start`` is its place, ``unresolved`` are the variables of the shell in the query."""

    query: str
    name: str
    log_groups: tuple[str, ...]
    unresolved: tuple[str, ...]
    start: int


def find_commands(text: str) -> Iterator[Asked]:
    """Each `aws logs start-query` and `put-query-definition` of the text that names its query."""
    starts = [found.start() for found in _COMMAND.finditer(text)]
    for start, end in pairwise((*starts, len(text))):
        command = text[start:end]
        found = _QUERY.search(command)
        if found is None:
            continue
        raw = found["qs"] if found["qd"] is None else found["qd"]
        quoted = found["qd"] is not None
        yield Asked(
            _ESCAPED.sub(lambda hit: hit[1].strip("\n"), raw) if quoted else raw,
            _name(command),
            _groups(command),
            tuple(dict.fromkeys(_VARIABLE.findall(raw))) if quoted else (),
            start,
        )


def _name(command: str) -> str:
    found = _NAME.search(command)
    return next((text for text in found.groups() if text), "") if found else ""


def _groups(command: str) -> tuple[str, ...]:
    found = _GROUPS.search(command)
    words = _WORD.findall(found["all"]) if found else []
    return tuple(name for word in words if (name := "".join(word)))
