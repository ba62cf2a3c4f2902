"""unicode.encoding and generic.encoding of tail: a chunk of a file as UTF-8, and where its lines stood before."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

GENERIC = {
    "shiftjis": "cp932", "sjis": "cp932", "cp932": "cp932", "windows-31j": "cp932", "uhc": "cp949", "cp949": "cp949",
    "windows-949": "cp949", "gbk": "gbk", "cp936": "gbk", "gb18030": "gb18030", "big5": "cp950", "cp950": "cp950",
    "win866": "cp866", "cp866": "cp866", "win874": "cp874", "cp874": "cp874",
    **{f"{kind}125{number}": f"cp125{number}" for kind in ("win", "cp") for number in range(7)},
}  # fmt: skip
"""What generic.encoding knows, by its names in small letters, and Python's codec for it."""
UNICODE = {
    "auto": "",
    "utf-16le": "utf-16-le",
    "utf16-le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf16-be": "utf-16-be",
}
"""What unicode.encoding knows; ``auto`` looks at each chunk."""
_MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Encoding:
    """One of the two options; ``codec`` is empty for ``auto``."""

    codec: str
    wide: bool

    def to_utf8(self, data: bytes) -> bytes:
        """The chunk as Fluent Bit goes on with it; what cannot be converted stays, or ends the chunk."""
        return self._from_wide(data) if self.wide else self._from_narrow(data)

    def _from_narrow(self, data: bytes) -> bytes:
        """Up to the first NUL or character that the encoding lacks; all as it is when that is the very first."""
        text = data.partition(b"\0")[0]
        try:
            converted = text.decode(self.codec)
        except UnicodeDecodeError as error:
            converted = text[: error.start].decode(self.codec)
        return converted.encode() or data

    def _from_wide(self, data: bytes) -> bytes:
        codec = self.codec or _detected(data)
        if not codec:
            return data.removeprefix(UTF8_MARK)
        units = data.removeprefix(_MARKS[codec])
        units = units[: len(units) // 2 * 2]
        try:
            return units.decode(codec).encode() or data.removeprefix(UTF8_MARK)
        except UnicodeDecodeError:
            return data

    def line_ends(self, data: bytes) -> list[int]:
        """The offsets behind the line feeds of the chunk as it stands in the file."""
        codec = (self.codec or _detected(data)) if self.wide else ""
        if not codec:
            return [at + 1 for at, byte in enumerate(data) if byte == 0x0A]
        feed = "\n".encode(codec)
        return [at + 2 for at in range(0, len(data) - 1, 2) if data[at : at + 2] == feed]


def place_of(offset: int, converted: bytes, ends: list[int], start: int) -> tuple[int, int]:
    """Where in the file the line stood that begins at ``offset`` of the converted chunk."""
    feeds = [at + 1 for at, byte in enumerate(converted) if byte == 0x0A]
    number = bisect_right(feeds, offset)
    begin = ends[number - 1] if 0 < number <= len(ends) else 0
    return start + begin, start + (ends[number] if number < len(ends) else begin)


def _detected(data: bytes) -> str:
    """The codec that ``auto`` finds: by a byte order mark, else UTF-16LE where the bytes are no UTF-8; empty: UTF-8."""
    for codec, mark in _MARKS.items():
        if data.startswith(mark):
            return codec
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-16-le" if len(data) % 2 == 0 else ""
    return ""
