"""[FILTER] rewrite_tag: records that go on under another tag become entries with another log group's labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from translators.fluentbit.conditions import Asked, Test, ask, can_ask, search_for
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow, Route, Spot, spot
from translators.fluentbit.ledger import Options, approximate, equivalent, exact, harmless, judge_options, manual
from translators.fluentbit.plugins.captures import choices
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.new_tags import Chosen, chosen, with_mark
from translators.fluentbit.plugins.new_tags import Rule as Written
from translators.fluentbit.plugins.paths import has_index, path_of
from translators.fluentbit.regexes import NotTaken, Taken
from translators.fluentbit.words import tokens
from translators.pipeline.selectors import COPY, ROUTE, having
from translators.pipeline.stages import SetConstants, When
from translators.pipeline.tags import HOLE, Meeting, meet

PLUGIN = "rewrite_tag"
_EMITTER = harmless("how Fluent Bit puts the records back at the head")
_OPTIONS: Options = {
    **COMMON,
    "emitter_name": _EMITTER,
    "emitter_storage.type": _EMITTER,
    "emitter_mem_buf_limit": _EMITTER,
}
_WAY_OUT = "let this Fluent Bit route and send with its own loki output, or set the label by a stage of your own"
_CAPTURED = re.compile(r"\$[1-9]")
_PART = re.compile(r"\$TAG\[(\d+)\]|\$TAG|\$\d|\$[A-Za-z_][\w]*(?:\['[^']*'\])*")


def apply(section: Section, flow: Flow, desk: Desk, unsent: bool = False) -> tuple[Flow, tuple[Route, ...]]:
    """The flow with stages that mark what each rule takes, and the routes of the marked entries.

    ``unsent``: nobody takes records that keep their tag, so that a copy is all that is sent of one.
    """
    judge_options(desk.ledger, PLUGIN, section, _OPTIONS)
    desk.ledger.section(PLUGIN, section, exact("entries get the labels of the log group that their new tag leads to"))
    routes: tuple[Route, ...] = ()
    flow, label = flow.fresh() if COPY in flow.scratch else (flow, COPY)
    own = _Own("" if unsent else label, section.value("match").strip())
    for item in section.every("rule"):
        flow, more = _rule(item, flow, desk, own)
        routes = (*routes, *more)
    return flow, routes


@dataclass(frozen=True, slots=True)
class _Own:
    """What the rules of a filter share: the label that marks their copies, and the filter's Match.

    The label is empty where nobody takes the originals: then a copy is all that is sent.
    """

    label: str
    match: str

    def may_take(self, tag: str) -> bool:
        """Whether some of the new tags would come back to this filter, for the same rule: in a circle."""
        return bool(self.match) and meet(self.match, tag) is Meeting.PARTLY


def _rule(item: Property, flow: Flow, desk: Desk, own: _Own) -> tuple[Flow, tuple[Route, ...]]:
    words = tokens(item.value, 4)
    if len(words) < 4:
        desk.ledger.key(PLUGIN, item, harmless("a rule has four words: Fluent Bit does not start"))
        return flow, ()
    key, pattern, tag, keep = words[:4]
    place = spot(flow, path_of(key))
    if place is None:
        desk.ledger.key(PLUGIN, item, exact(f"no record here has {key}: the rule takes nothing"))
        return flow, ()
    taken = search_for(flow, place, pattern)
    if isinstance(taken, NotTaken) or has_index(key) or not can_ask(flow, place):
        why = taken.reason if isinstance(taken, NotTaken) else f"the agents cannot ask for {key}"
        desk.ledger.key(PLUGIN, item, manual(f"the rule is not followed: {why}", _WAY_OUT))
        return flow, ()
    copies = bool(own.label) and keep.strip().lower() in ("true", "on", "yes")
    again = False
    routes: tuple[Route, ...] = ()
    for choice in _choices(flow, place, pattern, tag) or (_Taken(taken),):
        test = Test(place, choice.taken.expression, choice.taken.negated)
        new = _new_tag(tag, flow.tags[0], choice.texts)
        flow, asked = ask(flow, test)
        flow, ways = chosen(flow, Written(place, pattern, tag), new, desk)
        back = own.may_take(new)
        again = again or back
        for way in ways if not back else _onward(ways, own.match):
            flow, value = _marked(flow, asked, way, (own.label, own.label if copies else ROUTE))
            routes = (*routes, Route(value, new, copies, way.decided, own.label))
    _judge(item, copies, again, desk)
    return flow, routes


def _onward(ways: tuple[Chosen, ...], match: str) -> tuple[Chosen, ...]:
    """The ways that do not come back to the filter: Fluent Bit never gets done with a record that does."""
    onward = (way for way in ways if not dict(way.decided).get(match, False))
    return tuple(replace(way, decided=(*way.decided, (match, False))) for way in onward)


@dataclass(frozen=True, slots=True)
class _Taken:
    """One way a rule takes a record, with the texts of the first groups as far as they are known."""

    taken: Taken
    texts: tuple[str, ...] = ()


def _choices(flow: Flow, place: Spot, pattern: str, tag: str) -> tuple[_Taken, ...]:
    """One for each new tag where the tag holds what a group of few texts captures."""
    if not _CAPTURED.search(tag):
        return ()
    made = [(search_for(flow, place, choice.pattern), choice.texts) for choice in choices(pattern)]
    known = tuple(_Taken(one, texts) for one, texts in made if isinstance(one, Taken))
    return known if len(known) == len(made) else ()


def _marked(flow: Flow, asked: Asked, way: Chosen, labels: tuple[str, str]) -> tuple[Flow, str]:
    """The flow with a stage that marks the entries that pass the test, go that way and have no mark of this filter yet.

    ``labels``: of the filter's copies, and of the mark.
    """
    copied, label = labels
    unmarked = (having(copied, ""),) if copied else ()
    selector = asked.selector(having(ROUTE, flow.route), *unmarked, *way.matchers)
    flow, value = flow.fresh()
    marked = flow.then(When(selector, (SetConstants(((label, value),)),)))
    return with_mark(marked, label), value


def _judge(item: Property, copies: bool, again: bool, desk: Desk) -> None:
    circle = ", while none of the new tags is one that this filter itself takes" if again else ""
    if copies:
        message = "one entry stands for the record and its copy: the label `also` names the second log group; what "
        message += f"filters behind it do to the original is done to both{circle}"
        desk.ledger.key(PLUGIN, item, approximate(message, "count by `also` where both groups are wanted"))
    else:
        message = f"for values that are text{circle}: the entry goes to the new tag's log group only"
        desk.ledger.key(PLUGIN, item, equivalent(message))


def _new_tag(template: str, tag: str, texts: tuple[str, ...]) -> str:
    """The pattern of the new tag: what the record decides is a hole, but for the first groups' known ``texts``."""

    def fill(found: re.Match[str]) -> str:
        if found[0] == "$TAG":
            return tag
        if found[1] is not None and HOLE not in tag:
            parts = tag.split(".")
            return parts[int(found[1])] if int(found[1]) < len(parts) else ""
        number = int(found[0][1:]) if found[0][1:].isdigit() else 0
        return texts[number - 1] if 0 < number <= len(texts) else HOLE

    return re.sub(r"\*+", HOLE, _PART.sub(fill, template))
