"""How a failure is told: a sentence and its way out on stderr, and as a JSON document too where JSON was asked for."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from translators.diagnostics import Refused
from translators.source import Span

INTERNAL_ERROR = 70
"""EX_SOFTWARE of sysexits.h: neither "no" nor "the world failed", but a bug of ours."""

LONGEST = 1_200
"""Characters of a sentence that are shown: two of them and the line to blame fill a screen of 80 by 40."""

_PATHS = (
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR),
    *(errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG, errno.EROFS),
)
"""What the system says of a path that the user can give otherwise."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a failure says, and the exit code that it means."""

    code: int
    message: str
    rule: str
    remedy: str
    span: Span | None = None
    expected: tuple[str, ...] = ()


def say(failure: Exception, arguments: Sequence[str]) -> int:
    """Tell what went wrong; the exit code is the failure's own."""
    told = _told(failure)
    place = f"{told.span}: " if told.span else ""
    print(f"logmig: {place}{_on_a_screen(told.message)}" + (f" [{told.rule}]" if told.rule else ""), file=sys.stderr)
    for line in blamed(failure):
        print(f"  {line}", file=sys.stderr)
    if told.remedy:
        print(f"  {_on_a_screen(told.remedy)}", file=sys.stderr)
    if _wants_document(arguments) and not getattr(failure, "told", False):
        document = error_document(told.rule, told.message, told.remedy, told.span, told.expected)
        print(json.dumps({"error": {"source": told.span and told.span.source, **document}}, ensure_ascii=False))
    return told.code


def _on_a_screen(text: str) -> str:
    """What quotes a file may be as long as the file, and hold what steers a terminal."""
    from translators.render import visible

    cut = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    return visible(cut)


def blamed(failure: Exception) -> list[str]:
    """The line that is to blame, with carets, where its text is at hand."""
    if not isinstance(failure, Refused) or failure.span is None or failure.text is None:
        return []
    from translators.render import excerpt

    return excerpt(failure.text, failure.span)


def error_document(
    rule: str, message: str, remedy: str, span: Span | None = None, expected: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What went wrong; always with the same keys, null where no place of the input is to blame."""
    return {
        "rule": rule,
        "message": message,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "expected": list(expected),
        "remedy": remedy,
    }


def _wants_document(arguments: Sequence[str]) -> bool:
    """``jsonl`` is a stream of records, and a failure is none."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(one == "--format=json" or (one == "--format" and following == "json") for one, following in pairs)


def _told(failure: Exception) -> Told:
    if isinstance(failure, Refused):
        expected = tuple(getattr(failure, "expected", ()))
        return Told(2, failure.message, failure.rule, failure.remedy, failure.span, expected)
    code = getattr(failure, "exit_code", None)
    if isinstance(code, int):
        return Told(code, str(failure), getattr(failure, "rule", ""), getattr(failure, "remedy", ""))
    if isinstance(failure, OSError):
        return _of_the_system(failure)
    return Told(
        INTERNAL_ERROR,
        f"internal error: {type(failure).__name__}: {failure}",
        "",
        "this is a bug of logmig: run it again with LOGMIG_DEBUG=1 and report what it prints",
    )


def _of_the_system(failure: OSError) -> Told:
    """A path that cannot be used is the user's to correct; a full or broken disk is the world's failure."""
    place = f"{failure.filename}: " if failure.filename else ""
    message = place + (failure.strerror or str(failure))
    if failure.errno in _PATHS:
        return Told(2, message, "cli/path", "give a path that is there and that you may read or write")
    return Told(3, message, "cli/system", "put right what the system says (a full disk?), then run it again")
