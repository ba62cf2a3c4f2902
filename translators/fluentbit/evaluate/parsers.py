"""The parsers of ``[PARSER]`` sections: a line in, a map and perhaps a time out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate import decoders, pair_formats
from translators.fluentbit.evaluate.decoders import Decoder
from translators.fluentbit.evaluate.json_text import NotJson, read_object
from translators.fluentbit.evaluate.onigmo import Regex, compiled
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.records import Map, Value
from translators.fluentbit.evaluate.timestamps import NANOSECONDS, BadTime, TimeLayout, read_offset, zone_of

_INTEGER = re.compile(rb"\s*([-+]?\d+)")
_FLOAT = re.compile(rb"\s*([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|(?i:inf(?:inity)?|nan)))")
_HEX_FLOAT = re.compile(rb"\s*([-+]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][-+]?\d+)?)")
_HEX = re.compile(rb"\s*([-+]?)((?:0[xX])?[0-9a-fA-F]+)")


class Parsed(NamedTuple):
    """What a parser made of a text. ``time_ns`` None: it found no time, so the clock counts."""

    record: Map
    time_ns: int | None


@dataclass(frozen=True, slots=True)
class Parser:
    """One parser. ``parse`` returns None where Fluent Bit's parser fails."""

    name: str
    form: str
    regex: Regex | None = None
    time: TimeLayout | None = None
    time_key: bytes = b"time"
    time_keep: bool = False
    skip_empty: bool = True
    bare_keys: bool = True
    types: Mapping[bytes, str] = field(default_factory=dict)
    decoders: tuple[Decoder, ...] = ()

    def parse(self, text: bytes) -> Parsed | None:
        match self.form:
            case "regex":
                parsed = self._regex(text)
            case "json":
                return self._json(text)
            case "logfmt":
                parsed = self._pairs(pair_formats.read_logfmt(text, self.bare_keys, bool(self.types)))
            case "ltsv":
                parsed = self._pairs(pair_formats.read_ltsv(text, b":"))
            case _:
                parsed = self._pairs(pair_formats.read_ltsv(text.removeprefix(b"tskv\t"), b"="))
        if parsed is None or not self.decoders:
            return parsed
        return Parsed(decoders.decode(parsed.record, self.decoders), parsed.time_ns)

    def _regex(self, text: bytes) -> Parsed | None:
        groups = self.regex.fields(text) if self.regex else None
        if groups is None:
            return None
        if self.time is None and not self.types and not self.skip_empty:
            return Parsed(Map(groups), None)
        record, time_ns = Map(), None
        for name, value in groups:
            if not value and self.skip_empty:
                continue
            if self.time and name == self.time_key:
                try:
                    time_ns = self.time.read(value)
                except BadTime:
                    continue
                if not self.time_keep:
                    continue
            record.append((name, self.cast(name, value) if self.types else value))
        return Parsed(record, time_ns or None)

    def _json(self, text: bytes) -> Parsed | None:
        try:
            record = read_object(text)
        except NotJson:
            return None
        if self.decoders:
            record = decoders.decode(record, self.decoders)
        if self.time is None:
            return Parsed(record, None)
        for index, (key, value) in enumerate(record):
            if key == self.time_key:
                return self._json_time(record, index, value)
        return Parsed(record, None)

    def _json_time(self, record: Map, index: int, value: Value) -> Parsed:
        """Of a time that fits up to its fraction Fluent Bit takes the fraction, in the first second of 1970."""
        if self.time is None or not isinstance(value, bytes):
            return Parsed(record, None)
        try:
            time_ns = self.time.read(value)
        except BadTime as misfit:
            return Parsed(record, int(misfit.fraction * NANOSECONDS) or None)
        if not self.time_keep:
            record = Map(record[:index] + record[index + 1 :])
        return Parsed(record, time_ns or None)

    def _pairs(self, pairs: list[tuple[bytes, Value]]) -> Parsed | None:
        """logfmt and ltsv: a time that cannot be read makes the whole line fail."""
        record, time_ns = Map(), None
        for key, value in pairs:
            if self.time and key == self.time_key and isinstance(value, bytes) and value:
                try:
                    time_ns = self.time.read(value)
                except BadTime:
                    return None
                if not self.time_keep:
                    continue
            record.append((key, self.cast(key, b"" if value is True else value) if self.types else value))
        return Parsed(record, time_ns or None) if record else None

    def cast(self, key: bytes, value: Value) -> Value:
        """The value in the type that Types gives its key."""
        kind = self.types.get(key)
        return cast_text(value, kind) if kind and isinstance(value, bytes) else value


