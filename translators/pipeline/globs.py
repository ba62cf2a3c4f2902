"""Doublestar globs, as both agents match paths: ``*`` stops at a slash, ``**`` crosses it, ``{a,b}`` is a choice."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(glob: str, path: str) -> bool:
    """Whether the glob takes the whole path."""
    return _compiled(glob).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _compiled(glob: str) -> re.Pattern[str]:
    expression, rest = _sequence(glob, 0, "")
    if rest != len(glob):
        return re.compile(re.escape(glob), re.DOTALL)
    return re.compile(expression, re.DOTALL)


def _sequence(glob: str, at: int, stops: str) -> tuple[str, int]:
    """The expression for the glob from ``at`` up to one of ``stops`` or the end, and where that is."""
    parts: list[str] = []
    while at < len(glob) and glob[at] not in stops:
        part, at = _part(glob, at)
        parts.append(part)
    return "".join(parts), at


def _part(glob: str, at: int) -> tuple[str, int]:
    character = glob[at]
    if character == "*":
        return _stars(glob, at)
    if character == "?":
        return "[^/]", at + 1
    if character == "[":
        return _character_class(glob, at)
    if character == "{":
        return _choice(glob, at)
    if character == "\\" and at + 1 < len(glob):
        return re.escape(glob[at + 1]), at + 2
    return re.escape(character), at + 1


def _stars(glob: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(glob) and glob[end] == "*":
        end += 1
    whole = end - at > 1 and (at == 0 or glob[at - 1] == "/") and (end == len(glob) or glob[end] == "/")
    if not whole:
        return "[^/]*", end
    return (r"(?:[^/]*(?:/[^/]*)*/)?", end + 1) if end < len(glob) else (".*", end)


def _character_class(glob: str, at: int) -> tuple[str, int]:
    end = glob.find("]", at + 2)
    if end < 0:
        return re.escape("["), at + 1
    body = glob[at + 1 : end]
    negated = body[:1] in ("!", "^")
    members = (body[1:] if negated else body).replace("\\", "\\\\").replace("[", "\\[")
    return f"[{'^' if negated else ''}{members}]", end + 1


def _choice(glob: str, at: int) -> tuple[str, int]:
    options: list[str] = []
    end = at
    while True:
        option, end = _sequence(glob, end + 1, ",}")
        options.append(option)
        if end >= len(glob):
            return re.escape("{"), at + 1
        if glob[end] == "}":
            return f"(?:{'|'.join(options)})", end + 1
