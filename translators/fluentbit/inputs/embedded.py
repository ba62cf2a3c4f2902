"""Manifests inside other texts: a guide's fenced blocks and a script's here-documents, at their places in the text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from translators.diagnostics import Fidelity, Finding, PerAgent
from translators.source import Span

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*[\w{.+-]*")
_HERE = re.compile(
    r"(?<![<\w])<<-?[ \t]*"
    r"(?:'(?P<single>\w+)'|\"(?P<double>\w+)\"|(?P<escaped>\\?)(?P<bare>[A-Za-z_]\w*))"
)
_TARGET = re.compile(r"(?<![\d&>])>>?[ \t]*[\"']?([\w./${}-]+)|\btee[ \t]+(?:-a[ \t]+)?[\"']?([\w./${}-]+)")
_SHELL = re.compile(r"\\([$`\\])|\$(?:\{(\w+)\}|([A-Z_][A-Z0-9_]*)\b)")


@dataclass(slots=True)
class Block:
    """One part of a text. ``rows`` are its lines by number from 1; ``file`` is the name of the file it is written to.

    ``variables`` are those that the shell replaces before anybody else sees the text.
    """

    first: int
    rows: dict[int, str] = field(default_factory=dict)
    file: str = ""
    variables: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The part alone, on the lines that it has in the whole."""
        pieces, line = [], 1
        for number, row in sorted(self.rows.items()):
            pieces += ["\n" * (number - line), row]
            line = number
        return "".join(pieces) + "\n"

    @property
    def content(self) -> str:
        """The part alone, as if it were the whole: for what asks only what it is."""
        return "\n".join(self.rows.values()) + "\n"


@dataclass(slots=True)
class Guide:
    """The parts of a text, and the lines around them."""

    blocks: list[Block] = field(default_factory=list)
    outside: list[tuple[int, str]] = field(default_factory=list)


def read(text: str) -> Guide:
    """The fenced blocks and here-documents of a text; a here-document inside a fence stands for itself."""
    guide = Guide()
    fence, opened, end, shell = "", Block(0), "", False
    here = Block(0)
    for number, row in enumerate(text.split("\n"), 1):
        line = row.removesuffix("\r")
        if end:
            end = _take_here(guide, here, number, line, (end, shell))
            continue
        found, start = _HERE.search(line), _FENCE.fullmatch(line.rstrip())
        if found and not line.lstrip().startswith("#"):
            end = found["single"] or found["double"] or found["bare"]
            shell = bool(found["bare"]) and not found["escaped"]
            here = Block(number, file=_written_to(line))
            guide.outside.append((number, line))
        elif start and not fence:
            fence, opened = start[1][:3], Block(number)
        elif fence and line.strip().lstrip("> ").startswith(fence):
            fence = ""
            guide.blocks.append(opened)
        elif fence:
            opened.rows[number] = line
            guide.outside.append((number, line))
        else:
            guide.outside.append((number, line))
    return guide


def _take_here(guide: Guide, here: Block, number: int, line: str, until: tuple[str, bool]) -> str:
    """One line of a here-document, or its end. Returns what ends it, nothing when it has ended."""
    end, shell = until
    if line.strip() == end:
        guide.blocks.append(here)
        return ""
    here.rows[number] = _as_shell(line, here.variables) if shell else line
    return end


def _as_shell(line: str, variables: set[str]) -> str:
    """What the shell leaves of a line; its variables become variables of Fluent Bit."""

    def left(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        name = match[2] or match[3]
        variables.add(name)
        return f"${{{name}}}"

    return _SHELL.sub(left, line)


def _written_to(line: str) -> str:
    found = _TARGET.search(line)
    return posixpath.basename(found[1] or found[2]) if found else ""


def findings(name: str, blocks: Iterable[Block]) -> Iterable[Finding]:
    """The shell puts values into a here-document whose end is not quoted: which ones, this text does not say."""
    for block in blocks:
        if block.variables:
            names = ", ".join(sorted(block.variables))
            yield Finding(
                "fluentbit/here-document",
                Span(name, block.first, 1),
                names,
                PerAgent.same(Fidelity.EQUIVALENT),
                f"The shell puts in the value of {names} here before anybody reads it; it is read as a variable of "
                "Fluent Bit, which holds while both have the same value.",
                "Give the values with --env, or what the cluster has: kubectl get configmap,daemonset -n NAMESPACE "
                "-o yaml.",
            )
