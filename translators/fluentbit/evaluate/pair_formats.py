"""logfmt, ltsv and tskv: lines of keys and values."""

from __future__ import annotations

import re
from typing import TypeAlias

from translators.fluentbit.evaluate.escapes import unescape_utf8
from translators.fluentbit.evaluate.records import Value

_LOGFMT = re.compile(
    rb'[\x00-\x20="]*([^\x00-\x20="]+)(?:(=)(?:"((?:[^"\\]|\\.)*\\?)"?|([^\x00-\x20="]*)))?([\r\n])?', re.DOTALL
)
_LABEL = re.compile(rb"[0-9A-Za-z_.-]*")
_FIELD = re.compile(rb"[^\x00\t\n\r]*")
Pairs: TypeAlias = "list[tuple[bytes, Value]]"


def read_logfmt(text: bytes, bare_keys: bool, escaped: bool) -> Pairs:
    """Any text has keys: a bare word is true, so is ``key=``. Without ``bare_keys`` a bare word makes the line fail.

    With ``escaped`` the values stay as they are written, which is what Fluent Bit gives a type to.
    """
    pairs: Pairs = []
    for found in _LOGFMT.finditer(text):
        key, equals, quoted, plain, line_end = found.groups()
        if not equals and not bare_keys:
            return []
        pairs.append((key, quoted if escaped and quoted is not None else _logfmt_value(quoted, plain)))
        if line_end:
            break
    return pairs


def _logfmt_value(quoted: bytes | None, plain: bytes | None) -> Value:
    if quoted is not None:
        return unescape_utf8(quoted).partition(b"\0")[0] if b"\\" in quoted else quoted
    return plain or True


def read_ltsv(text: bytes, separator: bytes) -> Pairs:
    """``label:value`` pairs between tabs; the first piece that is none ends the line."""
    pairs: Pairs = []
    at = 0
    while at < len(text):
        label = _LABEL.match(text, at)
        at = label.end() if label else at
        if text[at : at + 1] != separator:
            break
        value = _FIELD.match(text, at + 1)
        at = value.end() if value else at + 1
        if label and label[0] and value:
            pairs.append((label[0], value[0]))
        at += text[at : at + 1] == b"\t"
        if text[at : at + 1] in (b"\r", b"\n"):
            break
    return pairs
