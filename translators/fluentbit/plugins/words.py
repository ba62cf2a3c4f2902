"""How options with several words are cut: blanks separate, double quotes hold together."""

from __future__ import annotations

import re

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


def quoted_words(text: str) -> list[str]:
    """The words; inside quotes a backslash takes the next quote or backslash as it is."""
    return [
        re.sub(r'\\(["\\])', r"\1", found[1]) if found[1] is not None else found[2] for found in _WORD.finditer(text)
    ]
