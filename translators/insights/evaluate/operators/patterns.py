"""Clusters of texts: what varies becomes a token. A documented approximation; the patterns are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from translators.insights.evaluate.event import Row, computed
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.settings import TooMuch
from translators.insights.evaluate.values import to_text

_TOKENS = (
    (
        "Time",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?",
    ),
    ("Date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/(?:[0-9]{2}|[A-Z][a-z]{2})/[0-9]{4}"),
    ("Time", r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?"),
    ("ID", r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    ("IP", r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"),
    ("ID", r"(?:0x[0-9a-fA-F]+|(?=[0-9a-zA-Z-]*[0-9])(?=[0-9a-zA-Z-]*[a-zA-Z])[0-9a-zA-Z]+(?:-[0-9a-zA-Z]+)*)"),
    ("Number", r"[-+]?[0-9]+(?:\.[0-9]+)?"),
)
_TOKEN = re.compile(
    r"(?<![0-9A-Za-z_])(?:" + "|".join(f"(?P<t{index}>{text})" for index, (_, text) in enumerate(_TOKENS)) + r")"
    r"(?![0-9A-Za-z_])"
)
_SEVERITIES = (("ERROR", re.compile("error|fatal|critical", re.I)), ("WARN", re.compile("warn", re.I)))
_RARE = 0.01


@dataclass(slots=True)
class Found:
    """How often each pattern was seen."""

    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0


def pattern_of(text: str) -> str:
    """The text with a token in each place that varies; tokens are numbered from the left."""
    count = 0

    def token(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        kind = _TOKENS[int((found.lastgroup or "t0")[1:])][0]
        return f"<{kind}-{count}>"

    return _TOKEN.sub(token, text)


def severity(pattern: str) -> str:
    """ERROR before WARN before INFO, by the words in it."""
    return next((name for name, words in _SEVERITIES if words.search(pattern)), "INFO")


def found(rows: Iterable[Row], subject: Read, cap: int) -> Found:
    """The patterns of all rows that have the subject."""
    result = Found()
    for row in rows:
        text = to_text(subject(row))
        if text is None:
            continue
        pattern = pattern_of(text)
        result.counts[pattern] = result.counts.get(pattern, 0) + 1
        result.total += 1
        if len(result.counts) > cap:
            raise TooMuch("patterns", cap)
    return result


def patterns(result: Found) -> Iterator[Row]:
    """A row for each pattern."""
    for pattern, count in result.counts.items():
        ratio = round(count / result.total, 4)
        yield computed(
            {
                "@pattern": pattern,
                "@ratio": ratio,
                "@sampleCount": count,
                "@severityLabel": severity(pattern),
            }
        )


def differences(current: Iterable[Row], previous: Iterable[Row]) -> Iterator[Row]:
    """The patterns of both windows, with how many events more or fewer there are now."""
    before = {str(row.columns["@pattern"]): _count(row) for row in previous}
    for row in current:
        pattern = str(row.columns["@pattern"])
        yield _difference(pattern, _count(row), before.pop(pattern, 0))
    for pattern, count in before.items():
        yield _difference(pattern, 0, count)


def _count(row: Row) -> int:
    count = row.columns["@sampleCount"]
    return count if isinstance(count, int) else 0


def _difference(pattern: str, now: int, before: int) -> Row:
    if before == 0:
        words = "new"
    elif now == 0:
        words = "gone"
    else:
        words = "unchanged" if now == before else f"{(now - before) / before:+.0%}"
    return computed(
        {
            "@pattern": pattern,
            "@sampleCount": now,
            "@differenceCount": now - before,
            "@differenceDescription": words,
            "@severityLabel": severity(pattern),
        }
    )


def anomalies(rows: Iterable[Row]) -> Iterator[Row]:
    """All patterns, the unusual ones marked: rare ones, and new ones of a diff."""
    for row in rows:
        reason = _unusual(row)
        row.columns["@anomaly"] = int(bool(reason))
        row.columns["@anomalyDescription"] = reason or None
        yield row


def _unusual(row: Row) -> str:
    if row.columns.get("@differenceDescription") == "new":
        return "new pattern"
    ratio = row.columns.get("@ratio")
    if isinstance(ratio, float) and ratio <= _RARE:
        return "rare pattern"
    return ""
