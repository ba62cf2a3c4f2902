"""[FILTER] modify: keys renamed, added, removed. The line stays; what moves is where the fields are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from translators.catalog import Field, IsGone, Presence
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.evaluate.onigmo import Regex
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Judgement, approximate, equivalent, exact, harmless, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.constants import put_constant
from translators.fluentbit.plugins.modify_conditions import Guard, guard_of
from translators.fluentbit.words import quoted_words

PLUGIN = "modify"
_MAPPED = exact("the line stays as it is; the catalog says where the field is now")
_SOMETIMES = approximate("Fluent Bit does it only where the Condition holds; the catalog takes it for every record")
_ABSENT = exact("no record here has that key: Fluent Bit does nothing")


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
    old, new = (words[0],), (words[1],)
    if flow.find(old) is None and not flow.record.below(old):
        _judge(item, desk, guard, _ABSENT)
        return flow
    if item.key == "rename" and flow.record.has(new):
        desk.ledger.key(PLUGIN, item, _taken(flow, words[1]))
        return flow
    claim = equivalent(f"while no line has a key {words[1]} of its own") if flow.record.open else _MAPPED
    always = all(field.when is Presence.ALWAYS for field in flow.record.fields if field.path[:1] == old)
    if flow.record.has(new) and not always:
        claim = approximate(f"where a record has no {words[0]} Fluent Bit keeps its {words[1]}; the catalog does not")
    _judge(item, desk, guard, claim)
    return flow.knowing(flow.record.rename(old, new))


def _copy(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    place = flow.find((words[0],))
    if place is None:
        _judge(item, desk, guard, _ABSENT)
        return flow
    if item.key == "copy" and flow.record.has((words[1],)):
        desk.ledger.key(PLUGIN, item, _taken(flow, words[1]))
        return flow
    _judge(
        item, desk, guard, equivalent("while no line has a key of that name itself") if flow.record.open else _MAPPED
    )
    return flow.knowing(flow.record.put(Field((words[1],), place)))


def _taken(flow: Flow, key: str) -> Judgement:
    """A key that comes of the line is not in every record."""
    if flow.record.open is None:
        return exact(f"{key} exists already: Fluent Bit does nothing")
    return approximate(
        f"{key} is taken from the line here; where a line lacks it Fluent Bit does it and the agents do not"
    )


def _add(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    if flow.record.has((words[0],)):
        desk.ledger.key(PLUGIN, item, _taken(flow, words[0]))
        return flow
    return _put(item, words, flow, desk, guard)


def _set(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    return _put(item, words, flow.knowing(flow.record.without((words[0],))), desk, guard)


def _put(item: Property, words: list[str], flow: Flow, desk: Desk, guard: Guard) -> Flow:
    if guard.unknown:
        desk.ledger.key(PLUGIN, item, approximate("the agents cannot ask for its Condition, so the value is not added"))
        return flow.knowing(flow.record.put(Field((words[0],), IsGone("the agents cannot ask for the Condition"))))
    open_line = flow.record.open is not None and item.key == "add"
    claim = "a label says it" + (", while no line has that key of its own" if open_line else "")
    desk.ledger.key(PLUGIN, item, equivalent(claim) if open_line else exact(claim))
    return put_constant(flow, words[0], words[1], guard.selector)


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
    "hard_rename": _rename,
    "copy": _copy,
    "hard_copy": _copy,
    "add": _add,
    "set": _set,
    "remove": _remove,
    "remove_wildcard": _remove,
    "remove_regex": _remove,
    "move_to_start": _move,
    "move_to_end": _move,
}
