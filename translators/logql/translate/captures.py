"""The patterns of parse as regular expressions whose captures have private names."""

from __future__ import annotations

import re

from translators.query.formula import escape
from translators.query.plan import GlobPattern, RegexPattern

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\(\?P?<(\w+|[^>]+)>|\(\?|\(|.", re.DOTALL)


def glob_expression(pattern: GlobPattern, labels: tuple[str, ...]) -> str:
    """Each ``*`` but one that ends the pattern takes as little as it can."""
    text = "(?s)" + escape(pattern.parts[0])
    last = len(labels) - 1
    for index, (label, part) in enumerate(zip(labels, pattern.parts[1:], strict=True)):
        rest = index == last and not part
        text += f"(?P<{label}>{'.*' if rest or not pattern.lazy else '.*?'}){escape(part)}"
    return text


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
