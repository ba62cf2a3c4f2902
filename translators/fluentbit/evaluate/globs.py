"""Path patterns: glob(3) for Path, fnmatch(3) for Exclude_Path, and the star of Match."""

from __future__ import annotations

import re
from functools import lru_cache

_MEMBERS = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "xdigit": "0-9a-fA-F",
    "space": r" \t\n\v\f\r", "blank": r" \t", "punct": r"!-/:-@\[-`{-~",
}  # fmt: skip
_NAMED = re.compile(r"\[:(" + "|".join(_MEMBERS) + r"):\]")
_INSIDE = re.compile(r"(\]?+(?:\[:\w+:\]|[^\]])*)\]")


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
            result += f"(?={any_character}){text}"
        else:
            result += re.escape(character)
    return result


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """A bracket expression as a Python class; None when it never closes."""
    negated = pattern[at : at + 1] in ("!", "^")
    start = at + negated
    found = _INSIDE.match(pattern, start)
    if found is None:
        return None
    inside = _NAMED.sub(lambda name: f"\0{name[1]}\0", found[1])
    inside = inside.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("^", "\\^")
    for name, members in _MEMBERS.items():
        inside = inside.replace(f"\0{name}\0", members)
    return f"[{'^' if negated else ''}{inside}]", found.end()


@lru_cache(maxsize=4096)
def star_pattern(pattern: bytes) -> re.Pattern[bytes]:
    """A Match value: case counts, ``*`` is any run of characters, nothing else is special."""
    return re.compile(b".*".join(re.escape(part) for part in pattern.split(b"*")), re.DOTALL)
