"""Regular expressions with the meaning of RE2, on Python's faster engine wherever both mean the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_SPACE = r"\t\n\f\r "
_SAME_ESCAPES = frozenset("dwDWbntrf")
_COUNT = re.compile(r"\{[0-9]{1,3}(,[0-9]{0,3})?\}")
_MOST_UNBOUNDED = 2
_LONGEST = (1 << 60, 8_000, 1_000)
"""How long a text may be for a pattern with no, one and two unbounded repeats: backtracking is not linear."""

Captures = tuple[str | None, ...]


def tester(pattern: str) -> Callable[[str], bool]:
    """Whether the pattern is found in a text."""
    find = _finder(pattern)
    return lambda text: find(text) is not None


def captures(pattern: str, groups: tuple[int, ...]) -> Callable[[str], Captures | None]:
    """The texts of the groups at the first match; None without a match."""
    find = _finder(pattern)

    def found(text: str) -> Captures | None:
        match = find(text)
        return None if match is None else tuple(match.group(group) for group in groups)

    return found


def all_captures(pattern: str, groups: tuple[int, ...]) -> Callable[[str], Iterator[Captures]]:
    """The texts of the groups at each match, from left to right."""
    compiled = _re2(pattern)

    def found(text: str) -> Iterator[Captures]:
        for match in compiled.finditer(text):
            yield tuple(match.group(group) for group in groups)

    return found


def replacer(pattern: str) -> Callable[[str, str], str]:
    """Replaces every match: ``replace(replacement, text)``; ``\\1`` in the replacement is the first group."""
    compiled = _re2(pattern)
    return lambda replacement, text: str(compiled.sub(replacement, text))


def _finder(pattern: str) -> Callable[[str], Any]:
    """Searches with Python's engine where it is as good, else with RE2."""
    same = _same(pattern)
    slow = _re2(pattern).search
    if same is None:
        return slow  # type: ignore[no-any-return]
    fast, longest = same.pattern.search, same.longest
    if same.ascii_only:
        return lambda text: fast(text) if len(text) <= longest and text.isascii() else slow(text)
    return lambda text: fast(text) if len(text) <= longest else slow(text)


@dataclass(frozen=True, slots=True)
class _Same:
    """Python's form of a pattern, and the texts for which it is the same and as fast."""

    pattern: re.Pattern[str]
    ascii_only: bool
    longest: int


@lru_cache(1024)
def _re2(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


@lru_cache(1024)
def _same(pattern: str) -> _Same | None:
    """Python's form of the pattern; None when there is none."""
    flags = re.ASCII
    body = pattern
    while body[:4] in ("(?s)", "(?i)"):
        flags |= re.DOTALL if body[2] == "s" else re.IGNORECASE
        body = body[4:]
    translation = _Translation(body)
    translated = translation.run()
    if translated is None:
        return None
    try:
        compiled = re.compile(translated, flags)
    except re.error:
        return None
    return _Same(compiled, bool(flags & re.IGNORECASE), _LONGEST[translation.unbounded])


class _Translation:
    """Rewrites what both engines mean alike, and gives up at the first thing that they do not."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        self.repeats = [False]
        self.unbounded = 0
        self.closed: bool | None = None

    def run(self) -> str | None:
        while self.at < len(self.pattern):
            if not self._step(self.pattern[self.at]):
                return None
        return "".join(self.out)

    def _step(self, letter: str) -> bool:
        """One piece; False to give up. ``closed`` is not None right behind a group."""
        closed, self.closed = self.closed, None
        match letter:
            case "\\":
                return self._escape()
            case "[":
                return self._class()
            case "(":
                return self._open()
            case ")":
                return self._close()
            case "*" | "+" | "?" | "{":
                return self._repeat(letter, closed)
            case "$":
                return self._put("\\Z", 1)
            case _:
                return self._put(letter, 1)

    def _put(self, text: str, width: int) -> bool:
        self.out.append(text)
        self.at += width
        return True

    def _escape(self) -> bool:
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter == "s" or letter == "S":
            return self._put(f"[{_SPACE}]" if letter == "s" else f"[^{_SPACE}]", 2)
        if letter in _SAME_ESCAPES or (letter and letter.isascii() and not letter.isalnum()):
            return self._put("\\" + letter, 2)
        return False

    def _class(self) -> bool:
        end = at = self.at + 1
        if self.pattern.startswith("^", at):
            end += 1
        if self.pattern.startswith("]", end):
            end += 1
        pieces = [self.pattern[self.at : end].replace("[]", "[\\]").replace("^]", "^\\]")]
        while end < len(self.pattern) and self.pattern[end] != "]":
            letter = self.pattern[end]
            if letter == "\\":
                following = self.pattern[end + 1 : end + 2]
                if following == "s":
                    pieces.append(_SPACE)
                elif following in "dwDWntrf" or (following.isascii() and following and not following.isalnum()):
                    pieces.append("\\" + following)
                else:
                    return False
                end += 2
                continue
            if letter == "[":
                if self.pattern.startswith("[:", end):
                    return False
                letter = "\\["
            pieces.append("\\" + letter if letter in "&~|" else letter)
            end += 1
        return self._put("".join(pieces) + "]", end + 1 - self.at)

    def _open(self) -> bool:
        self.repeats.append(False)
        if self.pattern.startswith("(?:", self.at):
            return self._put("(?:", 3)
        return not self.pattern.startswith("(?", self.at) and self._put("(", 1)

    def _close(self) -> bool:
        if len(self.repeats) < 2:
            return False
        inner = self.repeats.pop()
        self.repeats[-1] = self.repeats[-1] or inner
        self._put(")", 1)
        self.closed = inner
        return True

    def _repeat(self, letter: str, closed: bool | None) -> bool:
        """A repeated group could take forever in an engine that backtracks, and so could many repeats."""
        width = 1
        if letter == "{":
            count = _COUNT.match(self.pattern, self.at)
            if count is None:
                return False
            width = len(count.group())
        if closed is not None and letter != "?":
            return False
        self.repeats[-1] = True
        self.unbounded += letter in "*+" or self.pattern[self.at : self.at + width].endswith(",}")
        if self.unbounded > _MOST_UNBOUNDED:
            return False
        self._put(self.pattern[self.at : self.at + width], width)
        if self.pattern.startswith("?", self.at):
            return self._put("?", 1)
        return not self.pattern.startswith("+", self.at)
