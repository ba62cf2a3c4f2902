"""Decode_Field and Decode_Field_As: what a parser does with an escaped or JSON value after it parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.evaluate.escapes import unescape, unescape_utf8
from translators.fluentbit.evaluate.json_text import NotJson, read_object
from translators.fluentbit.evaluate.records import Map, Value

_MYSQL = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"Z": b"\x1a", b"\\": b"\\", b"'": b"'", b'"': b'"',
}  # fmt: skip
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_BACKENDS = ("json", "escaped", "escaped_utf8", "mysql_quoted")


@dataclass(frozen=True, slots=True)
class Decoder:
    """One rule. ``replaces`` is Decode_Field_As: the value itself changes; else an object's keys are added."""

    key: bytes
    backend: str
    replaces: bool
    action: str


def read_decoders(section: Section) -> tuple[Decoder, ...]:
    """The rules in order: ``Decode_Field_As escaped_utf8 log do_next``. One that is wrong takes all others along."""
    found = []
    for item in section.properties:
        if item.key not in ("decode_field", "decode_field_as"):
            continue
        decoder = _decoder(item)
        if decoder is None:
            return ()
        found.append(decoder)
    return tuple(found)


def misread(section: Section) -> str:
    """What Fluent Bit says of the first rule that it cannot read; empty when it reads all."""
    for item in section.properties:
        if item.key in ("decode_field", "decode_field_as") and _decoder(item) is None:
            words = item.value.split()
            unknown = f"[parser] field decoder '{words[0]}' unknown" if len(words) > 1 else ""
            return unknown or "[parser] invalid number of parameters in decoder"
    return ""


def _decoder(item: Property) -> Decoder | None:
    words = item.value.split()
    if len(words) < 2 or words[0].lower() not in _BACKENDS:
        return None
    name = words[1].encode("utf-8", "surrogateescape")
    return Decoder(name, words[0].lower(), item.key.endswith("_as"), "".join(words[2:3]).lower())


def decode(record: Map, decoders: tuple[Decoder, ...]) -> Map:
    """The record after all rules; what Decode_Field found is added at the end, of the last such field alone."""
    result, extra = Map(), Map()
    for key, value in record:
        rules = [decoder for decoder in decoders if decoder.key == key]
        if not rules or not isinstance(value, bytes):
            result.append((key, value))
            continue
        found = Map()
        result.append((key, _decode_value(value, rules, found)))
        if not all(rule.replaces for rule in rules):
            extra = found
    return Map(result + extra) if extra else result


def _decode_value(value: bytes, rules: list[Decoder], extra: Map) -> Value:
    result: Value = value
    added = False
    for rule in rules:
        if (not rule.replaces and rule.action == "do_next" and added) or not isinstance(result, bytes):
            continue
        decoded = _apply(rule.backend, result)
        if decoded is None:
            if rule.action not in ("try_next", "do_next"):
                break
            continue
        if rule.replaces:
            result = decoded
        else:
            extra[:] = decoded if isinstance(decoded, Map) else []
            added = True
        if rule.action != "do_next":
            break
    return result


def _apply(backend: str, text: bytes) -> bytes | Map | None:
    match backend:
        case "json":
            return _object(text.lstrip(b" "))
        case "escaped":
            return unescape(text)
        case "escaped_utf8":
            return unescape_utf8(text)
        case _:
            return _unquote_mysql(text)


def _object(text: bytes) -> Map | None:
    """Only an object counts; blanks other than spaces before it make it none."""
    try:
        return read_object(text) if text[:1] == b"{" else None
    except NotJson:
        return None


def _unquote_mysql(text: bytes) -> bytes:
    """Without quotes on both sides the text stays as it is."""
    if len(text) < 2 or text[:1] not in (b"'", b'"') or text[-1:] != text[:1]:
        return text
    return _ESCAPE.sub(lambda found: _MYSQL.get(found[1], found[0]), text[1:-1])
