"""The part of a plan that computes of single rows, as stages of a log query."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Network
from typing import assert_never

import re2

from translators.catalog import Matcher, MatchOperator
from translators.diagnostics import Fidelity
from translators.logql.model import (
    Assign,
    Drop,
    InRange,
    LabelFilter,
    LabelFormat,
    LineFilter,
    LineFormat,
    LineOperator,
    LogQuery,
    NumberIs,
    NumberOperator,
    Regexp,
    Stage,
)
from translators.logql.narrowing import narrowed_query
from translators.logql.translate import templates as t
from translators.logql.translate.captures import (
    glob_expression,
    marked_expression,
    marked_glob,
    perhaps_empty,
    renamed_expression,
)
from translators.logql.translate.expressions import IPV4, Writer
from translators.logql.translate.pipe import Constant, Label, Line, Pipe, Time, Where
from translators.query.expressions import (
    And,
    Call,
    Column,
    Compare,
    Comparison,
    Contains,
    Expression,
    Field,
    Function,
    InList,
    Literal,
    Matches,
    Member,
    Not,
    Rounding,
    TimeBucket,
)
from translators.query.formula import (
    AllHold,
    Always,
    Formula,
    LabelIs,
    LineHas,
    LineMatches,
    OneHolds,
    all_of,
    escape,
)
from translators.query.narrow import Narrower, looks_numeric
from translators.query.plan import GlobPattern, LogfmtPattern, Named, Parse, PresencePattern, RegexPattern
from translators.query.policies import Policies, Policy
from translators.query.split.table import Beyond
from translators.query.tree import parts

_ERRORS = Drop(("__error__", "__error_details__"))
_REFERENCE = re.compile(r"\.\w+")
NAMES = Field | Column | Member
"""What stands for a value without computing anything."""
_NUMBER_OPERATORS = {
    Comparison.EQUAL: NumberOperator.EQUAL,
    Comparison.LESS: NumberOperator.LESS,
    Comparison.LESS_OR_EQUAL: NumberOperator.AT_MOST,
    Comparison.GREATER: NumberOperator.GREATER,
    Comparison.GREATER_OR_EQUAL: NumberOperator.AT_LEAST,
}


class RowTranslator:
    """Adds operators to a pipe, from the scan up."""

    def __init__(self, pipe: Pipe, policies: Policies) -> None:
        self.pipe = pipe
        self.policies = policies
        self.writer = Writer(pipe, policies)
        self.narrower = Narrower(pipe.bound.shape, pipe.definitions, policies)

    def filter(self, predicate: Expression) -> None:
        items = predicate.items if isinstance(predicate, And) else (predicate,)
        for item in items:
            self._conjunct(item)

    def _conjunct(self, predicate: Expression) -> None:
        narrowed = self.narrower.narrow(predicate)
        if narrowed.exact:
            self.pipe.narrowed.append(narrowed.formula)
            return
        stages = self._direct(predicate)
        if stages is None:
            condition = self.writer.condition(predicate)
            flag = self.pipe.assign("keep", t.flags(condition))
            stages = (LabelFilter(Matcher(flag.name, MatchOperator.EQUAL, "1")),)
        self.pipe.append(*stages)
        self.pipe.narrowed.append(_early(narrowed.formula))

    def _direct(self, predicate: Expression) -> tuple[Stage, ...] | None:
        """The predicate as label filters or a line filter; None when it needs a template."""
        match predicate:
            case Compare(operator, left, Literal(value)):
                return self._compared(operator, left, value)
            case Not(Call(Function.IS_PRESENT, (operand,))):
                return self._presence(operand, MatchOperator.EQUAL)
            case Call(Function.IS_PRESENT, (operand,)):
                return self._presence(operand, MatchOperator.NOT_EQUAL)
            case Call(Function.STR_CONTAINS, (operand, Literal(str(text)))):
                return self._found(operand, escape(text), text, False)
            case Call(Function.IS_IPV4_IN_SUBNET | Function.IS_IP_IN_SUBNET, (operand, Literal(str(subnet)))):
                return self._in_subnet(operand, subnet)
            case Contains(operand, Literal(str(text)), negated):
                return self._found(operand, escape(text), text, negated)
            case Matches(operand, pattern, negated, literal):
                return self._found(operand, pattern, literal, negated)
            case InList(operand, items, negated):
                texts = [item.value for item in items if isinstance(item, Literal) and isinstance(item.value, str)]
                if len(texts) != len(items) or any(map(looks_numeric, texts)) or negated or "" in texts:
                    return None
                return self._label_is(operand, MatchOperator.MATCHES, "|".join(map(escape, texts)))
            case _:
                return None

    def _in_subnet(self, operand: Expression, subnet: str) -> tuple[Stage, ...] | None:
        """Loki's ip() keeps what is no address, so that only addresses may reach it."""
        label = self._label(operand)
        try:
            network = IPv4Network(subnet, strict=False) if "/" in subnet else None
        except ValueError:
            network = None
        if label is None or network is None:
            return None
        return LabelFilter(Matcher(label, MatchOperator.MATCHES, IPV4)), LabelFilter(InRange(label, str(network)))

    def _label(self, operand: Expression) -> str | None:
        where = self.pipe.where(operand) if isinstance(operand, NAMES) else None
        return where.name if isinstance(where, Label) and where.name not in self.pipe.times else None

    def _label_is(self, operand: Expression, operator: MatchOperator, value: str) -> tuple[Stage, ...] | None:
        label = self._label(operand)
        return None if label is None else (LabelFilter(Matcher(label, operator, value)),)

    def _presence(self, operand: Expression, operator: MatchOperator) -> tuple[Stage, ...] | None:
        where = self.pipe.where(operand) if isinstance(operand, NAMES) else None
        label = self.presence_label(where) if isinstance(where, Label) else None
        return None if label is None else (LabelFilter(Matcher(label, operator, "")),)

    def presence_label(self, where: Label) -> str | None:
        """The label that is not empty just where the value is there; None where a template has to say it."""
        guards = self.pipe.surely(self.pipe.value(where)).guards
        return guards[0][1:] if len(guards) == 1 and _REFERENCE.fullmatch(guards[0]) else None

    def _found(self, operand: Expression, pattern: str, text: str | None, negated: bool) -> tuple[Stage, ...] | None:
        where = self.pipe.where(operand) if isinstance(operand, NAMES) else None
        if isinstance(where, Line):
            found = LineHas((text,), negated) if text else LineMatches(pattern, negated)
            self.pipe.narrowed.append(found)
            return ()
        if not isinstance(where, Label) or not (text or re2.search(pattern, "") is None):
            return None
        if where.name in self.pipe.times:
            return None
        operator = MatchOperator.NOT_MATCHES if negated else MatchOperator.MATCHES
        anchored = f"(?s:.*)(?:{pattern})(?s:.*)"
        stages: tuple[Stage, ...] = (LabelFilter(Matcher(where.name, operator, anchored)),)
        return self._if_present(where, stages) if negated else stages

    def _if_present(self, where: Label, stages: tuple[Stage, ...]) -> tuple[Stage, ...] | None:
        """Stages of a negated comparison, by the policy missing-ne."""
        if self.policies.value(Policy.MISSING_NE) != "exclude":
            return stages
        label = self.presence_label(where)
        return None if label is None else (*stages, LabelFilter(Matcher(label, MatchOperator.NOT_EQUAL, "")))

    def _compared(self, operator: Comparison, left: Expression, value: object) -> tuple[Stage, ...] | None:
        where = self.pipe.where(left) if isinstance(left, NAMES) else None
        if not isinstance(where, Label) or (isinstance(value, str) and where.name in self.pipe.times):
            return None
        label = where.name
        if isinstance(value, str) and not looks_numeric(value) and value:
            if operator is Comparison.EQUAL:
                return (LabelFilter(Matcher(label, MatchOperator.EQUAL, value)),)
            if operator is Comparison.NOT_EQUAL:
                return self._if_present(where, (LabelFilter(Matcher(label, MatchOperator.NOT_EQUAL, value)),))
        if isinstance(value, bool) or not isinstance(value, (int, float)) or operator not in _NUMBER_OPERATORS:
            return None
        if value != value or abs(value) > 1e15:
            return None
        guard = LabelFilter(Matcher(label, MatchOperator.MATCHES, t.NUMBER))
        return guard, LabelFilter(NumberIs(label, _NUMBER_OPERATORS[operator], f"{value!r}"))

    def extend(self, columns: tuple[Named, ...]) -> None:
        for column in columns:
            self._define(column.name, column.expression)

    def _define(self, name: str, expression: Expression) -> None:
        bucket = self.bucket_of(expression)
        if bucket is not None:
            self._forget(name)
            self.pipe.buckets[name] = bucket
            return
        if isinstance(expression, Call) and expression.function is Function.JSON_PARSE:
            self._forget(name)
            self.pipe.definitions[name] = expression
            return
        where = self.place(expression, name)
        self._forget(name)
        self.pipe.columns[name] = where
        if not _reads(expression, name):
            self.pipe.definitions[name] = expression

    def _forget(self, name: str) -> None:
        """What the name stood for until now, also inside other definitions: a later one hides it, whatever its kind."""
        self.pipe.buckets.pop(name, None)
        self.pipe.columns.pop(name, None)
        stale = [known for known, made in self.pipe.definitions.items() if known == name or _reads(made, name)]
        for known in stale:
            del self.pipe.definitions[known]

    def bucket_of(self, expression: Expression) -> TimeBucket | None:
        """The bucket of the entry's time, named by its start, that an expression is; None for any other."""
        if isinstance(expression, Column) and expression.name in self.pipe.buckets:
            return self.pipe.buckets[expression.name]
        if not isinstance(expression, TimeBucket) or expression.rounding is not Rounding.FLOOR:
            return None
        operand = expression.operand
        timed = isinstance(operand, NAMES) and isinstance(self.pipe.where(operand), Time)
        return replace(expression, operand=Field(("@timestamp",))) if timed else None

    def place(self, expression: Expression, name: str) -> Where:
        """Where the value of an expression can be read; a computed one becomes a label."""
        if isinstance(expression, NAMES):
            where = self.pipe.where(expression)
            if where is not None:
                return where
        if isinstance(expression, Literal) and isinstance(expression.value, str):
            return Constant(expression.value)
        return self.writer.labelled(expression, name)

    def parse(self, operator: Parse) -> None:
        labels = tuple(self.pipe.fresh(name) for name in operator.names)
        match operator.pattern:
            case GlobPattern():
                self._cut(operator.subject, glob_expression(operator.pattern, labels))
                self.pipe.empty.update(labels)
                self.pipe.cuts |= marked_glob(operator.pattern, labels, self.pipe.fresh("matched"))
            case RegexPattern(_, _, True):
                raise Beyond("logql/parse-mode", "parse multi makes several rows of a line, which LogQL cannot")
            case RegexPattern():
                self._cut(operator.subject, renamed_expression(operator.pattern, labels))
                self.pipe.empty |= perhaps_empty(operator.pattern, labels)
                self.pipe.cuts |= marked_expression(operator.pattern, labels, self.pipe.fresh("matched"))
            case PresencePattern(text):
                value = self.writer.text(operator.subject)
                condition = t.all_of((*value.guards, f"(contains {t.literal(text)} {value.code})"))
                shown = t.decides(condition, t.shows(t.text(text)), "")
                self.pipe.append(LabelFormat((Assign(labels[0], shown),)))
            case LogfmtPattern():
                raise Beyond("logql/parse-mode", "parse logfmt makes a map, which LogQL does not have")
            case _:
                assert_never(operator.pattern)
        for name, label in zip(operator.names, labels, strict=True):
            self._forget(name)
            self.pipe.columns[name] = Label(label, extracted=True)
            self.pipe.definitions[name] = operator

    def _cut(self, subject: Expression, expression: str) -> None:
        """LogQL parses only the line: another subject is made the line for a moment."""
        where = self.place(subject, "subject")
        if isinstance(where, Line):
            self.pipe.append(Regexp(expression))
            return
        named = isinstance(subject, Field | Column)
        template = t.shows(self.writer.text(subject) if named else self.pipe.value(where))
        if not self.pipe.kept_line:
            self.pipe.kept_line = self.pipe.assign("line", "{{__line__}}").name
        back = LineFormat(f"{{{{.{self.pipe.kept_line}}}}}")
        self.pipe.append(LineFormat(template), Regexp(expression), back)

    def log_query(self, stages: tuple[Stage, ...] | None = None) -> LogQuery:
        """The whole query, or up to ``stages``; one that gives nothing where nothing can match."""
        base = narrowed_query(self.pipe.query.selector, all_of(tuple(self.pipe.narrowed)))
        if base is None:
            self.pipe.note("query/never", Fidelity.EXACT, "no event of this log group can match")
            base = LogQuery(self.pipe.query.selector, (LineFilter(LineOperator.MISMATCHES, ("(?s).*",)),))
        parsers = self.pipe.parsers()
        errors = (_ERRORS,) if parsers else ()
        own = self.pipe.query.stages if stages is None else stages
        return LogQuery(base.selector, (*base.stages, *parsers, *errors, *own))


def _early(formula: Formula) -> Formula:
    """What of an inexact formula is worth a stage of its own: line filters and labels, not both in one condition."""
    if not isinstance(formula, AllHold):
        return formula if _is_simple(formula) else Always()
    return all_of(tuple(part for part in formula.parts if _is_simple(part)))


def _is_simple(part: Formula) -> bool:
    if isinstance(part, OneHolds):
        kinds = {isinstance(one, LabelIs) for one in part.parts}
        return len(kinds) == 1 and all(isinstance(one, (LabelIs, LineHas, LineMatches)) for one in part.parts)
    return isinstance(part, (LabelIs, LineHas, LineMatches))


def _reads(made: Expression | Parse, name: str) -> bool:
    read = made.subject if isinstance(made, Parse) else made
    return any(isinstance(part, Column) and part.name == name for part in parts(read))
