"""Which texts a line must hold when what was made of it holds a given text: the ground of every early line filter."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_PARSER: Any = re._parser  # type: ignore[attr-defined]
_SAFE = re.compile(r"[^\x00-\x1f\"\\/\x7f{}\[\],:]+")
"""Runs that JSON writes in one way: no quotes, slashes, controls, nor what stands between its tokens."""
_NUMERIC = re.compile(r"[-+0-9.eE\s]*\Z")
_WORDS_OF_JSON = frozenset({"true", "false", "null", "NaN", "nan", "Infinity", "inf"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
ASCII_ESCAPE = "\\u00"
ANY_ESCAPE = "\\u"


@dataclass(frozen=True, slots=True)
class Texts:
    """The line holds one of ``alternatives``."""

    alternatives: tuple[str, ...]


def in_json_value(text: str) -> Texts | None:
    """What a line must hold for a JSON value in it, its escapes read, to contain ``text``; None: nothing is sure.

    A number may be written in other ways, and so may true, false and null: they say nothing about the line.
    """
    runs = [run.strip() for run in _SAFE.findall(text)]
    runs = [run for run in runs if run and not _NUMERIC.match(run) and run not in _WORDS_OF_JSON]
    if not runs:
        return None
    best = max(runs, key=len)
    return Texts((best, ASCII_ESCAPE if best.isascii() else ANY_ESCAPE))


def in_envelope(text: str, escaped: bool) -> tuple[str, ...] | None:
    """The runs of ``text`` that no encoding changes: each stands in the envelope wherever ``text`` does.

    None: the text cannot occur at all, since the envelope writes what is not ASCII as escapes.
    """
    if escaped and not text.isascii():
        return None
    return tuple(run for run in _SAFE.findall(text) if run.strip() and not _NUMERIC.match(run))


def behind_encoding(run: str, reread: bool) -> Texts | None:
    """What a line must hold for its JSON encoding to hold ``run``: an escape's tail may stand for its first letters.

    ``reread``: the line is also read as JSON and written anew, so that its own escapes may have become letters.
    """
    head = _tail_of_escape(run)
    core = run[head:]
    if not core.strip() or core in _ESCAPES:
        return None
    found = [core]
    if not head and core[0] in _ESCAPES:
        found.append(_ESCAPES[core[0]] + core[1:])
    if reread:
        found.append(ASCII_ESCAPE if core.isascii() else ANY_ESCAPE)
    return Texts(tuple(found))


_TAIL = re.compile(r"u[0-9a-f]{4}|u[0-9a-f]{0,4}\Z|[0-9a-f]{1,4}")


def _tail_of_escape(run: str) -> int:
    """How many letters at the start of ``run`` may be the end of a ``\\uXXXX``."""
    found = _TAIL.match(run)
    return found.end() if found else 0


def required_literals(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Texts that every match of an RE2 pattern holds: each tuple is a set of alternatives, and all tuples hold.

    Nothing is claimed where letters may change case, and for syntax that only RE2 reads.
    """
    if "[:" in pattern:
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed: Any = _PARSER.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return ()
    if parsed.state.flags & re.IGNORECASE:
        return ()
    return tuple(found for found in _literals(parsed) if all(text.strip() for text in found))


def _literals(parsed: Iterable[tuple[Any, Any]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    run = ""
    for code, value in parsed:
        name = str(code)
        if name == "LITERAL":
            run += chr(value)
        elif name != "AT":
            found += [(run,)] if run else []
            run = ""
            found += _inner(name, value)
    return [*found, (run,)] if run else found


def _inner(name: str, value: Any) -> list[tuple[str, ...]]:
    match name:
        case "SUBPATTERN":
            return [] if value[1] & re.IGNORECASE else _literals(value[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _literals(value[2]) if value[0] else []
        case "BRANCH":
            return _of_branches([_literals(branch) for branch in value[1]])
        case _:
            return []


def _of_branches(branches: list[list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """One set of alternatives for all branches, out of the best of each; nothing when one of them claims nothing."""
    if not all(branches):
        return []
    best = [max(found, key=lambda texts: min(map(len, texts))) for found in branches]
    return [tuple(dict.fromkeys(text for texts in best for text in texts))]
