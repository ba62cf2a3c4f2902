"""Filter modify: conditions on the incoming record, then rules in file order on its top-level keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Property
from translators.fluentbit.evaluate.accessor import Accessor, Missing, read_accessor
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.onigmo import Regex, compiled
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.fluentbit.words import quoted_words

Change = Callable[[Map, bytes, bytes], Map]


class Modify(Filter):
    """All conditions have to hold for the rules to run."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        properties = setting.section.properties
        self._conditions = tuple(_condition(item) for item in properties if item.key == "condition")
        self._rules = tuple(rule for item in properties if (rule := _rule(item)))

    def run(self, batch: Batch) -> list[Event]:
        return [self._apply(event) for event in batch.events]

    def _apply(self, event: Event) -> Event:
        record = event.record
        if not all(condition.holds(record) for condition in self._conditions):
            return event
        for rule in self._rules:
            record = rule.change(record, rule.key, rule.value)
        return event if record is event.record else event._replace(record=record)


@dataclass(frozen=True, slots=True)
class _Rule:
    change: Change
    key: bytes
    value: bytes


def _rule(item: Property) -> _Rule | None:
    """One word, two words, or three: a value of three words renames the first to the last, whatever the rule says."""
    parts = [word.encode("utf-8", "surrogateescape") for word in quoted_words(item.value) or ()]
    known = {**_ONE_WORD, **_TWO_WORDS}
    if item.key not in known:
        return None
    if len(parts) == 1 and item.key in _ONE_WORD:
        return _Rule(_ONE_WORD[item.key], parts[0], b"")
    if len(parts) == 2 and item.key in _TWO_WORDS:
        return _Rule(_TWO_WORDS[item.key], parts[0], parts[1])
    if len(parts) == 3:
        return _Rule(_rename, parts[0], parts[2])
    raise Refused("fluentbit/modify-rule", f"invalid operation {item.name} : {item.value} in configuration", item.span)


def _has(record: Map, key: bytes) -> bool:
    return any(name == key for name, _ in record)


def _count(record: Map, key: bytes) -> int:
    return sum(name == key for name, _ in record)


def _without(record: Map, key: bytes) -> Map:
    return Map([pair for pair in record if pair[0] != key])


def _renamed(record: Map, key: bytes, name: bytes) -> Map:
    return Map([(name, value) if old == key else (old, value) for old, value in record])


def _rename(record: Map, key: bytes, name: bytes) -> Map:
    return _renamed(record, key, name) if _has(record, key) and not _has(record, name) else record


def _hard_rename(record: Map, key: bytes, name: bytes) -> Map:
    return _renamed(_without(record, name), key, name) if _has(record, key) else record


def _copy(record: Map, key: bytes, name: bytes) -> Map:
    if _count(record, key) != 1 or _has(record, name):
        return record
    return _copied(record, key, name)


def _hard_copy(record: Map, key: bytes, name: bytes) -> Map:
    if _count(record, key) != 1 or _count(record, name) > 1:
        return record
    return _copied(_without(record, name), key, name)


def _copied(record: Map, key: bytes, name: bytes) -> Map:
    """The copy stands right behind the original."""
    result = Map()
    for pair in record:
        result.append(pair)
        if pair[0] == key:
            result.append((name, pair[1]))
    return result


def _add(record: Map, key: bytes, value: bytes) -> Map:
    return record if _has(record, key) else Map([*record, (key, value)])


def _set(record: Map, key: bytes, value: bytes) -> Map:
    return Map([*_without(record, key), (key, value)])


def _remove(record: Map, key: bytes, _: bytes) -> Map:
    return _without(record, key)


def _remove_wildcard(record: Map, key: bytes, _: bytes) -> Map:
    return Map([pair for pair in record if not pair[0].startswith(key)])


def _remove_regex(record: Map, key: bytes, _: bytes) -> Map:
    regex = compiled(key)
    return Map([pair for pair in record if not regex.matches(pair[0])])


def _move_to_start(record: Map, key: bytes, _: bytes) -> Map:
    moved = [pair for pair in record if pair[0].startswith(key)]
    return Map(moved + [pair for pair in record if not pair[0].startswith(key)])


def _move_to_end(record: Map, key: bytes, _: bytes) -> Map:
    moved = [pair for pair in record if pair[0].startswith(key)]
    return Map([pair for pair in record if not pair[0].startswith(key)] + moved)


_ONE_WORD: dict[str, Change] = {
    "remove": _remove,
    "remove_wildcard": _remove_wildcard,
    "remove_regex": _remove_regex,
    "move_to_start": _move_to_start,
    "move_to_end": _move_to_end,
}
_TWO_WORDS: dict[str, Change] = {
    "rename": _rename,
    "hard_rename": _hard_rename,
    "add": _add,
    "add_if_not_present": _add,
    "set": _set,
    "copy": _copy,
    "hard_copy": _hard_copy,
}


@dataclass(frozen=True, slots=True)
class _Condition:
    kind: str
    key: Accessor
    key_regex: Regex | None
    value: bytes
    value_regex: Regex | None

    def holds(self, record: Map) -> bool:
        if self.kind in ("a_key_matches", "no_key_matches"):
            return any(self._key_fits(name) for name, _ in record) == (self.kind == "a_key_matches")
        if self.kind.startswith("matching_keys"):
            misfit = any(self._key_fits(name) and not self._value_fits(value) for name, value in record)
            return misfit == (self.kind == "matching_keys_do_not_have_matching_values")
        found = self.key.get_pair(record)
        if isinstance(found, Missing):
            return self.kind == "key_does_not_exist"
        return self._holds_for(found)

    def _holds_for(self, value: Value) -> bool:
        match self.kind:
            case "key_exists":
                return True
            case "key_does_not_exist":
                return False
            case "key_value_equals":
                return value == self.value and isinstance(value, bytes)
            case "key_value_does_not_equal":
                return not (value == self.value and isinstance(value, bytes))
            case "key_value_matches":
                return self._value_fits(value)
            case _:
                return not self._value_fits(value)

    def _key_fits(self, name: bytes) -> bool:
        return self.key_regex is not None and self.key_regex.matches(name)

    def _value_fits(self, value: Value) -> bool:
        """Text, and true and false as words."""
        if isinstance(value, bool):
            value = b"true" if value else b"false"
        return isinstance(value, bytes) and self.value_regex is not None and self.value_regex.matches(value)


_ON_KEYS = ("a_key_matches", "no_key_matches", "matching_keys_have_matching_values",
            "matching_keys_do_not_have_matching_values")  # fmt: skip
_ON_VALUES = ("key_value_matches", "key_value_does_not_match", *_ON_KEYS[2:])
_KINDS = ("key_exists", "key_does_not_exist", "key_value_equals", "key_value_does_not_equal", *_ON_KEYS, *_ON_VALUES)


def _condition(item: Property) -> _Condition:
    """A condition without a key takes its own name for one."""
    parts = [word.encode("utf-8", "surrogateescape") for word in quoted_words(item.value) or ()]
    kind = parts[0].decode("utf-8", "replace").lower() if parts else ""
    if kind not in _KINDS:
        raise Refused("fluentbit/modify-condition", f"invalid config for condition `{item.value}`", item.span)
    parts = parts * 2 if len(parts) == 1 else parts
    value = parts[2] if len(parts) > 2 else b""
    return _Condition(
        kind,
        read_accessor(parts[1]),
        compiled(parts[1]) if kind in _ON_KEYS else None,
        value,
        compiled(value) if kind in _ON_VALUES else None,
    )
