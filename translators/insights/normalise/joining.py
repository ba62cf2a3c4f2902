"""join → two sides, with the fields of each that the rest of the query asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from translators.insights import syntax
from translators.insights.errors import InsightsError
from translators.insights.normalise.lower import Lowering
from translators.insights.normalise.shapes import walk
from translators.query.plan import Join, JoinKind, Named, Operator, Side

_SHOWN = ("@timestamp", "@message")


def names_in(command: syntax.Command) -> Iterator[syntax.Name]:
    """Every name that the command reads."""
    for expression in _expressions(command):
        for part in walk(expression):
            if isinstance(part, syntax.Name):
                yield part


def _expressions(command: syntax.Command) -> Iterable[syntax.Expression]:
    match command:
        case syntax.Fields() | syntax.Display():
            return [item.expression for item in command.items]
        case syntax.Filter():
            return [command.predicate]
        case syntax.Stats():
            return [item.expression for item in command.calls + command.keys]
        case syntax.Sort():
            return [key.expression for key in command.keys]
        case syntax.ParseGlob() | syntax.ParseRegex() | syntax.ParseLogfmt():
            return [command.subject or syntax.Name(("@message",), command.span)]
        case syntax.Dedup() | syntax.AddTotals():
            return command.keys if isinstance(command, syntax.Dedup) else command.names
        case syntax.Pattern() | syntax.Unnest() | syntax.Expand():
            return [command.subject]
        case syntax.Lookup():
            return [match.field for match in command.matches]
        case syntax.Join():
            return [name for pair in command.conditions for name in pair]
        case syntax.Limit() | syntax.Diff() | syntax.Anomaly() | syntax.Unmask():
            return []


def joined(
    command: syntax.Join, left: tuple[Operator, Lowering], right: tuple[Operator, Lowering], later: list[syntax.Name]
) -> Join:
    """The join; a name of ``later`` without an alias is one of the left side."""
    if command.kind not in set(JoinKind):
        raise InsightsError("join-type", f"a join is inner or left, not `{command.kind}`", command.span)
    if command.left == command.right:
        raise InsightsError("join-alias", "both sides of the join have the same alias", command.span)
    pairs = [_pair(command, *condition) for condition in command.conditions]
    lefts = _fields(command.left, left[1], later) + _unqualified(command, left[1], later)
    left_keys = tuple(left[1].name(name) for name, _ in pairs)
    right_keys = tuple(right[1].name(name) for _, name in pairs)
    return Join(
        Side(left[0], command.left, left_keys, lefts),
        Side(right[0], command.right, right_keys, _fields(command.right, right[1], later)),
        JoinKind(command.kind),
        command.span,
    )


def _pair(command: syntax.Join, one: syntax.Name, other: syntax.Name) -> tuple[syntax.Name, syntax.Name]:
    """The two fields of a condition, the left side's first."""
    sides = {name.path[0]: syntax.Name(name.path[1:], name.span) for name in (one, other) if len(name.path) > 1}
    if set(sides) != {command.left, command.right}:
        message = f"a condition compares `{command.left}.…` with `{command.right}.…`"
        raise InsightsError("join-condition", message, one.span)
    return sides[command.left], sides[command.right]


def _fields(alias: str, lowering: Lowering, later: list[syntax.Name]) -> tuple[Named, ...]:
    """``alias.field`` for each field that is asked for, and for what is shown by default."""
    found = {f"{alias}.{name}": lowering.name(syntax.Name((name,), later[0].span)) for name in _SHOWN} if later else {}
    for name in later:
        if name.path[0] == alias and len(name.path) > 1:
            found[name.text] = lowering.name(syntax.Name(name.path[1:], name.span))
    return tuple(Named(name, expression) for name, expression in found.items())


def _unqualified(command: syntax.Join, lowering: Lowering, later: list[syntax.Name]) -> tuple[Named, ...]:
    found = {name.text: lowering.name(name) for name in later if name.path[0] not in (command.left, command.right)}
    return tuple(Named(name, expression) for name, expression in found.items())
