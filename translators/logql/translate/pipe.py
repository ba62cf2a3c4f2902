"""A log query under construction: its stages so far, and under which label each name of the plan can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from translators.catalog import FieldPath, InLabel, InLogfmt, InMetadata, IsConstant, IsLine, LogGroup
from translators.diagnostics import Diagnostic, Fidelity
from translators.frozen import frozen
from translators.logql.model import (
    Assign,
    Extraction,
    Json,
    LabelFormat,
    Logfmt,
    LogQuery,
    Regexp,
    Stage,
)
from translators.logql.printer import json_expression
from translators.logql.translate import templates as t
from translators.query.bind import (
    DISCOVERED,
    OF_CLOUDWATCH,
    At,
    AtJson,
    Bound,
    Envelope,
    Lost,
    Nothing,
    Resolved,
    resolve,
)
from translators.query.expressions import Call, Column, Expression, Field, Function, Member, TimeBucket
from translators.query.formula import Formula
from translators.query.plan import Parse
from translators.query.split.table import Beyond

_REPORT = r"^REPORT RequestId: \S+\s.*"
LAMBDA = {
    "@type": (r"^(?P<value>REPORT|START|END) RequestId: ", 0.0),
    "@requestId": (r"^(?:(?:REPORT|START|END) RequestId: |\S+T\S+\t)(?P<value>[0-9a-f-]{36})", 0.0),
    "@duration": (r"^REPORT RequestId: \S+\s+Duration: (?P<value>[0-9.]+) ms", 0.0),
    "@billedDuration": (_REPORT + r"Billed Duration: (?P<value>[0-9.]+) ms", 0.0),
    "@initDuration": (_REPORT + r"Init Duration: (?P<value>[0-9.]+) ms", 0.0),
    "@memorySize": (_REPORT + r"Memory Size: (?P<value>[0-9]+) MB", 1e6),
    "@maxMemoryUsed": (_REPORT + r"Max Memory Used: (?P<value>[0-9]+) MB", 1e6),
    "@xrayTraceId": (r"XRAY TraceId: (?P<value>\S+)", 0.0),
}
"""How the platform's lines of Lambda hold the fields that CloudWatch finds in them, and what the number is times."""
_CLEAN = re.compile(r"[^A-Za-z0-9_]+")


def _called(group: LogGroup) -> str:
    return f"{group.account}:{group.name}" if group.account else group.name


@frozen
class Label:
    """A name is this label. ``extracted``: a parser set it, so it may also be absent.

    ``guards`` are the conditions of a template for the value to be there; None: just where the label is not empty.
    """

    name: str
    extracted: bool = False
    guards: tuple[str, ...] | None = None


@frozen
class Line:
    """A name is the whole line."""


@frozen
class Time:
    """A name is the time of the entry."""


@frozen
class Constant:
    """A name is always this text; the empty text is null."""

    text: str


Where = Label | Line | Time | Constant


@frozen
class Cut:
    """A regexp stage, and the same with a capture more, ``marker``, that holds some text wherever it matches."""

    expression: str
    marked: str
    marker: str


