"""A Fluent Bit configuration as a collector's: jobs, catalog and one finding for every construct."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from translators.catalog import GROUP_LABEL, LogGroup, Matcher, MatchOperator, Shape, StreamPart
from translators.diagnostics import Agent, Finding
from translators.fluentbit.configuration import Configuration, Section
from translators.fluentbit.destinations import Destination, destination
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.jobs import NO_CARRIAGE_RETURN, Arrival, Plan, destination_labels, escaped, job, shape
from translators.fluentbit.journal_fields import asked
from translators.fluentbit.ledger import Ledger, equivalent, exact
from translators.fluentbit.nearby import Nearby
from translators.fluentbit.plugins import (
    cloudwatch_logs,
    kubernetes_annotations,
    loki,
    other_inputs,
    other_outputs,
    systemd,
    tail,
)
from translators.fluentbit.routing import split, takes
from translators.fluentbit.sweep import sweep
from translators.fluentbit.walk import Leaf, judge_processors, judge_unsure, leaves, processed, walk
from translators.labels import Kind, Scheme
from translators.pipeline.filesets import FileSet, FilesRead, union
from translators.pipeline.model import Discovery, Job
from translators.pipeline.other_ways import WAY, by_another_way

_INPUTS = {"tail": tail.read, "systemd": systemd.read}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user decides. ``node_variables`` hold the node's name in Fluent Bit's environment.

    ``first_part_time``: joined lines of containers have the time of their first part.
    """

    cluster: str
    scheme: Scheme
    discovery: Discovery
    node_variables: frozenset[str]
    files_missing: bool = False
    first_part_time: bool = False


