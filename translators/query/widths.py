"""Which parts of an RE2 pattern can match the empty text, since Loki cannot tell that from no match."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_PARSER: Any = re._parser  # type: ignore[attr-defined]
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


@dataclass(frozen=True, slots=True)
class Widths:
    """What is sure of a pattern: ``wide`` that no match of it is empty, ``filled`` the groups whose capture never is
    (they may still not take part), ``certain`` the groups that take part in every match."""

    wide: bool = False
    filled: frozenset[int] = frozenset()
    certain: frozenset[int] = frozenset()


def widths(pattern: str) -> Widths:
    """Nothing is sure of syntax that only RE2 reads."""
    if "[:" in pattern:
        return Widths()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed: Any = _PARSER.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return Widths()
    groups = dict(_groups(parsed, True))
    filled = frozenset(number for number, (width, _) in groups.items() if width)
    certain = frozenset(number for number, (_, always) in groups.items() if always)
    return Widths(parsed.getwidth()[0] > 0, filled, certain)


def _groups(parsed: Iterable[tuple[Any, Any]], always: bool) -> Iterator[tuple[int, tuple[int, bool]]]:
    """Each group with its smallest width, and whether it takes part in every match."""
    for code, value in parsed:
        name = str(code)
        if name == "SUBPATTERN":
            number, _, _, inner = value
            if number is not None:
                yield number, (inner.getwidth()[0], always)
            yield from _groups(inner, always)
        elif name in _REPEATS:
            least, _, inner = value
            yield from _groups(inner, always and least > 0)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _groups(branch, False)
