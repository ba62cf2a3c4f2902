"""Text whose indentation was lost when it was pasted from a web page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from translators.diagnostics import Refused
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.variables import Variables

_MARKERS = re.compile(r"(?m)^\s*apiVersion:|^\s*kind:|^\s*[\w.-]+\.(?:conf|ya?ml): *[|>]")


def has_markers(text: str) -> bool:
    """Whether the text shows that it was a manifest."""
    return _MARKERS.search(text) is not None


def find(texts: Mapping[str, str], forced: bool, variables: Variables, cluster: str) -> Found:
    raise Refused("fluentbit/x", "later")
