"""Alloy's configuration language as a tree, and the printer whose text ``alloy fmt`` leaves unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from translators.source import Span

WIDTH = 120
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_KEYWORDS = frozenset({"true", "false", "null"})
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}


@dataclass(frozen=True, slots=True)
class Raw:
    """An expression printed as it stands: a reference (``loki.write.default.receiver``), a call (``sys.env("X")``)."""

    text: str


@dataclass(frozen=True, slots=True)
class Map:
    """An object value; its keys keep their order."""

    items: tuple[tuple[str, Value], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Value]]) -> Map:
        return cls(tuple(pairs))


Value = str | bool | int | float | None | tuple["Value", ...] | Map | Raw


@dataclass(frozen=True, slots=True)
class Attribute:
    """``name = value``."""

    name: str
    value: Value
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """A line of its own that says something to the reader; the text is without slashes and has one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """``name "label" { body }``; the name has dots, an empty label is none."""

    name: str
    label: str = ""
    body: tuple[Statement, ...] = ()
    span: Span | None = field(default=None, compare=False)

    def value(self, name: str) -> Value:
        """The value of the attribute of that name, None when it is not set."""
        return next((item.value for item in self.attributes() if item.name == name), None)

    def attributes(self) -> Iterator[Attribute]:
        return (item for item in self.body if isinstance(item, Attribute))

    def blocks(self, name: str = "") -> Iterator[Block]:
        """The blocks inside, of that name unless it is empty, in order."""
        return (item for item in self.body if isinstance(item, Block) and name in ("", item.name))


Statement = Attribute | Block | Comment


def print_file(body: Iterable[Statement]) -> str:
    """The whole file; it ends in a newline."""
    return "\n".join(_lines(tuple(body), 0)) + "\n"


def quote(text: str) -> str:
    """Backticks keep regular expressions readable; they can hold neither a backtick nor what is not printable."""
    if ("\\" in text or '"' in text) and "`" not in text and text.isprintable():
        return f"`{text}`"
    return quote_interpreted(text)


def quote_interpreted(text: str) -> str:
    """The text as Go's strconv.Quote spells it."""
    return '"' + "".join(map(_escape, text)) + '"'


def is_identifier(text: str) -> bool:
    return bool(_IDENTIFIER.match(text)) and text not in _KEYWORDS


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _lines(body: tuple[Statement, ...], depth: int) -> Iterator[str]:
    """A blank line stands before each block and behind it; equal signs align in a run of one-line attributes."""
    previous: Statement | None = None
    for is_attribute, group in groupby(body, lambda item: isinstance(item, Attribute)):
        items = tuple(group)
        if is_attribute:
            if isinstance(previous, Block):
                yield ""
            yield from _attributes(tuple(item for item in items if isinstance(item, Attribute)), depth)
            previous = items[-1]
            continue
        for item in items:
            if previous is not None and not isinstance(previous, Comment):
                yield ""
            yield from _comment(item, depth) if isinstance(item, Comment) else _block(item, depth)
            previous = item


def _comment(comment: Statement, depth: int) -> Iterator[str]:
    if isinstance(comment, Comment):
        yield "\t" * depth + f"// {comment.text}".rstrip()


def _block(block: Statement, depth: int) -> Iterator[str]:
    if not isinstance(block, Block):
        return
    head = "\t" * depth + block.name + (f" {quote_interpreted(block.label)}" if block.label else "")
    if not block.body:
        yield head + " { }"
        return
    yield head + " {"
    yield from _lines(block.body, depth + 1)
    yield "\t" * depth + "}"


def _attributes(attributes: tuple[Attribute, ...], depth: int) -> Iterator[str]:
    pairs = tuple((item.name, tuple(_value(item.value, depth, len(item.name) + 3))) for item in attributes)
    yield from _aligned(pairs, depth, "")


def _aligned(pairs: tuple[tuple[str, tuple[str, ...]], ...], depth: int, end: str) -> Iterator[str]:
    """A value of several lines belongs to the run before it and ends it."""
    run: list[tuple[str, tuple[str, ...]]] = []
    for pair in pairs:
        run.append(pair)
        if len(pair[1]) > 1:
            yield from _run(run, depth, end)
            run = []
    yield from _run(run, depth, end)


def _run(run: list[tuple[str, tuple[str, ...]]], depth: int, end: str) -> Iterator[str]:
    width = max((len(name) for name, _ in run), default=0)
    for name, (first, *rest) in run:
        lines = [f"{name:<{width}} = {first}", *rest]
        yield "\t" * depth + lines[0] + ("" if rest else end)
        yield from rest[:-1]
        yield from (line + end for line in rest[-1:])


def _value(value: Value, depth: int, used: int) -> Iterator[str]:
    """The value's lines; the first without indentation, since it stands behind the equal sign."""
    match value:
        case Map(items):
            yield from _map(items, depth)
        case tuple():
            yield from _list(value, depth, used)
        case _:
            yield _scalar(value)


def _scalar(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case Raw(text):
            return text
        case str():
            return quote(value)
        case _:
            raise TypeError(f"no scalar: {value!r}")


def _map(items: tuple[tuple[str, Value], ...], depth: int) -> Iterator[str]:
    if not items:
        yield "{}"
        return
    yield "{"
    pairs = tuple((_key(name), tuple(_value(value, depth + 1, len(name) + 5))) for name, value in items)
    yield from _aligned(pairs, depth + 1, ",")
    yield "\t" * depth + "}"


def _key(name: str) -> str:
    """Alloy's parser takes a quoted key without undoing its escapes, so a key that needs one cannot be written."""
    if is_identifier(name):
        return name
    if quote_interpreted(name) != f'"{name}"':
        raise ValueError(f"Alloy cannot write the key {name!r}")
    return f'"{name}"'


def _list(values: tuple[Value, ...], depth: int, used: int) -> Iterator[str]:
    if not any(isinstance(value, Map | tuple) for value in values):
        line = "[" + ", ".join(map(_scalar, values)) + "]"
        if len(line) + used + 4 * depth <= WIDTH or len(values) < 2:
            yield line
            return
    yield "["
    for value in values:
        first, *rest = _value(value, depth + 1, 1)
        lines = ["\t" * (depth + 1) + first, *rest]
        yield from lines[:-1]
        yield lines[-1] + ","
    yield "\t" * depth + "]"
