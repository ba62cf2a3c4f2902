"""Merge_Log of the kubernetes filter: where the keys of a text are after it."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Field, InJson, IsLine, Presence
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Options, approximate, equivalent, exact, harmless
from translators.fluentbit.plugins.parsers import apply_parser, is_on
from translators.fluentbit.whereabouts import Whereabouts

PLUGIN = "kubernetes"
_UNMERGED = harmless("nothing is merged, so it does nothing")
_NOT_MERGED: Options = {
    "merge_log_key": _UNMERGED,
    "merge_log_trim": _UNMERGED,
    "merge_parser": _UNMERGED,
    "keep_log": _UNMERGED,
}
_IN_LINE = "the line is the text itself: its JSON is read in queries, with `| json`"
_MERGED: Options = {
    "merge_log": equivalent(f"{_IN_LINE}, while nothing stands behind its object and numbers fit 64 bits"),
    "merge_log_key": exact("log_processed.x of CloudWatch is x of the line's JSON"),
    "merge_log_trim": equivalent("newlines at the ends of values stay in the line"),
    "merge_parser": harmless("no such parser is defined: JSON is merged"),
    "keep_log": exact("the line is the text in both cases"),
}
_AT_TOP = equivalent(
    f"{_IN_LINE}, while nothing stands behind its object, numbers fit 64 bits and it has no key log of its own"
)
_OFF = exact("off: the line is the text")
_NOTHING = exact("the records have no text named log to merge")
_LEFT = equivalent(
    "the text named log is that of lines which no parser understood: they come as they are, while none is JSON"
)
_VALUE = approximate("the keys of the text in log stay inside it: a query reads it once more")
_BY_PARSER = exact("the line is the text itself; the parser's fields are kept beside it")
_PARSER = approximate(
    "its fields are kept beside the line; a line without a time of its own keeps the runtime's, where Fluent Bit takes "
    "its clock"
)
_NO_PARSER = approximate("this parser could not be translated: its fields are not kept")


def merging(section: Section, flow: Flow, desk: Desk) -> Options:
    """What the options of merging come to on these records."""
    if not is_on(section, "merge_log"):
        return {**_NOT_MERGED, "merge_log": _OFF}
    match flow.find(("log",)):
        case IsLine() if _is_left(flow):
            return {**_NOT_MERGED, "merge_log": _LEFT}
        case IsLine() if section.value("merge_parser").strip() in desk.parsers:
            return {**_MERGED, "merge_log": _BY_PARSER}
        case IsLine():
            return {**_MERGED, "merge_log": _MERGED["merge_log"] if _under(section) else _AT_TOP}
        case None:
            return {**_NOT_MERGED, "merge_log": _NOTHING}
        case _:
            return {**_MERGED, "merge_log": _VALUE}


def _is_left(flow: Flow) -> bool:
    """Whether only lines that a parser did not understand have the text under this name."""
    named = (field for field in flow.record.fields if field.path == ("log",))
    return all(field.when is Presence.UNPARSED for field in named)


def merge(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The keys of a text that is one JSON object are found in the line itself, those of a parser beside it."""
    if not is_on(section, "merge_log") or not isinstance(flow.find(("log",)), IsLine) or _is_left(flow):
        return flow
    flow, merged = _merged(section, flow, desk)
    record = flow.record
    if not is_on(section, "keep_log", True):
        fields = tuple(
            replace(field, when=Presence.UNPARSED) if field.path == ("log",) else field for field in record.fields
        )
        record = Whereabouts(fields)
    at = next((at for at, field in enumerate(record.fields) if field.path[:1] == ("kubernetes",)), len(record.fields))
    return flow.knowing(Whereabouts((*record.fields[:at], *merged, *record.fields[at:])))


def _merged(section: Section, flow: Flow, desk: Desk) -> tuple[Flow, tuple[Field, ...]]:
    path = _under(section)
    item = section.last("merge_parser")
    parser = desk.parsers.get(item.value.strip()) if item is not None else None
    if item is None or parser is None:
        return flow, (Field(path, InJson(()), Presence.PARSED),)
    parsed = apply_parser(flow, parser, "", desk)
    if parsed is None:
        desk.ledger.key(PLUGIN, item, _NO_PARSER)
        return flow, ()
    desk.ledger.key(PLUGIN, item, _PARSER)
    return parsed.flow, tuple(replace(field, path=(*path, *field.path)) for field in parsed.fields)


def _under(section: Section) -> tuple[str, ...]:
    key = section.value("merge_log_key").strip()
    return (key,) if key else ()
