"""Values between Fluent Bit and Lua: tables remember whether they were a map or a list, as in Fluent Bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from translators.fluentbit.evaluate.records import Map, Value, items_of

_LIST, _MAP = 1, 2
_HELPERS = b"""
local function marked(kind)
  return function(t) return setmetatable(t, {type = kind}) end
end
local function shape(t)
  local meta, longest = getmetatable(t), 0
  for key in pairs(t) do
    if type(key) == "number" and key > longest then longest = key end
  end
  return type(meta) == "table" and meta.type or nil, longest, #t
end
return {list = marked(1), map = marked(2), shape = shape, raw = rawget,
        null = newproxy and newproxy(false) or setmetatable({}, {type = 3}), type = type}
"""


@dataclass(frozen=True, slots=True)
class Types:
    """Options of the filter: keys whose numbers are cut to integers, keys whose tables are lists, null as flb_null."""

    integers: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    has_null: bool = False


class Converter:
    """Both directions, for one Lua interpreter."""

    def __init__(self, runtime: Any, types: Types) -> None:
        self._runtime = runtime
        self._types = types
        self._helpers = runtime.execute(_HELPERS)
        self._null = self._helpers[b"null"]
        if types.has_null:
            runtime.globals()[b"flb_null"] = self._null

    def to_lua(self, value: Value) -> Any:
        if isinstance(value, Map):
            pairs = {key: self.to_lua(item) for key, item in value if item is not None or self._types.has_null}
            return self._helpers[b"map"](self._runtime.table_from(pairs))
        if isinstance(value, list):
            return self._helpers[b"list"](self._runtime.table_from([self.to_lua(item) for item in items_of(value)]))
        if value is None:
            return self._null if self._types.has_null else None
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def from_lua(self, value: Any) -> Value:
        if value is None or isinstance(value, bool | bytes):
            return value
        if isinstance(value, int | float):
            return int(value) if float(value).is_integer() and abs(value) < 2**63 else float(value)
        if isinstance(value, str):
            return value.encode("utf-8", "surrogateescape")
        if not self._is_table(value):
            return None
        kind, longest, length = self._helpers[b"shape"](value)
        if kind == _LIST:
            return self._list(value, int(length))
        if kind != _MAP and longest > 0:
            return self._list(value, int(longest))
        return Map([(_key(key), self._under(key, item)) for key, item in value.items()])

    def _under(self, key: Any, item: Any) -> Value:
        """The value of a map's key, with what the options say of that key (as much of theirs as the key is long)."""
        if isinstance(key, bytes) and _is_number(item) and any(name.startswith(key) for name in self._types.integers):
            return int(item)
        if isinstance(key, bytes) and self._is_table(item) and any(name.startswith(key) for name in self._types.lists):
            return self._list(item, int(self._helpers[b"shape"](item)[2]))
        return self.from_lua(item)

    def _is_table(self, value: Any) -> bool:
        return bool(self._helpers[b"type"](value) == b"table")

    def _list(self, table: Any, length: int) -> Value:
        return [self.from_lua(self._helpers[b"raw"](table, index)) for index in range(1, length + 1)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _key(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return b"%d" % value if isinstance(value, int) else str(value).encode()
