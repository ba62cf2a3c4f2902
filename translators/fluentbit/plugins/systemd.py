"""[INPUT] systemd: entries of the journal; their fields are labels of the journal reader."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Field, InLabel, InMetadata, IsLine, Place
from translators.diagnostics import Fidelity
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.journal_fields import FIELDS, of_services, public
from translators.fluentbit.ledger import Options, approximate, differs, equivalent, exact, harmless, judge_options
from translators.fluentbit.plugins.parsers import is_on
from translators.fluentbit.plugins.tail import job_name, last_word
from translators.fluentbit.plugins.tail_options import BUFFERS, STORAGE
from translators.fluentbit.whereabouts import Whereabouts
from translators.pipeline.model import ReadJournal, Relabel, RelabelAction
from translators.pipeline.tags import HOLE

PLUGIN = "systemd"
JOURNAL = "__journal_"
_BIG = 12
"""More structured metadata than this is not worth its bytes: the rest is left in the journal."""

_FOLDER = "read from Path alone (/var/log/journal), which is made, empty, on a node without it"

_OPTIONS: Options = {
    "path": exact("the same journal"),
    "max_fields": equivalent("while no entry has more fields"),
    "max_entries": harmless("how many entries Fluent Bit takes at once"),
    "db": equivalent("the agent keeps its own position; `logmig positions` converts the cursor"),
    "db.sync": harmless("how the database is written: the agents keep a text file"),
    "mem_buf_limit": BUFFERS,
    "storage.type": STORAGE,
    "lowercase": exact("names of fields are chosen by the agents' relabel rules"),
    "strip_underscores": exact("names of fields are chosen by the agents' relabel rules"),
    "alias": harmless("a name in Fluent Bit's own log and metrics"),
    "log_level": harmless("Fluent Bit's own log"),
    "threaded": harmless("how Fluent Bit works inside"),
    "systemd_filter_type": exact("the filters are combined so"),
}


def read(section: Section, desk: Desk) -> Flow | None:
    """The records of a systemd input."""
    tag = section.last("tag")
    pattern = tag.value.strip() if tag else "systemd.*"
    if tag is not None:
        desk.ledger.key(
            PLUGIN, tag, exact("the tag decides filters and outputs here as there; labels stand for it in Loki")
        )
    journal = ReadJournal(section.value("path", "/var/log/journal").strip())
    fields = (*FIELDS, *_of_services(section, desk))
    flow = Flow(job_name(pattern), (pattern,), (section,), _record(section, fields), journal=journal)
    if HOLE not in pattern:
        flow = replace(flow, source=last_word(pattern))
    flow = _filters(section, flow, desk)
    _judge_start(section, desk)
    own = "an entry without MESSAGE has no line, and what a service adds to its own is not copied"
    message = f"the same entries at the same times, {_FOLDER}; {own}"
    desk.ledger.section(PLUGIN, section, equivalent(message))
    judge_options(desk.ledger, PLUGIN, section, _OPTIONS)
    return _named_fields(flow, fields)


def _of_services(section: Section, desk: Desk) -> tuple[str, ...]:
    known = (spelled(name, section) for name in (*FIELDS, "MESSAGE"))
    return of_services(desk.asked, known, is_on(section, "lowercase"), is_on(section, "strip_underscores"))


def spelled(name: str, section: Section) -> str:
    """A field's key in the record."""
    if is_on(section, "strip_underscores"):
        name = name.lstrip("_")
    return name.lower() if is_on(section, "lowercase") else name


def _record(section: Section, fields: tuple[str, ...]) -> Whereabouts:
    known = (Field((spelled(name, section),), _place(name)) for name in fields)
    return Whereabouts((*known, Field((spelled("MESSAGE", section),), IsLine())))


def _place(name: str) -> Place:
    return InLabel("unit") if name == "_SYSTEMD_UNIT" else InMetadata(_public(name))


def _public(name: str) -> str:
    """A service's own field may have the name of a label."""
    return public(name) if name in FIELDS else f"journal_{public(name)}"


