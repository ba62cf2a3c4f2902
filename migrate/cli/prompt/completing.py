"""What may be typed next: commands behind a bar, functions and fields elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from translators.insights.functions import NAMES

COMMANDS = (
    "fields", "display", "filter", "stats", "sort", "limit", "parse", "dedup", "pattern", "diff", "anomaly", "unnest",
    "lookup", "join", "SOURCE", "filterIndex", "unmask", "addtotals",
)  # fmt: skip
SYSTEM = ("@timestamp", "@message", "@logStream", "@log", "@ingestionTime")
WORDS = ("by", "as", "asc", "desc", "and", "or", "not", "like", "in", "from")
_WORD = re.compile(r"[@\w.\-]*\Z")
_AT_COMMAND = re.compile(r"(?:\A|\|)\s*[A-Za-z]*\Z")
_OPEN = {"(": ")", "[": "]"}


class QueryCompleter(Completer):
    """``fields`` gives the fields that are known by now; ``own`` are the prompt's own commands."""

    def __init__(self, fields: Callable[[], Iterable[str]], own: Iterable[str], groups: Callable[[], Iterable[str]]):
        self._fields = fields
        self._own = tuple(own)
        self._groups = groups

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        del complete_event
        before = document.text_before_cursor
        word, candidates = self.candidates(before)
        lowered = word.lower()
        for candidate, kind in candidates:
            if candidate.lower().lstrip("`").startswith(lowered) and candidate != word:
                yield Completion(candidate, -len(word), display_meta=kind)

    def candidates(self, before: str) -> tuple[str, list[tuple[str, str]]]:
        """The word at the end of the text, and what may stand there."""
        if before.startswith("\\"):
            return self._of_own(before)
        if _in_text(before):
            return "", []
        if (at := _AT_COMMAND.search(before)) is not None:
            return at[0].lstrip("|\n\t ").strip(), [(name, "command") for name in COMMANDS]
        found = _WORD.search(before)
        word = found[0] if found else ""
        fields = dict.fromkeys((*self._fields(), *SYSTEM))
        names = [(_written(name), "field") for name in fields]
        names += [(f"{name}(", "function") for name in NAMES]
        return word, [*names, *((name, "") for name in WORDS)]

    def _of_own(self, before: str) -> tuple[str, list[tuple[str, str]]]:
        if " " not in before:
            return before, [(name, "") for name in self._own]
        word = before.rpartition(" ")[2]
        return word, [(name, "log group") for name in self._groups()] if before.startswith("\\groups ") else []


_PLAIN = re.compile(r"@?[A-Za-z_][\w.]*", re.ASCII)


def _written(name: str) -> str:
    """A field as a query writes it: back-quoted where it has other characters."""
    return name if _PLAIN.fullmatch(name) else f"`{name}`"


def _in_text(before: str) -> bool:
    return bool(_scan(before)[0])


def unfinished(text: str) -> bool:
    """Whether Enter should begin a new line: behind a bar, in a text, or where a bracket is open."""
    quote, depth = _scan(text)
    return bool(quote) or depth > 0 or text.rstrip().endswith(("|", ","))


def _scan(text: str) -> tuple[str, int]:
    """The quote that is open, and how many brackets are."""
    quote, depth, skip = "", 0, False
    for character in text:
        if skip:
            skip = False
        elif quote:
            skip = character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in _OPEN.values():
            depth -= 1
    return quote, depth
