"""From flows to scrape jobs: labels of the destination, the head and the tail of each job's stages, and its shapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from translators.catalog import (
    Field,
    InLabel,
    InMetadata,
    IsGone,
    IsLine,
    Matcher,
    MatchOperator,
    RecordKind,
    Shape,
    StreamPart,
)
from translators.fluentbit import copies
from translators.fluentbit.destinations import Destination, stream_parts
from translators.fluentbit.flow import Desk, Flow, Route
from translators.fluentbit.plugins.cloudwatch_logs import judge_elsewhere
from translators.fluentbit.plugins.systemd import JOURNAL, kept_fields
from translators.fluentbit.walk import Fork, Leaf, Way
from translators.labels import Kind
from translators.pipeline.filesets import CONTAINERS, FileSet
from translators.pipeline.globs import behind, folder_of, from_glob
from translators.pipeline.kubernetes_targets import metadata_from_name, name_stages, target_relabels
from translators.pipeline.model import Discovery, Job, ReadFiles, ReadJournal, Relabel
from translators.pipeline.selectors import ROUTE, having, select
from translators.pipeline.stages import (
    DropLabels,
    JoinLines,
    LimitRate,
    ReadCri,
    Replace,
    SetConstants,
    SetLabels,
    SetMetadata,
    SetTemplate,
    Stage,
    When,
)

_NODE = SetTemplate("node_name", '{{ env "HOSTNAME" }}')
"""Files and the journal have no pod that tells the node; the agent's own environment does."""
NO_CARRIAGE_RETURN = Replace("(?s:.)(\\r)$", "")
"""Promtail keeps the carriage return of a line that ends in CRLF, Fluent Bit and Alloy do not."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A leaf of a flow's way with the log groups that its records went to, and the labels that say so.

    ``flow`` is the leaf's with the stages that compute the name of a log group.
    """

    leaf: Leaf
    destinations: tuple[Destination, ...]
    labels: tuple[tuple[str, str], ...]
    flow: Flow


@dataclass(frozen=True, slots=True)
class Plan:
    """One job in the making: the way through the filters and its ends."""

    flow: Flow
    way: Way
    arrivals: tuple[Arrival, ...]
    shapes: tuple[tuple[Destination, Shape], ...] = field(default=())


def destination_labels(destinations: tuple[Destination, ...]) -> tuple[tuple[str, str], ...]:
    """The first log group's label; ``also`` names the others that got a copy."""
    if not destinations:
        return ()
    first, *others = destinations
    also = "+".join(sorted({other.short for other in others} - {first.short}))
    return (first.label, ("also", also)) if also else (first.label,)


def job(plan: Plan, desk: Desk) -> Job:
    """The job as both agents run it, without what only one of them needs."""
    flow = plan.flow
    static, stages = _staged(plan)
    ends = tuple(arrival.flow for arrival in plan.arrivals)
    names = tuple(dict.fromkeys(name for end in ends for name in end.scratch))
    source = _source(flow, ends[0])
    relabels = _relabels(flow, ends, plan, desk)
    early, late = _shared_out(_moved(flow, ends, desk), stages, ends[0])
    body = (*early, *_head(flow, ends[0], desk), *stages, *_dropped(names, desk), *late)
    serves = tuple(shape.name for _, shape in plan.shapes)
    return Job(flow.name, source, static, relabels, tuple(_with_effect(body)), serves)


def _with_effect(stages: Iterable[Stage]) -> Iterable[Stage]:
    """Both agents refuse to start with a match stage that does nothing, as for a parser that leaves all to queries."""
    for stage in stages:
        made = replace(stage, stages=tuple(_with_effect(stage.stages))) if isinstance(stage, When) else stage
        if not isinstance(made, When) or made.drop or made.stages:
            yield made


def _source(flow: Flow, end: Flow) -> ReadFiles | ReadJournal:
    if flow.journal is not None:
        return flow.journal
    files = flow.files or FileSet(())
    if end.discovery is Discovery.KUBERNETES:
        return ReadFiles(Discovery.KUBERNETES, files.include, files.exclude, False)
    include, exclude = _globs(files)
    whole = files.of_containers or any("*" in glob for glob in files.include)
    return ReadFiles(Discovery.FILES, include, exclude, flow.from_end and not whole)


