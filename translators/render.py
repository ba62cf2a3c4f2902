"""Carets like a compiler: where in the user's own text something stands, and what it is about."""

from __future__ import annotations

from unicodedata import east_asian_width

from translators.source import Source, Span

WIDTH = 100
"""Cells of a line that are shown; of a longer one the part around the place."""

_SIGNS = {
    **{code: 0x2400 + code for code in range(0x20) if code != ord("\n")},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}


def render(source: Source, span: Span, message: str, rule: str = "", remedy: str = "") -> str:
    """The place and the message, the line with carets under the span, then the way out."""
    head = visible(f"{span}: {message}") + (f" [{rule}]" if rule else "")
    return "\n".join([head, *excerpt(source.text, span), *([f"= help: {remedy}"] if remedy else [])])


def excerpt(text: str, span: Span) -> list[str]:
    """The line of the span, and carets under it; nothing where the text has no such line."""
    line = _line(text, span.line)
    if line is None or not line.strip():
        return []
    before, under, behind = _cut(_in_one_row(line), span)
    number = str(span.line)
    carets = " " * _width(before) + "^" * max(_width(under), 1)
    return [f"{number} | {before}{under}{behind}", f"{' ' * len(number)} | {carets}"]


def _line(text: str, number: int) -> str | None:
    lines = text.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else None


def _cut(line: str, span: Span) -> tuple[str, str, str]:
    """What stands before the place, at it and behind it, so much of each as a screen holds."""
    end = span.end_column if span.end_line == span.line else len(line) + 1
    before, under, behind = line[: span.column - 1], line[span.column - 1 : end - 1], line[max(end, span.column) - 1 :]
    if _width(line) <= WIDTH:
        return before, under, behind
    half = WIDTH // 2
    before = before if len(before) <= half else f"…{before[1 - half :]}"
    under = under if len(under) <= half else f"{under[: half - 1]}…"
    left = max(WIDTH - len(before) - len(under), 0)
    return before, under, behind if len(behind) <= left else f"{behind[: max(left - 1, 0)]}…"


def visible(text: str) -> str:
    """Control characters as signs, but for line ends: what a user's file holds must not steer the terminal."""
    return text.translate(_SIGNS)


def _in_one_row(line: str) -> str:
    """A tab would move the carets, and so would a carriage return."""
    return visible(line.replace("\t", " ").replace("\r", ""))


def _width(text: str) -> int:
    """Cells of a terminal: Korean letters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
