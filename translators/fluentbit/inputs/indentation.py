"""Put the indentation back into a pasted manifest, line for line, so that the ordinary readers can take it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from translators.fluentbit.inputs.shapes import OBJECT, Shape

_BLOCK = re.compile(r"(?P<key>[\w.-]+): *(?P<style>[|>])[+-]?\d?\s*$")
_KEY = re.compile(r"(?P<dash>- +)?(?P<key>[A-Za-z][\w./-]*|\"[^\"]+\"|'[^']+'):(?:\s+(?P<value>.*))?$")
_FILE = re.compile(r"[\w.-]+\.(?:conf|ya?ml|lua|txt|sh|json|cfg)$")
_CLASSIC_FILE = re.compile(r"\.(?:conf|cfg)$")
_FENCES = ("```", "~~~")
"""Where a block of Markdown begins or ends: nothing of a manifest goes on behind it."""
_STARTS = ("apiVersion", "kind")


@dataclass(slots=True)
class Restored:
    """The text with its indentation; ``added`` are the blanks before each line; ``lost`` are lines left out."""

    lines: list[str] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    outside: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(slots=True)
class _Open:
    """A node that is being filled, at its indent."""

    shape: Shape
    indent: int
    seen: set[str] = field(default_factory=set)


def restore(text: str) -> Restored:
    """A manifest that lost its indentation, with what is no part of it blanked out."""
    work = _Restorer()
    for number, row in enumerate(text.split("\n"), 1):
        work.take(number, row.removesuffix("\r"))
    return work.out


def restore_classic(text: str) -> tuple[str, tuple[int, ...]]:
    """A classic configuration in which headers and commands begin their line and keys are indented."""
    lines: list[str] = []
    added: list[int] = []
    for row in text.split("\n"):
        words = row.strip()
        indent = _classic_indent(words)
        lines.append(" " * indent + words)
        added.append(indent - (len(row) - len(row.lstrip())))
    return "\n".join(lines), tuple(added)


def _classic_indent(words: str) -> int:
    return 0 if not words or words[0] in "[@#" else 4


class _Restorer:
    def __init__(self) -> None:
        self.out = Restored()
        self._stack: list[_Open] = []
        self._block = ""

    def take(self, number: int, row: str) -> None:
        words = row.strip().removeprefix("\ufeff")
        if words.startswith(_FENCES):
            self._block, self._stack = "", []
            self._outside(number, words, row)
        elif words == "---" or (words.split(":")[0] in _STARTS and self._begins_object(words)):
            self._begin(words, row)
        elif _BLOCK.match(words) and self._takes_block(words):
            self._open_block(words, row)
        elif self._block:
            indent = 4 + _classic_indent(words) if _CLASSIC_FILE.search(self._block) else 4
            self._emit(words, indent if words else 0, row)
        elif not words or words.startswith("#"):
            self._emit("", 0, row)
        elif self._stack:
            self._structured(number, words, row)
        else:
            self._outside(number, words, row)

    def _begins_object(self, words: str) -> bool:
        """``apiVersion:`` or ``kind:`` where no open node waits for it."""
        key = words.split(":")[0]
        if self._block:
            return bool(re.match(r"(?:apiVersion|kind): *[\w./]+$", words))
        for node in reversed(self._stack):
            if key in node.shape.keys and key not in node.seen:
                return node is self._stack[0] and False
        return True

    def _begin(self, words: str, row: str) -> None:
        self._block = ""
        self._stack = [_Open(OBJECT, 0)]
        if words == "---":
            self._emit(words, 0, row)
            return
        if any(line and line != "---" for line in self.out.lines) and self.out.lines[-1] != "---":
            self._separate()
        self._stack[0].seen.add(words.split(":")[0])
        self._emit(words, 0, row)

    def _separate(self) -> None:
        """A new object without ``---`` before it takes the last empty line for one."""
        for index in range(len(self.out.lines) - 1, -1, -1):
            if not self.out.lines[index]:
                self.out.lines[index] = "---"
                return

    def _takes_block(self, words: str) -> bool:
        match = _BLOCK.match(words)
        key = match["key"] if match else ""
        if self._block:
            return bool(_FILE.match(key))
        return bool(_FILE.match(key)) or (bool(self._stack) and self._stack[-1].shape.data)

    def _open_block(self, words: str, row: str) -> None:
        match = _BLOCK.match(words)
        assert match is not None  # noqa: S101 - the caller matched
        self._block = match["key"]
        self._emit(f"{match['key']}: |", 2, row)

    def _structured(self, number: int, words: str, row: str) -> None:
        match = _KEY.match(words)
        if words.startswith("- ") and (match is None or not match["dash"]):
            self._scalar_item(number, words, row)
        elif match is None:
            self._stack = []
            self._outside(number, words, row)
        elif match["dash"]:
            self._item(number, match, words, row)
        else:
            self._key(number, match, words, row)

    def _scalar_item(self, number: int, words: str, row: str) -> None:
        while self._stack:
            item = self._stack[-1].shape.item
            if item is not None and item.scalar:
                self._emit(words, self._stack[-1].indent, row)
                return
            self._stack.pop()
        self._outside(number, words, row)

    def _item(self, number: int, match: re.Match[str], words: str, row: str) -> None:
        """``- key: value`` begins a new item of the innermost list whose items have that key."""
        key = match["key"].strip("\"'")
        depth = next(
            (
                index
                for index in range(len(self._stack) - 1, -1, -1)
                if (item := self._stack[index].shape.item) is not None and key in item.keys
            ),
            -1,
        )
        if depth < 0:
            self._unknown(number, words, row)
            return
        holder = self._stack[depth]
        del self._stack[depth + 1 :]
        item = holder.shape.item
        assert item is not None  # noqa: S101 - the search above required it
        self._stack.append(_Open(item, holder.indent + 2, {key}))
        self._emit(words, holder.indent, row)
        self._descend(item.keys[key], holder.indent + 4, match["value"])

    def _key(self, number: int, match: re.Match[str], words: str, row: str) -> None:
        key, value = match["key"].strip("\"'"), match["value"]
        depth = self._depth_for(key, bool(value))
        if depth < 0:
            self._unknown(number, words, row)
            return
        del self._stack[depth + 1 :]
        node = self._stack[depth]
        node.seen.add(key)
        self._emit(words, node.indent, row)
        self._descend(node.shape.keys.get(key), node.indent + 2, value)

    def _depth_for(self, key: str, has_value: bool) -> int:
        """The innermost open node that knows the key and has not got it; else a free one above nothing."""
        for index in range(len(self._stack) - 1, -1, -1):
            node = self._stack[index]
            if key in node.shape.keys and key not in node.seen:
                return index
        if has_value and self._stack and (self._stack[-1].shape.free or self._stack[-1].shape.data):
            return len(self._stack) - 1
        return -1

    def _descend(self, shape: Shape | None, indent: int, value: str | None) -> None:
        if shape is not None and not shape.scalar and not (value or "").split("#")[0].strip():
            self._stack.append(_Open(shape, indent))

    def _unknown(self, number: int, words: str, row: str) -> None:
        self.out.unknown.append((number, words))
        self._emit("", 0, row)

    def _outside(self, number: int, words: str, row: str) -> None:
        self.out.outside.append((number, words))
        self._emit("", 0, row)

    def _emit(self, words: str, indent: int, row: str) -> None:
        self.out.lines.append(" " * indent + words if words else "")
        self.out.added.append(indent - (len(row) - len(row.lstrip())))
