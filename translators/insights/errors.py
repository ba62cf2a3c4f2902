"""The one way in which a Logs Insights query can be wrong."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.source import Span


class InsightsError(Refused):
    """A query that cannot be used: by which rule, where, and what could have stood there.

    ``unsupported``: the text is fine for AWS, and we have no answer to it; otherwise the query is wrong.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        span: Span,
        expected: tuple[str, ...] = (),
        remedy: str = "",
    ) -> None:
        super().__init__(f"insights/{rule}", message, span, remedy)
        self.expected = expected
        self.line = span.line
        self.column = span.column

    @property
    def unsupported(self) -> bool:
        return self.rule in _UNSUPPORTED


_UNSUPPORTED = frozenset({"insights/ppl", "insights/sql", "insights/relevantfields", "insights/mixed-having"})
