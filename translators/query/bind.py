"""Finds for each field of a query where its value lives in Loki, by the catalog's shape of the record."""

from __future__ import annotations

from difflib import get_close_matches

from translators.catalog import (
    Catalog,
    Field,
    FieldPath,
    InJson,
    InLabel,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsGone,
    IsLine,
    IsTime,
    LogGroup,
    Place,
    Presence,
    RecordKind,
    Shape,
)
from translators.diagnostics import Refused
from translators.frozen import frozen
from translators.query.plan import DataSources, GroupPrefixes, Groups, Scan, Source

_NAMES = """version accountId interfaceId srcAddr dstAddr srcPort dstPort protocol packets bytes start end action
    startTime endTime logStatus queryTimestamp hostZoneId queryName queryType responseCode edgeLocation resolverIp
    ednsClientSubnet"""
DISCOVERED = frozenset(_NAMES.split())
"""Names that Insights finds in lines which are no JSON (VPC flow, Route 53): a line has them without naming them."""

OF_CLOUDWATCH = ("@ingestionTime", "@ptr", "@entity", "@aws.", "@source.", "@data_")
"""How the names of values begin that are CloudWatch's own: no agent ever had them."""


@frozen
class At:
    """The value, and nothing else, is at this place."""

    place: InLabel | InMetadata | IsLine | IsConstant | InLogfmt


@frozen
class AtJson:
    """The value is at this path of the JSON object that the line is; segments may also be joined by dots in one key."""

    path: FieldPath


@frozen
class Envelope:
    """The whole event, a JSON object made of all places: ``@message`` of a record."""


@frozen
class Nothing:
    """Null in every event of the shape; ``near`` are names that the author may have meant."""

    near: tuple[str, ...] = ()


@frozen
class Lost:
    """CloudWatch has it and Loki has not."""

    reason: str


@frozen
class Computed:
    """Made of several places, or by rules that only the evaluator knows."""


Resolved = At | AtJson | Envelope | Nothing | Lost | Computed