@dataclass(frozen=True, slots=True)
class Translated:
    """The jobs of each agent, the log groups, every construct's finding and days of retention by log group."""

    jobs: tuple[tuple[Agent, tuple[Job, ...]], ...]
    groups: tuple[LogGroup, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Routing:
    """The outputs, and the log group of each that has one by its identity. ``alone``: one input meets one output."""

    outputs: Nearby
    groups: Mapping[int, cloudwatch_logs.Group]
    alone: bool


def translate_configuration(configuration: Configuration, wishes: Wishes) -> Translated:
    """Translate. Every construct of the configuration has exactly one finding afterwards."""
    desk = Desk(
        Ledger(),
        wishes.scheme,
        {parser.name: parser for parser in reversed(configuration.parsers)},
        {parser.name.lower(): parser for parser in reversed(configuration.multiline_parsers)},
        wishes.discovery,
        wishes.cluster,
        frozenset(_named_parsers(configuration)),
        wishes.files_missing,
        tuple(_matches(configuration)),
        tuple(dict.fromkeys(_names((*configuration.inputs, *configuration.filters, *configuration.outputs)))),
        wishes.first_part_time,
        asked(configuration),
        Nearby(one for one in configuration.outputs if cloudwatch_logs.is_cloudwatch(one)),
    )
    plans = _unique(tuple(_plans(configuration, desk)))
    plans = _shaped(plans, desk, wishes.node_variables)
    jobs = tuple((agent, _jobs_of(agent, plans, desk)) for agent in Agent)
    sweep(configuration, desk, any(one.name.lower() not in _INPUTS for one in configuration.inputs))
    return Translated(jobs, _groups(plans, desk.scheme), desk.ledger.findings())


def _named_parsers(configuration: Configuration) -> Iterable[str]:
    """The parsers that sections refer to."""
    for section in (*configuration.inputs, *configuration.filters, *configuration.multiline_parsers):
        for item in section.properties:
            if "parser" in item.key and not item.key.startswith("multiline"):
                yield item.value.strip()


def _matches(configuration: Configuration) -> Iterable[str]:
    values = (section.value("match").strip() for section in (*configuration.filters, *configuration.outputs))
    return dict.fromkeys(value for value in values if value)


def _names(sections: Iterable[Section]) -> Iterator[str]:
    """Every word of an option that may be a record's key: by name, or the first of an accessor."""
    for section in sections:
        yield from _names(section.groups)
        for item in section.properties:
            for word in item.value.split():
                yield word.strip("\"'")
                yield from re.findall(r"\$([^\s\[\]$'\"]+)", word)


def _plans(configuration: Configuration, desk: Desk) -> Iterable[Plan]:
    outputs = configuration.outputs
    groups = cloudwatch_logs.told_apart(
        {id(one): cloudwatch_logs.read(one) for one in outputs if cloudwatch_logs.is_cloudwatch(one)}
    )
    for section in outputs:
        judge_processors(section, desk)
        if id(section) not in groups:
            other_outputs.judge(section, desk)
    flows = tuple(_merged(_read(configuration.inputs, desk)))
    routing = Routing(Nearby(outputs), groups, len(configuration.inputs) == 1 and len(outputs) == 1)
    filters, both = Nearby(configuration.filters), Nearby((*configuration.filters, *outputs))
    for flow in flows:
        for part in _parts(flow, both, filters, desk):
            way = walk(part, filters, desk)
            arrivals = tuple(_arrival(leaf, routing, desk) for leaf in leaves(way))
            if any(arrival.destinations for arrival in arrivals):
                _judge_journal(arrivals, desk)
                yield Plan(part, way, arrivals)
            else:
                _judge_unsent(part, desk)


def _parts(flow: Flow, both: Nearby, filters: Nearby, desk: Desk) -> Iterable[Flow]:
    """What must be a job of its own: files that only some filters or outputs take, pods that name a parser."""
    for part in split(flow, (section for _, section in both.near(flow.tags))):
        yield from kubernetes_annotations.divided(part, (section for _, section in filters.near(part.tags)), desk)


def _read(inputs: Iterable[Section], desk: Desk) -> Iterable[Flow]:
    for number, section in enumerate(inputs):
        read = _INPUTS.get(section.name.lower())
        if read is None:
            other_inputs.judge(section, desk)
            continue
        for part in tail.by_place(section):
            flow = read(part, desk)
            if flow is not None:
                untagged = section.last("tag") is None
                named = replace(flow, tags=(f"{section.name}.{number}",)) if untagged else flow
                yield processed(named, desk)


def _judge_journal(arrivals: tuple[Arrival, ...], desk: Desk) -> None:
    for arrival in arrivals:
        if systemd.leaves_out(arrival.flow):
            for section in arrival.flow.inputs:
                desk.ledger.section("systemd", section, systemd.LEFT_OUT)


def _judge_unsent(flow: Flow, desk: Desk) -> None:
    for section in flow.inputs:
        message = "no CloudWatch output takes its records: it is not read by the agents, Fluent Bit goes on with it"
        desk.ledger.add("fluentbit/unsent", section.span, f"[INPUT] {section.name}", exact(message))


def _arrival(leaf: Leaf, routing: Routing, desk: Desk) -> Arrival:
    """The log groups of every output that takes the records, each once."""
    flow = leaf.flow
    chosen: dict[tuple[str, str], Destination] = {}
    lent: tuple[tuple[str, str], ...] = ()
    met_by = [(one, takes(one, leaf.flow, routing.alone)) for _, one in routing.outputs.near(leaf.flow.tags)]
    taken = (routing.groups[id(one)] for one, met in met_by if met.taken and id(one) in routing.groups)
    names = {(group.name, group.template) for group in taken}
    for section, met in met_by:
        if not met.taken:
            continue
        if not met.sure and (id(section) in routing.groups or section.name.lower() == "loki"):
            judge_unsure(section, desk)
        if id(section) in routing.groups:
            cloudwatch_logs.judge(section, desk)
            flow, one = destination(routing.groups[id(section)], flow, desk, len(names) == 1)
            chosen.setdefault((one.name, one.label[1]), one)
        elif section.name.lower() == "loki":
            flow, more = loki.lend(section, flow)
            lent += more
    distinct = tuple(chosen.values())
    labels = {**dict(lent), **dict(destination_labels(distinct))} if distinct else {}
    return Arrival(leaf, distinct, tuple(labels.items()), flow)


def _merged(flows: Iterable[Flow]) -> Iterable[Flow]:
    """Inputs that differ only in their files are one job, in the place of the first of them."""
    merged: list[Flow] = []
    places: dict[tuple[object, ...], list[int]] = {}
    for flow in flows:
        key = (
            flow.name,
            flow.source,
            flow.stages,
            flow.record,
            flow.labels,
            flow.metadata,
            flow.journal,
            flow.from_end,
        )
        tag = flow.inputs[0].value("tag")
        for at in places.setdefault((*key, tag), []):
            joined = _join(merged[at], flow)
            if joined is not None:
                merged[at] = joined
                break
        else:
            places[(*key, tag)].append(len(merged))
            merged.append(flow)
    return merged


def _join(first: Flow, second: Flow) -> Flow | None:
    if first.files is None or second.files is None:
        return None
    files = union(first.files, second.files)
    if files is None:
        return None
    tags = first.tags if first.tags == second.tags else tuple(dict.fromkeys((*first.tags, *second.tags)))
    return replace(first, files=files, inputs=(*first.inputs, *second.inputs), tags=tags)


def _unique(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Job names are the keys of positions: no two are equal."""
    seen: dict[str, int] = {}
    named: list[Plan] = []
    for plan in plans:
        count = seen[plan.flow.name] = seen.get(plan.flow.name, 0) + 1
        name = plan.flow.name if count == 1 else f"{plan.flow.name}-{count}"
        named.append(replace(plan, flow=replace(plan.flow, name=name)))
    return tuple(named)


def _shaped(plans: tuple[Plan, ...], desk: Desk, variables: frozenset[str]) -> tuple[Plan, ...]:
    shaped = []
    for plan in plans:
        shapes: list[tuple[Destination, Shape]] = []
        for arrival in plan.arrivals:
            for one in arrival.destinations:
                name = plan.flow.name if not shapes else f"{plan.flow.name}-{len(shapes) + 1}"
                shapes.append((one, shape(arrival, one, name, desk, variables)))
        shaped.append(replace(plan, shapes=tuple(shapes)))
    return tuple(shaped)


def _groups(plans: tuple[Plan, ...], scheme: Scheme) -> tuple[LogGroup, ...]:
    groups: dict[str, LogGroup] = {}
    of_journal: dict[str, list[bool]] = {}
    for plan in plans:
        for one, made in plan.shapes:
            for name, template, shape_of in _named(one, made):
                days = one.group.retention_days
                before = groups.get(name, LogGroup(name, (), "", days, template))
                kept = days or before.retention_days
                groups[name] = replace(before, shapes=(*before.shapes, shape_of), retention_days=kept)
                of_journal.setdefault(name, []).append(plan.flow.journal is not None)
    return tuple(
        replace(group, shapes=_told_apart(group.shapes, of_journal[name], scheme)) for name, group in groups.items()
    )


def _named(one: Destination, made: Shape) -> Iterable[tuple[str, tuple[StreamPart, ...], Shape]]:
    """A computed name and the plain one that records without the values went to; one text for both is computed."""
    item = one.group.section.last("log_group_template") or one.group.section.last("log_group_name")
    spelled = item.value.strip() if item is not None else one.name
    if not one.template or spelled != one.name:
        yield one.name, (), made
    if one.template:
        any_name = "".join(escaped(part.text) if part.place is None else ".*" for part in one.template)
        others = tuple(matcher for matcher in made.selector if matcher.label != GROUP_LABEL)
        computed = Matcher(GROUP_LABEL, MatchOperator.MATCHES, any_name)
        selector = (*others, computed) if one.labelled else made.selector
        yield spelled, one.template, replace(made, name=f"{made.name}-computed", selector=selector)


def _told_apart(shapes: tuple[Shape, ...], of_journal: list[bool], scheme: Scheme) -> tuple[Shape, ...]:
    """Selectors of one group exclude each other: by source, or by a label that only containers have.

    Not every entry of the journal has a unit: the kernel's have none.
    """
    sources = any(map(_has_source, shapes))
    both = {journal for made, journal in zip(shapes, of_journal, strict=True) if not _has_source(made)} == {True, False}
    label = next((name for name in ("namespace", "container", "app") if scheme.kind(name) is Kind.LABEL), "unit")
    apart: list[Shape] = []
    for made, journal in zip(shapes, of_journal, strict=True):
        extra: tuple[Matcher, ...] = ()
        if sources and not _has_source(made):
            extra += (Matcher("source", MatchOperator.EQUAL, ""),)
        if both and not _has_source(made):
            lacks = journal is not (label == "unit")
            extra += (Matcher(label, MatchOperator.EQUAL if lacks else MatchOperator.NOT_EQUAL, ""),)
        apart.append(replace(made, selector=(*made.selector, *extra)))
    return tuple(apart)


def _has_source(made: Shape) -> bool:
    return any(matcher.label == "source" for matcher in made.selector)


def _jobs_of(agent: Agent, plans: tuple[Plan, ...], desk: Desk) -> tuple[Job, ...]:
    """All jobs; of two that read one file Promtail's second comes to it by another path, for its positions."""
    made: list[Job] = []
    taken: list[FilesRead] = []
    way = 0
    for plan in plans:
        files = plan.flow.files
        if files is not None and agent is Agent.PROMTAIL and plan.flow.annotated is not True:
            way = _way(taken, files)
            if way:
                _judge_shared(plan, desk)
        made.append(by_another_way(_for_agent(agent, plan, job(plan, desk)), way if agent is Agent.PROMTAIL else 0))
    return tuple(made)


def _way(taken: list[FilesRead], files: FileSet) -> int:
    """By how many other ways the files are read already; the jobs of annotated pods go the way of their input."""
    for number, read in enumerate(taken):
        if not read.meets(files):
            read.add(files)
            return number
    taken.append(FilesRead())
    taken[-1].add(files)
    return len(taken) - 1


def _judge_shared(plan: Plan, desk: Desk) -> None:
    message = (
        "another input reads the same files: each has a job and positions of its own, in Promtail, whose positions "
        f"know the path alone, by a second path to them ({WAY})"
    )
    judgement = equivalent(message)
    for section in plan.flow.inputs:
        desk.ledger.add("fluentbit/shared-files", section.span, f"[INPUT] {section.name}", judgement)


def _for_agent(agent: Agent, plan: Plan, made: Job) -> Job:
    plain = plan.flow.plain and agent is Agent.PROMTAIL
    return replace(made, stages=(NO_CARRIAGE_RETURN, *made.stages)) if plain else made
