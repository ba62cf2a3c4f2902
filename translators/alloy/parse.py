"""The reader of Alloy's configuration language: text into the tree of syntax.py."""

from __future__ import annotations

import re
from dataclasses import dataclass

from translators.alloy.syntax import Attribute, Block, Map, Raw, Statement, Value
from translators.diagnostics import Refused
from translators.source import Source

RULE = "alloy/syntax"
_TOKENS = re.compile(
    r"""(?P<blank>[ \t\r]+|//[^\n]*|/\*.*?\*/)
      | (?P<newline>\n)
      | (?P<name>[^\W\d]\w*)
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)
      | (?P<sign>\|\||&&|[!=<>]=|[-+*/%^<>!={}()\[\],.])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:([abfnrtv\\\"])|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_NAMED = dict(zip(b'abfnrtv\\"', b'\a\b\f\n\r\t\v\\"', strict=True))
_OPENING = {"(": ")", "[": "]", "{": "}"}
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def parse(source: Source) -> tuple[Statement, ...]:
    """The file's statements without its comments; Refused says where it is no Alloy configuration."""
    return _Reader(source).body("end")


def unquote(literal: str) -> str:
    """What a string literal stands for: raw in backticks, with Go's escapes in quotes."""
    if literal.startswith("`"):
        return literal[1:-1].replace("\r", "")
    inner = literal[1:-1].encode("utf-8", "surrogatepass")
    return _ESCAPE.sub(_unescape, inner).decode("utf-8", "surrogateescape")


def _unescape(found: re.Match[bytes]) -> bytes:
    named, hexadecimal, octal, short, long = found.groups()
    if named:
        return bytes([_NAMED[named[0]]])
    if hexadecimal or octal:
        return bytes([int(hexadecimal, 16) if hexadecimal else int(octal, 8)])
    return chr(int(short or long, 16)).encode("utf-8", "surrogatepass")


class _Reader:
    """A recursive descent over the tokens."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tokens = list(self._scan())
        self._next = 0

    def _scan(self) -> list[_Token]:
        found: list[_Token] = []
        offset, text = 0, self._source.text
        while offset < len(text):
            match = _TOKENS.match(text, offset)
            if match is None:
                raise self._refused("cannot read", offset, offset + 1)
            if match.lastgroup != "blank":
                found.append(_Token(str(match.lastgroup), match.group(), offset))
            offset = match.end()
        return [*found, _Token("end", "", len(text))]

    def body(self, until: str) -> tuple[Statement, ...]:
        """Statements up to ``}`` or the end of the file, which is taken."""
        found: list[Statement] = []
        while True:
            self._skip_newlines()
            token = self._take()
            if token.kind == until or (token.kind == "sign" and token.text == until):
                return tuple(found)
            found.append(self._statement(token))

    def _statement(self, first: _Token) -> Statement:
        if first.kind != "name":
            raise self._unexpected(first, "the name of an attribute or a block")
        parts = [first.text]
        while self._peek().text == ".":
            self._take()
            parts.append(self._take().text)
        if self._peek().text == "=" and len(parts) == 1:
            self._take()
            value = self._value()
            return Attribute(parts[0], value, self._source.span(first.start, self._tokens[self._next - 1].end))
        label = unquote(self._take().text) if self._peek().kind == "text" else ""
        opening = self._take()
        if opening.text != "{":
            raise self._unexpected(opening, "`{` or `=`")
        body = self.body("}")
        return Block(".".join(parts), label, body, self._source.span(first.start, opening.start))

    def _value(self) -> Value:
        """A literal, or an expression kept as text; it ends before a newline, a comma or what closes around it."""
        start = self._next
        token = self._take()
        value = self._literal(token)
        if not isinstance(value, Raw) and not self._continues():
            return value
        self._next = start
        return self._expression()

    def _literal(self, token: _Token) -> Value:
        match token.kind, token.text:
            case "text", literal:
                return unquote(literal)
            case "number", digits:
                return int(digits) if digits.isdigit() else float(digits)
            case "name", "true" | "false" | "null":
                return _CONSTANTS[token.text]
            case "sign", "[":
                return self._list()
            case "sign", "{":
                return self._map()
            case "sign", "-":
                inner = self._literal(self._take())
                return -inner if isinstance(inner, int | float) and not isinstance(inner, bool) else Raw("")
            case "name" | "sign", _:
                return Raw(token.text)
            case _:
                raise self._unexpected(token, "a value")

    def _continues(self) -> bool:
        token = self._peek()
        return token.kind == "sign" and token.text not in (",", "]", "}", ")")

    def _list(self) -> Value:
        found: list[Value] = []
        while not self._closes("]"):
            found.append(self._value())
            self._separate("]")
        return tuple(found)

    def _map(self) -> Value:
        found: list[tuple[str, Value]] = []
        while not self._closes("}"):
            key = self._take()
            if key.kind not in ("name", "text"):
                raise self._unexpected(key, "a key")
            equal = self._take()
            if equal.text != "=":
                raise self._unexpected(equal, "`=`")
            found.append((key.text[1:-1] if key.kind == "text" else key.text, self._value()))
            self._separate("}")
        return Map(tuple(found))

    def _closes(self, sign: str) -> bool:
        self._skip_newlines()
        if self._peek().text != sign or self._peek().kind != "sign":
            return False
        self._take()
        return True

    def _separate(self, closing: str) -> None:
        """A comma stands behind each element; only the last may lack it, when it closes on the same line."""
        if self._peek().text == ",":
            self._take()
        elif self._peek().text != closing:
            raise self._unexpected(self._peek(), f"`,` or `{closing}`")

    def _expression(self) -> Raw:
        start, open_brackets = self._peek(), list[str]()
        while True:
            token = self._peek()
            ends = token.kind == "newline" or (token.kind == "sign" and token.text in (",", "]", "}", ")"))
            if token.kind == "end" or (not open_brackets and ends):
                break
            if token.text in _OPENING and token.kind == "sign":
                open_brackets.append(_OPENING[token.text])
            elif open_brackets and token.text == open_brackets[-1]:
                open_brackets.pop()
            self._take()
        end = self._tokens[self._next - 1].end
        if end <= start.start:
            raise self._unexpected(start, "a value")
        return Raw(self._source.text[start.start : end])

    def _skip_newlines(self) -> None:
        while self._peek().kind == "newline":
            self._next += 1

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind == "end" and self._next:
            self._next = len(self._tokens) - 1
            return token
        self._next += 1
        return token

    def _unexpected(self, token: _Token, wanted: str) -> Refused:
        found = {"end": "the end of the file", "newline": "the end of the line"}.get(token.kind, f"`{token.text}`")
        return self._refused(f"found {found} instead of {wanted}", token.start, token.end)

    def _refused(self, message: str, start: int, end: int) -> Refused:
        span = self._source.span(start, end)
        return Refused(RULE, f"this is no Alloy configuration: {message}", span, "Check it with `alloy fmt`.")