def cast_text(text: bytes, kind: str) -> Value:
    """C's atoll, strtoull, atof and a prefix for booleans; what is none of them stays text."""
    if kind == "integer":
        found = _INTEGER.match(text)
        return max(-(2**63), min(2**63 - 1, int(found[1]))) if found else 0
    if kind == "hex":
        return _from_hex(text)
    if kind == "float":
        return _from_decimals(text)
    if kind == "bool":
        lowered = text[:5].lower()
        return True if lowered[:4] == b"true" else False if lowered == b"false" else text
    return text


def _from_hex(text: bytes) -> int:
    """C's strtoull: what is too large becomes the largest number, and a minus sign wraps around."""
    found = _HEX.match(text)
    if found is None:
        return 0
    number = int(found[2], 16)
    if number >= 2**64:
        return 2**64 - 1
    return -number % 2**64 if found[1] == b"-" else number


def _from_decimals(text: bytes) -> float:
    """C's atof: decimal or hexadecimal, ``inf`` and ``nan`` too."""
    hexadecimal = _HEX_FLOAT.match(text)
    if hexadecimal:
        return float.fromhex(hexadecimal[1].decode("ascii"))
    found = _FLOAT.match(text)
    return float(found[1]) if found else 0.0


def read_types(text: str) -> dict[bytes, str]:
    """``code:integer size:float``; the first entry of a key counts."""
    types: dict[bytes, str] = {}
    for entry in text.split(" "):
        key, colon, kind = entry.partition(":")
        if colon:
            types.setdefault(key.encode(), kind.lower())
    return types


def read_parser(section: Section, today: tuple[int, int, int]) -> Parser:
    """A parser from its section; ``today`` is the date of the clock, for times without a year."""
    layout = section.value("time_format")
    form = section.value("format").lower()
    return Parser(
        name=section.value("name", section.name),
        form=form,
        regex=compiled(section.value("regex").encode("utf-8", "surrogateescape")) if form == "regex" else None,
        time=_layout(section, today) if layout else None,
        time_key=section.value("time_key", "time").encode(),
        time_keep=flag(section, "time_keep"),
        skip_empty=flag(section, "skip_empty_values", True),
        bare_keys=not flag(section, "logfmt_no_bare_keys"),
        types=read_types(section.value("types")),
        decoders=decoders.read_decoders(section),
    )


def _layout(section: Section, today: tuple[int, int, int]) -> TimeLayout:
    by_system = flag(section, "time_system_timezone")
    offset = "" if by_system else section.value("time_offset")
    return TimeLayout(
        section.value("time_format").encode(),
        read_offset(offset),
        flag(section, "time_strict", True),
        today,
        zone_of(section.value("time_zone")) if section.value("time_zone") else None,
        by_system,
    )


CRI = Parser(
    name="_ml_cri",
    form="regex",
    regex=Regex(rb"^(?<time>.+?) (?<stream>stdout|stderr) (?<_p>F|P) (?<log>.*)$"),
    time=TimeLayout(b"%Y-%m-%dT%H:%M:%S.%L%z", strict=False),
    time_keep=True,
    skip_empty=False,
)
DOCKER = Parser(
    name="_ml_json_docker",
    form="json",
    time=TimeLayout(b"%Y-%m-%dT%H:%M:%S.%L", strict=False),
    time_keep=True,
)
"""The parsers inside the built-in multiline parsers."""

_WHOLE_CRI = re.compile(rb"((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,9})Z) (stdout|stderr) F ([^\n]*)")


def read_whole_cri(text: bytes) -> Parsed | None:
    """What ``CRI`` makes of a complete line in UTC, fast; None when the line is another one."""
    found = _WHOLE_CRI.fullmatch(text)
    if found is None or CRI.time is None:
        return None
    time, second, fraction, stream, log = found.groups()
    record = Map([(b"time", time), (b"stream", stream), (b"_p", b"F"), (b"log", log)])
    return Parsed(record, CRI.time.read_iso(second, fraction) or None)


__all__ = [
    "CRI", "DOCKER", "NANOSECONDS", "Parsed", "Parser", "cast_text", "read_parser", "read_types", "read_whole_cri",
]  # fmt: skip
