"""Logs Insights links that runbooks hold: the query, its log groups and its window."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from translators.cloudwatch.jsurl import Json, NotJsurl, read_jsurl, unescape
from translators.query.named import QueryLanguage, Window

LINK = re.compile(r"https?://[^\s<>\"`\]]{1,4000}?logs-insights[^\s<>\"`\]]{1,40}?queryDetail[^\s<>\"`\]]*")
"""Of any partition, with its fragment as the console writes it or escaped inside of another link."""
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800, "months": 2592000}


@dataclass(frozen=True, slots=True)
class ConsoleLink:
    """What a deep link holds; ``start`` and ``end`` are its place in the text."""

    query: str
    language: QueryLanguage
    log_groups: tuple[str, ...]
    window: Window | None
    start: int
    end: int


def find_links(text: str) -> Iterator[ConsoleLink]:
    """The Logs Insights deep links of a text; links without a query are passed over."""
    for found in LINK.finditer(text):
        detail = _detail(unescape(html.unescape(found[0][found[0].rindex("queryDetail") :])))
        query = detail.get("editorString")
        if isinstance(query, str) and query.strip():
            groups = _groups(detail.get("source"))
            yield ConsoleLink(query, _language(detail.get("lang")), groups, _window(detail), found.start(), found.end())


def _detail(fragment: str) -> dict[str, Json]:
    _, found, encoded = fragment.partition("queryDetail=")
    if not found:
        return {}
    try:
        detail = read_jsurl(encoded)
    except NotJsurl:
        return {}
    return detail if isinstance(detail, dict) else {}


def _language(word: Json) -> QueryLanguage:
    return QueryLanguage(word) if isinstance(word, str) and word in set(QueryLanguage) else QueryLanguage.INSIGHTS


def _groups(value: Json) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    return tuple(_group_name(name) for name in names if isinstance(name, str))


def _group_name(name: str) -> str:
    """The console writes ARNs when it looks into several accounts."""
    return name.partition(":log-group:")[2].removesuffix(":*") if name.startswith("arn:") else name


def _window(detail: dict[str, Json]) -> Window | None:
    start, end = detail.get("start"), detail.get("end")
    if detail.get("timeType") == "ABSOLUTE":
        first, last = _moment(start), _moment(end)
        return Window(first, last, relative=False) if first is not None and last is not None else None
    if isinstance(start, int | float) and isinstance(end, int | float):
        seconds = _UNITS.get(str(detail.get("unit", "seconds")), 1)
        return Window(int(abs(start)) * seconds, int(abs(end)) * seconds, relative=True)
    return None


def _moment(value: Json) -> int | None:
    if isinstance(value, int | float):
        return int(value)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
