"""Which names stand for computed columns, and which for fields of the record."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from translators.query.expressions import Call, Column, Expression, Field, Function, Literal, Member
from translators.source import Span

_STRUCTURES = frozenset({Function.JSON_PARSE})
_PASSING = frozenset({Function.COALESCE, Function.IF, Function.CASE, Function.UNMASK})


@dataclass(slots=True)
class Scope:
    """The names at one place of a query.

    ``record``: other names are fields of the record; otherwise (behind stats) they are null.
    ``structures`` are columns that may hold maps and lists; ``aliases`` those that only rename a field.
    ``shapes`` are aggregates and keys that can be called by repeating their text.
    """

    record: bool = True
    columns: set[str] = field(default_factory=set)
    structures: set[str] = field(default_factory=set)
    aliases: dict[str, Field] = field(default_factory=dict)
    shapes: dict[Hashable, str] = field(default_factory=dict)
    aggregates: set[str] = field(default_factory=set)

    def define(self, name: str, expression: Expression | None = None, structure: bool = False) -> None:
        """``name`` is a column from here on."""
        self.columns.add(name)
        self.aliases.pop(name, None)
        self.structures.discard(name)
        if isinstance(expression, Field):
            self.aliases[name] = expression
        if structure or (expression is not None and self.is_structure(expression)):
            self.structures.add(name)

    def is_structure(self, expression: Expression) -> bool:
        match expression:
            case Column():
                return expression.name in self.structures
            case Member():
                return True
            case Call():
                if expression.function in _PASSING:
                    return any(self.is_structure(argument) for argument in expression.arguments)
                return expression.function in _STRUCTURES
            case _:
                return False

    def resolve(self, path: tuple[str, ...], span: Span | None = None) -> Expression | None:
        """What the name at ``span`` stands for; None when nothing has it here."""
        if not self.columns:
            return Field(path, span) if self.record else None
        name = ".".join(path)
        if name in self.columns:
            return Column(name, span)
        for length in range(len(path) - 1, 0, -1):
            prefix = ".".join(path[:length])
            if prefix in self.structures:
                return Member(Column(prefix), path[length:])
            if prefix in self.aliases:
                return Field(self.aliases[prefix].path + path[length:], span)
        return Field(path, span) if self.record else None


_ALWAYS = frozenset({"@message", "@timestamp", "@logStream", "@log", "@ingestionTime", "@ptr"})


def may_be_null(expression: Expression) -> bool:
    """Whether an event can lack it, as far as the query tells."""
    match expression:
        case Field():
            return expression.name not in _ALWAYS
        case Literal():
            return expression.value is None
        case Column() | Member():
            return True
        case Call(Function.COALESCE | Function.CONCAT, arguments):
            return all(map(may_be_null, arguments))
        case Call():
            return expression.function not in _NEVER_NULL
        case _:
            return False


_NEVER_NULL = frozenset(
    {
        Function.NOW,
        Function.IS_PRESENT,
        Function.IS_EMPTY,
        Function.IS_BLANK,
        Function.STR_CONTAINS,
        Function.STARTS_WITH,
        Function.ENDS_WITH,
        Function.IS_VALID_IP,
        Function.IS_VALID_IPV4,
        Function.IS_VALID_IPV6,
        Function.IS_IP_IN_SUBNET,
        Function.IS_IPV4_IN_SUBNET,
        Function.IS_IPV6_IN_SUBNET,
    }
)
