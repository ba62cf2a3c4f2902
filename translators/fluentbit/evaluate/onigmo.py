"""Fluent Bit's regular expressions: Onigmo, Ruby syntax, on bytes, run by Oniguruma (its parent)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import _onigurumacffi  # type: ignore[import-not-found]

_FFI = _onigurumacffi.ffi
_LIB = _onigurumacffi.lib

_ASCII_SETS = {
    0x77: b"a-zA-Z0-9_",  # w
    0x64: b"0-9",  # d
    0x73: b" \\t\\n\\v\\f\\r",  # s
}
"""Onigmo's Ruby syntax keeps \\w, \\d and \\s to ASCII; Oniguruma's does not."""


class BadRegex(ValueError):
    """Onigmo cannot compile the pattern; Fluent Bit refuses to start."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as Onigmo gets it: its text and its flags (a subset of ``imx``)."""

    text: bytes
    flags: str = ""


def read_pattern(value: bytes) -> Pattern:
    """Take off ``/…/`` and ``/…/flags``; anything else behind the last slash leaves the whole text as the pattern.

    So does the flag ``o`` alone, which Fluent Bit knows and does not have.
    """
    if not value.startswith(b"/") or len(value) < 2:
        return Pattern(value)
    body, _, flags = value[1:].rpartition(b"/")
    if not flags and value.endswith(b"/"):
        return Pattern(body)
    if body and set(flags) <= set(b"imxo") and set(flags) - set(b"o"):
        return Pattern(body, "".join(sorted(set(flags.decode()) - {"o"})))
    return Pattern(value)


class Regex:
    """A compiled regular expression. Its group names are in the order of the pattern."""

    __slots__ = ("_regex", "_region", "groups", "names")

    def __init__(self, value: bytes) -> None:
        pattern = read_pattern(value)
        rewritten, names = _rewrite(pattern.text, "x" in pattern.flags)
        self.names = _by_name(names)
        if pattern.flags:
            rewritten = b"(?" + pattern.flags.encode() + b")" + rewritten
        target, error = _FFI.new("regex_t*[1]"), _FFI.new("OnigErrorInfo[1]")
        code = _LIB.onigcffi_new(target, rewritten, len(rewritten), error)
        if code < 0:
            raise BadRegex(_words(code, error))
        self._regex: Any = _FFI.gc(target[0], _LIB.onig_free)
        self._region: Any = _FFI.gc(_LIB.onig_region_new(), _LIB.onigcffi_region_free)
        self.groups: int = _LIB.onig_number_of_captures(self._regex)

    def matches(self, text: bytes) -> bool:
        """Whether the pattern is found anywhere."""
        subject, _ = _readable(text)
        return bool(_LIB.onigcffi_search(self._regex, subject, len(subject), 0, self._region, 0) >= 0)

    def matches_start(self, text: bytes) -> int:
        """How many bytes the pattern takes at the very start; -1 when it does not match there."""
        subject, _ = _readable(text)
        return int(_LIB.onigcffi_match(self._regex, subject, len(subject), 0, self._region, 0))

    def search(self, text: bytes) -> tuple[bytes | None, ...] | None:
        """The whole match and its groups; a group that took no part is None."""
        subject, offsets = _readable(text)
        if _LIB.onigcffi_search(self._regex, subject, len(subject), 0, self._region, 0) < 0:
            return None
        region = self._region[0]
        starts, ends = _FFI.unpack(region.beg, region.num_regs), _FFI.unpack(region.end, region.num_regs)
        if offsets is not None:
            starts, ends = [_back(offsets, at) for at in starts], [_back(offsets, at) for at in ends]
        return tuple([text[start:end] if start >= 0 else None for start, end in zip(starts, ends, strict=True)])

    def named(self, text: bytes) -> list[tuple[bytes, bytes]] | None:
        """The named groups in the order of the pattern, those of one name together; one that took no part is empty.

        None when nothing matches, and when the pattern has no group at all, which counts as failure in Fluent Bit.
        """
        found = self.search(text) if self.groups else None
        if found is None:
            return None
        return [(name, found[number] or b"") for name, number in self.names]

    def fields(self, text: bytes) -> list[tuple[bytes, bytes]] | None:
        """As ``named``; a parser fails as well where none of the named groups took part."""
        found = self.search(text) if self.names else None
        if found is None or all(found[number] is None for _, number in self.names):
            return None
        return [(name, found[number] or b"") for name, number in self.names]


