"""Cuts LogQL into tokens, by the rules of Go's scanner as Loki uses it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from translators.diagnostics import Refused
from translators.source import Source, Span


class Kind(Enum):
    NAME = auto()
    NUMBER = auto()
    LENGTH = auto()
    STRING = auto()
    RANGE = auto()
    FLAG = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``text`` is the value of a string, else as written."""

    kind: Kind
    text: str
    span: Span


_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+|\#[^\n]*)
    |(?P<RANGE>\[[^\]\n]*\])
    |(?P<LENGTH>-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w|y))+)
    |(?P<NUMBER>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?:[kKMGTP]i?B|B)?)
    |(?P<STRING>"(?:[^"\\\n]|\\.)*"|`[^`]*`)
    |(?P<FLAG>--[a-z][a-z-]*)
    |(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<SYMBOL>\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[-+*/%^|{}()=<>,])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(?s:(.)))"
)
_SHORT = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def tokenize(source: Source) -> list[Token]:
    """All tokens, the end last."""
    tokens: list[Token] = []
    at = 0
    while at < len(source.text):
        found = _TOKEN.match(source.text, at)
        if found is None:
            raise refuse("an unexpected character", source.span(at, at + 1))
        name = found.lastgroup or ""
        if name != "blank":
            span = source.span(at, found.end())
            text = _unquote(found.group(), span) if name == "STRING" else found.group()
            tokens.append(Token(Kind[name], text, span))
        at = found.end()
    tokens.append(Token(Kind.END, "", source.span(at, at)))
    return tokens


def refuse(message: str, span: Span) -> Refused:
    """What stops the parser."""
    return Refused("logql/syntax", f"LogQL: {message}", span)


def _unquote(text: str, span: Span) -> str:
    if text[0] == "`":
        return text[1:-1]

    def character(found: re.Match[str]) -> str:
        short, *codes, octal, other = found.groups()
        if short:
            return _SHORT.get(short, short)
        if other:
            raise refuse(f"no such escape: {found.group()}", span)
        if octal:
            return chr(int(octal, 8))
        return chr(int(next(code for code in codes if code), 16))

    return _ESCAPE.sub(character, text[1:-1])