class _Known:
    """A shape and what is known of it, told apart by identity: to hash all its fields costs more than to look."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.fields = tuple((_whole(field), field) for field in shape.fields)
        self.resolved: dict[FieldPath, Resolved] = {}


_MOST_SHAPES, _MOST_PATHS = 64, 1024
_KNOWN: dict[int, _Known] = {}
"""By the identity of the shape, which stays its own as long as it is held here."""


def _learn(shape: Shape) -> _Known:
    if len(_KNOWN) >= _MOST_SHAPES:
        _KNOWN.clear()
    known = _KNOWN[id(shape)] = _Known(shape)
    return known


def resolve(shape: Shape, path: FieldPath) -> Resolved:
    """Where the field of a query is; ``path`` as the query says it, segments may hold dots."""
    known = _KNOWN.get(id(shape)) or _learn(shape)
    found = known.resolved.get(path)
    if found is None:
        if len(known.resolved) >= _MOST_PATHS:
            known.resolved.clear()
        found = known.resolved[path] = _resolve(known, path)
    return found


def _resolve(known: _Known, path: FieldPath) -> Resolved:
    shape = known.shape
    name = ".".join(path)
    if name == "@message":
        return _message(shape)
    if name.startswith("@"):
        return Computed()
    if shape.record in (RecordKind.JSON, RecordKind.TEXT):
        return Computed() if name in DISCOVERED else AtJson(path)
    return _in_record(known, tuple(name.split(".")))


def _message(shape: Shape) -> Resolved:
    if shape.record not in (RecordKind.JSON, RecordKind.TEXT):
        return Envelope()
    return At(next((field.place for field in shape.fields if isinstance(field.place, IsLine)), IsLine()))


def _in_record(known: _Known, parts: FieldPath) -> Resolved:
    shape = known.shape
    covering = (field for whole, field in known.fields if parts[: len(whole)] == whole)
    best = max(covering, key=lambda one: len(one.path), default=None)
    if best is None:
        above = any(field.path[: len(parts)] == parts for field in shape.fields)
        return Computed() if above else Nothing(_near(shape, parts))
    rest = parts[len(best.path) :]
    if best.when is Presence.UNPARSED:
        return Computed()
    # A JSON path has a value just where the line parsed, so that it needs no further condition.
    if best.when is Presence.PARSED and not isinstance(best.place, IsGone | InMetadata | InLabel | InJson):
        return Computed()
    return _within(best.place, rest)


def _whole(field: Field) -> FieldPath:
    """The path of a field, split at every dot."""
    return tuple(".".join(field.path).split(".")) if field.path else ()


def _within(place: Place, rest: FieldPath) -> Resolved:
    match place:
        case InJson(path, without):
            if not path and not rest:
                return Computed()
            return Nothing() if rest and rest[0] in without else AtJson((*path, *rest))
        case IsGone(reason):
            return Lost(reason)
        case IsTime():
            return Computed() if not rest else Nothing()
        case InLogfmt(key, without) if not key:
            # Loki's logfmt reads words without a value, quotes and escapes another way: the evaluator does it.
            return Nothing() if rest and ".".join(rest) in without else Computed()
        case InLogfmt() if place.types or not place.bare_keys:
            return Computed() if not rest else Nothing()
        case InLabel() | InMetadata() | IsLine() | IsConstant() | InLogfmt():
            return At(place) if not rest else Nothing()


def _near(shape: Shape, parts: FieldPath) -> tuple[str, ...]:
    """``log_processed.level`` for ``level``, and names that look alike."""
    name = ".".join(parts)
    known = [".".join(field.path) for field in shape.fields if field.path]
    objects = [
        f"{'.'.join(field.path)}.{name}" for field in shape.fields if field.path and isinstance(field.place, InJson)
    ]
    return (*objects, *get_close_matches(name, known, 2, 0.75))


@frozen
class Apart:
    """A label by whose value the entries of several log groups are told apart."""

    label: str
    groups: tuple[tuple[str, LogGroup], ...]


@frozen
class Bound:
    """A log group that a scan reads, with one of its shapes; ``apart``: it stands for several groups."""

    group: LogGroup
    shape: Shape
    apart: Apart | None = None


_WAYS = {
    "/aws/eks/": "EKS writes these itself, no agent sees them; lambda-promtail can bring them to Loki",
    "/aws/lambda/": "Lambda writes it itself; lambda-promtail or a subscription can bring it to Loki",
}


def groups_of(scan: Scan, chosen: tuple[str, ...], catalog: Catalog) -> tuple[Bound, ...]:
    """The shapes that a scan reads: its own sources, else what the caller chose, else the only group there is."""
    if scan.sources and chosen and scan.id == 0:
        raise Refused(
            "query/two-sources", "the query has SOURCE, and log groups were named beside it", scan.span, "leave out one"
        )
    own = tuple(name for source in scan.sources for name in _names(source, catalog))
    names = own or chosen or _only(catalog)
    found = {(group.account, group.name): group for name in names for group in _groups(name, catalog)}
    return tuple(Bound(group, shape) for group in found.values() for shape in group.shapes)


def _split(name: str) -> tuple[str, str]:
    """The account and the name: of an ARN, or of what ``@log`` shows; no account where none is said."""
    if name.startswith("arn:"):
        account = (*name.split(":", 5), "", "", "", "", "")[4]
        return account, name.partition(":log-group:")[2].removesuffix(":*") or name
    return (name[:12], name[13:]) if name[:12].isdigit() and name[12:13] == ":" else ("", name)


def _names(source: Source, catalog: Catalog) -> tuple[str, ...]:
    match source:
        case Groups(names):
            return names
        case GroupPrefixes():
            return _chosen(source, catalog)
        case DataSources(names):
            raise NotInLoki(f"the data sources {', '.join(names)} are AWS's own; Loki does not have them")


def _chosen(source: GroupPrefixes, catalog: Catalog) -> tuple[str, ...]:
    """The groups of the catalog that it means; one whose account nobody noted may be of any."""
    if source.tags or any(name.upper() != "STANDARD" for name in source.classes):
        raise NotInLoki("a catalog knows neither tags nor classes of log groups", "choose them by name or prefix")
    names = tuple(
        f"{group.account}:{group.name}" if group.account else group.name
        for group in catalog.groups
        if not group.template
        and (not source.prefixes or group.name.startswith(source.prefixes))
        and (not source.accounts or not group.account or group.account in source.accounts)
    )
    if not names:
        wanted = " or ".join(source.prefixes or ("anything",))
        whose = f" in the accounts {', '.join(source.accounts)}" if source.accounts else ""
        raise NotInLoki(f"no log group of the catalog begins with {wanted}{whose}")
    return names


def _only(catalog: Catalog) -> tuple[str, ...]:
    """Without a choice: the one group, else the applications' (what the console's queries of a cluster are about)."""
    names = tuple(group.name for group in catalog.groups if not group.template)
    if len(names) == 1:
        return names
    applications = tuple(name for name in names if name.endswith("/application"))
    if len(applications) == 1:
        return applications
    raise Refused(
        "query/no-log-group", "the query does not say which log groups it reads", remedy="name them with --log-group"
    )


class NotInLoki(Exception):
    """The data of a log group is not in Loki: the answer is no, not an error of the query."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def _groups(name: str, catalog: Catalog) -> tuple[LogGroup, ...]:
    """Those of that name: several accounts may have one. Whoever names an account means only its."""
    account, bare = _split(name)
    named = tuple(group for group in catalog.groups if group.name == bare)
    template = None if named else catalog.group(bare)
    found = tuple(
        group
        for group in (named if template is None else (template,))
        if group.shapes and (not account or group.account in ("", account))
    )
    if found:
        return found
    remedy = next((way for prefix, way in _WAYS.items() if bare.startswith(prefix)), "")
    raise NotInLoki(
        f"the log group {name} is not in the catalog: its events are not in Loki",
        remedy or _nearby(bare, catalog),
    )


def _nearby(name: str, catalog: Catalog) -> str:
    if name.startswith("/aws/containerinsights/") and name.endswith("/performance"):
        return "these are metrics, and belong to Prometheus"
    near = get_close_matches(name, [group.name for group in catalog.groups], 1)
    meant = f"did you mean {near[0]}? Else " if near else ""
    return f"{meant}add it to catalog.json with the selector of its streams, if they are there"
