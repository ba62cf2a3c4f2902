"""Carets like a compiler: where in the user's own text something stands, and what it is about."""

from __future__ import annotations

from unicodedata import east_asian_width

from translators.source import Source, Span


def render(source: Source, span: Span, message: str, rule: str = "", remedy: str = "") -> str:
    """The place and the message, the line with carets under the span, then the way out."""
    head = f"{span}: {message}" + (f" [{rule}]" if rule else "")
    text = _line(source, span.line)
    if text is None:
        return _with_remedy(head, remedy)
    number = str(span.line)
    margin = " " * len(number)
    body = [head, f"{number} | {_visible(text)}", f"{margin} | {_padding(text, span)}{_carets(text, span)}"]
    return _with_remedy("\n".join(body), remedy)


def _with_remedy(text: str, remedy: str) -> str:
    return f"{text}\n= help: {remedy}" if remedy else text


def _line(source: Source, number: int) -> str | None:
    lines = source.text.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else None


def _visible(text: str) -> str:
    """A tab would move the carets, and so would a carriage return."""
    return text.replace("\t", " ").replace("\r", "")


def _padding(text: str, span: Span) -> str:
    return " " * _width(text[: span.column - 1])


def _carets(text: str, span: Span) -> str:
    end = span.end_column if span.end_line == span.line else len(text) + 1
    return "^" * max(_width(text[span.column - 1 : end - 1]), 1)


def _width(text: str) -> int:
    """Cells of a terminal: Korean letters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
