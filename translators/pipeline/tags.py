"""Tags as patterns: what a tag can look like before any line is read, and how that meets a Match."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

HOLE = "*"


class Meeting(StrEnum):
    """How a set of tags meets a Match."""

    ALWAYS = "always"
    NEVER = "never"
    PARTLY = "partly"


def meet(match: str, tags: str) -> Meeting:
    """How the glob ``match`` meets the tags that the glob ``tags`` describes; ``*`` is any run of characters."""
    if covers(match, tags):
        return Meeting.ALWAYS
    return Meeting.PARTLY if overlaps(match, tags) else Meeting.NEVER


@lru_cache(maxsize=4096)
def covers(outer: str, inner: str) -> bool:
    """Whether every text of ``inner`` is one of ``outer``: a hole of the inner must fall into a hole of the outer."""
    reachable = {0}
    for character in inner:
        reachable = _closure(outer, reachable)
        holes = {at for at in reachable if at < len(outer) and outer[at] == HOLE}
        if character == HOLE:
            reachable = holes
            continue
        reachable = holes | {at + 1 for at in reachable if at < len(outer) and outer[at] == character}
    return len(outer) in _closure(outer, reachable)


def rests(match: str, start: str) -> tuple[str, ...]:
    """What the glob still asks of a text that begins with ``start``: one glob for each way to get there."""
    reachable = {0}
    for character in start:
        reachable = _closure(match, reachable)
        holes = {at for at in reachable if at < len(match) and match[at] == HOLE}
        reachable = holes | {at + 1 for at in reachable if at < len(match) and match[at] == character}
    return tuple(match[at:] for at in sorted(reachable))


@lru_cache(maxsize=4096)
def overlaps(first: str, second: str) -> bool:
    """Whether some text is one of both globs."""
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        state = waiting.pop()
        if state == (len(first), len(second)):
            return True
        if state not in seen:
            seen.add(state)
            waiting.extend(_steps(first, second, *state))
    return False


def _steps(first: str, second: str, at: int, other: int) -> list[tuple[int, int]]:
    left = first[at] if at < len(first) else ""
    right = second[other] if other < len(second) else ""
    steps: list[tuple[int, int]] = []
    if left == HOLE:
        steps.append((at + 1, other))
        if right:
            steps.append((at, other + 1))
    if right == HOLE:
        steps.append((at, other + 1))
        if left:
            steps.append((at + 1, other))
    if left and left == right:
        steps.append((at + 1, other + 1))
    return steps


def _closure(glob: str, places: set[int]) -> set[int]:
    """A hole may be empty."""
    found = set(places)
    for at in sorted(places):
        here = at
        while here < len(glob) and glob[here] == HOLE:
            here += 1
            found.add(here)
    return found


def compose(tag: str, path: str) -> str:
    """The tag, or its pattern, of a file: Fluent Bit puts the path for ``*`` and then cleans the whole text.

    ``path`` may be a glob; what it leaves open becomes a hole. A tag without ``*`` stays as it is.
    """
    if HOLE not in tag:
        return tag
    opened = re.sub(r"\[[^\]]*\]|\?", HOLE, path)
    kept = opened.replace(HOLE, "\0")
    whole = tag.replace(HOLE, kept, 1).replace(HOLE, "")
    cleaned = re.sub(r"\.+", ".", re.sub(r"[/\\:]", ".", whole)).rstrip(".")
    if whole[:1] in ("/", "\\", ":"):
        cleaned = cleaned.removeprefix(".")
    return re.sub(r"\*+", HOLE, cleaned.replace("\0", HOLE))


def literal_start(glob: str) -> str:
    """What stands before the first hole."""
    return glob.split(HOLE, 1)[0]


def as_regex(glob: str) -> str:
    """The glob as an expression for the whole text; ``?`` and ``[…]`` are what fnmatch(3) makes of them."""
    parts = re.split(r"(\*+|\?|\[[!^]?[^\]]+\])", glob)
    return "".join(_as_regex(part) for part in parts if part)


def _as_regex(part: str) -> str:
    if part.startswith(HOLE):
        return ".*"
    if part == "?":
        return "."
    if part.startswith("[") and part.endswith("]") and len(part) > 2:
        body = part[1:-1]
        return f"[^{body[1:]}]" if body[0] in "!^" else part
    return re.sub(r"([.^$+(){}\[\]|\\])", r"\\\1", part)
