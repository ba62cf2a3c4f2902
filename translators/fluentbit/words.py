"""How Fluent Bit splits an option into words: two ways that differ in quotes, escapes and what is left over."""

from __future__ import annotations


def tokens(text: str, at_most: int = 0) -> list[str]:
    """The words of lists and rules. Double quotes hold one together; what is behind ``at_most`` is one more word."""
    found: list[str] = []
    at: int | None = 0
    while at is not None:
        word, at = _token(text, at)
        if word is None:
            break
        found.append(word)
        if at is not None and at_most and len(found) >= at_most:
            rest = text[at:].lstrip(" ")
            return [*found, rest] if rest else found
    return found


def _token(text: str, at: int) -> tuple[str | None, int | None]:
    """The word at ``at`` and where the next one begins; None behind the last word. A quote may stay open."""
    while text.startswith(" ", at):
        at += 1
    quoted = text.startswith('"', at)
    start = at + quoted
    end = _closing(text, start) if quoted else text.find(" ", start)
    if end < 0:
        return text[start:] or None, None
    word = text[start:end].replace('\\"', '"') if quoted else text[start:end]
    end += 1
    while text.startswith(" ", end):
        end += 1
    return word, end


def _closing(text: str, start: int) -> int:
    """The first double quote that has no backslash before it."""
    end = text.find('"', start)
    while end > 0 and text[end - 1] == "\\":
        end = text.find('"', end + 1)
    return end


def quoted_words(text: str, at_most: int = 3) -> list[str] | None:
    """The words of a rule of modify. Quotes of both kinds hold one together; None when one is not closed."""
    found: list[str] = []
    at = 0
    while at < len(text):
        word, end = _quoted_word(text, at)
        if word is None:
            return None
        found.append(word)
        at = end + 1
        if len(found) >= at_most and at < len(text):
            return [*found, text[at:]]
    return found


def _quoted_word(text: str, at: int) -> tuple[str | None, int]:
    """The word at ``at`` and where its blank or closing quote stands."""
    while text.startswith(" ", at):
        at += 1
    quote = text[at : at + 1]
    if quote not in ("'", '"') or not quote:
        end = text.find(" ", at)
        end = len(text) if end < 0 else end
        return text[at:end], end
    word, at = "", at + 1
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in (quote, "\\"):
            at += 1
        elif text[at] == quote:
            return word, at
        word += text[at]
        at += 1
    return None, at
