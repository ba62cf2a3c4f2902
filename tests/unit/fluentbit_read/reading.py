"""What holds of every reading: a refusal says where and how to go on, and whatever was read stands in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.source import Span

LONGEST = 2_000


def check_reading(files: Mapping[str, bytes], options: ReadOptions | None = None) -> None:
    """Read them; what comes of it, a configuration or a refusal, has its places in them."""
    outcome = _read(files, options or ReadOptions())
    if isinstance(outcome, Reading):
        for span in _spans(outcome):
            check_place(span, files)
        return
    assert outcome.span is not None
    check_place(outcome.span, files)
    assert outcome.rule.startswith("fluentbit/")
    assert 0 < len(outcome.message) < LONGEST
    assert outcome.remedy


def _read(files: Mapping[str, bytes], options: ReadOptions) -> Reading | Refused:
    try:
        return read(files, options)
    except Refused as refusal:
        return refusal


def _spans(reading: Reading) -> Iterator[Span]:
    configuration = reading.configuration
    for section in (*configuration.inputs, *configuration.filters, *configuration.outputs):
        yield from _of_section(section)
    yield from (finding.span for finding in reading.findings)


def _of_section(section: Section) -> Iterator[Span]:
    yield section.span
    yield from (item.span for item in section.properties)
    for group in section.groups:
        yield from _of_section(group)


def check_place(span: Span, files: Mapping[str, bytes]) -> None:
    """The span begins inside the file that it names, or right behind its last letter."""
    name = span.source.partition("#")[0]
    assert name in files, f"{span} is in none of {list(files)}"
    rows = files[name].decode("utf-8", "replace").split("\n")
    assert 1 <= span.line <= len(rows), f"{span}: there are {len(rows)} lines"
    assert 1 <= span.column <= len(rows[span.line - 1]) + 1, f"{span}: {rows[span.line - 1]!r}"
