"""What looks like a comment behind a value: Fluent Bit knows comments only on lines of their own."""

from __future__ import annotations

import re

from translators.diagnostics import Fidelity, Finding, PerAgent
from translators.fluentbit.configuration import Property

RULE = "fluentbit/comment-in-value"
REMEDY = "If what begins with # is a comment, put it on a line of its own: Fluent Bit has none behind a value."
_COMMENT = re.compile(r"\s#+\s*[^\W\d_]")
_PROSE = re.compile(r"^\S+\s+[^\s#].*\s#+\s*[^\W\d_][\w\s.,:;'/-]*$")
_PATTERNS = frozenset(("regex", "exclude", "rule", "remove_regex", "condition", "match_regex", "tag_regex", "format"))
"""A # may stand in a regular expression: there only plain words behind key and expression look like a comment."""
_CODE = frozenset(("code", "exec", "command"))


def comment_in(item: Property) -> Finding | None:
    """The finding for a value of the classic format that ends in what was meant as a comment."""
    looks = _PROSE if item.key in _PATTERNS else _COMMENT
    if item.key in _CODE or looks.search(item.raw) is None:
        return None
    return Finding(
        RULE,
        item.span,
        item.name,
        PerAgent.same(Fidelity.EQUIVALENT),
        "What begins with # is part of the value: so Fluent Bit reads it, and so it is translated.",
        REMEDY,
    )
