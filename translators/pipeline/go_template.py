"""The part of Go's text/template that translations write: values, functions, pipes and if; the rest is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from translators.pipeline.go_template_functions import FUNCTIONS, Failed, Value, Values, shown
from translators.pipeline.go_values import Unsupported

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<field>(?:\.[A-Za-z_]\w*)+)|(?P<dot>\.)
      |(?P<name>[A-Za-z_]\w*)|(?P<sign>[|()]))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Literal:
    text: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str


@dataclass(frozen=True, slots=True)
class _Call:
    """A function of values; ``and`` and ``or`` stop early, which no caller can see."""

    name: str
    arguments: tuple[_Expression, ...]


@dataclass(frozen=True, slots=True)
class _Dot:
    """All values."""


_Expression = _Literal | _Field | _Dot | _Call


@dataclass(frozen=True, slots=True)
class _Text:
    text: str


@dataclass(frozen=True, slots=True)
class _Print:
    expression: _Expression


@dataclass(frozen=True, slots=True)
class _If:
    condition: _Expression
    then: tuple[_Node, ...]
    other: tuple[_Node, ...]


_Node = _Text | _Print | _If
_KNOWN = frozenset({*FUNCTIONS, "env"})


@dataclass(frozen=True, slots=True)
class Template:
    """A template ready to run; ``environment`` is what ``env`` sees."""

    nodes: tuple[_Node, ...]
    environment: Mapping[str, str]

    def run(self, values: Values) -> str:
        """A name without a value is shown as ``<no value>``. Raises Failed."""
        functions = {**FUNCTIONS, "env": lambda name: self.environment.get(str(name), "")}
        return "".join(_Machine(values, functions).run(self.nodes))


def parse_template(text: str, environment: Mapping[str, str] | None = None) -> Template:
    """Raises Unsupported for what is not evaluated here."""
    return Template(_Reader(text).nodes(()), environment or {})


class _Reader:
    """Texts and actions, then a recursive descent over ``if … else … end``."""

    def __init__(self, text: str) -> None:
        self._pieces = list(_pieces(text))
        self._next = 0

    def nodes(self, until: tuple[str, ...]) -> tuple[_Node, ...]:
        """Nodes up to one of these keywords, which stays; without any, up to the end of the text."""
        found: list[_Node] = []
        while self._next < len(self._pieces):
            is_action, text = self._pieces[self._next]
            if is_action and _keyword(text) in until:
                return tuple(found)
            self._next += 1
            found.append(self._action(text) if is_action else _Text(text))
        if until:
            raise Unsupported("a template whose `end` is missing")
        return tuple(found)

    def _action(self, text: str) -> _Node:
        keyword = _keyword(text)
        if keyword == "if":
            return self._condition(text[2:])
        if keyword and keyword not in _KNOWN:
            raise Unsupported(f"`{keyword}` in a template")
        return _Print(_expression(text))

    def _condition(self, text: str) -> _Node:
        condition = _expression(text)
        then = self.nodes(("else", "end"))
        action = self._take()
        if _keyword(action) == "end":
            return _If(condition, then, ())
        rest = action[4:].strip()
        if _keyword(rest) == "if":
            return _If(condition, then, (self._condition(rest[2:]),))
        other = self.nodes(("end",))
        self._take()
        return _If(condition, then, other)

    def _take(self) -> str:
        self._next += 1
        return self._pieces[self._next - 1][1]


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """(is it an action, its text); a dash inside the braces takes the blanks beside them."""
    at = 0
    action = re.compile(r"\{\{(- )?\s*((?:\"(?:[^\"\\]|\\.)*\"|`[^`]*`|[^}]|\}(?!\}))*?)\s*( -)?\}\}", re.DOTALL)
    trim = False
    for found in action.finditer(text):
        plain = text[at : found.start()]
        plain = plain.lstrip(" \t\r\n") if trim else plain
        yield False, plain.rstrip(" \t\r\n") if found[1] else plain
        yield True, found[2].strip()
        at, trim = found.end(), bool(found[3])
    rest = text[at:].lstrip(" \t\r\n") if trim else text[at:]
    if "{{" in rest:
        raise Unsupported("a template with an action that does not end")
    yield False, rest


def _keyword(text: str) -> str:
    found = re.match(r"[A-Za-z]+\b", text)
    return found[0] if found else ""


def _expression(text: str) -> _Expression:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unsupported(f"`{text.strip()}` in a template")
        tokens.append(_Token(str(found.lastgroup), found[0].strip()))
        at = found.end()
    expression, rest = _pipeline(tokens)
    if rest:
        raise Unsupported(f"`{text.strip()}` in a template")
    return expression


def _pipeline(tokens: list[_Token]) -> tuple[_Expression, list[_Token]]:
    """Commands joined by ``|``: each becomes the last argument of the next."""
    expression, tokens = _command(tokens, None)
    while tokens and tokens[0] == _Token("sign", "|"):
        expression, tokens = _command(tokens[1:], expression)
    return expression, tokens


def _command(tokens: list[_Token], piped: _Expression | None) -> tuple[_Expression, list[_Token]]:
    if tokens and tokens[0].kind == "name":
        name, tokens = tokens[0].text, tokens[1:]
        if name not in _KNOWN:
            raise Unsupported(f"`{name}` in a template")
        arguments: list[_Expression] = []
        while tokens and not (tokens[0].kind == "sign" and tokens[0].text in ("|", ")")):
            argument, tokens = _operand(tokens)
            arguments.append(argument)
        return _Call(name, (*arguments, *([piped] if piped is not None else []))), tokens
    if piped is not None:
        raise Unsupported("a template that pipes into a value")
    return _operand(tokens)


def _operand(tokens: list[_Token]) -> tuple[_Expression, list[_Token]]:
    if not tokens:
        raise Unsupported("a template with an empty command")
    token, rest = tokens[0], tokens[1:]
    match token.kind, token.text:
        case "text", text:
            return _Literal(text[1:-1] if text.startswith("`") else str(json.loads(text, strict=False))), rest
        case "field", text if text.count(".") == 1:
            return _Field(text[1:]), rest
        case "dot", _:
            return _Dot(), rest
        case "sign", "(":
            expression, rest = _pipeline(rest)
            if not rest or rest[0].text != ")":
                raise Unsupported("a template with an open parenthesis")
            return expression, rest[1:]
        case _:
            raise Unsupported(f"`{token.text}` in a template")


@dataclass(frozen=True, slots=True)
class _Machine:
    values: Values
    functions: Mapping[str, Callable[..., Value]]

    def run(self, nodes: tuple[_Node, ...]) -> Iterator[str]:
        for node in nodes:
            match node:
                case _Text(text):
                    yield text
                case _Print(expression):
                    yield shown(self.value(expression))
                case _If(condition, then, other):
                    yield from self.run(then if self.value(condition) else other)

    def value(self, expression: _Expression) -> Value:
        match expression:
            case _Literal(text):
                return text
            case _Field(name):
                return self.values.get(name)
            case _Dot():
                return self.values
            case _Call(name, arguments):
                try:
                    return self.functions[name](*map(self.value, arguments))
                except TypeError as wrong:
                    raise Failed(f"wrong number of args for {name}") from wrong
