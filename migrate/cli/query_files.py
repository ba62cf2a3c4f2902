"""The files in which people keep queries: found, decoded and read, with a way out where they hold none."""

from __future__ import annotations

import codecs
import gzip
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from translators.diagnostics import Refused
from translators.source import Span

if TYPE_CHECKING:
    from translators.query.named import NamedQuery

MOST_BYTES = 64_000_000
"""The states of large Terraform estates are below."""
_SUFFIXES = (".insights", ".txt", ".md", ".markdown", ".json", ".yaml", ".yml", ".template")
_GZIP = b"\x1f\x8b"
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""What PowerShell writes behind `>`."""

Say = Callable[[str], None]


def read_files(names: Sequence[str], say: Say) -> list[NamedQuery]:
    """The queries of all files, in their order. ``say`` hears of files that hold none; Refused when no file does."""
    from translators.cloudwatch.saved_queries import read_queries

    found: list[NamedQuery] = []
    without: list[str] = []
    for name, given in _files(names):
        try:
            text = text_of(name, bounded(name)).replace("\r\n", "\n").replace("\r", "\n")
            queries = list(read_queries(name, text))
        except Refused as refused:
            if given or refused.rule != "queries/unknown-document":
                raise
            queries = []
        if not queries:
            without.append(name)
        found += queries
    if names and not found:
        raise Refused(
            "queries/none",
            f"there is no query in {', '.join(names)}",
            remedy="give files that hold queries: see `logmig translate-queries --help`",
        )
    for name in without:
        say(f"{name}: there is no query in it")
    return found


def _files(names: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Each file, and whether the user named it; a folder stands for the files in it."""
    for name in names:
        if name == "-" or not os.path.isdir(name):
            yield name, True
            continue
        for path in sorted(_below(name)):
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                yield str(path), False


def _below(folder: str) -> Iterator[Path]:
    """Every file in the folder; one that cannot be looked into is refused, since its queries would be missing."""
    for here, _, names in os.walk(folder, onerror=_refuse_folder):
        yield from (Path(here, name) for name in names)


def _refuse_folder(failure: OSError) -> None:
    message = f"{failure.filename}: {failure.strerror}"
    raise Refused("usage/file", message, remedy="give a folder that you may read")


def file_bytes(name: str, most: int = -1) -> bytes:
    """What is in the file, or what comes from stdin; not more than ``most`` bytes, where that is given."""
    if name == "-":
        if sys.stdin.isatty():
            print("logmig: type a query, then Ctrl-D", file=sys.stderr)
        return sys.stdin.buffer.read(most)
    try:
        with open(name, "rb") as file:
            return file.read(most)
    except FileNotFoundError:
        remedy = "give the path of a file or a folder, or - for what comes from stdin"
        raise Refused("usage/file", f"{name or 'an empty path'}: there is no such file", remedy=remedy) from None
    except OSError as failure:
        reason = os.strerror(failure.errno) if failure.errno else str(failure)
        raise Refused("usage/file", f"{name}: {reason}", remedy="give a file that you may read") from None


def bounded(name: str) -> bytes:
    """What is in it. Refuses what nobody keeps queries in, a device without an end too, before all of it is read."""
    data = file_bytes(name, MOST_BYTES + 1)
    if len(data) <= MOST_BYTES:
        return data
    message = f"{name}: more than {MOST_BYTES // 1_000_000} MB"
    raise Refused("queries/too-large", message, remedy="give the part of it that holds the queries")


def text_of(name: str, data: bytes) -> str:
    """The text that the bytes are: UTF-8, UTF-16 where they say so, also compressed. Raises Refused with a place."""
    if data.startswith(_GZIP):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError) as failure:
            raise Refused("usage/file", f"{name}: {failure}", remedy="compress it again") from None
    encoding = next((encoding for mark, encoding in _WIDE if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode(encoding, "replace")
        span = Span(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"this is no text: byte 0x{data[wrong.start] if wrong.start < len(data) else 0:02x} is not UTF-8"
        raise Refused("usage/file", message, span, "give text files in UTF-8") from None
