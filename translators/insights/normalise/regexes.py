"""Regular expressions of Insights as RE2 takes them: checked, with the policy on newlines in them."""

from __future__ import annotations

import re
from functools import lru_cache

from translators.insights.errors import InsightsError
from translators.insights.normalise.notes import Notes
from translators.insights.syntax import Regex
from translators.query.policies import Policy

_GROUP = re.compile(r"\(\?P?<(?![=!])([^>]*)>")
_SPECIAL = frozenset(".^$*+?()[]{}|")


def ready(regex: Regex, notes: Notes) -> str:
    """The pattern for RE2: slashes unescaped, ``.`` and newlines as the policy says; refuses what RE2 refuses."""
    pattern = unescaped(regex.pattern)
    if has_dot(pattern):
        value = notes.use(Policy.REGEX_DOT_NEWLINE, f"`.` in /{regex.pattern}/ meets events of several lines")
        if value == "matches":
            pattern = f"(?s){pattern}"
    check(pattern, regex)
    return pattern


def check(pattern: str, regex: Regex) -> None:
    """Refuses with the place what RE2 cannot compile."""
    problem = _problem(pattern)
    if problem:
        raise InsightsError(
            "regex",
            f"RE2 does not accept /{regex.pattern}/: {problem}",
            regex.span,
            remedy="look-around and back-references have no counterpart, neither in Insights nor in Loki",
        )


@lru_cache(1024)
def _problem(pattern: str) -> str:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        return str(error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0])
    except UnicodeEncodeError:
        return "half of a character"
    return ""


def unescaped(pattern: str) -> str:
    """Without the backslashes that only kept ``/`` from ending the literal; ``\\\\/`` is one that was escaped twice."""
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("\\\\/", at):
            pieces.append("/")
            at += 3
        elif pattern.startswith("\\/", at):
            pieces.append("/")
            at += 2
        else:
            width = 2 if pattern[at] == "\\" else 1
            pieces.append(pattern[at : at + width])
            at += width
    return "".join(pieces)


def has_dot(pattern: str) -> bool:
    """Whether an unescaped ``.`` stands outside of a class."""
    inside = False
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            at += 2
            continue
        if letter == "." and not inside:
            return True
        inside = letter == "[" or (inside and letter != "]")
        at += 1
    return False


def literal(pattern: str) -> str | None:
    """The text that the pattern is, when it is nothing but text."""
    pattern = pattern.removeprefix("(?s)")
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter in _SPECIAL:
            return None
        if letter == "\\":
            at += 1
            letter = pattern[at : at + 1]
            if not letter or letter.isalnum() or not letter.isascii():
                return None
        pieces.append(letter)
        at += 1
    return "".join(pieces)


def named_groups(pattern: str) -> tuple[str, tuple[str, ...], tuple[int, ...]]:
    """The pattern with names that RE2 takes, the names as written, and the number of each one's group."""
    names: list[str] = []
    numbers: list[int] = []
    pieces: list[str] = []
    at = count = 0
    inside = False
    while at < len(pattern):
        found = None if inside else _GROUP.match(pattern, at)
        if found:
            count += 1
            names.append(found.group(1))
            numbers.append(count)
            pieces.append("(")
            at = found.end()
            continue
        letter = pattern[at]
        width = 2 if letter == "\\" else 1
        if letter == "(" and not inside and not pattern.startswith("(?", at):
            count += 1
        inside = letter == "[" or (inside and letter != "]")
        pieces.append(pattern[at : at + width])
        at += width
    return "".join(pieces), tuple(names), tuple(numbers)
