"""[FILTER] grep: which records stay. The first Regex decides, as in Fluent Bit's default mode."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import IsGone
from translators.fluentbit.conditions import DROP_ALL, Test, ask, can_ask, drop_if, drop_unless, search_for
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Discovered, Flow, spot
from translators.fluentbit.ledger import Judgement, approximate, equivalent, exact, harmless, judge_options, manual
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.paths import has_index, path_of
from translators.fluentbit.regexes import NotTaken
from translators.pipeline.selectors import having, select
from translators.pipeline.stages import SetConstants, When

PLUGIN = "grep"
_KEEP = "lm_keep"
_ASKED_OF_THE_API = (
    "asked of the API before a file is read, while no two of the pod's labels differ only in marks such as dots"
)
_WAY_OUT = "let this Fluent Bit filter and send to Loki with its own loki output, or filter in queries"


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the records that the filter keeps."""
    rules = tuple(item for item in section.properties if item.key in ("regex", "exclude"))
    operator = section.value("logical_op", "legacy").strip().lower()
    desk.ledger.section(PLUGIN, section, exact("records are dropped or kept by the same rules"))
    if operator in ("and", "or") and rules:
        flow = _combined(rules, operator, flow, desk)
    else:
        flow = _in_order(rules, flow, desk)
    judge_options(desk.ledger, PLUGIN, section, {**COMMON, "logical_op": exact("the rules are combined so")})
    return flow


def _in_order(rules: tuple[Property, ...], flow: Flow, desk: Desk) -> Flow:
    decided = False
    for rule in rules:
        if decided:
            desk.ledger.key(PLUGIN, rule, harmless("never reached: the first Regex before it decides for every record"))
            continue
        flow = _one(rule, flow, desk)
        decided = rule.key == "regex"
    return flow


def _one(rule: Property, flow: Flow, desk: Desk) -> Flow:
    key = _key(rule)
    if spot(flow, path_of(key)) is None:
        desk.ledger.key(
            PLUGIN, rule, exact("no record here has that key: Regex drops them all, Exclude keeps them all")
        )
        return flow.then(DROP_ALL) if rule.key == "regex" else flow
    test = _test(rule, flow, desk)
    if test is None:
        return flow
    return drop_if(flow, test) if rule.key == "exclude" else drop_unless(flow, test)


def _test(rule: Property, flow: Flow, desk: Desk) -> Test | None:
    """The rule as a condition on a place that the agents can look at. None after a finding that says why not."""
    key, pattern = _key(rule), rule.value.strip().partition(" ")[2]
    place = spot(flow, path_of(key))
    taken = search_for(flow, place, pattern.strip(" "))
    if isinstance(taken, NotTaken):
        desk.ledger.key(PLUGIN, rule, manual(f"no RE2 expression says this: {taken.reason}", _WAY_OUT))
        return None
    if place is None or has_index(key) or not can_ask(flow, place):
        why = place.reason if isinstance(place, IsGone) else "it is not to be had while the entry passes"
        desk.ledger.key(PLUGIN, rule, manual(f"the agents cannot ask for {key}: {why}", _WAY_OUT))
        return None
    found = isinstance(place, Discovered)
    desk.ledger.key(PLUGIN, rule, equivalent(_ASKED_OF_THE_API) if found else _claim(taken.condition, flow))
    return Test(place, taken.expression, taken.negated)


def _key(rule: Property) -> str:
    """The key as an accessor: grep puts the dollar before it where it is missing."""
    key = rule.value.strip().partition(" ")[0]
    return key if key.startswith("$") else f"${key}"


def _claim(condition: str, flow: Flow) -> Judgement:
    """Conditions are about line breaks nearly always, of which every text of dockerd has one."""
    if condition and flow.ends_in_newline:
        return approximate(condition)
    return equivalent(condition) if condition else exact("the same records are dropped")


def _combined(rules: tuple[Property, ...], operator: str, flow: Flow, desk: Desk) -> Flow:
    """Logical_Op AND or OR: the records for which all, or any, of the rules find something."""
    tests = tuple(_test(rule, flow, desk) for rule in rules)
    if any(test is None for test in tests):
        return flow
    keeps = rules[0].key == "regex"
    if operator == "and" and keeps:
        for test in tests:
            flow = drop_unless(flow, test) if test else flow
        return flow
    if operator == "or" and not keeps:
        for test in tests:
            flow = drop_if(flow, test) if test else flow
        return flow
    return _marked(flow, tuple(test for test in tests if test), operator, keeps)


def _marked(flow: Flow, tests: tuple[Test, ...], operator: str, keeps: bool) -> Flow:
    """Mark the entries that pass, then drop by the mark."""
    if operator == "or":
        for test in tests:
            flow, asked = ask(flow, test)
            flow = flow.then(When(asked.selector(having(_KEEP, "")), (SetConstants(((_KEEP, "yes"),)),)))
    else:
        stages: tuple[When | SetConstants, ...] = (SetConstants(((_KEEP, "yes"),)),)
        for test in reversed(tests):
            flow, asked = ask(flow, test)
            stages = (When(asked.selector(), stages),)
        flow = flow.then(*stages)
    wanted = having(_KEEP, "") if keeps else having(_KEEP, "yes")
    return _scratched(flow.then(When(select([wanted]), drop=True)))


def _scratched(flow: Flow) -> Flow:
    return flow if _KEEP in flow.scratch else replace(flow, scratch=(*flow.scratch, _KEEP))
