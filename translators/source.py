"""Where in the user's own files something stands."""

from __future__ import annotations

from bisect import bisect_right

from translators.frozen import frozen, frozen_in_order


@frozen_in_order
class Span:
    """A stretch of one input: lines and columns count from 1, columns in code points; the end is exclusive.

    ``source`` is the name the user gave (a path, ``-`` for stdin), with the key of a ConfigMap behind ``#``.
    """

    source: str
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


@frozen
class Source:
    """A named text."""

    name: str
    text: str

    def span(self, start: int, end: int) -> Span:
        """The span of ``text[start:end]``."""
        line, column = self._place(start)
        if start <= end and self.text.find("\n", start, end) < 0:
            return Span(self.name, line, column, line, column + end - start)
        end_line, end_column = self._place(end)
        return Span(self.name, line, column, end_line, end_column)

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.text.count("\n", 0, offset)
        return before + 1, offset - (self.text.rfind("\n", 0, offset) + 1) + 1


class Places:
    """The same spans of one source for whoever asks for many: its lines are looked for once."""

    def __init__(self, source: Source) -> None:
        self._name = source.name
        starts = [0]
        at = source.text.find("\n") + 1
        while at:
            starts.append(at)
            at = source.text.find("\n", at) + 1
        self._starts = starts

    def span(self, start: int, end: int) -> Span:
        """The span of ``text[start:end]``."""
        starts = self._starts
        if len(starts) == 1:
            return Span(self._name, 1, start + 1, 1, end + 1)
        line, last = bisect_right(starts, start), bisect_right(starts, end)
        return Span(self._name, line, start - starts[line - 1] + 1, last, end - starts[last - 1] + 1)
