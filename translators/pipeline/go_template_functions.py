"""Functions of Go templates as the agents offer them: Go's own, sprig's, and Promtail's older names."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import reduce

from translators.pipeline.go_regexp import compiled
from translators.pipeline.go_values import NotJson, Unsupported, number_text, read_object, write_json

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"] | object


class Failed(Exception):
    """The template stops; the stage leaves everything as it was."""


class _NoValue:
    """What a map of any type gives for a key that it lacks."""

    def __repr__(self) -> str:
        return "<no value>"


NO_VALUE = _NoValue()


def shown(value: Value) -> str:
    """As fmt.Fprint writes it."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None | _NoValue():
            return "<no value>"
        case int():
            return str(value)
        case float():
            return number_text(value) if abs(value) < 1e21 else repr(value).replace("e+", "e+")
        case list():
            return "[" + " ".join(map(shown, value)) + "]"
        case dict():
            return "map[" + " ".join(f"{key}:{shown(value[key])}" for key in sorted(value)) + "]"
        case _:
            return str(value)


def is_true(value: Value) -> bool:
    return value is not NO_VALUE and bool(value)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Failed("wrong type of value; expected string")
    return value


def _sprig_text(value: Value) -> str:
    return "" if value is None else shown(value)


def _equal(first: Value, *others: Value) -> bool:
    for other in others:
        if type(first) is not type(other) and first is not None and other is not None:
            raise Failed("incompatible types for comparison")
    return any(first == other for other in others)


def _less(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.encode("utf-8", "surrogateescape") < right.encode("utf-8", "surrogateescape")
    if (isinstance(left, int) and isinstance(right, int)) or (isinstance(left, float) and isinstance(right, float)):
        return left < right
    raise Failed("incompatible types for comparison")


def _and(*values: Value) -> Value:
    return reduce(lambda left, right: right if is_true(left) else left, values)


def _or(*values: Value) -> Value:
    return reduce(lambda left, right: left if is_true(left) else right, values)


def _length(value: Value) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogateescape"))
    if isinstance(value, list | dict):
        return len(value)
    raise Failed("len of type")


def _index(value: Value, *keys: Value) -> Value:
    for key in keys:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key, NO_VALUE)
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            raise Failed("error indexing")
    return value


def _printf(layout: Value, *values: Value) -> str:
    """The verbs %s, %v, %d, %q and %%."""
    parts, rest = [], list(values)
    pieces = _text(layout).split("%")
    parts.append(pieces[0])
    at = 1
    while at < len(pieces):
        piece = pieces[at]
        if piece == "":
            parts.append("%" + (pieces[at + 1] if at + 1 < len(pieces) else ""))
            at += 2
            continue
        verb = piece[0]
        if verb not in "svdq" or not rest:
            raise Unsupported(f"`%{piece[:2]}` of printf")
        value = rest.pop(0)
        parts.append((json.dumps(value, ensure_ascii=False) if verb == "q" else shown(value)) + piece[1:])
        at += 1
    if rest:
        raise Unsupported("printf with more values than verbs")
    return "".join(parts)


def _substring(start: Value, end: Value, text: Value) -> str:
    encoded = _text(text).encode("utf-8", "surrogateescape")
    low, high = _integer(start), _integer(end)
    found = (
        encoded[: max(high, 0)] if low < 0 else encoded[low:] if high < 0 or high > len(encoded) else encoded[low:high]
    )
    return found.decode("utf-8", "surrogateescape")


def _truncated(count: Value, text: Value) -> str:
    encoded, size = _text(text).encode("utf-8", "surrogateescape"), _integer(count)
    if size < 0 and len(encoded) + size > 0:
        return encoded[len(encoded) + size :].decode("utf-8", "surrogateescape")
    return (encoded[:size] if 0 <= size < len(encoded) else encoded).decode("utf-8", "surrogateescape")


def _integer(value: Value) -> int:
    try:
        return int(value) if isinstance(value, int | float | bool | str) else 0
    except ValueError:
        return 0


def _title(text: Value) -> str:
    return "".join(
        letter.upper() if place == 0 or not _text(text)[place - 1].isalnum() else letter
        for place, letter in enumerate(_text(text))
    )


def _from_json(text: Value) -> Value:
    try:
        return dict(read_object(_text(text)))
    except NotJson:
        return ""


