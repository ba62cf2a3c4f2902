"""Records of one kind on their way through the filters, and what an agent must do to say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from translators.catalog import (
    Field,
    FieldPath,
    InJson,
    InLabel,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsGone,
    IsLine,
    Place,
    Presence,
)
from translators.fluentbit.configuration import Section
from translators.fluentbit.ledger import Ledger
from translators.fluentbit.nearby import Nearby
from translators.fluentbit.whereabouts import Whereabouts
from translators.labels import Scheme, sanitized
from translators.pipeline.filesets import FileSet
from translators.pipeline.model import Discovery, ReadJournal, Relabel
from translators.pipeline.stages import (
    DropLabels,
    JoinLines,
    ParseJson,
    ParseLogfmt,
    ReadDocker,
    SetConstants,
    SetLabels,
    SetTemplate,
    Stage,
    When,
)

PRIVATE = "lm_"
"""Names that we extract begin with this, so that an application's own names never meet ours."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one scrape job would read, as far as the filters have been walked.

    ``tags`` are patterns; ``labels`` are the names of labels that stages can see; ``metadata`` are pairs of structured
    metadata and the value it is taken from; ``scratch`` are labels that go away at the end. ``origins`` are pairs of a
    name and the label of service discovery it comes from, so that a condition on it can be met before any line is read.
    ``annotated``: of a divided flow, whether it has the pods that name a parser. ``forked``: other records of the same
    job go another way, so that nothing may be decided for all of them before they are read. ``parsers``: how many have
    read the record.
    """

    name: str
    tags: tuple[str, ...]
    inputs: tuple[Section, ...]
    record: Whereabouts
    files: FileSet | None = None
    journal: ReadJournal | None = None
    from_end: bool = True
    discovery: Discovery = Discovery.FILES
    relabels: tuple[Relabel, ...] = ()
    stages: tuple[Stage, ...] = ()
    labels: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    scratch: tuple[str, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()
    source: str = ""
    plain: bool = False
    route: str = ""
    annotated: bool | None = None
    decided: tuple[tuple[str, bool], ...] = ()
    serial: int = 0
    forked: bool = False
    joined: bool = False
    parsers: int = 0

    def then(self, *stages: Stage) -> Flow:
        return replace(self, stages=(*self.stages, *stages))

    def knowing(self, record: Whereabouts) -> Flow:
        return replace(self, record=record)

    def carrying(self, *pairs: tuple[str, str]) -> Flow:
        """With more structured metadata, each name once."""
        new = tuple(pair for pair in pairs if pair[0] not in dict(self.metadata))
        return replace(self, metadata=self.metadata + new)

    def fresh(self) -> tuple[Flow, str]:
        """A private name that nothing uses yet."""
        return replace(self, serial=self.serial + 1), f"{PRIVATE}v{self.serial + 1}"

    def find(self, path: FieldPath) -> Place | None:
        return self.record.find(path)

    @property
    def ends_in_newline(self) -> bool:
        """Whether every line does: dockerd's texts keep theirs."""
        return any(isinstance(stage, ReadDocker) for stage in self.stages)

    def is_joined(self) -> bool:
        """Whether the line may be several lines."""
        return self.joined or any(isinstance(stage, JoinLines | ReadDocker) for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Route:
    """Entries that left the flow under another tag, with ``value`` as their mark; a copy leaves the original too.

    ``label`` has the mark: each filter marks its copies in a label of its own, since one record may be copied by many.
    ``decided``: what the entry's own new tag says of a Match that takes only some of the tags that the pattern stands
    for.
    """

    value: str
    tag: str
    copy: bool
    decided: tuple[tuple[str, bool], ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every plugin needs: the parsers by name, where to note outcomes, and the user's wishes.

    The names of multiline parsers are in small letters, since Fluent Bit does not look at their case.
    ``named_parsers`` are those that a section of the configuration refers to. ``files_missing``: a parsers file that
    the configuration names was not given. ``matches`` are the values of Match of its filters and outputs, ``names``
    the keys of records that it may mean, ``asked`` those that its filters and outputs ask for; ``outputs``
    those that send to CloudWatch.
    """

    ledger: Ledger
    scheme: Scheme
    parsers: Mapping[str, Section] = field(default_factory=dict)
    multiline_parsers: Mapping[str, Section] = field(default_factory=dict)
    discovery: Discovery = Discovery.KUBERNETES
    cluster: str = ""
    named_parsers: frozenset[str] = frozenset()
    files_missing: bool = False
    matches: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    first_part_time: bool = False
    asked: tuple[str, ...] = ()
    outputs: Nearby = field(default_factory=lambda: Nearby(()))


@dataclass(frozen=True, slots=True)
class JsonText:
    """The text at a path of the line's JSON object, or where its first key has a text, that text."""

    path: FieldPath
    root: FieldPath


@dataclass(frozen=True, slots=True)
class JsonOrLine:
    """The same, or the line itself where it is no JSON object. An empty path: nothing where it is one."""

    path: FieldPath
    root: FieldPath = ()


@dataclass(frozen=True, slots=True)
class ValueOrLine:
    """What a parser found, or the line itself where it found nothing: then no value has the name ``found``.

    ``source``: the name of the value; empty when the parser's fields do not have it.
    """

    source: str
    found: str


@dataclass(frozen=True, slots=True)
class UnlessParsed:
    """A value of the old record, which records have that a parser filter did not understand: see ``ValueOrLine``."""

    source: str
    found: str


@dataclass(frozen=True, slots=True)
class Discovered:
    """A label or an annotation of the pod, by the labels of discovery: its value, and ``true`` if it is there."""

    value: str
    present: str


Spot = Place | JsonText | JsonOrLine | ValueOrLine | UnlessParsed | Discovered
_OF_THE_POD = {("kubernetes", "labels"): "pod_label", ("kubernetes", "annotations"): "pod_annotation"}
_ONLY_UNPARSED = IsGone("only records that the parser filter does not understand have it")
UNASKED = IsGone("--discovery files: nobody asks the API for the pod's labels and annotations")
"""Where a pod's label or annotation is while no API is asked; that some label is there says nothing of this one."""


def spot(flow: Flow, path: FieldPath) -> Spot | None:
    """Where a filter finds the value of ``path``; None when no record has it. Below a text lies the text itself."""
    record, root = flow.record, path[:1]
    old = [field for field in record.fields if field.path == path[: len(field.path)] and is_old(field)]
    if old and not is_always(record, path):
        return _unless_parsed(flow, record.find(path), old)
    kind = _OF_THE_POD.get(path[:2], "") if len(path) == 3 and record.has(path[:2]) else ""
    if kind and flow.discovery is Discovery.KUBERNETES:
        named = sanitized(path[2])
        return Discovered(f"__meta_kubernetes_{kind}_{named}", f"__meta_kubernetes_{kind}present_{named}")
    if kind:
        return UNASKED
    place = _settled(flow, record.find(path))
    if place is None and len(path) > 1 and not record.below(root):
        place = record.find(root)
        return spot(flow, root) if isinstance(place, IsLine | InLabel | InMetadata | IsConstant | InLogfmt) else None
    unparsed = any(
        field.path in (path, root) and field.when is Presence.UNPARSED and isinstance(field.place, IsLine)
        for field in record.fields
    )
    if isinstance(place, InJson):
        above = record.find(root) if len(path) > 1 else None
        scalar = above.path if isinstance(above, InJson) else ()
        if unparsed:
            return JsonOrLine(place.path, scalar)
        return JsonText(place.path, scalar) if scalar else place
    if not unparsed or any(field.path == path and field.when is Presence.ALWAYS for field in record.fields):
        return place
    return _parsed_or_line(flow, place)


def _settled(flow: Flow, place: Place | None) -> Place | None:
    """The value itself where all entries have it as a label: stages do not find such a label by its name."""
    if not isinstance(place, InLabel | InMetadata):
        return place
    label = place.name if isinstance(place, InLabel) else dict(flow.metadata).get(place.name, "")
    set_for_all = (stage for stage in flow.stages if isinstance(stage, SetConstants))
    values = [value for stage in set_for_all for name, value in stage.values if name == label]
    return IsConstant(values[-1]) if values else place


def is_set(flow: Flow, label: str) -> bool:
    """Whether some entries get that label with a fixed value: selectors see it, stages that extract do not."""
    inner = (stage for when in flow.stages if isinstance(when, When) for stage in when.stages)
    return any(isinstance(stage, SetConstants) and label in dict(stage.values) for stage in (*flow.stages, *inner))


def is_old(field: Field) -> bool:
    """Whether it stood in the record before a parser filter made it anew, beside the text that was parsed."""
    return field.when is Presence.UNPARSED and isinstance(field.place, InLabel | InMetadata | IsConstant | IsGone)


def is_always(record: Whereabouts, path: FieldPath) -> bool:
    """Whether a field that leads to ``path`` by name stands in records of both kinds."""
    leading = (field for field in record.fields if field.path and field.path == path[: len(field.path)])
    return any(field.when is Presence.ALWAYS for field in leading)


def _unless_parsed(flow: Flow, place: Place | None, old: list[Field]) -> Spot:
    """A label or metadata of lines that the parser did not understand; nothing to ask for where others have it too."""
    sources = dict(flow.metadata)
    parsed = [field.place for field in flow.record.fields if field.when is Presence.PARSED]
    named = [sources[one.name] for one in parsed if isinstance(one, InMetadata) and one.name in sources]
    known = source_of(flow, place) if place is not None and len(old) == 1 and place == old[0].place else None
    if known is None or not named or len(named) < len(parsed) or is_set(flow, known[1]):
        return _ONLY_UNPARSED
    return UnlessParsed(known[1], named[0])


def _parsed_or_line(flow: Flow, place: Place | None) -> Spot | None:
    """The value of a parser's field, or the line where the parser did not understand it."""
    sources = dict(flow.metadata)
    if isinstance(place, InMetadata) and place.name in sources:
        return ValueOrLine(sources[place.name], sources[place.name])
    if not isinstance(place, IsLine):
        return place
    parsed = [field.place for field in flow.record.fields if field.when is Presence.PARSED]
    named = [sources[one.name] for one in parsed if isinstance(one, InMetadata) and one.name in sources]
    if named:
        return ValueOrLine("", named[0])
    if any(isinstance(one, InJson) for one in parsed):
        return JsonOrLine(())
    return IsGone("only lines that the parser does not understand have it") if parsed else place


def source_of(flow: Flow, place: Spot) -> tuple[Flow, str] | None:
    """Make a value readable by stages: its name among the extracted ones, empty for the line. None: not there."""
    match place:
        case IsLine():
            return flow, ""
        case InLabel(name):
            return (flow, name) if name in flow.labels else None
        case InMetadata(name):
            sources = dict(flow.metadata)
            return (flow, sources[name]) if name in sources else None
        case Discovered(value):
            named, name = flow.fresh()
            rule = Relabel((value,), name)
            return replace(named, relabels=(*named.relabels, rule), scratch=(*named.scratch, name)), name
        case InJson(path) if path:
            named, name = flow.fresh()
            return named.then(ParseJson(((name, text_at(path)),))), name
        case JsonText(path, root):
            named, name = flow.fresh()
            return named.then(ParseJson(((name, text_at(path, root)),))), name
        case JsonOrLine(path, root):
            return _json_or_line(flow, path, root)
        case ValueOrLine(value, found):
            named, name = flow.fresh()
            shown = f"{{{{ .{value} }}}}" if value else ""
            chosen = f'{{{{ if hasKey . "{found}" }}}}{shown}{{{{ else }}}}{{{{ .Entry }}}}{{{{ end }}}}'
            return named.then(SetTemplate(name, chosen)), name
        case UnlessParsed(value, found):
            named, name = flow.fresh()
            return named.then(SetTemplate(name, _unless(found, value))), name
        case InLogfmt(key) if key:
            named, name = flow.fresh()
            return named.then(ParseLogfmt(((name, key),))), name
        case _:
            return None


def _unless(found: str, value: str) -> str:
    shown = f"{{{{ if .{value} }}}}{{{{ .{value} }}}}{{{{ end }}}}"
    return f'{{{{ if hasKey . "{found}" }}}}{{{{ else }}}}{shown}{{{{ end }}}}'


def _json_or_line(flow: Flow, path: FieldPath, root: FieldPath) -> tuple[Flow, str]:
    named, name = flow.fresh()
    whole, is_object = named.fresh()
    values = ((name, text_at(path, root)),) if path else ()
    shown = f"{{{{ if .{name} }}}}{{{{ .{name} }}}}{{{{ end }}}}" if path else ""
    chosen = f'{{{{ if eq .{is_object} "object" }}}}{shown}{{{{ else }}}}{{{{ .Entry }}}}{{{{ end }}}}'
    return whole.then(ParseJson((*values, (is_object, "type(@)"))), SetTemplate(name, chosen)), name


def text_at(path: FieldPath, root: FieldPath = (), *, words: bool = False) -> str:
    """The JMESPath expression for the text at ``path``; other types give nothing, as Fluent Bit never matches them.

    ``root`` is the path of the first key where that has a text, below which lies the text itself. ``words``: true and
    false are texts too.
    """
    places = ", ".join(json_path(one) for one in (path, root) if one)
    kinds = "type(@)=='string' || type(@)=='boolean'" if words else "type(@)=='string'"
    return f"[{places}][?{kinds}]|[0]"


def json_path(path: FieldPath) -> str:
    """The JMESPath expression for a path of keys."""
    return ".".join('"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"' for key in path)


def as_label(flow: Flow, source: str) -> tuple[Flow, str]:
    """Make an extracted value a label, so that a selector can compare it; it goes away at the end."""
    if source in flow.labels or source in flow.scratch:
        return flow, source
    named = replace(flow, scratch=(*flow.scratch, source))
    return named.then(SetLabels(((source, source),))), source


def guarded(selector: str, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The stages for the entries of a selector only."""
    return (When(selector, stages),) if stages else ()


def cleaned(flow: Flow) -> tuple[Stage, ...]:
    """What takes the scratch labels away again."""
    return (DropLabels(flow.scratch),) if flow.scratch else ()
