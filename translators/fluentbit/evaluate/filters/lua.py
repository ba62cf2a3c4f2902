"""Filter lua, run by the optional package lupa."""

from __future__ import annotations

from typing import Any

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.parsers import NANOSECONDS
from translators.fluentbit.evaluate.records import Event, Map, Value, items_of

_WAY_OUT = "install logmig with its extra `lua`, or leave the filter out of the configuration that is simulated"
_NO_TABLE = object()


class LuaFilter(Filter):
    """Return codes: -1 drops, 0 keeps, 1 takes record and time, 2 takes the record; a table of tables splits it."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self._now_ns = setting.world.now_ns
        self._runtime = _runtime(setting)
        self._runtime.execute(_script(setting))
        self._call = self._runtime.globals()[setting.key("call")]
        self._as_table = flag(section, "time_as_table")
        self._integers = set(section.value("type_int_key").encode().split())
        self._arrays = set(section.value("type_array_key").encode().split())
        if self._call is None:
            raise Refused("fluentbit/lua-call", f"function {section.value('call')} is not found", section.span)

    def run(self, batch: Batch) -> list[Event]:
        """An error in the script, or a table that is none, leaves the whole batch as it was."""
        result: list[Event] = []
        for event in batch.events:
            answer = self._ask(event, batch.tag)
            if answer is None:
                return batch.events
            code, time, table = answer
            if code == -1:
                continue
            if code not in (1, 2):
                result.append(event)
                continue
            records = self._records(table)
            if records is None:
                return batch.events
            time_ns = self._time(time, event) if code == 1 else event.time_ns
            result.extend(event._replace(record=record, time_ns=time_ns) for record in records)
        return result

    def _ask(self, event: Event, tag: bytes) -> tuple[int, Any, Any] | None:
        time_ns = self._now_ns if event.time_ns is None else event.time_ns
        time: Any = time_ns / NANOSECONDS
        if self._as_table:
            time = self._runtime.table_from({b"sec": time_ns // NANOSECONDS, b"nsec": time_ns % NANOSECONDS})
        try:
            answer = self._call(tag, time, self._table(event.record))
        except Exception:  # the script is the user's: whatever it raises is Lua's error, and Fluent Bit logs it
            return None
        code, new_time, table = (*answer, None, None)[:3] if isinstance(answer, tuple) else (answer, None, None)
        return int(code) if isinstance(code, int | float) else 0, new_time, table

    def _time(self, time: Any, event: Event) -> int | None:
        """Nanoseconds; the wall clock again when the script gave back what it got."""
        if isinstance(time, int | float):
            time_ns = int(time) * NANOSECONDS + int((time - int(time)) * NANOSECONDS)
        elif time is not None and self._as_table:
            time_ns = int(time[b"sec"]) * NANOSECONDS + int(time[b"nsec"])
        else:
            return None
        unchanged = event.time_ns is None and abs(time_ns - self._now_ns) < 1000
        return None if unchanged else time_ns

    def _table(self, value: Value) -> Any:
        if isinstance(value, Map):
            return self._runtime.table_from({key: self._table(item) for key, item in value if item is not None})
        if isinstance(value, list):
            return self._runtime.table_from([self._table(item) for item in items_of(value)])
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def _records(self, table: Any) -> list[Map] | None:
        value = self._value(table, b"")
        maps = value if isinstance(value, list) and not isinstance(value, Map) else [value]
        found = [item for item in maps if isinstance(item, Map) and item]
        return found if found and len(found) == len(maps) else None

    def _value(self, value: Any, key: bytes) -> Value:
        if value is None or isinstance(value, bool | bytes):
            return value
        if isinstance(value, int | float):
            whole = float(value).is_integer()
            return int(value) if whole or key in self._integers else float(value)
        if isinstance(value, str):
            return value.encode("utf-8", "surrogateescape")
        keys = list(value)
        if key in self._arrays or (keys and all(isinstance(item, int | float) for item in keys)):
            return [self._value(value[item], b"") for item in sorted(keys)]
        return Map((_key(item), self._value(value[item], _key(item))) for item in keys)


def _key(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _runtime(setting: Setting) -> Any:
    try:
        from lupa import luajit21 as engine  # type: ignore[import-untyped]
    except ImportError:
        try:
            import lupa as engine
        except ImportError:
            raise Refused(
                "fluentbit/lua-unavailable", "a lua filter needs a Lua interpreter to be simulated",
                setting.section.span, _WAY_OUT,
            ) from None  # fmt: skip
    return engine.LuaRuntime(encoding=None, unpack_returned_tuples=True, register_eval=False)


def _script(setting: Setting) -> bytes:
    section = setting.section
    code = section.value("code")
    if code:
        return code.encode("utf-8", "surrogateescape")
    name = section.value("script")
    for path, text in setting.files.items():
        if path == name or path.endswith("/" + name.rsplit("/", 1)[-1]) or path == name.rsplit("/", 1)[-1]:
            return text
    raise Refused(
        "fluentbit/lua-script-missing", f"cannot access script '{name}'", section.span,
        "give the script beside the configuration",
    )  # fmt: skip
