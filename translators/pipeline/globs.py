"""Doublestar globs, as both agents match paths: ``*`` stops at a slash, ``**`` crosses it, ``{a,b}`` is a choice."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache

_PIECES = re.compile(r"\\.|\*+|\[[!^]?+\]?+[^\]]*\]|.", re.DOTALL)
"""Of glob(3): what is escaped, stars, a class, a letter."""
_CLASS = re.compile(r"\[([!^]?)((?:\\.|[^\]\\])+)\]", re.DOTALL)
"""A class as doublestar takes it: a bracket inside needs its backslash."""
_NEVER = "(?!)"
"""What becomes of a glob that doublestar refuses."""


def matches(glob: str, path: str) -> bool:
    """Whether the glob takes the whole path."""
    return _compiled(glob).fullmatch(path) is not None


def from_glob(glob: str) -> str:
    """The doublestar glob that takes what glob(3) takes, where ``**`` is one star and braces are letters.

    Names that begin with a dot differ: glob(3) takes them only when the dot is written.
    """
    return "".join(map(_respelled, _PIECES.findall(glob)))


def folder_of(glob: str) -> str:
    """The folder that all files of a glob are in, as far as it is written out."""
    return re.split(r"[*?\[\\]", glob, maxsplit=1)[0].rpartition("/")[0] + "/"


def behind(glob: str, start: str) -> tuple[str, ...]:
    """What a glob of fnmatch(3), whose star crosses slashes, says of the rest of paths that begin with ``start``."""
    pieces = _PIECES.findall(glob)
    open_at = _opened(pieces, {0})
    for letter in start:
        stay = {at for at in open_at if pieces[at : at + 1] and pieces[at][0] == "*"}
        passed = {at + 1 for at in open_at - stay if at < len(pieces) and fnmatchcase(letter, _unescaped(pieces[at]))}
        open_at = _opened(pieces, stay | passed)
    first = (at for at in sorted(open_at) if not (at - 1 in open_at and pieces[at - 1][0] == "*"))
    return tuple(rest for at in first if (rest := "".join(pieces[at:])))


def _opened(pieces: list[str], reached: set[int]) -> set[int]:
    """A star may stand for nothing."""
    return reached | {at + 1 for at in reached if at < len(pieces) and pieces[at][0] == "*"}


def _unescaped(piece: str) -> str:
    return f"[{piece[1]}]" if piece[0] == "\\" else piece


def _respelled(piece: str) -> str:
    if piece.startswith("*"):
        return "*"
    if piece in ("{", "}", "["):
        return f"\\{piece}"
    if not piece.startswith("["):
        return piece
    negated = piece[1] in "!^"
    members = re.sub(r"([\[\]])", r"\\\1", piece[1 + negated : -1])
    return f"[!{members}/]" if negated else f"[{members}]"


@lru_cache(maxsize=1024)
def _compiled(glob: str) -> re.Pattern[str]:
    return re.compile(_sequence(glob, 0, "")[0], re.DOTALL)


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
    found = _CLASS.match(glob, at)
    if found is None:
        return _NEVER, len(glob)
    letters = re.findall(r"\\.|.", found[2], re.DOTALL)
    members = "".join("-" if letter == "-" else re.escape(letter[-1]) for letter in letters)
    return f"[{'^' if found[1] else ''}{members}]", found.end()


def _choice(glob: str, at: int) -> tuple[str, int]:
    options: list[str] = []
    end = at
    while True:
        option, end = _sequence(glob, end + 1, ",}")
        options.append(option)
        if end >= len(glob):
            return _NEVER, len(glob)
        if glob[end] == "}":
            return f"(?:{'|'.join(options)})", end + 1