@dataclass
class Pipe:
    """Grows while the operators of a plan are walked from the scan up."""

    bound: Bound
    query: LogQuery
    columns: dict[str, Where] = field(default_factory=dict)
    definitions: dict[str, Expression | Parse] = field(default_factory=dict)
    buckets: dict[str, TimeBucket] = field(default_factory=dict)
    """Columns that are the time, rounded: LogQL only groups by them."""
    findings: list[Diagnostic] = field(default_factory=list)
    narrowed: list[Formula] = field(default_factory=list)
    kept_line: str = ""
    """The label that holds the line after another text was parsed in its place: a metric query of Loki forgets to swap
    it back for templates (it drops a line_format that no later stage needs)."""
    empty: set[str] = field(default_factory=set)
    """Labels whose value may be the empty text, which Loki cannot tell from a missing one."""
    cuts: dict[str, Cut] = field(default_factory=dict)
    """By the label of a capture: how to know that the pattern matched."""
    times: set[str] = field(default_factory=set)
    """Labels that hold a time in milliseconds, which is shown as a date."""
    compute: Callable[[Expression, str], Label] | None = None
    """Makes a label of an expression; who knows expressions sets it."""
    _extractions: dict[tuple[str, FieldPath], str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _made: dict[str, Where] = field(default_factory=dict)
    """System fields that were composed, by their names."""
    _keys: dict[str, str] = field(default_factory=dict)
    """By the guard of a parsed label: one that holds where the line has its key."""

    def append(self, *stages: Stage) -> None:
        if stages:
            self.query = LogQuery(self.query.selector, (*self.query.stages, *stages))

    def note(self, rule: str, fidelity: Fidelity, message: str, remedy: str = "") -> None:
        found = Diagnostic(rule, fidelity, message, None, remedy)
        if found not in self.findings:
            self.findings.append(found)

    def note_empty(self) -> None:
        self.note(
            "logql/empty-is-missing",
            Fidelity.EQUIVALENT,
            "the same if no value is the empty text, which Loki cannot tell from a missing field",
        )

    def note_spelling(self) -> None:
        self.note(
            "logql/number-spelling",
            Fidelity.EQUIVALENT,
            "the same if each number is written in one way: to Insights 500, 500.0 and 5e2 are one",
        )

    def where(self, expression: Expression) -> Where | None:
        """Where a bare field or column is; None for what is computed. Asks the parser for what it needs."""
        match expression:
            case Column(name):
                if name in self.columns:
                    return self.columns[name]
                if self._is_parsed_line(name):
                    return self._parsed_line(name)
                if name in self.buckets and self.compute is not None:
                    self.columns[name] = self.compute(self.buckets[name], name)
                    return self.columns[name]
                raise Beyond("query/unknown-column", f"{name} is not known here")
            case Field(path):
                return self._field(path)
            case Member(Column(name), path) if self._is_parsed_line(name):
                return Label(self._extract("json", path), extracted=True)
            case _:
                return None

    def _is_parsed_line(self, name: str) -> bool:
        """Whether a column is ``jsonParse`` of the line."""
        made = self.definitions.get(name)
        if not isinstance(made, Call) or made.function is not Function.JSON_PARSE:
            return False
        subject = made.arguments[0]
        return isinstance(subject, Field) and isinstance(self._field(subject.path), Line)

    def _parsed_line(self, name: str) -> Where:
        """The line itself, where it is JSON."""
        self.note(
            "logql/json-as-written",
            Fidelity.EQUIVALENT,
            f"{name} is the same if lines are JSON without blanks and needless escapes: it shows as it is written",
        )
        self.columns[name] = self.assign(name, t.is_json(self.value(Line())))
        return self.columns[name]

    def _field(self, path: FieldPath) -> Where:
        name = ".".join(path)
        if name == "@timestamp":
            return Time()
        return self._place(resolve(self.bound.shape, path), name)

    def _place(self, found: Resolved, name: str) -> Where:
        match found:
            case At(InLabel(label) | InMetadata(label)):
                return Label(label)
            case At(IsLine()):
                return Line()
            case At(IsConstant(value)):
                return Constant(value)
            case At(InLogfmt(key)):
                return Label(self._extract("logfmt", (key,)), extracted=True)
            case AtJson(path):
                return Label(self._extract("json", tuple(".".join(path).split("."))), extracted=True)
            case Envelope():
                self._note_envelope()
                return Line()
            case Nothing(near):
                self._note_nothing(name, near)
                return Constant("")
            case Lost(reason):
                raise Beyond("query/field-gone", f"{name} is not in Loki: {reason}")
            case _:
                if name in LAMBDA or name in ("@logStream", "@log"):
                    return self._composed(name)
                if name in DISCOVERED:
                    return self._discovered(name)
                if not name.startswith(OF_CLOUDWATCH):
                    self._note_nothing(name, ())
                return Constant("")

    def _note_envelope(self) -> None:
        self.note(
            "logql/envelope",
            Fidelity.APPROXIMATE,
            "`@message` is the whole record in CloudWatch and, in a panel, the application's line in Loki: text of the "
            "metadata is not searched, and the line shows without its envelope",
        )

    def _note_nothing(self, name: str, near: tuple[str, ...]) -> None:
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        self.note("query/field-not-in-record", Fidelity.EXACT, f"{name} is null in every event of this log group{hint}")

    def _composed(self, name: str) -> Where:
        """A label is made when it is first asked for."""
        if name not in self._made:
            made = {"@logStream": self._log_stream, "@log": self._log_group}.get(name)
            self._made[name] = made() if made is not None else self._of_lambda(name)
        return self._made[name]

    def _discovered(self, name: str) -> Where:
        self.note(
            "query/discovered-field",
            Fidelity.EQUIVALENT,
            f"{name} is read from JSON lines; Insights also finds it in lines of VPC flow logs and Route 53",
        )
        return Label(self._extract("json", (name,)), extracted=True)

    def _log_stream(self) -> Where:
        """The name of the log stream, composed again."""
        parts = []
        for part in self.bound.shape.stream:
            if part.place is None:
                parts.append(part.text)
            elif part.form == "tag":
                inner = f'trimAll "/" .{part.place.name}'
                parts.append(f'{{{{ {inner} | replace "/" "." }}}}')
            else:
                parts.append(f"{{{{ .{part.place.name} }}}}")
        if not parts:
            return Constant("")
        return self.assign("log_stream", "".join(parts))

    def _log_group(self) -> Where:
        """The name of the log group; of several ones, by the label that tells them apart."""
        apart = self.bound.apart
        if apart is None:
            return Constant(_called(self.bound.group))
        label = t.reference(apart.label).code
        branches = ((f"(eq {label} {t.literal(value)})", t.text(_called(group))) for value, group in apart.groups)
        return replace(self.assign("log", t.chooses(tuple(branches), None)), guards=())

    def _of_lambda(self, name: str) -> Where:
        """A field that CloudWatch finds in the lines of the Lambda platform."""
        pattern, scale = LAMBDA[name]
        label = self.fresh(name)
        self.append(Regexp(pattern.replace("value", label)))
        if not scale:
            return Label(label, extracted=True)
        number = t.call("mulf", t.number(t.reference(label)), t.constant(scale), numeric=True)
        return self.assign(name, t.shows(number))

    def _extract(self, parser: str, path: FieldPath) -> str:
        """The label of a parsed key, extracted at the start of the pipeline, where the line is still the line."""
        key = (parser, path)
        if key not in self._extractions:
            label = self.fresh(path[-1] if not path[-1].isdigit() else "_".join(path[-2:]))
            self._extractions[key] = label
            self.empty.add(label)
        return self._extractions[key]

    def fresh(self, name: str) -> str:
        """A private label for ``name``: it ends in an underscore, which no collector's label does."""
        base = _as_label(name)
        label, count = f"{base}_", 2
        while label in self._taken:
            label, count = f"{base}{count}_", count + 1
        self._taken.add(label)
        return label

    def assign(self, name: str, template: str) -> Label:
        """A computed label; one stage each, since a stage does not see what it sets."""
        label = self.fresh(name)
        self.append(LabelFormat((Assign(label, template),)))
        return Label(label)

    def value(self, where: Where) -> t.Value:
        """What a template reads there."""
        match where:
            case Label():
                return t.Value(f".{where.name}", self.guards(where))
            case Line():
                return t.Value(f".{self.kept_line}") if self.kept_line else t.LINE
            case Time():
                return t.MILLISECONDS
            case Constant(text):
                return t.guarded(t.text(text), '""') if not text else t.text(text)

    def guards(self, label: Label) -> tuple[str, ...]:
        """The conditions of a template for the value of a label to be there, if no value is the empty text."""
        return (f".{label.name}",) if label.guards is None else label.guards

    def surely(self, value: t.Value) -> t.Value:
        """The value with guards that hold for the empty text too, where a pattern can tell; else says the condition."""
        guards = tuple(self._sure(guard) for guard in value.guards)
        if any(guard[1:] in self.empty for guard in guards):
            self.note_empty()
        return t.guarded(replace(value, guards=()), *guards)

    def _sure(self, guard: str) -> str:
        """A capture is there where its pattern matched: another capture, made when it is first asked for, says so."""
        cut = self.cuts.get(guard[1:])
        if cut is None:
            return guard
        stages = (Regexp(cut.marked) if stage == Regexp(cut.expression) else stage for stage in self.query.stages)
        self.query = replace(self.query, stages=tuple(stages))
        return f".{cut.marker}"

    def looked_up(self, value: t.Value) -> t.Value:
        """The value with guards that hold for the empty text too: whether the line, read as JSON, has the key."""
        return t.guarded(replace(value, guards=()), *(self._has_key(self._sure(guard)) for guard in value.guards))

    def _has_key(self, guard: str) -> str:
        if guard[1:] not in self.empty:
            return guard
        paths = {f".{label}": path for (parser, path), label in self._extractions.items() if parser == "json"}
        if guard not in paths:
            raise Beyond("logql/empty-text", "Loki cannot tell the empty text from a missing field")
        if guard not in self._keys:
            self._keys[guard] = f".{self.assign('present', t.has_key(self.value(Line()), paths[guard])).name}"
        return self._keys[guard]

    def unsure(self, value: t.Value) -> bool:
        """Whether only its emptiness says that a value is missing, and it may be the empty text."""
        return any(guard[1:] in self.empty for guard in value.guards)

    @property
    def parses(self) -> bool:
        """Whether a parser reads the line."""
        return bool(self._extractions)

    def parsers(self) -> tuple[Stage, ...]:
        """The parsers of all names that were asked for."""
        found: dict[str, list[Extraction]] = {}
        for (parser, path), label in self._extractions.items():
            expression = json_expression(path) if parser == "json" else path[0]
            found.setdefault(parser, []).append(Extraction(label, expression))
        stages: list[Stage] = []
        if "json" in found:
            stages.append(Json(tuple(found["json"])))
        if "logfmt" in found:
            stages.append(Logfmt(tuple(found["logfmt"])))
        return tuple(stages)


@lru_cache(4096)
def _as_label(name: str) -> str:
    """What of a name a label can be made of."""
    base = _CLEAN.sub("_", name).strip("_") or "value"
    return f"x{base}" if base[0].isdigit() else base


def note_grouping(pipe: Pipe, label: Label) -> None:
    """What has to hold for the values of a label to be the groups of Insights."""
    if label.name in pipe.empty:
        pipe.note_empty()
    if label.extracted:
        pipe.note_spelling()
