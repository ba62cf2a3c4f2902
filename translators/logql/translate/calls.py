"""Functions of one value as calls in a template."""

from __future__ import annotations

from collections.abc import Callable

from translators.logql.translate import templates as t
from translators.query.expressions import Function

_BLANKS = r"[ \t\n\r\f\v]+"


def _text_call(name: str) -> Callable[[t.Value], t.Value]:
    return lambda value: t.Value(f"({name} {value.code})", value.guards)


def _without(pattern: str) -> Callable[[t.Value], t.Value]:
    return lambda value: t.Value(f'(regexReplaceAll {t.literal(pattern)} {value.code} "")', value.guards)


def _number_call(name: str) -> Callable[[t.Value], t.Value]:
    return lambda value: t.Value(f"({name} {value.code})", value.guards, numeric=True)


TEXT_CALLS: dict[Function, Callable[[t.Value], t.Value]] = {
    Function.TO_LOWER: _text_call("lower"),
    Function.TO_UPPER: _text_call("upper"),
    Function.TRIM: _without(f"^{_BLANKS}|{_BLANKS}$"),
    Function.LTRIM: _without(f"^{_BLANKS}"),
    Function.RTRIM: _without(f"{_BLANKS}$"),
    Function.STRLEN: lambda value: t.Value(f'(float64 (count "(?s)." {value.code}))', value.guards, numeric=True),
    Function.UNMASK: lambda value: value,
}
NUMBER_CALLS: dict[Function, Callable[[t.Value], t.Value]] = {
    Function.ABS: lambda value: t.Value(f"(maxf {value.code} (subf 0.0 {value.code}))", value.guards, numeric=True),
    Function.CEIL: _number_call("ceil"),
    Function.FLOOR: _number_call("floor"),
}
