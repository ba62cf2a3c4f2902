"""The patterns of parse as regular expressions whose captures have private names."""

from __future__ import annotations

import re

from translators.logql.translate.pipe import Cut
from translators.query.formula import escape
from translators.query.plan import GlobPattern, RegexPattern
from translators.query.widths import widths

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\(\?P?<(\w+|[^>]+)>|\(\?|\(|.", re.DOTALL)


def glob_expression(pattern: GlobPattern, labels: tuple[str, ...], marker: str = "") -> str:
    """Each ``*`` but one that ends the pattern takes as little as it can; ``marker`` captures the first fixed text."""
    marked = next((index for index, part in enumerate(pattern.parts) if part), -1) if marker else -1
    fixed = [
        f"(?P<{marker}>{escape(part)})" if index == marked else escape(part) for index, part in enumerate(pattern.parts)
    ]
    text = "(?s)" + fixed[0]
    last = len(labels) - 1
    for index, (label, part) in enumerate(zip(labels, fixed[1:], strict=True)):
        rest = index == last and not part
        text += f"(?P<{label}>{'.*' if rest or not pattern.lazy else '.*?'}){part}"
    return text


def marked_glob(pattern: GlobPattern, labels: tuple[str, ...], marker: str) -> dict[str, Cut]:
    """How to know for each capture that the glob matched; one without any fixed text says nothing."""
    if not any(pattern.parts):
        return {}
    cut = Cut(glob_expression(pattern, labels), glob_expression(pattern, labels, marker), marker)
    return dict.fromkeys(labels, cut)


def marked_expression(pattern: RegexPattern, labels: tuple[str, ...], marker: str) -> dict[str, Cut]:
    """The same of a regular expression: only for groups that take part in every match, and if no match is empty."""
    known = widths(pattern.pattern)
    if not known.wide:
        return {}
    expression = renamed_expression(pattern, labels)
    cut = Cut(expression, f"(?P<{marker}>{expression})", marker)
    pairs = zip(pattern.groups, labels, strict=True)
    return {label: cut for group, label in pairs if group in known.certain - known.filled}


def perhaps_empty(pattern: RegexPattern, labels: tuple[str, ...]) -> set[str]:
    """The captures that may be the empty text."""
    filled = widths(pattern.pattern).filled
    return {label for group, label in zip(pattern.groups, labels, strict=True) if group not in filled}


def renamed_expression(pattern: RegexPattern, labels: tuple[str, ...]) -> str:
    """The same expression; group i of the pattern captures under its own private label, others capture nothing."""
    names = dict(zip(pattern.groups, labels, strict=True))
    count = 0
    found: list[str] = []
    for piece in _PIECE.finditer(pattern.pattern):
        text = piece.group()
        if piece[1] is not None or text == "(":
            count += 1
            text = f"(?P<{names[count]}>" if count in names else "(?:"
        found.append(text)
    return "".join(found)
