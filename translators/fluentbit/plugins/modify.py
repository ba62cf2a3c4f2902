"""[FILTER] modify: keys renamed, added, removed. The line stays; what moves is where the fields are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from translators.catalog import Field, FieldPath, IsGone, Presence
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.evaluate.onigmo import Regex
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Judgement, approximate, equivalent, exact, harmless, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.constants import is_certain, is_known, put_constant, put_where_missing, set_by_some
from translators.fluentbit.plugins.modify_conditions import Guard, guard_of
from translators.fluentbit.whereabouts import Whereabouts
from translators.fluentbit.words import quoted_words

PLUGIN = "modify"
_MAPPED = exact("the line stays as it is; the catalog says where the field is now")
_SOMETIMES = approximate("Fluent Bit does it only where the Condition holds; the catalog takes it for every record")
_ABSENT = exact("no record here has that key: Fluent Bit does nothing")
_TAKEN = "Fluent Bit does it only where a record has no {} yet; the agents do not do it at all"
_COVERED = "where a record has no {} Fluent Bit keeps its {}; the catalog does not"
_KEPT = "where the Condition does not hold Fluent Bit keeps the {} of the record; the catalog does not"


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the record's keys as the rules leave them."""
    guard = guard_of(section, flow, desk)
    desk.ledger.section(PLUGIN, section, exact("lines are not rewritten; the catalog says where each field is"))
    flow = guard.flow
    for item in section.properties:
        rule = _RULES.get(item.key)
        if rule is not None and not guard.never:
            flow = _run(rule, item, flow, desk, guard)
        elif rule is not None:
            desk.ledger.key(PLUGIN, item, exact("its Condition never holds here: Fluent Bit does nothing"))
    judge_options(desk.ledger, PLUGIN, section, COMMON)
    return flow


Rule = Callable[[Property, list[str], Flow, Desk, Guard], Flow]


def _run(rule: Rule, item: Property, flow: Flow, desk: Desk, guard: Guard) -> Flow:
    words = quoted_words(item.value) or []
    if len(words) == 3:
        message = f"three words are read as a Rename of {words[0]} to {words[2]}: quote the value if that is not meant"
        desk.ledger.key(PLUGIN, item, equivalent(message))
        return _rename(item, [words[0], words[2]], flow, desk, guard)
    if item.key in _ONE_WORD or len(words) == 2:
        return rule(item, words, flow, desk, guard)
    desk.ledger.key(PLUGIN, item, harmless("it has not the words that it needs: Fluent Bit does not start"))
    return flow


def _judge(item: Property, desk: Desk, guard: Guard, judgement: Judgement = _MAPPED) -> None:
    desk.ledger.key(PLUGIN, item, judgement if guard.always else _SOMETIMES)


