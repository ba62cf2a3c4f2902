"""Conditions of the modify filter: known before any line is read, asked of each entry, or not to be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from translators.catalog import FieldPath, InJson, Matcher, MatchOperator, Presence
from translators.fluentbit.conditions import Asked, Test, ask, can_ask, together
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.evaluate.onigmo import Regex
from translators.fluentbit.flow import Desk, Flow, as_label, json_path, spot, text_at
from translators.fluentbit.ledger import approximate, equivalent, exact
from translators.fluentbit.plugins.constants import is_seldom
from translators.fluentbit.plugins.paths import has_index, path_of
from translators.fluentbit.regexes import NotTaken, Taken, take
from translators.fluentbit.words import quoted_words
from translators.pipeline.selectors import not_searching, searching
from translators.pipeline.stages import ParseJson

PLUGIN = "modify"


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
            desk.ledger.key(PLUGIN, item, equivalent("asked of each entry, for values that are text"))
            asked = (*asked, answer[1])
            guard = replace(guard, flow=answer[0], selector=together(asked))
    return guard


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
    known = [field for field in flow.record.fields if field.path[: len(path)] == path]
    if any(is_seldom(flow, field) for field in known):
        return None
    if any(field.when is Presence.ALWAYS for field in known):
        return wanted
    opened = flow.record.open
    if opened is None or not isinstance(opened.place, InJson):
        return None if known or opened is not None else not wanted
    if any(field.when is Presence.UNPARSED for field in known):
        missing = f"type(@) == 'object' && !({_has_key(path)})"
        return _asked_json(flow, missing, MatchOperator.NOT_EQUAL if wanted else MatchOperator.EQUAL)
    return _asked_json(flow, _has_key(path), MatchOperator.EQUAL if wanted else MatchOperator.NOT_EQUAL)


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
    if isinstance(place, InJson) and place.path and kind.endswith(("_equals", "_equal")):
        same = f"{json_path(place.path)} == {_literal(wanted)}"
        differs = f"{_has_key(place.path)} && !({same})"
        return _asked_json(flow, same if kind == "key_value_equals" else differs)
    taken = take(wanted) if kind.endswith(("_matches", "_match")) else None
    if isinstance(taken, NotTaken) or not can_ask(flow, place):
        return None
    if isinstance(place, InJson) and place.path and taken is not None and kind.endswith("_does_not_match"):
        return _mismatch(flow, place.path, taken)
    expression = taken.expression if taken else f"^{re.escape(wanted)}$"
    wants_absence = "does_not" in kind
    negated = (taken.negated if taken else False) is not wants_absence
    return ask(flow, Test(place, expression, negated))


def _mismatch(flow: Flow, path: FieldPath, taken: Taken) -> tuple[Flow, Asked]:
    """The key is there, and its value is no text or a text in which the expression is not found."""
    flow, there = _asked_json(flow, _has_key(path))
    flow, name = flow.fresh()
    flow, label = as_label(flow.then(ParseJson(((name, text_at(path)),))), name)
    value = searching(label, taken.expression) if taken.negated else not_searching(label, taken.expression)
    return flow, Asked((*there.matchers, value))


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
