"""Path patterns: glob(3) for Path, fnmatch(3) for Exclude_Path, and the star of Match."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def glob_pattern(pattern: str) -> re.Pattern[str]:
    """glob(3): ``*`` and ``?`` stop at a slash, and neither takes a leading dot."""
    return re.compile(_translate(pattern, r"[^/]"), re.DOTALL)


@lru_cache(maxsize=1024)
def fnmatch_pattern(pattern: str) -> re.Pattern[str]:
    """fnmatch(3) without flags: ``*`` crosses slashes."""
    return re.compile(_translate(pattern, r"."), re.DOTALL)


def in_glob(pattern: str, path: str) -> bool:
    if glob_pattern(pattern).fullmatch(path) is None:
        return False
    return not any(
        name.startswith(".") and wanted[:1] in ("*", "?", "[")
        for wanted, name in zip(pattern.split("/"), path.split("/"), strict=False)
    )


def _translate(pattern: str, any_character: str) -> str:
    result, at = "", 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "*":
            result += any_character + "*"
        elif character == "?":
            result += any_character
        elif character == "\\" and at < len(pattern):
            result += re.escape(pattern[at])
            at += 1
        elif character == "[" and (found := _bracket(pattern, at)):
            text, at = found
            result += text
        else:
            result += re.escape(character)
    return result


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """A bracket expression as a Python class; None when it never closes."""
    negated = pattern[at : at + 1] in ("!", "^")
    start = at + negated
    end = pattern.find("]", start + 1)
    if end < 0:
        return None
    inside = pattern[start:end].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
    return f"[{'^' if negated else ''}{inside}]", end + 1


@lru_cache(maxsize=4096)
def star_pattern(pattern: bytes) -> re.Pattern[bytes]:
    """A Match value: case counts, ``*`` is any run of characters, nothing else is special."""
    return re.compile(b".*".join(re.escape(part) for part in pattern.split(b"*")), re.DOTALL)
