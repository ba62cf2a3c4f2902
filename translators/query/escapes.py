"""Text beyond ASCII in `@message` of a record: whether it stands there as itself or as ``\\uXXXX``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from translators.catalog import RecordKind
from translators.query.bind import Bound
from translators.query.expressions import Expression, Field, Literal, Matches
from translators.query.plan import GlobPattern, Operator, Parse, PresencePattern, RegexPattern
from translators.query.policies import Policies, Policy, PolicyUse
from translators.query.tree import everything, expressions, operands, parts

_MESSAGE = ("@message",)
_ESCAPED, _UNESCAPED = "escaped", "unescaped"


def with_chosen_escapes(bound: Bound, policies: Policies) -> Bound:
    """The shape as the policy says, where one was chosen; else the catalog knows."""
    chosen = policies.chosen.get(Policy.ENVELOPE_UNICODE_ESCAPE)
    if chosen is None or bound.shape.escape_unicode is (chosen == _ESCAPED):
        return bound
    return replace(bound, shape=replace(bound.shape, escape_unicode=chosen == _ESCAPED))


def escapes_met(root: Operator, bounds: tuple[Bound, ...]) -> PolicyUse | None:
    """The use of the policy, when the plan looks for text beyond ASCII in an event that is rebuilt."""
    rebuilt = [bound.shape for bound in bounds if bound.shape.record not in (RecordKind.TEXT, RecordKind.JSON)]
    text = next(_sought(root), None) if rebuilt else None
    if text is None:
        return None
    if not any(shape.escape_unicode for shape in rebuilt):
        reason = f"`@message` holds `{text}` as it is"
        return PolicyUse(Policy.ENVELOPE_UNICODE_ESCAPE, _UNESCAPED, reason)
    reason = f"`@message` holds `{text}` as \\uXXXX and is not found by it; the field of the line itself (`log`) is"
    return PolicyUse(Policy.ENVELOPE_UNICODE_ESCAPE, _ESCAPED, reason)


def _sought(root: Operator) -> Iterator[str]:
    """The texts beyond ASCII that are compared with the message."""
    for operator in everything(root):
        if isinstance(operator, Parse) and _reads_message(operator.subject):
            yield from (text for text in _texts_of(operator) if not text.isascii())
        for expression in expressions(operator):
            for part in parts(expression):
                if not isinstance(part, Field | Literal) and any(map(_is_message, operands(part))):
                    yield from (text for text in _compared(part) if not text.isascii())


def _is_message(expression: Expression) -> bool:
    return isinstance(expression, Field) and expression.path == _MESSAGE


def _reads_message(expression: Expression) -> bool:
    return any(_is_message(part) for part in parts(expression))


def _compared(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Matches):
        yield expression.literal or expression.pattern
    for operand in operands(expression):
        if isinstance(operand, Literal) and isinstance(operand.value, str):
            yield operand.value


def _texts_of(parse: Parse) -> tuple[str, ...]:
    match parse.pattern:
        case GlobPattern(texts):
            return texts
        case RegexPattern(pattern) | PresencePattern(pattern):
            return (pattern,)
        case _:
            return ()
