"""A flow's way through the filters, with the forks that rewrite_tag makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow, Route
from translators.fluentbit.ledger import approximate, manual, plugin_of
from translators.fluentbit.nearby import Nearby
from translators.fluentbit.plugins import (
    aws,
    content_modifier,
    grep,
    kubernetes,
    modify,
    multiline,
    nest,
    other_filters,
    parser,
    record_modifier,
    rewrite_tag,
    type_converter,
)
from translators.fluentbit.routing import takes

DEEPEST = 4
"""Records that come back more often than this go in a circle."""

Filter = Callable[[Section, Flow, Desk], Flow]
FILTERS: Mapping[str, Filter] = {
    "aws": aws.apply,
    "grep": grep.apply,
    "kubernetes": kubernetes.apply,
    "modify": modify.apply,
    "multiline": multiline.apply,
    "nest": nest.apply,
    "parser": parser.apply,
    "record_modifier": record_modifier.apply,
    "type_converter": type_converter.apply,
    "content_modifier": content_modifier.apply,
}
_CHOOSING = frozenset({"grep", "sampling", "throttle", "multiline"})
_DROPPING = frozenset({"grep", "lua", "sampling", "throttle", "sql", "rewrite_tag", "multiline", "wasm", "nightfall"})


@dataclass(frozen=True, slots=True)
class Fork:
    """A flow where entries may leave under other tags: ``rest`` goes on, ``routes`` begin at the first filter again."""

    flow: Flow
    rest: Way
    routes: tuple[tuple[Route, Way], ...]


Way = Flow | Fork


def walk(flow: Flow, filters: Nearby, desk: Desk, at: int = 0, depth: int = 0) -> Way:
    """The flow behind all filters from ``at`` on."""
    for number, section in filters.near(flow.tags):
        met = takes(section, flow)
        if number < at or not met.taken:
            continue
        if not met.sure and section.name in _CHOOSING:
            _judge_skipped(section, desk)
            continue
        if not met.sure:
            judge_unsure(section, desk)
        if section.name == "rewrite_tag":
            flow, routes = rewrite_tag.apply(section, flow, desk, _is_unsent(flow, filters, desk, number + 1))
            if routes:
                return _fork(flow, routes, filters, desk, (number + 1, depth))
            continue
        flow = _apply(section, flow, desk)
    return flow


def _is_unsent(flow: Flow, filters: Nearby, desk: Desk, at: int) -> bool:
    """Whether records that keep their tag from here on get nowhere: no output takes it, nor a later rewrite_tag."""
    sections = (section for number, section in filters.near(flow.tags) if number >= at)
    later = (section for section in sections if section.name == "rewrite_tag" and takes(section, flow).taken)
    outputs = (output for _, output in desk.outputs.near(flow.tags))
    return not any(takes(output, flow, alone=True).taken for output in outputs) and next(later, None) is None


def processed(flow: Flow, desk: Desk) -> Flow:
    """The flow behind the processors of its inputs: filters without a Match, before all others."""
    for section in flow.inputs[0].groups:
        flow = _apply(section, flow, desk)
    return flow


def judge_processors(output: Section, desk: Desk) -> None:
    """Processors of an output change what that output alone gets."""
    for section in output.groups:
        plugin = section.name.lower()
        if plugin in _DROPPING:
            message = "it may drop records before this output alone: all of them come to Loki"
            judgement = manual(message, "make it a filter, which is translated")
        else:
            judgement = approximate(
                "it changes fields of this output's copy alone: entries have them as they were before"
            )
        other_filters.judge_every(section, plugin, judgement, desk)


def _apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    known = FILTERS.get(section.name.lower())
    return known(section, flow, desk) if known else other_filters.apply(section, flow, desk)


def _judge_skipped(section: Section, desk: Desk) -> None:
    """What drops or joins is not applied to records that Fluent Bit may spare: nothing gets lost by a guess."""
    message = "each record's own tag tells whether it takes it, which the agents do not know here: it takes none"
    other_filters.judge_every(section, section.name, manual(message, "give these records an input of their own"), desk)


def judge_unsure(section: Section, desk: Desk) -> None:
    """A Match that takes only some records of a flow that could not be divided."""
    item = section.last("match_regex") or section.last("match")
    if item is not None:
        message = "each record's own tag tells whether it takes it, which the agents do not know here: taken for all"
        judgement = approximate(message, "give these records an input of their own")
        desk.ledger.key(plugin_of(section), item, judgement)


def _fork(flow: Flow, routes: tuple[Route, ...], filters: Nearby, desk: Desk, place: tuple[int, int]) -> Way:
    at, depth = place
    if depth >= DEEPEST:
        message = "records come back to this filter again and again: Fluent Bit goes in a circle"
        refused = manual(message, "let the new tag not match the filter")
        desk.ledger.section("rewrite_tag", filters.sections[at - 1], refused)
        return flow
    rest = walk(replace(flow, stages=(), joined=flow.is_joined(), forked=True), filters, desk, at, depth)
    ways = []
    for route in routes:
        start = replace(
            flow,
            stages=(),
            joined=flow.is_joined(),
            forked=True,
            tags=(route.tag,),
            decided=route.decided,
            route="" if route.copy else route.value,
        )
        ways.append((route, walk(start, filters, desk, 0, depth + 1)))
    return Fork(flow, rest, tuple(ways))


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where one kind of record ends. ``copy`` is the mark of a copy whose original is another leaf's entry."""

    flow: Flow
    copy: str = ""


def leaves(way: Way, copy: str = "") -> Iterator[Leaf]:
    """All ends of the way, the plain one first."""
    match way:
        case Flow():
            yield Leaf(way, copy)
        case Fork():
            yield from leaves(way.rest, copy)
            for route, path in way.routes:
                yield from leaves(path, route.value if route.copy else copy)
