"""Spells regular expressions so that Loki's filters take them at their word.

Loki and its agents put searches for texts in the place of an expression that is made of texts, ``|`` and ``.*``
only, and do it wrongly: ``foo(aa|bb)(cc|dd)`` finds ``fooaa``, ``A|AB|C|CD`` behind one prefix misses ``A``, and of a
label ``QUERY|QUERY_DML`` takes ``QUERY_DM`` (measured on 3.7.8, pkg/logql/log/filter.go).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby, pairwise, takewhile

_BEGIN = "(?:^|)(?:"
"""Holds everywhere, and no search for a text can stand in its place."""
_TEXT = r"(?:[^\\\[\]^$.|?*+(){}]|\\[^A-Za-z0-9])+"
_TEXTS = re.compile(rf"(\(\?i\))?(?P<open>\((?:\?:)?)?({_TEXT}(?:\|{_TEXT})*)(?(open)\))\Z", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(
    r"""\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\(\?P?<\w+>|\(\?[-a-zA-Z]*[:)]|[*+?]\??|\{\d*,?\d*\}\??|.""",
    re.DOTALL,
)
_EVERY_LETTER = re.compile(r"\(\?[im]*s[im]*\)|\(\?s:\.\*\)")
"""At its begin: a dot is a newline too, which nothing stands in the place of."""
_CLASS = re.compile(r"\[(?:.*[0-9A-Ya-y]-[0-9A-Za-z].*|\^[^\\\]]+|.*\\[dDwWsS].*)\]", re.DOTALL)
_NEVER = re.compile(r"\{0*(?:,0*)?\}")


@lru_cache(4096)
def searched(pattern: str) -> str:
    """The expression for a filter of lines."""
    safe = not pattern or _branch_once(_texts(pattern)) or _is_surely_compiled(pattern)
    return pattern if safe else f"{_BEGIN}{pattern})"


@lru_cache(4096)
def whole(pattern: str) -> str:
    """The expression for a filter of labels, whose whole value it has to match."""
    safe = _begin_differently(_texts(pattern)) or _is_surely_compiled(pattern)
    return pattern if safe else f"^(?:{pattern})$"


def meant(spelled: str) -> str:
    """The expression that was spelled so."""
    for begin, end, spell in ((_BEGIN, ")", searched), ("^(?:", ")$", whole)):
        inner = spelled.removeprefix(begin).removesuffix(end)
        if spelled == begin + inner + end and spell(inner) == spelled:
            return inner
    return spelled


def _texts(pattern: str) -> tuple[str, ...]:
    """The texts that an expression is made of; none when it is more than those."""
    found = _TEXTS.match(pattern)
    if found is None or (found[1] and not pattern.isascii()):
        return ()
    texts = re.findall(_TEXT, found[3], re.DOTALL)
    return tuple(_ESCAPED.sub(r"\1", text.lower() if found[1] else text) for text in texts)


def _begin_differently(texts: tuple[str, ...]) -> bool:
    """No two have a begin in common, which Loki would take for all of it."""
    return bool(texts) and len({text[0] for text in texts}) == len(texts)


def _branch_once(texts: tuple[str, ...]) -> bool:
    """Behind what neighbours have in common they go on differently: Loki confuses what is nested deeper."""
    for _, group in groupby(texts, key=lambda text: text[0]):
        alike = tuple(group)
        shared = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*alike, strict=False)))
        if len({text[shared : shared + 1] for text in alike}) < len(alike):
            return False
    return bool(texts)


def _is_surely_compiled(pattern: str) -> bool:
    """Whether something of it has no search for texts in its place, so that Loki runs all of it as it stands."""
    pieces = _PIECE.findall(pattern)
    if "(?-" in pattern or any(map(_NEVER.match, pieces)):
        return False
    every_letter = bool(_EVERY_LETTER.match(pattern))
    return any(
        piece in ("^", "$")
        or (piece == "." and every_letter)
        or re.match(r"\\[bBAzdDwWsSpP]", piece)
        or _CLASS.match(piece)
        or (piece[0] in "*+?" and re.match(r"\\[^A-Za-z]|[^\\()|.*+?{}\[^$]\Z", before))
        for before, piece in pairwise(("", *pieces))
    )