def _rename(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    return _hard_rename(item, words, flow, desk, guard) if _free(item, words, flow, desk, guard) else flow


def _hard_rename(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    if not _there(item, words, flow, desk, guard):
        return flow
    _judge(item, desk, guard, _moved(flow, words))
    return flow.knowing(flow.record.rename((words[0],), (words[1],)))


def _copy(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    return _hard_copy(item, words, flow, desk, guard) if _free(item, words, flow, desk, guard) else flow


def _hard_copy(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    if not _there(item, words, flow, desk, guard):
        return flow
    _judge(item, desk, guard, _moved(flow, words))
    return flow.knowing(_copied(flow.record, (words[0],), (words[1],)))


def _there(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> bool:
    """Whether some record has the old key; judged where none has."""
    if flow.find((words[0],)) is not None or flow.record.below((words[0],)):
        return True
    _judge(item, desk, guard, _ABSENT)
    return False


def _free(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> bool:
    """Whether no field of the new name is known; judged where one is."""
    if not _there(item, words, flow, desk, guard):
        return False
    if is_known(flow, (words[1],)):
        desk.ledger.key(PLUGIN, item, _taken(flow, words[1]))
        return False
    return True


def _copied(record: Whereabouts, old: FieldPath, new: FieldPath) -> Whereabouts:
    """The field and what is below it once more under ``new``; one that only the line tells in lines it was read in."""
    fields = tuple(replace(field, path=new + field.path[1:]) for field in record.fields if field.path[:1] == old)
    place = record.find(old)
    if place is not None and all(field.when is Presence.UNPARSED for field in fields):
        fields = (Field(new, place, Presence.PARSED if fields else Presence.ALWAYS), *fields)
    return Whereabouts((*record.without(new).fields, *fields))


def _moved(flow: Flow, words: list[str]) -> Judgement:
    """What a Rename or Copy that takes place may hide: another field of the new name, where the old one is missing."""
    old, new = words[0], words[1]
    if is_known(flow, (new,)) and not is_certain(flow, (old,)):
        return approximate(_COVERED.format(old, new))
    if flow.record.open is not None:
        return equivalent(f"while no line has a key {new} of its own")
    return _MAPPED


def _taken(flow: Flow, key: str) -> Judgement:
    """A key that is there already; one that comes of the line is not in every record."""
    if is_certain(flow, (key,)):
        return exact(f"{key} exists already: Fluent Bit does nothing")
    return approximate(_TAKEN.format(key))


def _add(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    if not is_known(flow, (words[0],)):
        return _put(item, words, flow, desk, guard)
    label = set_by_some(flow, words[0])
    if not label or not words[1] or guard.unknown:
        desk.ledger.key(PLUGIN, item, _taken(flow, words[0]))
        return flow
    desk.ledger.key(PLUGIN, item, _said(flow, f"a label says it where no filter before gave {words[0]}"))
    return put_where_missing(flow, label, words[1], guard.selector)


def _said(flow: Flow, message: str) -> Judgement:
    """What a label says of a key that is in no record, unless a line brings it."""
    if flow.record.open is None:
        return exact(message)
    return equivalent(f"{message}, while no line has that key of its own")


def _put(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    key = words[0]
    if guard.unknown:
        desk.ledger.key(PLUGIN, item, approximate("the agents cannot ask for its Condition, so the value is not added"))
        return flow.knowing(flow.record.put(Field((key,), IsGone("the agents cannot ask for the Condition"))))
    if guard.selector and is_known(flow, (key,)):
        judgement = approximate(_KEPT.format(key))
    elif guard.selector or item.key != "set":
        judgement = _said(flow, "a label says it")
    else:
        judgement = exact("a label says it")
    desk.ledger.key(PLUGIN, item, judgement)
    return put_constant(flow, key, words[1], guard.selector)


def _remove(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    _judge(item, desk, guard, exact("the catalog does not have it any more; a line that holds it stays whole"))
    if not guard.always:
        return flow
    match item.key:
        case "remove":
            record = flow.record.without((words[0],))
        case "remove_wildcard":
            record = flow.record.sift(lambda key: not key.startswith(words[0]), desk.names)
        case _:
            regex = Regex(words[0].encode("utf-8", "surrogateescape"))
            record = flow.record.sift(
                lambda key: regex.search(key.encode("utf-8", "surrogateescape")) is None, desk.names
            )
    return flow.knowing(record)


def _move(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    desk.ledger.key(PLUGIN, item, harmless("only the order of the record's keys changes"))
    moved = tuple(field for field in flow.record.fields if field.path[:1] == (words[0],))
    rest = tuple(field for field in flow.record.fields if field not in moved)
    order = (*moved, *rest) if item.key == "move_to_start" else (*rest, *moved)
    return flow.knowing(replace(flow.record, fields=order)) if guard.always else flow


_ONE_WORD = frozenset({"remove", "remove_wildcard", "remove_regex", "move_to_start", "move_to_end"})
_RULES: Mapping[str, Rule] = {
    "rename": _rename,
    "hard_rename": _hard_rename,
    "copy": _copy,
    "hard_copy": _hard_copy,
    "add": _add,
    "set": _put,
    "remove": _remove,
    "remove_wildcard": _remove,
    "remove_regex": _remove,
    "move_to_start": _move,
    "move_to_end": _move,
}
