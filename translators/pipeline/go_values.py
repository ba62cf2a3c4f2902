"""JSON, JMESPath, logfmt, durations and sizes as the agents' Go libraries read and write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

Json = str | float | bool | None | list["Json"] | dict[str, "Json"]
Extracted = str | float | bool | None
NANOSECONDS = 1_000_000_000


class NotJson(ValueError):
    """No JSON object."""


class Unsupported(ValueError):
    """Legal in the agent, but not evaluated here."""


def _refuse_constant(text: str) -> float:
    raise NotJson(text)


_DECODER = json.JSONDecoder(parse_int=float, parse_constant=_refuse_constant)


def read_object(text: str) -> Mapping[str, Json]:
    """A JSON object, or ``null`` as an empty one; numbers are floats, of repeated keys the last counts."""
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise NotJson(text) from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise NotJson(text)
    return found


def text_of(value: Extracted) -> str | None:
    """The agents' getString: None has no text; numbers are written without an exponent."""
    if isinstance(value, str):
        return value
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value)


def extracted(value: Json) -> Extracted:
    """What a json stage keeps of a value: lists and objects as their text."""
    return write_json(value) if isinstance(value, list | dict) else value


def number_text(number: float) -> str:
    text = format(Decimal(repr(float(number))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_json(value: Json) -> str:
    """Without blanks, ``<``, ``>`` and ``&`` escaped, keys in the order of the text."""
    match value:
        case bool() | None:
            return json.dumps(value)
        case float() | int():
            return _json_number(float(value))
        case str():
            return _json_text(value)
        case list():
            return "[" + ",".join(map(write_json, value)) + "]"
        case dict():
            return "{" + ",".join(f"{_json_text(key)}:{write_json(item)}" for key, item in value.items()) + "}"


def _json_number(number: float) -> str:
    size = abs(number)
    if size != 0 and (size < 1e-6 or size >= 1e21):
        mantissa, _, exponent = repr(number).partition("e")
        sign, digits = ("-", exponent[1:]) if exponent.startswith("-") else ("+", exponent.lstrip("+"))
        return f"{mantissa.removesuffix('.0')}e{sign}{digits.zfill(2)}" if exponent else number_text(number)
    return number_text(number)


_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def _json_text(text: str) -> str:
    return re.sub("[<>&\u2028\u2029]", lambda found: _HTML[found[0]], json.dumps(text, ensure_ascii=False))


_JMES = re.compile(
    r'\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<quoted>"(?:[^"\\]|\\.)+")|(?P<index>\[-?\d+\])|(?P<dot>\.))'
)


def jmespath(expression: str) -> Callable[[Json], Json]:
    """Names, quoted names, dots and indexes by hand, since every line may need them; the rest by the library."""
    steps: list[str | int] = []
    at, dotted = 0, True
    while at < len(expression.rstrip()):
        found = _JMES.match(expression, at)
        if found is None or (found["dot"] and dotted) or ((found["name"] or found["quoted"]) and not dotted):
            return _library(expression)
        at, dotted = found.end(), bool(found["dot"])
        if found["index"]:
            steps.append(int(found["index"][1:-1]))
        elif not found["dot"]:
            steps.append(found["name"] or json.loads(found["quoted"]))
    if dotted:
        return _library(expression)
    return lambda value: _follow(value, steps)


def _whole_numbers(value: Json) -> Json:
    """Go writes the float 5 as 5, and of larger ones as few digits as tell them apart."""
    match value:
        case dict():
            return {key: _whole_numbers(item) for key, item in value.items()}
        case list():
            return [_whole_numbers(item) for item in value]
        case float() if value.is_integer() and abs(value) < 1e21:
            return int(Decimal(repr(value)))
        case _:
            return value


def _library(expression: str) -> Callable[[Json], Json]:
    """Any JMESPath; a search that fails extracts nothing, as in the agents."""
    import jmespath as library
    from jmespath.exceptions import JMESPathError

    try:
        compiled = library.compile(expression)
    except JMESPathError as error:
        raise Unsupported(f"the JMESPath expression `{expression}`: {error}") from error

    def search(value: Json) -> Json:
        try:
            found: Json = compiled.search(_whole_numbers(value))
        except JMESPathError:
            return None
        return found

    return search


def _follow(value: Json, steps: list[str | int]) -> Json:
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        elif isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


_KEY = re.compile(r'[^\x00-\x20="]+')
_PLAIN = re.compile(r'[^\x00-\x20="]*')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


def logfmt(text: str) -> Iterator[tuple[str, str]]:
    """Keys and values as go-logfmt scans them; it stops for good at what it does not take."""
    for line in text.split("\n"):
        at = 0
        while True:
            while at < len(line) and line[at] <= " ":
                at += 1
            if at >= len(line):
                break
            key = _KEY.match(line, at)
            if key is None:
                return
            at = key.end()
            if at >= len(line) or line[at] <= " ":
                yield key[0], ""
                continue
            if line[at] == '"':
                return
            value, at = _logfmt_value(line, at + 1)
            if value is None:
                return
            yield key[0], value


def _logfmt_value(line: str, at: int) -> tuple[str | None, int]:
    if line[at : at + 1] == '"':
        quoted = _QUOTED.match(line, at)
        if quoted is None:
            return None, at
        try:
            value = json.loads(quoted[0], strict=False) if "\\" in quoted[1] else quoted[1]
        except ValueError:
            return None, at
        return value, quoted.end()
    plain = _PLAIN.match(line, at)
    end = plain.end() if plain else at
    return (None if line[end : end + 1] in ('"', "=") and line[end : end + 1] else line[at:end]), end


_UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": NANOSECONDS, "m": 60 * NANOSECONDS}
_UNITS["h"] = 3600 * NANOSECONDS
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_SIZES = {"": 1, "B": 1, "KB": 1024, "KIB": 1024, "MB": 1024**2, "MIB": 1024**2, "GB": 1024**3, "GIB": 1024**3}


def nanoseconds(text: str) -> int:
    """A Go duration such as ``3s`` or ``1h30m``; raises ValueError."""
    total, at = Decimal(0), 0
    while at < len(text):
        part = _DURATION.match(text, at)
        if part is None:
            raise ValueError(f"`{text}` is no duration")
        total, at = total + Decimal(part[1]) * _UNITS[part[2]], part.end()
    if not text:
        raise ValueError("an empty text is no duration")
    return int(total)


def byte_size(text: str) -> int:
    """A size such as ``256KB``; raises ValueError."""
    found = re.compile(r"\s*(\d+)\s*([A-Za-z]*)\s*\Z").match(text)
    if found is None or found[2].upper() not in _SIZES:
        raise ValueError(f"`{text}` is no size")
    return int(found[1]) * _SIZES[found[2].upper()]
