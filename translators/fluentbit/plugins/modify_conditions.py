"""Conditions of the modify filter: known before any line is read, asked of each entry, or not to be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from translators.catalog import FieldPath, InJson, IsGone, Matcher, MatchOperator, Presence
from translators.fluentbit.conditions import Asked, Test, ask, ask_presence, can_ask, search_for, together
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.evaluate.onigmo import Regex
from translators.fluentbit.flow import UNASKED, Desk, Discovered, Flow, JsonText, as_label, json_path, spot, text_at
from translators.fluentbit.ledger import approximate, equivalent, exact
from translators.fluentbit.plugins.constants import is_seldom
from translators.fluentbit.plugins.paths import has_index, path_of
from translators.fluentbit.regexes import NotTaken, Taken
from translators.fluentbit.regexes import found as has_match
from translators.fluentbit.words import quoted_words
from translators.pipeline.selectors import not_searching, searching
from translators.pipeline.stages import ParseJson

PLUGIN = "modify"
_FIRST = "|[0]"
_FILLERS = ("-", "x", "0", " ", "-x0 ")


@dataclass(frozen=True, slots=True)
class Guard:
    """When the rules of a filter run. ``selector`` is empty when they always do, or when nobody can ask."""

    flow: Flow
    selector: str = ""
    never: bool = False
    unknown: bool = False

    @property
    def always(self) -> bool:
        return not (self.selector or self.never or self.unknown)


def guard_of(section: Section, flow: Flow, desk: Desk) -> Guard:
    """All conditions of the section together: they are evaluated on the record as it comes in."""
    guard = Guard(flow)
    asked: tuple[Asked, ...] = ()
    for item in section.every("condition"):
        answer = _answer(item, guard.flow)
        if isinstance(answer, bool):
            said = "known before any line is read: it holds for " + ("all" if answer else "none")
            desk.ledger.key(PLUGIN, item, exact(said))
            guard = replace(guard, never=guard.never or not answer)
        elif answer is None or (answer[1].on_line and any(one.on_line for one in asked)):
            desk.ledger.key(PLUGIN, item, approximate("the agents cannot ask for it"))
            guard = replace(guard, unknown=True)
        else:
            desk.ledger.key(PLUGIN, item, equivalent(_asked_of_each(item, guard.flow)))
            asked = (*asked, answer[1])
            guard = replace(guard, flow=answer[0], selector=together(asked))
    return guard


def _asked_of_each(item: Property, flow: Flow) -> str:
    words = quoted_words(item.value) or []
    is_pattern = words[0].lower().endswith(("_matches", "_match")) and len(words) > 2
    taken = search_for(flow, spot(flow, path_of(words[1])), words[2]) if is_pattern else None
    condition = taken.condition if isinstance(taken, Taken) else ""
    return f"asked of each entry, {condition}" if condition else "asked of each entry"


def _answer(item: Property, flow: Flow) -> bool | tuple[Flow, Asked] | None:
    words = quoted_words(item.value) or []
    words = words * 2 if len(words) == 1 else words
    kind = words[0].lower() if words else ""
    if len(words) > 1 and kind.startswith("key_") and has_index(words[1]):
        return None
    if kind in ("key_exists", "key_does_not_exist") and len(words) > 1:
        return _exists(flow, words[1], kind == "key_exists")
    if kind.startswith("key_value_") and len(words) > 2:
        return _value(flow, kind, words[1], words[2])
    if kind in ("a_key_matches", "no_key_matches") and len(words) > 1:
        return _any_key(flow, words[1], kind == "a_key_matches")
    return None


def _exists(flow: Flow, key: str, wanted: bool) -> bool | tuple[Flow, Asked] | None:
    path = path_of(key)
    place = spot(flow, path)
    if isinstance(place, Discovered):
        return ask_presence(flow, place, wanted)
    known = [field for field in flow.record.fields if field.path[: len(path)] == path]
    untold = isinstance(place, IsGone) and (not known or place is UNASKED)
    if untold or any(is_seldom(flow, field) for field in known):
        return None
    if any(field.when is Presence.ALWAYS for field in known):
        return wanted
    opened = flow.record.open
    if opened is None or not isinstance(opened.place, InJson):
        return None if known or opened is not None else not wanted
    there = _there(place) if isinstance(place, JsonText) and place.path else _has_key(path)
    if any(field.when is Presence.UNPARSED for field in known):
        missing = f"type(@) == 'object' && !({there})"
        return _asked_json(flow, missing, MatchOperator.NOT_EQUAL if wanted else MatchOperator.EQUAL)
    return _asked_json(flow, there, MatchOperator.EQUAL if wanted else MatchOperator.NOT_EQUAL)


def _asked_json(flow: Flow, condition: str, operator: MatchOperator = MatchOperator.EQUAL) -> tuple[Flow, Asked]:
    """A condition that the json stage itself computes: true or false, nothing for a line that is no JSON object."""
    flow, name = flow.fresh()
    flow, label = as_label(flow.then(ParseJson(((name, condition),))), name)
    return flow, Asked((Matcher(label, operator, "true"),))


def _has_key(path: FieldPath) -> str:
    above = json_path(path[:-1]) or "@"
    return f"contains(keys({above}), {_literal(path[-1])})"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _value(flow: Flow, kind: str, key: str, wanted: str) -> bool | tuple[Flow, Asked] | None:
    path = path_of(key)
    place = spot(flow, path)
    if place is None:
        return False
    in_json = place if isinstance(place, InJson | JsonText) and place.path else None
    if in_json and kind.endswith(("_equals", "_equal")):
        same = _same(in_json, wanted)
        differs = f"({_there(in_json)}) && !({same})"
        return _asked_json(flow, same if kind == "key_value_equals" else differs)
    taken = search_for(flow, place, wanted) if kind.endswith(("_matches", "_match")) else None
    if isinstance(taken, NotTaken) or not can_ask(flow, place):
        return None
    if in_json and taken and kind.endswith("_does_not_match") and _takes(taken, "") and not _untaken(taken):
        return None
    if in_json and taken and (kind.endswith("_does_not_match") or _takes_words(taken)):
        return _searched(flow, in_json, taken, matches=kind == "key_value_matches")
    expression = taken.expression if taken else f"^{re.escape(wanted)}$"
    wants_absence = "does_not" in kind
    negated = (taken.negated if taken else False) is not wants_absence
    return ask(flow, Test(place, expression, negated))


def _paths(place: InJson | JsonText) -> tuple[FieldPath, FieldPath]:
    return (place.path, place.root if isinstance(place, JsonText) else ())


def _same(place: InJson | JsonText, wanted: str) -> str:
    path, root = _paths(place)
    text = f"({text_at(path, root)})" if root else json_path(path)
    return f"{text} == {_literal(wanted)}"


def _there(place: InJson | JsonText) -> str:
    """That the line has the key, or above it a value that is no map and no list: Fluent Bit takes that one then."""
    path, root = _paths(place)
    if not root:
        return _has_key(path)
    kind = f"type({json_path(root)})"
    return f"({_has_key(root)} && {kind} != 'object' && {kind} != 'array') || {_has_key(path)}"


def _searched(flow: Flow, place: InJson | JsonText, taken: Taken, *, matches: bool) -> tuple[Flow, Asked]:
    """The value is searched, ``true`` and ``false`` as words. Where it must not match, the key has to be there."""
    path, root = _paths(place)
    value = text_at(path, root, words=_takes_words(taken))
    told = f"type({value}) != 'null'" if matches else _there(place)
    if not matches and _takes(taken, ""):
        value = f"[{value.removesuffix(_FIRST)}, [{_literal(_untaken(taken))}]] | [] | [0]"
    flow, name = flow.fresh()
    flow, label = as_label(flow.then(ParseJson(((name, value),))), name)
    found = (searching if matches is not taken.negated else not_searching)(label, taken.expression)
    flow, there = _asked_json(flow, told)
    return flow, Asked((*there.matchers, found))


def _untaken(taken: Taken) -> str:
    """What stands for a value that is no text: as a label it would be empty, and that is a text which is taken."""
    return next((text for text in _FILLERS if not _takes(taken, text)), "")


def _takes_words(taken: Taken) -> bool:
    return _takes(taken, "true") or _takes(taken, "false")


def _takes(taken: Taken, text: str) -> bool:
    return has_match(taken.expression, text) is not taken.negated


def _any_key(flow: Flow, pattern: str, wanted: bool) -> bool | None:
    """Known keys decide; keys that only the line tells make it unanswerable."""
    regex = Regex(pattern.encode("utf-8", "surrogateescape"))
    certain = (field for field in flow.record.fields if field.when is Presence.ALWAYS and not is_seldom(flow, field))
    keys = {field.path[0] for field in certain if field.path}
    if any(regex.search(key.encode("utf-8", "surrogateescape")) for key in keys):
        return wanted
    seldom = {field.path[0] for field in flow.record.fields if field.path} - keys
    if flow.record.open is not None or any(regex.search(key.encode("utf-8", "surrogateescape")) for key in seldom):
        return None
    return not wanted
