"""The queries of a runbook: fenced blocks, commands for the AWS command line, and links into the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from translators.cloudwatch.blocks import split_queries
from translators.cloudwatch.console_links import find_links
from translators.cloudwatch.shell_commands import find_commands
from translators.query.named import NamedQuery
from translators.source import Source, Span

_FENCE = re.compile(r"^(?P<indent>[ \t]*(?:>[ \t]?)*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>.+?)[ \t]*#*$", re.MULTILINE)
_WORDS = {"cloudwatch", "cwli", "cwl"}
_PLAIN = {"", "text", "sql", "txt", "plaintext", "nohighlight", "console", "query"}
_MORE = re.compile(r"(?i)@(?:timestamp|message|log)|\|\s*(?:fields|filter|stats|sort|limit|parse|display|dedup)\b")
"""What no shell and no program has: how a query is told in a block of another language."""
_COMMAND = re.compile(
    r"(?i)^(?:\s|(?:#|//|--)[^\n]*\n|\|)*"
    r"(?:(?:fields|filter|stats|parse|display|dedup|pattern|unnest|filterindex)\b(?!\s*[=:({])"
    r"|source\s+(?:['\"`]|loggroups\b|datasource\b))"
)


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    info: str
    start: int
    end: int


def queries_of_markdown(source: Source) -> Iterator[NamedQuery]:
    """In order of appearance; a block counts when its info string names Insights or it begins like a query."""
    found = [*_of_blocks(source.text), *_of_links(source.text)]
    stem = PurePosixPath(source.name).stem
    for number, (start, query) in enumerate(sorted(found, key=lambda item: item[0]), 1):
        span = source.span(start, start)
        yield replace(
            query,
            id=f"{stem}-{number}",
            name=query.name or _title(source.text, start) or f"{stem} {number}",
            source=str(span),
            span=Span(source.name, span.line, span.column),
        )


def _of_blocks(text: str) -> Iterator[tuple[int, NamedQuery]]:
    for block in _blocks(text):
        if _is_query(block):
            for start, piece in split_queries(block.text):
                at = _line_start(text, block.start, block.text.count("\n", 0, start))
                yield at, NamedQuery("", "", piece.rstrip("\n"), "")
            continue
        for asked in find_commands(block.text):
            at = _line_start(text, block.start, block.text.count("\n", 0, asked.start))
            query = NamedQuery("", asked.name, asked.query, "", log_groups=asked.log_groups)
            yield at, replace(query, unresolved=asked.unresolved)


def _of_links(text: str) -> Iterator[tuple[int, NamedQuery]]:
    for link in find_links(text):
        query = NamedQuery("", "", link.query, "", link.language, link.log_groups, window=link.window)
        yield link.start, query


def _blocks(text: str) -> Iterator[_Block]:
    at = 0
    while opening := _FENCE.search(text, at):
        closing = re.compile(
            rf"^[ \t>]*{re.escape(opening['fence'][0])}{{{len(opening['fence'])},}}[ \t]*$", re.MULTILINE
        )
        end = closing.search(text, opening.end())
        stop = end.start() if end else len(text)
        yield _Block(
            _dedented(text[opening.end() + 1 : stop], opening["indent"]),
            opening["info"].strip().lower(),
            opening.end() + 1,
            stop,
        )
        at = end.end() if end else len(text)


def _line_start(text: str, at: int, lines: int) -> int:
    """Where the line begins that is so many lines behind ``at``."""
    for _ in range(lines):
        at = text.index("\n", at) + 1
    return at


def _dedented(text: str, indent: str) -> str:
    if not indent:
        return text.rstrip("\n")
    return "\n".join(line.removeprefix(indent).removeprefix(indent.rstrip()) for line in text.rstrip("\n").split("\n"))


def _is_query(block: _Block) -> bool:
    word = block.info.split()[0] if block.info else ""
    if word in _WORDS or "insights" in block.info:
        return bool(block.text.strip())
    begins = _COMMAND.match(block.text) is not None
    return begins and (word in _PLAIN or _MORE.search(block.text) is not None)


def _title(text: str, before: int) -> str:
    title = ""
    for found in _HEADING.finditer(text, 0, before):
        title = found["title"]
    return title