def _globs(files: FileSet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Globs of the C library as doublestar globs: a star that crosses slashes becomes a choice of both.

    Promtail looks for what it is to leave out: below the folders of its files only, or it would walk the whole node.
    """
    include = files.only if files.only else files.include
    folders = dict.fromkeys(map(folder_of, include))
    left_out = (folder + rest for glob in files.exclude for folder in folders for rest in behind(glob, folder))
    return tuple(map(from_glob, include)), tuple(dict.fromkeys(map(_doublestar, left_out)))


def _doublestar(glob: str) -> str:
    """Below /var/log/containers there are no folders for a star to cross."""
    if glob.startswith(CONTAINERS):
        return from_glob(glob)
    return re.sub(r"\\.|\*", lambda found: "{*,*/**/*}" if found[0] == "*" else found[0], from_glob(glob))


def _relabels(flow: Flow, ends: tuple[Flow, ...], plan: Plan, desk: Desk) -> tuple[Relabel, ...]:
    computed = tuple(d.relabel for a in plan.arrivals for d in a.destinations if d.relabel is not None)
    rules = tuple(dict.fromkeys(rule for end in ends for rule in end.relabels))
    if flow.journal is not None:
        return (*rules, *_journal_labels(ends), *computed)
    if ends[0].discovery is Discovery.KUBERNETES and flow.files is not None:
        return (*rules, *target_relabels(flow.files, desk.scheme), *computed)
    return ()


def _journal_labels(ends: tuple[Flow, ...]) -> Iterable[Relabel]:
    if any(_has_unit(end) for end in ends):
        yield Relabel((f"{JOURNAL}_systemd_unit",), "unit")
    for name in dict.fromkeys(name for end in ends for name in _journal_kept(end)):
        yield Relabel((dict(ends[0].origins)[name],), name)


def _has_unit(end: Flow) -> bool:
    """Whether the record or the name of its stream has the unit: a constant tag has none."""
    return not end.source or any(field.place == InLabel("unit") for field in end.record.fields)


def _journal_kept(end: Flow) -> tuple[str, ...]:
    return kept_fields(end)


def _head(flow: Flow, end: Flow, desk: Desk) -> tuple[Stage, ...]:
    if flow.journal is not None:
        return (_NODE,)
    if end.discovery is Discovery.KUBERNETES:
        return ()
    names = name_stages(desk.scheme) if flow.files is not None and flow.files.of_containers else ()
    return (*names, _NODE)


def _moved(flow: Flow, ends: tuple[Flow, ...], desk: Desk) -> tuple[tuple[str, str], ...]:
    """What becomes structured metadata: (name, label or extracted value) pairs."""
    pairs = [pair for end in ends for pair in _metadata(flow, end, desk)]
    pairs += [(name, name) for name in _BY_STAGES if desk.scheme.kind(name) is Kind.METADATA]
    pairs = [pair for pair in dict.fromkeys(pairs) if desk.scheme.kind(pair[0]) is not Kind.LABEL]
    kept = dict(reversed(pairs))
    return tuple((name, kept[name]) for name in dict.fromkeys(name for name, _ in pairs))


def _dropped(scratch: tuple[str, ...], desk: Desk) -> tuple[Stage, ...]:
    gone = (*scratch, *(name for name in (*_BY_STAGES, "filename") if desk.scheme.kind(name) is Kind.OFF))
    return (DropLabels(gone),) if gone else ()


def _shared_out(
    moved: tuple[tuple[str, str], ...], stages: tuple[Stage, ...], end: Flow
) -> tuple[tuple[Stage, ...], tuple[Stage, ...]]:
    """The metadata stage at the head and the one at the end.

    Reading a CRI line copies every label, so what discovery knows of the pod goes first. The file's name
    stays a label to the end: parts are joined for each set of labels, and one pod may write several files.
    Promtail's multiline stage loses what is metadata before it.
    """
    cri = end.discovery is Discovery.KUBERNETES and _has(stages, ReadCri) and not _has(stages, JoinLines)
    early = tuple((n, source) for n, source in moved if cri and n == source and n in _DISCOVERED and not _in(stages, n))
    late = tuple(pair for pair in moved if pair not in early)
    return (SetMetadata(early),) if early else (), (SetMetadata(late),) if late else ()


def _has(stages: tuple[Stage, ...], kind: type[ReadCri | JoinLines]) -> bool:
    return any(isinstance(stage, kind) or (isinstance(stage, When) and _has(stage.stages, kind)) for stage in stages)


def _in(stages: tuple[Stage, ...], label: str) -> bool:
    """Whether a stage asks for the label, sets it or takes it away."""
    return any(_asks(stage, label) for stage in stages)


def _asks(stage: Stage, label: str) -> bool:
    match stage:
        case When(selector, inner):
            return bool(re.search(rf"[{{ ]{label}[=!]", selector)) or _in(inner, label)
        case SetLabels(values) | SetConstants(values):
            return any(name == label for name, _ in values)
        case DropLabels(names):
            return label in names
        case LimitRate(by_label=by):
            return by == label
        case _:
            return False


_BY_STAGES = ("stream", "unit", "source")
"""Labels of the scheme that no service discovery gives."""


def _metadata(flow: Flow, end: Flow, desk: Desk) -> tuple[tuple[str, str], ...]:
    if flow.journal is not None:
        kept = tuple((name, name) for name in _journal_kept(end))
        own = tuple(pair for pair in end.metadata if pair[0] not in dict(end.origins))
        return (("node_name", "node_name"), *kept, *own)
    if end.discovery is Discovery.KUBERNETES:
        return _filename(end, desk)
    names = metadata_from_name(desk.scheme) if flow.files is not None and flow.files.of_containers else ()
    return (*names, ("node_name", "node_name"), *_filename(end, desk))


def _filename(end: Flow, desk: Desk) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in end.metadata if desk.scheme.kind(pair[0]) is not Kind.OFF or pair[0] not in _SCHEME)


_DISCOVERED = frozenset({"pod", "node_name", "pod_uid", "pod_ip", "container_id"})
_SCHEME = _DISCOVERED | {"filename"}


def _staged(plan: Plan) -> tuple[tuple[tuple[str, str], ...], tuple[Stage, ...]]:
    """Static labels and stages. One end: its labels are static. Several: stages set them for each."""
    ends = _Ends({id(arrival.leaf.flow): arrival for arrival in plan.arrivals})
    source = (("source", plan.flow.source),) if plan.flow.source else ()
    if len(plan.arrivals) == 1 and isinstance(plan.way, Flow):
        arrival = plan.arrivals[0]
        return (*source, *arrival.labels), arrival.flow.stages
    return source, _forked(plan.way, ends)


@dataclass(frozen=True, slots=True)
class _Ends:
    """The arrivals by the identity of their ends; ``kept``: copies for which an entry stays that nobody else takes."""

    arrivals: Mapping[int, Arrival]
    kept: tuple[Route, ...] = ()

    def named(self) -> copies.Ends:
        return {at: (one.destinations, dict(one.labels).get("also", "")) for at, one in self.arrivals.items()}


def _forked(way: Way, ends: _Ends) -> tuple[Stage, ...]:
    match way:
        case Flow():
            arrival = ends.arrivals.get(id(way))
            computed = arrival.flow.stages[len(way.stages) :] if arrival else ()
            return (*way.stages, *_end(arrival, ends), *computed)
        case Fork():
            return (*way.flow.stages, *_branches(way, ends))


def _end(arrival: Arrival | None, ends: _Ends) -> tuple[Stage, ...]:
    if arrival is None or not arrival.destinations:
        return (copies.dropped(ends.kept),)
    return (SetConstants(arrival.labels),)


def _branches(fork: Fork, ends: _Ends) -> Iterable[Stage]:
    copied = tuple(route for route, _ in copies.live(fork, ends.named()))
    rest = replace(ends, kept=(*ends.kept, *copied))
    yield When(select([having(ROUTE, fork.flow.route)]), _forked(fork.rest, rest))
    for route, way in fork.routes:
        if not route.copy:
            yield When(select([having(ROUTE, route.value)]), _forked(way, ends))
    yield from copies.told(fork, ends.named())


def shape(arrival: Arrival, number: Destination, name: str, desk: Desk, variables: frozenset[str]) -> Shape:
    """The catalog's shape of the records of one end in one of its log groups."""
    fields = tuple(_placed(_known(field, arrival.flow), desk) for field in arrival.flow.record.fields)
    text = isinstance(arrival.flow.find(number.group.log_key), IsLine) if number.group.log_key else False
    if number.group.log_key and not text:
        judge_elsewhere(number.group, desk)
    kind = _kind(arrival.flow, fields, text)
    stream = _stream(stream_parts(number.group, arrival.flow, variables), desk)
    return Shape(name, _selector(arrival, number, desk), kind, fields, stream)


def _known(field: Field, flow: Flow) -> Field:
    """A journal field that is not carried is gone."""
    if flow.journal is None or not isinstance(field.place, InMetadata):
        return field
    kept = {*_journal_kept(flow), *(name for name, _ in flow.metadata if name not in dict(flow.origins))}
    return field if field.place.name in kept else replace(field, place=IsGone("not copied from the journal"))


def _placed(field: Field, desk: Desk) -> Field:
    """Where the user's scheme puts a value that is a label by default, or metadata."""
    return replace(field, place=_place(field.place, desk)) if isinstance(field.place, InLabel | InMetadata) else field


def _stream(parts: tuple[StreamPart, ...], desk: Desk) -> tuple[StreamPart, ...]:
    """The parts of a stream's name where the user's scheme has them; none when it switches one of them off."""
    found: list[StreamPart] = []
    for part in parts:
        place = part.place and _place(part.place, desk)
        if isinstance(place, IsGone):
            return ()
        found.append(replace(part, place=place))
    return tuple(found)


def _place(place: InLabel | InMetadata, desk: Desk) -> InLabel | InMetadata | IsGone:
    """The place that the user's scheme gives to a name of its own; any other stays where it is."""
    if desk.scheme.find(place.name) is None:
        return place
    match desk.scheme.kind(place.name):
        case Kind.LABEL:
            return InLabel(place.name)
        case Kind.METADATA:
            return InMetadata(place.name)
        case Kind.OFF:
            return IsGone(desk.scheme.why(place.name))


def _kind(flow: Flow, fields: tuple[Field, ...], text: bool) -> RecordKind:
    if text:
        return RecordKind.TEXT
    if flow.journal is not None:
        return RecordKind.SYSTEMD
    if any(field.path == ("log",) and isinstance(field.place, IsLine) for field in fields) and any(
        field.path[:1] == ("kubernetes",) or field.path == ("stream",) for field in fields
    ):
        return RecordKind.KUBERNETES
    return RecordKind.RECORD


def _selector(arrival: Arrival, chosen: Destination, desk: Desk) -> tuple[Matcher, ...]:
    cluster = (Matcher("cluster", MatchOperator.EQUAL, desk.cluster),) if desk.cluster else ()
    source = (Matcher("source", MatchOperator.EQUAL, arrival.flow.source),) if arrival.flow.source else ()
    if arrival.leaf.copy:
        return (*cluster, _also(chosen), *source)
    labels = [Matcher(label, MatchOperator.EQUAL, value) for label, value in arrival.labels if label != "also"]
    if chosen.short != arrival.destinations[0].short:
        labels.append(_also(chosen))
    return (*cluster, *labels, *source)


def _also(chosen: Destination) -> Matcher:
    return Matcher("also", MatchOperator.MATCHES, rf"(.*\+)?{escaped(chosen.short)}(\+.*)?")


def escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in r".^$*+?()[]{}|\\" else c for c in text)
