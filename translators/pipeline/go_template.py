"""The part of Go's text/template (with sprig's functions) that pipelines are written with; anything else is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from translators.pipeline.go_template_functions import FUNCTIONS, NO_VALUE, Failed, Value, is_true, shown
from translators.pipeline.go_values import Unsupported

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<number>-?\d+(?:\.\d+)?)|(?P<field>(?:\.[A-Za-z_]\w*)+)
      |(?P<dot>\.)|(?P<variable>\$\w*(?:\.[A-Za-z_]\w*)*)|(?P<name>[A-Za-z_]\w*)|(?P<sign>:=|=|\||\(|\)))""",
    re.VERBOSE,
)
Scope = dict[str, Value]


@dataclass(frozen=True, slots=True)
class _Token:
    """``attached``: no blank stands before it."""

    kind: str
    text: str
    attached: bool = False


@dataclass(frozen=True, slots=True)
class _Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class _Field:
    """A path of names from the dot, or from a variable."""

    variable: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Call:
    """A function of values; ``and`` and ``or`` stop early, which no caller can see."""

    name: str
    arguments: tuple[_Expression, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    """A path of names from a value in parentheses."""

    value: _Expression
    path: tuple[str, ...]


_Expression = _Literal | _Field | _Call | _Member


@dataclass(frozen=True, slots=True)
class _Text:
    text: str


@dataclass(frozen=True, slots=True)
class _Print:
    expression: _Expression


@dataclass(frozen=True, slots=True)
class _Set:
    variable: str
    expression: _Expression


@dataclass(frozen=True, slots=True)
class _If:
    """``moves``: with — the dot becomes the value."""

    condition: _Expression
    then: tuple[_Node, ...]
    other: tuple[_Node, ...]
    moves: bool = False


_Node = _Text | _Print | _Set | _If
_KNOWN = frozenset({*FUNCTIONS, "env"})


@dataclass(frozen=True, slots=True)
class Template:
    """A template ready to run; ``environment`` is what ``env`` sees."""

    nodes: tuple[_Node, ...]
    environment: Mapping[str, str]

    def run(self, values: Mapping[str, Value], missing: Value = NO_VALUE) -> str:
        """``missing`` stands for a value that is not there. Raises Failed."""
        machine = _Machine(missing, {**FUNCTIONS, "env": lambda name: self.environment.get(str(name), "")})
        return "".join(machine.run(self.nodes, dict(values), {"$": dict(values)}))


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
            if not is_action:
                found.append(_Text(text))
            elif not text.startswith("/*"):
                found.append(self._action(text))
        if until:
            raise Unsupported("a template whose `end` is missing")
        return tuple(found)

    def _action(self, text: str) -> _Node:
        keyword = _keyword(text)
        if keyword in ("if", "with"):
            return self._condition(text[len(keyword) :], keyword == "with")
        if keyword in ("range", "define", "block", "template", "break", "continue", "end", "else"):
            raise Unsupported(f"`{keyword}` in a template")
        assigned = re.match(r"\s*(\$\w+)\s*:?=", text)
        if assigned:
            return _Set(assigned[1], _expression(text[assigned.end() :]))
        return _Print(_expression(text))

    def _condition(self, text: str, moves: bool) -> _Node:
        condition = _expression(text)
        then = self.nodes(("else", "end"))
        other: tuple[_Node, ...] = ()
        action = self._take()
        if _keyword(action) == "else":
            rest = action[4:].strip()
            if rest.startswith("if"):
                return _If(condition, then, (self._condition(rest[2:], False),), moves)
            other = self.nodes(("end",))
            self._take()
        return _If(condition, then, other, moves)

    def _take(self) -> str:
        if self._next >= len(self._pieces):
            raise Unsupported("a template whose `end` is missing")
        self._next += 1
        return self._pieces[self._next - 1][1]


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """(is it an action, its text); a dash inside the braces takes the blanks beside them."""
    at = 0
    action = re.compile(
        r"\{\{(- )?\s*((?:\"(?:[^\"\\]|\\.)*\"|`[^`]*`|/\*.*?\*/|[^}]|\}(?!\}))*?)\s*( -)?\}\}", re.DOTALL
    )
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
    found = re.match(r"[a-z]+\b", text)
    return found[0] if found else ""


def _expression(text: str) -> _Expression:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unsupported(f"`{text.strip()}` in a template")
        tokens.append(_Token(str(found.lastgroup), found[0].strip(), at > 0 and not found[0][0].isspace()))
        at = found.end()
    expression, rest = _pipeline(tokens)
    if rest:
        raise Unsupported(f"`{text.strip()}` in a template")
    return expression


def _pipeline(tokens: list[_Token]) -> tuple[_Expression, list[_Token]]:
    """Commands joined by ``|``: each becomes the last argument of the next."""
    expression, tokens = _command(tokens, None)
    while tokens and tokens[0].text == "|" and tokens[0].kind == "sign":
        expression, tokens = _command(tokens[1:], expression)
    return expression, tokens


def _command(tokens: list[_Token], piped: _Expression | None) -> tuple[_Expression, list[_Token]]:
    if tokens and tokens[0].kind == "name" and tokens[0].text not in ("true", "false", "nil"):
        name, tokens = tokens[0].text, tokens[1:]
        if name not in _KNOWN:
            raise Unsupported(f"the template function `{name}`")
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
        case "number", text:
            return _Literal(float(text) if "." in text else int(text)), rest
        case "field", text:
            return _Field("", tuple(text[1:].split("."))), rest
        case "dot", _:
            return _Field("", ()), rest
        case "variable", text:
            name, *path = text.split(".")
            return _Field(name, tuple(path)), rest
        case "name", "true" | "false" | "nil":
            return _Literal({"true": True, "false": False, "nil": None}[token.text]), rest
        case "name", name:
            if name not in _KNOWN:
                raise Unsupported(f"the template function `{name}`")
            return _Call(name, ()), rest
        case "sign", "(":
            expression, rest = _pipeline(rest)
            if not rest or rest[0].text != ")":
                raise Unsupported("a template with an open parenthesis")
            return _with_member(expression, rest[1:])
        case _:
            raise Unsupported(f"`{token.text}` in a template")


def _with_member(expression: _Expression, tokens: list[_Token]) -> tuple[_Expression, list[_Token]]:
    if tokens and tokens[0].kind == "field" and tokens[0].attached:
        return _Member(expression, tuple(tokens[0].text[1:].split("."))), tokens[1:]
    return expression, tokens


@dataclass(frozen=True, slots=True)
class _Machine:
    missing: Value
    functions: Mapping[str, Callable[..., Value]]

    def run(self, nodes: tuple[_Node, ...], dot: Value, scope: Scope) -> Iterator[str]:
        for node in nodes:
            match node:
                case _Text(text):
                    yield text
                case _Print(expression):
                    yield shown(self.value(expression, dot, scope))
                case _Set(variable, expression):
                    scope[variable] = self.value(expression, dot, scope)
                case _If(condition, then, other, moves):
                    value = self.value(condition, dot, scope)
                    chosen = then if is_true(value) else other
                    yield from self.run(chosen, value if moves and chosen is then else dot, scope)

    def value(self, expression: _Expression, dot: Value, scope: Scope) -> Value:
        match expression:
            case _Literal(value):
                return value
            case _Field(variable, path):
                if variable and variable not in scope:
                    raise Failed(f"undefined variable {variable}")
                return self._reach(scope[variable] if variable else dot, path)
            case _Member(inner, path):
                return self._reach(self.value(inner, dot, scope), path)
            case _Call(name, arguments):
                values = [self.value(argument, dot, scope) for argument in arguments]
                return self.functions[name](*[None if value is NO_VALUE else value for value in values])

    def _reach(self, value: Value, path: tuple[str, ...]) -> Value:
        for name in path:
            value = _member(value, name, self.missing)
        return value


def _member(value: Value, name: str, missing: Value) -> Value:
    if value is NO_VALUE or value is None:
        raise Failed(f"nil has no field {name}")
    if not isinstance(value, dict):
        raise Failed(f"can't evaluate field {name}")
    return value.get(name, missing)
