"""Decode_Field and Decode_Field_As: what a parser does with an escaped or JSON value after it parsed."""

from __future__ import annotations

from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.escapes import unescape, unescape_utf8
from translators.fluentbit.evaluate.json_text import NotJson, read_object
from translators.fluentbit.evaluate.records import Map, Value

_MYSQL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"Z": b"\x1a"}


@dataclass(frozen=True, slots=True)
class Decoder:
    """One rule. ``replaces`` is Decode_Field_As: the value itself changes; else an object's keys are added."""

    key: bytes
    backend: str
    replaces: bool
    action: str


def read_decoders(section: Section) -> tuple[Decoder, ...]:
    """The rules in order: ``Decode_Field_As escaped_utf8 log do_next``."""
    found = []
    for item in section.properties:
        if item.key not in ("decode_field", "decode_field_as"):
            continue
        words = item.value.split()
        if len(words) < 2 or words[0] not in ("json", "escaped", "escaped_utf8", "mysql_quoted"):
            raise Refused(
                "fluentbit/parser-decoder", f"`{item.value}` names no decoder that Fluent Bit has", item.span,
                "use json, escaped, escaped_utf8 or mysql_quoted and the name of a field",
            )  # fmt: skip
        found.append(Decoder(words[1].encode(), words[0], item.key.endswith("_as"), "".join(words[2:3]).lower()))
    return tuple(found)


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
        elif isinstance(decoded, Map):
            extra.extend(decoded)
            added = True
        if rule.action != "do_next":
            break
    return result


def _apply(backend: str, text: bytes) -> bytes | Map | None:
    match backend:
        case "json":
            try:
                return read_object(unescape(text) if b'\\"' in text else text)
            except NotJson:
                return None
        case "escaped":
            return unescape(text)
        case "escaped_utf8":
            return unescape_utf8(text)
        case _:
            return _unquote_mysql(text)


def _unquote_mysql(text: bytes) -> bytes:
    if len(text) < 2 or text[:1] != b"'" or text[-1:] != b"'":
        return text
    parts = text[1:-1].split(b"\\")
    result = parts[0]
    pending = iter(parts[1:])
    for part in pending:
        if part:
            known = _MYSQL.get(part[:1]) or (part[:1] if part[:1] in (b"'", b'"') else b"\\" + part[:1])
            result += known + part[1:]
        else:
            result += b"\\" + next(pending, b"")
    return result
