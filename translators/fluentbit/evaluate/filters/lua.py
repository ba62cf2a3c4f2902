"""Filter lua, run by the package lupa."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from typing import Any

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.filters.lua_values import Converter, Types
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.parsers import NANOSECONDS
from translators.fluentbit.evaluate.records import Event, Map, items_of
from translators.fluentbit.evaluate.timestamps import is_event_time

_WAY_OUT = "install the Python package lupa, or leave the filter out of the configuration that is simulated"


class LuaFilter(Filter):
    """Return codes: -1 drops, 1 takes record and time, 2 takes the record, others keep; a list of tables splits it."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self._now_ns = setting.world.now_ns
        self._runtime = _runtime(setting)
        types = Types(
            tuple(section.value("type_int_key").encode().split()),
            tuple(section.value("type_array_key").encode().split()),
            flag(section, "enable_flb_null"),
        )
        self._converter = Converter(self._runtime, types)
        self._load(setting)
        self._call = self._runtime.globals()[setting.key("call")]
        self._as_table = flag(section, "time_as_table")
        if self._call is None:
            told = f"{_prefix(setting)} function {section.value('call')} is not found"
            raise _stops(setting, "fluentbit/lua-call", told, "call", "define the function in the script")

    def _load(self, setting: Setting) -> None:
        """Raise Refused for what is no Lua. An error while the script runs is not looked at, as in Fluent Bit."""
        load = self._runtime.globals()[b"loadstring"] or self._runtime.globals()[b"load"]
        loaded = load(*_script(setting))
        chunk, error = loaded if isinstance(loaded, tuple) else (loaded, b"")
        if chunk is None:
            told = error.decode("utf-8", "replace") if isinstance(error, bytes) else str(error)
            key = "code" if setting.section.value("code") else "script"
            remedy = "correct the script: Fluent Bit does not start with it"
            raise _stops(setting, "fluentbit/lua-syntax", f"[luajit] error loading script: {told}", key, remedy)
        with suppress(Exception):  # the script is the user's: whatever it raises is Lua's error
            chunk()

    def run(self, batch: Batch) -> list[Event]:
        """An error in the script, or a table that is none, leaves the whole batch as it was.

        A record whose new time lies before 1970 or behind 2106 is lost.
        """
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
            if is_event_time(time_ns):
                result.extend(event._replace(record=record, time_ns=time_ns) for record in records)
        return result

    def _ask(self, event: Event, tag: bytes) -> tuple[int, Any, Any] | None:
        time_ns = self._now_ns if event.time_ns is None else event.time_ns
        time: Any = time_ns / NANOSECONDS
        if self._as_table:
            time = self._runtime.table_from({b"sec": time_ns // NANOSECONDS, b"nsec": time_ns % NANOSECONDS})
        try:
            answer = self._call(tag, time, self._converter.to_lua(event.record))
        except Exception:  # the script is the user's: whatever it raises is Lua's error, and Fluent Bit logs it
            return None
        code, new_time, table = (*answer, None, None)[:3] if isinstance(answer, tuple) else (answer, None, None)
        return int(_number(code)), new_time, table

    def _time(self, time: Any, event: Event) -> int | None:
        """Nanoseconds; the wall clock again when the script gave back what it got. What is no number counts as 0."""
        if self._as_table:
            if time is None or isinstance(time, bool | bytes | int | float):
                return event.time_ns
            time_ns = int(time[b"sec"] or 0) * NANOSECONDS + int(time[b"nsec"] or 0)
        else:
            number = _number(time)
            time_ns = int(number) * NANOSECONDS + int((number - int(number)) * NANOSECONDS)
        unchanged = event.time_ns is None and abs(time_ns - self._now_ns) < 1000
        return None if unchanged else time_ns

    def _records(self, table: Any) -> list[Map] | None:
        value = self._converter.from_lua(table)
        if isinstance(value, Map):
            return [value]
        if not isinstance(value, list):
            return None
        found = [item for item in items_of(value) if isinstance(item, Map)]
        return found if len(found) == len(value) else None


def _number(value: Any) -> float:
    """Lua's tonumber, with 0 for what is none."""
    try:
        return float(value) if isinstance(value, int | float | bytes) and not isinstance(value, bool) else 0.0
    except ValueError:
        return 0.0


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


def _script(setting: Setting) -> tuple[bytes, bytes]:
    """The script, and what Lua calls it in its messages."""
    section = setting.section
    code = section.value("code")
    if code:
        return code.encode("utf-8", "surrogateescape"), b"fluentbit.lua"
    name = section.value("script")
    for path, text in setting.files.items():
        if path == name or path.endswith("/" + name.rsplit("/", 1)[-1]) or path == name.rsplit("/", 1)[-1]:
            return text, f"@{_beside(setting, name)}".encode("utf-8", "surrogateescape")
    told = f"{_prefix(setting)} cannot access script '{_beside(setting, name)}'\n[filter_lua] filter cannot be loaded"
    raise _stops(setting, "fluentbit/lua-script-missing", told, "script", "give the script beside the configuration")


def _beside(setting: Setting, name: str) -> str:
    """Fluent Bit looks for the script in the folder of the configuration."""
    return posixpath.join(posixpath.dirname(setting.section.span.source), name)


def _prefix(setting: Setting) -> str:
    return f"[filter:lua:{setting.section.value('alias') or setting.name}]"


def _stops(setting: Setting, rule: str, told: str, key: str, remedy: str) -> Refused:
    item = setting.section.last(key)
    lines = f"{told}\nFailed initialize filter {setting.name}\n[engine] filter initialization failed"
    return Refused(rule, lines, item.span if item else setting.section.span, remedy)