def _to_json(value: Value) -> str:
    """Go sorts the keys of a map."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _to_safe_json(value: Value) -> str:
    return write_json(json.loads(_to_json(value)))


def _plain(value: Value) -> Value:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return None if value is NO_VALUE else value


def _map(value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise Failed("wrong type of value; expected map")
    return value


def _set(found: Value, key: Value, value: Value) -> Value:
    _map(found)[_text(key)] = value
    return found


def _unset(found: Value, key: Value) -> Value:
    _map(found).pop(_text(key), None)
    return found


def _pick(found: Value, *keys: Value) -> Value:
    return {key: value for key, value in _map(found).items() if key in keys}


def _omit(found: Value, *keys: Value) -> Value:
    return {key: value for key, value in _map(found).items() if key not in keys}


def _pairs(*items: Value) -> Value:
    return {shown(key): value for key, value in zip(items[::2], (*items[1::2], ""), strict=False)}


def _replaced_text(text: Value, old: Value, new: Value, count: Value) -> str:
    return _text(text).replace(_text(old), _text(new), _integer(count))


def _regex_find(regex: Value, text: Value) -> str:
    found = compiled(_text(regex)).search(_text(text))
    return _text(text)[slice(*found[0])] if found else ""


def _contains(part: Value, text: Value) -> bool:
    return _text(part) in _text(text)


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if is_true(value)), None)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "and": _and,
    "or": _or,
    "not": lambda value: not is_true(value),
    "eq": _equal,
    "ne": lambda left, right: not _equal(left, right),
    "lt": _less,
    "le": lambda left, right: _less(left, right) or _equal(left, right),
    "gt": lambda left, right: not (_less(left, right) or _equal(left, right)),
    "ge": lambda left, right: not _less(left, right),
    "len": _length,
    "index": _index,
    "print": lambda *values: "".join(map(shown, values)),
    "printf": _printf,
    "ToLower": lambda text: _text(text).lower(),
    "ToUpper": lambda text: _text(text).upper(),
    "Replace": _replaced_text,
    "Trim": lambda text, cut: _text(text).strip(_text(cut)),
    "TrimLeft": lambda text, cut: _text(text).lstrip(_text(cut)),
    "TrimRight": lambda text, cut: _text(text).rstrip(_text(cut)),
    "TrimPrefix": lambda text, part: _text(text).removeprefix(_text(part)),
    "TrimSuffix": lambda text, part: _text(text).removesuffix(_text(part)),
    "TrimSpace": lambda text: _text(text).strip(),
    "regexReplaceAll": lambda regex, text, new: compiled(_text(regex)).replace_all(_text(text), _text(new)),
    "regexReplaceAllLiteral": lambda regex, text, new: compiled(_text(regex)).replace_all_literal(
        _text(text), _text(new)
    ),
    "regexMatch": lambda regex, text: compiled(_text(regex)).matches(_text(text)),
    "regexFind": _regex_find,
    "trim": lambda text: _text(text).strip(),
    "trimAll": lambda cut, text: _text(text).strip(_text(cut)),
    "trimPrefix": lambda part, text: _text(text).removeprefix(_text(part)),
    "trimSuffix": lambda part, text: _text(text).removesuffix(_text(part)),
    "lower": lambda text: _text(text).lower(),
    "upper": lambda text: _text(text).upper(),
    "title": _title,
    "replace": lambda old, new, text: _text(text).replace(_text(old), _text(new)),
    "contains": _contains,
    "hasPrefix": lambda part, text: _text(text).startswith(_text(part)),
    "hasSuffix": lambda part, text: _text(text).endswith(_text(part)),
    "substr": _substring,
    "trunc": _truncated,
    "quote": lambda *texts: " ".join(json.dumps(_sprig_text(text), ensure_ascii=False) for text in texts),
    "squote": lambda *texts: " ".join(f"'{_sprig_text(text)}'" for text in texts),
    "cat": lambda *texts: " ".join(shown(text) for text in texts if text is not None),
    "repeat": lambda count, text: _text(text) * _integer(count),
    "nospace": lambda text: "".join(_text(text).split()),
    "default": lambda other, value=None: value if is_true(value) else other,
    "empty": lambda value: not is_true(value),
    "coalesce": _coalesce,
    "ternary": lambda yes, no, test: yes if test else no,
    "toString": _sprig_text,
    "int": _integer,
    "int64": _integer,
    "atoi": _integer,
    "add": lambda *values: sum(map(_integer, values)),
    "sub": lambda left, right: _integer(left) - _integer(right),
    "mul": lambda *values: reduce(lambda a, b: a * b, map(_integer, values)),
    "list": lambda *values: list(values),
    "dict": _pairs,
    "set": _set,
    "unset": _unset,
    "get": lambda found, key: _map(found).get(_text(key), ""),
    "hasKey": lambda found, key: _text(key) in _map(found),
    "pick": _pick,
    "omit": _omit,
    "fromJson": _from_json,
    "toJson": _to_safe_json,
    "toRawJson": _to_json,
}
