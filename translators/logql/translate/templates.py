"""Spells Go templates: values and conditions of one line, guarded where a missing value would pass for zero."""

from __future__ import annotations

import json
import re

from translators.frozen import frozen

NUMBER = "[-+]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE](?:-[0-9]+|[+]?[0-2]?[0-9]?[0-9]))?"
"""Plain numbers; ``NaN``, ``Infinity`` and hexadecimal text are no numbers to Insights, and 1e999 is none to anyone:
Loki refuses the whole query for one."""


@frozen
class Value:
    """An expression of a template and what must hold for it to be there; text, or a number when ``numeric``.

    ``words``: a text that is surely no number.
    """

    code: str
    guards: tuple[str, ...] = ()
    numeric: bool = False
    words: bool = False


def literal(text: str) -> str:
    """A string of the template language."""
    return json.dumps(text, ensure_ascii=False)


def reference(label: str) -> Value:
    return Value(f".{label}", (f".{label}",))


LINE = Value("__line__")
DATE = Value('((__timestamp__).UTC.Format "2006-01-02 15:04:05.000")', words=True)
"""An entry's time as functions of texts see it."""
MILLISECONDS = Value("(__timestamp__ | unixEpochMillis)", (), False)


def is_number(text: str) -> bool:
    """Whether a text is a plain number."""
    return re.fullmatch(NUMBER, text) is not None


def _plain(value: Value) -> str:
    return f"(gt (count {literal(f'^{NUMBER}$')} {value.code}) 0)"


def number(value: Value) -> Value:
    """The value as a float; what is no number is not there."""
    if value.numeric:
        return value
    return Value(f"(float64 {value.code})", (*value.guards, _plain(value)), numeric=True)


def no_numbers(*values: Value) -> tuple[str, ...]:
    """The guards for texts that are no numbers."""
    return tuple(negation(_plain(value)) for value in values if not value.words)


def constant(value: float) -> Value:
    return Value(repr(float(value)), (), numeric=True)


def text(value: str) -> Value:
    return Value(literal(value))


def listed(values: list[Value]) -> Value:
    """Several values of one kind, as ``eq`` takes them behind its first."""
    return Value(" ".join(one.code for one in values), (), values[0].numeric, all(one.words for one in values))


def call(function: str, *arguments: Value, numeric: bool = False) -> Value:
    """A function of values that are all there."""
    guards = tuple(dict.fromkeys(guard for argument in arguments for guard in argument.guards))
    code = " ".join((function, *(argument.code for argument in arguments)))
    return Value(f"({code})", guards, numeric)


def guarded(value: Value, *conditions: str) -> Value:
    return Value(value.code, (*value.guards, *conditions), value.numeric)


def bucket(time: Value, width: int, up: bool) -> Value:
    """A number of milliseconds rounded to multiples of the width; its fraction does not count."""
    whole = f"(divf (float64 (int {time.code})) {float(width)!r})"
    return Value(f"(mulf ({'ceil' if up else 'floor'} {whole}) {float(width)!r})", time.guards, numeric=True)


def remainder(value: Value, divisor: int) -> Value:
    """What is left of a division by a whole number; it has the sign of the value."""
    share = f"(divf {value.code} {float(divisor)!r})"
    whole = f"(subf (floor (maxf {share} 0.0)) (floor (maxf (subf 0.0 {share}) 0.0)))"
    return Value(f"(subf {value.code} (mulf {whole} {float(divisor)!r}))", value.guards, numeric=True)


def all_of(conditions: tuple[str, ...]) -> str:
    """Of no conditions it is true; ``and`` and ``or`` want one."""
    return " ".join(conditions) or "true" if len(conditions) < 2 else f"(and {' '.join(conditions)})"


def one_of(conditions: tuple[str, ...]) -> str:
    return conditions[0] if len(conditions) == 1 else f"(or {' '.join(conditions)})"


def truth(value: Value) -> str:
    """Whether a bare value passes a filter: a number but zero, or the text ``true``."""
    held = f"(ne {number(value).code} 0.0)"
    if not value.numeric:
        held = one_of((f'(eq (lower {value.code}) "true")', all_of((_plain(value), held))))
    return all_of((*value.guards, held))


def one_there(values: list[Value]) -> tuple[str, ...]:
    """The guards of what is there when one of some values is."""
    if any(not value.guards for value in values):
        return ()
    return (one_of(tuple(all_of(value.guards) for value in values)),)


def negation(condition: str) -> str:
    return f"(not {condition})"


def shows(value: Value) -> str:
    """The template that writes the value, and nothing where it is missing."""
    action = f"{{{{ {value.code} }}}}"
    return f"{{{{ if {all_of(value.guards)} }}}}{action}{{{{ end }}}}" if value.guards else action


_MAP, _LIST = '(eq (printf "%T" $v) "map[string]interface {}")', '(eq (printf "%T" $v) "[]interface {}")'


def is_json(text: Value) -> str:
    """The template of the text where all of it is a JSON object or list."""
    return f"{{{{ $v := fromJson {text.code} }}}}{flags(one_of((_MAP, _LIST)), yes=f'{{{{ {text.code} }}}}')}"


def has_key(text: Value, path: tuple[str, ...]) -> str:
    """The template that is 1 where the text is JSON with a value at the path, be it the empty text."""
    inner = '{{ if ne (printf "%T" $v) "<nil>" }}1{{ end }}'
    for part in reversed(path):
        held = f"(and {_LIST} (gt (len $v) {part}))" if part.isdecimal() else _MAP
        step = part if part.isdecimal() else literal(part)
        inner = f"{{{{ if {held} }}}}{{{{ $v = index $v {step} }}}}{inner}{{{{ end }}}}"
    return f"{{{{ $v := fromJson {text.code} }}}}{inner}"


def time(value: Value) -> str:
    """The template that writes milliseconds; Grafana may take a 0 for a missing time, and a fraction is not shown."""
    written = decides(f"(eq {value.code} 0.0)", "0.001", f"{{{{ {value.code} }}}}")
    return f"{{{{ if {all_of(value.guards)} }}}}{written}{{{{ end }}}}" if value.guards else written


def chooses(branches: tuple[tuple[str, Value], ...], otherwise: Value | None) -> str:
    """The first branch whose condition holds."""
    parts = [
        f"{{{{ {'else ' if index else ''}if {condition} }}}}{shows(value)}"
        for index, (condition, value) in enumerate(branches)
    ]
    last = f"{{{{ else }}}}{shows(otherwise)}" if otherwise is not None else ""
    return "".join(parts) + last + "{{ end }}"


def decides(condition: str, yes: str, no: str) -> str:
    """One of two templates."""
    return f"{{{{ if {condition} }}}}{yes}{{{{ else }}}}{no}{{{{ end }}}}"


def joins(values: tuple[Value, ...]) -> str:
    return "".join(shows(value) for value in values)


def flags(condition: str, otherwise: str = "", yes: str = "1") -> str:
    """1 where the condition holds."""
    rest = f"{{{{ else }}}}{otherwise}" if otherwise else ""
    return f"{{{{ if {condition} }}}}{yes}{rest}{{{{ end }}}}"