@lru_cache(maxsize=4096)
def compiled(value: bytes) -> Regex:
    return Regex(value)


def _words(code: int, error: Any) -> str:
    buffer = _FFI.new(f"OnigUChar[{_LIB.ONIG_MAX_ERROR_MESSAGE_LEN}]")
    length = _LIB.onig_error_code_to_str(buffer, code, error)
    return bytes(buffer[0:length]).decode("utf-8", "replace")


def _back(offsets: list[int], at: int) -> int:
    return offsets[at] if at >= 0 else -1


def _readable(text: bytes) -> tuple[bytes, list[int] | None]:
    """Text that Oniguruma walks as Onigmo does: a byte that is no UTF-8 is one character with the byte's number.

    Oniguruma would take as many bytes as the first one announces. The second part maps offsets back; None when equal.
    """
    if text.isascii():
        return text, None
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return _with_offsets(text)
    return text, None


def _with_offsets(text: bytes) -> tuple[bytes, list[int]]:
    subject, offsets, at = bytearray(), [], 0
    for character in text.decode("utf-8", "surrogateescape"):
        stray = 0xDC80 <= ord(character) <= 0xDCFF
        encoded = chr(ord(character) - 0xDC00).encode() if stray else character.encode()
        subject += encoded
        offsets.extend([at] * len(encoded))
        at += 1 if stray else len(encoded)
    offsets.append(at)
    return bytes(subject), offsets


def _rewrite(text: bytes, extended: bool) -> tuple[bytes, tuple[tuple[bytes, int], ...]]:
    """The pattern for Oniguruma, and its group names with their numbers."""
    result, at, depth = bytearray(), 0, 0
    names: list[tuple[bytes, int]] = []
    unicode_classes = text.startswith(b"(?u)")
    at = 4 if unicode_classes else 0
    while at < len(text):
        byte = text[at]
        if byte == 0x5C and at + 1 < len(text):
            result += text[at : at + 2] if unicode_classes else _escape(text[at + 1], depth > 0)
            at += 2
            continue
        if extended and byte == 0x23 and not depth:
            end = text.find(b"\n", at)
            at = len(text) if end < 0 else end
            continue
        if byte == 0x5B:
            depth += not text.startswith(b"[:", at) or not depth
        elif (
            byte == 0x5D and depth and not (text[at - 1] == 0x3A and text.rfind(b"[:", 0, at) > text.rfind(b"]", 0, at))
        ):
            depth -= 1
        elif byte == 0x28 and not depth and (name := _group_name(text, at)):
            names.append((name, len(names) + 1))
        result.append(byte)
        at += 1
    return bytes(result), tuple(names)


def _by_name(names: tuple[tuple[bytes, int], ...]) -> tuple[tuple[bytes, int], ...]:
    first = dict(reversed(names))
    return tuple(sorted(names, key=lambda named: (first[named[0]], named[1])))


def _escape(letter: int, in_class: bool) -> bytes:
    known = _ASCII_SETS.get(letter | 0x20)
    if known is None:
        return bytes((0x5C, letter))
    negated = letter < 0x60
    if in_class:
        return b"[^" + known + b"]" if negated else known
    return b"[" + (b"^" if negated else b"") + known + b"]"


def _group_name(text: bytes, at: int) -> bytes:
    """The name of the group that opens at ``at``; empty when it has none."""
    opening = text[at : at + 4]
    if opening[:3] == b"(?<" and opening[3:4] not in (b"=", b"!"):
        return text[at + 3 : text.find(b">", at)]
    if opening[:3] == b"(?'":
        return text[at + 3 : text.find(b"'", at + 3)]
    return b""