def _named_fields(flow: Flow, fields: tuple[str, ...]) -> Flow:
    """Every field can be asked for before an entry is read; which of them are kept is seen at the end."""
    names = tuple(name for name in fields if name != "_SYSTEMD_UNIT")
    pairs = tuple((_public(name), _public(name)) for name in names)
    origins = (("unit", f"{JOURNAL}_systemd_unit"), *((_public(n), f"{JOURNAL}{n.lower()}") for n in names))
    return replace(flow, metadata=pairs, origins=origins, labels=("unit", *(name for name, _ in pairs)))


def kept_fields(flow: Flow) -> tuple[str, ...]:
    """The structured metadata that the record still refers to, at most a dozen, those of the record's start first."""
    used = tuple(field.place.name for field in flow.record.fields if isinstance(field.place, InMetadata))
    known = dict(flow.origins)
    return tuple(name for name in dict.fromkeys(used) if name in known)[:_BIG]


def leaves_out(flow: Flow) -> bool:
    """Whether the record has more fields of the journal than are kept."""
    known = dict(flow.origins)
    used = {field.place.name for field in flow.record.fields if isinstance(field.place, InMetadata)}
    return flow.journal is not None and len(used & set(known)) > _BIG


LEFT_OUT = approximate(
    f"the same entries at the same times, {_FOLDER}; of the journal's fields {_BIG} are kept, the others stay in it",
    "keep the fields that you need with a modify filter, or read them with journalctl",
)


def _filters(section: Section, flow: Flow, desk: Desk) -> Flow:
    """Terms on one field are alternatives to journald; on different fields they would have to hold together."""
    terms = tuple(section.every("systemd_filter"))
    fields = {term.value.partition("=")[0] for term in terms}
    together = section.value("systemd_filter_type", "or").strip().lower() == "and"
    if (
        not terms
        or (len(fields) == 1 and not (together and len(terms) > 1))
        or (together and len(fields) == len(terms))
    ):
        for term in terms:
            desk.ledger.key(PLUGIN, term, exact("the same entries of the journal"))
        matches = tuple(term.value.strip() for term in terms)
        return replace(flow, journal=replace(flow.journal or ReadJournal(), matches=matches))
    for term in terms:
        desk.ledger.key(PLUGIN, term, exact("the journal is read whole and other entries are dropped"))
    return replace(flow, relabels=(*flow.relabels, *_keep(terms, tuple(sorted(fields)), together)))


def _keep(terms: tuple[Property, ...], fields: tuple[str, ...], together: bool) -> tuple[Relabel, ...]:
    if together:
        return tuple(_keep_one(term) for term in terms)
    labels = tuple(f"{JOURNAL}{name.lower()}" for name in fields)
    choices = tuple(_choice(term, fields) for term in terms)
    return (Relabel(labels, regex="|".join(choices), separator="\x1f", action=RelabelAction.KEEP),)


def _keep_one(term: Property) -> Relabel:
    name, _, value = term.value.strip().partition("=")
    return Relabel((f"{JOURNAL}{name.lower()}",), regex=_literal(value), action=RelabelAction.KEEP)


def _choice(term: Property, fields: tuple[str, ...]) -> str:
    name, _, value = term.value.strip().partition("=")
    return "\x1f".join(_literal(value) if field == name else "[^\x1f]*" for field in fields)


def _literal(text: str) -> str:
    return "".join(f"\\{c}" if c in r".^$*+?()[]{}|\\" else c for c in text)


def _judge_start(section: Section, desk: Desk) -> None:
    message = "the first start reads the last 7 hours; `logmig positions` makes it go on where Fluent Bit ended"
    judgement = differs(Fidelity.APPROXIMATE, Fidelity.APPROXIMATE, message)
    item = section.last("read_from_tail")
    if item is not None:
        desk.ledger.key(PLUGIN, item, judgement)
    else:
        desk.ledger.implied(PLUGIN, section, "Read_From_Tail Off", approximate(message))
