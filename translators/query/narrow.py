"""Narrows a scan: what a predicate asks of the Loki entries before anything is computed of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import re2

from translators.catalog import InLabel, InLogfmt, InMetadata, IsConstant, IsLine, Matcher, MatchOperator, Shape
from translators.frozen import frozen
from translators.query.bind import At, Nothing, resolve
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
    Not,
    Or,
)
from translators.query.formula import (
    UNKNOWN,
    Always,
    LabelIs,
    LineHas,
    LineMatches,
    Narrowed,
    Never,
    all_of,
    escape,
    one_of,
)
from translators.query.implied import Implied
from translators.query.plan import Parse
from translators.query.policies import Policies, Policy

Definitions = Mapping[str, Expression | Parse]
"""What the columns above a scan are made of: a computed one's expression, or the parse that cuts it out."""
MANY = 200
"""A longer list of values is left to the evaluator: the query must stay readable for people and for Loki."""


@frozen
class Narrower:
    """Narrows the scan of one shape."""

    shape: Shape
    definitions: Definitions
    policies: Policies

    @property
    def _implied(self) -> Implied:
        return Implied(self.shape, self.definitions)

    def narrow(self, predicate: Expression, wanted: bool = True) -> Narrowed:
        """What entries must be for the predicate to be ``wanted``. Two-valued: what is not true is false."""
        match predicate:
            case Not(operand):
                return self.narrow(operand, not wanted)
            case And(items) | Or(items):
                parts = [self.narrow(item, wanted) for item in items]
                join = all_of if isinstance(predicate, And) is wanted else one_of
                return Narrowed(join(tuple(part.formula for part in parts)), all(part.exact for part in parts))
            case Compare():
                return self._compare(predicate, wanted)
            case Contains(operand, Literal(str(text)), negated):
                return self._text(operand, text, negated, wanted)
            case Matches(operand, pattern, negated, literal):
                return self._matches(operand, pattern, literal, negated, wanted)
            case InList():
                return self._in_list(predicate, wanted)
            case Call(function, arguments):
                return self._call(function, arguments, wanted)
            case Column(name) if isinstance(definition := self.definitions.get(name), Expression):
                return Narrowed(self.narrow(definition, wanted).formula)
            case Column() | Field() if wanted:
                return Narrowed(self._implied.present(predicate))
            case _:
                return UNKNOWN

    def _negative(
        self, operand: Expression, positive: Narrowed, negated: bool, wanted: bool, keep: Narrowed
    ) -> Narrowed:
        """A negated operator by the policy missing-ne; ``keep`` says that the positive form does not hold."""
        if not negated:
            return positive if wanted else keep
        included = self.policies.value(Policy.MISSING_NE) == "include"
        if included:
            return keep if wanted else positive
        present, missing = self._presence(operand, True), self._presence(operand, False)
        if wanted:
            return Narrowed(all_of((keep.formula, present.formula)), keep.exact and present.exact)
        return Narrowed(one_of((positive.formula, missing.formula)), positive.exact and missing.exact)

    def _presence(self, operand: Expression, wanted: bool) -> Narrowed:
        match self._place(operand):
            case InLabel(name) | InMetadata(name) as place:
                operator = MatchOperator.NOT_EQUAL if wanted else MatchOperator.EQUAL
                return Narrowed(LabelIs(place, Matcher(name, operator, "")), exact=True)
            case IsLine() | IsConstant():
                return Narrowed(Always() if wanted else Never(), exact=True)
            case None if self._is_null(operand):
                return Narrowed(Never() if wanted else Always(), exact=True)
            case _:
                return Narrowed(self._implied.present(operand)) if wanted else UNKNOWN

    def _place(self, operand: Expression) -> InLabel | InMetadata | IsLine | IsConstant | None:
        found = self._resolved(operand)
        if isinstance(found, At) and not isinstance(found.place, InLogfmt):
            return found.place
        return None

    def _resolved(self, operand: Expression) -> object:
        if isinstance(operand, Column):
            definition = self.definitions.get(operand.name)
            return self._resolved(definition) if isinstance(definition, (Field, Column)) else None
        return resolve(self.shape, operand.path) if isinstance(operand, Field) else None

    def _is_null(self, operand: Expression) -> bool:
        return isinstance(self._resolved(operand), Nothing)

    def _compare(self, predicate: Compare, wanted: bool) -> Narrowed:
        left, right = predicate.left, predicate.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            return self._compare(
                replace(predicate, operator=_MIRRORED[predicate.operator], left=right, right=left), wanted
            )
        negated = predicate.operator is Comparison.NOT_EQUAL
        match left, right:
            case Call(Function.STR_CONTAINS as function, arguments), Literal(1 | 0 | "1" | "0" as flag) if (
                predicate.operator is Comparison.EQUAL
            ):
                return self._call(function, arguments, wanted) if int(flag) and wanted else UNKNOWN
            case _, Literal(str(text)) if predicate.operator in (Comparison.EQUAL, Comparison.NOT_EQUAL):
                return self._equals(left, text, negated, wanted)
            case _ if wanted and not negated:
                return Narrowed(all_of((self._implied.present(left), self._implied.present(right))))
            case _:
                return UNKNOWN

    def _equals(self, operand: Expression, text: str, negated: bool, wanted: bool) -> Narrowed:
        positive, keep = self._equal(operand, text)
        return self._negative(operand, positive, negated, wanted, keep)

    def _equal(self, operand: Expression, text: str) -> tuple[Narrowed, Narrowed]:
        """That the operand is ``text``, and that it is not (a missing one is not)."""
        if self._is_null(operand):
            return Narrowed(Never(), exact=True), Narrowed(Always(), exact=True)
        place = self._place(operand)
        if looks_numeric(text):
            return Narrowed(self._implied.present(operand)), UNKNOWN
        match place:
            case InLabel(name) | InMetadata(name):
                if not text:
                    return Narrowed(Never(), exact=True), Narrowed(Always(), exact=True)
                same, other = Matcher(name, MatchOperator.EQUAL, text), Matcher(name, MatchOperator.NOT_EQUAL, text)
                return Narrowed(LabelIs(place, same), exact=True), Narrowed(LabelIs(place, other), exact=True)
            case IsLine(suffix):
                if not text.endswith(suffix):
                    return Narrowed(Never(), exact=True), Narrowed(Always(), exact=True)
                pattern = rf"\A{escape(text.removesuffix(suffix))}\z"
                return Narrowed(LineMatches(pattern), exact=True), Narrowed(LineMatches(pattern, True), exact=True)
            case _:
                return Narrowed(self._implied.holds(operand, text)), UNKNOWN

    def _text(self, operand: Expression, text: str, negated: bool, wanted: bool) -> Narrowed:
        positive, keep = self._contains(operand, text)
        return self._negative(operand, positive, negated, wanted, keep)

    def _contains(self, operand: Expression, text: str) -> tuple[Narrowed, Narrowed]:
        if self._is_null(operand):
            return Narrowed(Never(), exact=True), Narrowed(Always(), exact=True)
        if not text:
            return self._presence(operand, True), self._presence(operand, False)
        match self._place(operand):
            case IsLine(suffix) if not suffix or not set(suffix) & set(text):
                return Narrowed(LineHas((text,)), exact=True), Narrowed(LineHas((text,), True), exact=True)
            case InLabel() | InMetadata():
                return self._label_matches(operand, escape(text))
            case _:
                return Narrowed(self._implied.holds(operand, text)), UNKNOWN

    def _matches(self, operand: Expression, pattern: str, literal: str | None, negated: bool, wanted: bool) -> Narrowed:
        if literal is not None:
            return self._text(operand, literal, negated, wanted)
        if self._is_null(operand):
            positive, keep = Narrowed(Never(), exact=True), Narrowed(Always(), exact=True)
        else:
            positive, keep = self._pattern(operand, pattern)
        return self._negative(operand, positive, negated, wanted, keep)

    def _pattern(self, operand: Expression, pattern: str) -> tuple[Narrowed, Narrowed]:
        match self._place(operand):
            case IsLine(""):
                return Narrowed(LineMatches(pattern), exact=True), Narrowed(LineMatches(pattern, True), exact=True)
            case InLabel() | InMetadata():
                return self._label_matches(operand, pattern)
            case _:
                return Narrowed(self._implied.matches(operand, pattern)), UNKNOWN

    def _label_matches(self, operand: Expression, pattern: str) -> tuple[Narrowed, Narrowed]:
        """Loki anchors; a missing label is the empty text to it, and no match to Insights."""
        place = self._place(operand)
        if not isinstance(place, (InLabel, InMetadata)):
            return UNKNOWN, UNKNOWN
        anchored = f"(?s:.*)(?:{pattern})(?s:.*)"
        same = LabelIs(place, Matcher(place.name, MatchOperator.MATCHES, anchored))
        other = LabelIs(place, Matcher(place.name, MatchOperator.NOT_MATCHES, anchored))
        if re2.search(pattern, "") is None:
            return Narrowed(same, exact=True), Narrowed(other, exact=True)
        present, missing = self._presence(operand, True).formula, self._presence(operand, False).formula
        return Narrowed(all_of((same, present)), exact=True), Narrowed(one_of((other, missing)), exact=True)

    def _in_list(self, predicate: InList, wanted: bool) -> Narrowed:
        if self._is_null(predicate.operand):
            one, none = Narrowed(Never(), exact=True), Narrowed(Always(), exact=True)
            return self._negative(predicate.operand, one, predicate.negated, wanted, none)
        texts = [item.value for item in predicate.items if isinstance(item, Literal) and isinstance(item.value, str)]
        if len(texts) != len(predicate.items) or not texts or len(texts) > MANY:
            return UNKNOWN
        pairs = [self._equal(predicate.operand, text) for text in texts]
        one = Narrowed(one_of(tuple(same.formula for same, _ in pairs)), all(same.exact for same, _ in pairs))
        none = Narrowed(all_of(tuple(other.formula for _, other in pairs)), all(other.exact for _, other in pairs))
        return self._negative(predicate.operand, one, predicate.negated, wanted, none)

    def _call(self, function: Function, arguments: tuple[Expression, ...], wanted: bool) -> Narrowed:
        match function, arguments:
            case Function.IS_PRESENT, (operand,):
                return self._presence(operand, wanted)
            case ((Function.STR_CONTAINS | Function.STARTS_WITH | Function.ENDS_WITH), (operand, Literal(str(text)))):
                return Narrowed(self._implied.holds(operand, text)) if wanted else UNKNOWN
            case _:
                return UNKNOWN


_MIRRORED = {
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.NOT_EQUAL: Comparison.NOT_EQUAL,
    Comparison.LESS: Comparison.GREATER,
    Comparison.LESS_OR_EQUAL: Comparison.GREATER_OR_EQUAL,
    Comparison.GREATER: Comparison.LESS,
    Comparison.GREATER_OR_EQUAL: Comparison.LESS_OR_EQUAL,
}


_NUMBER = re.compile(r"\s*[-+]?(?:(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0[xX][0-9a-fA-F._pP+-]+)\s*\Z")
_NUMBER_WORDS = frozenset({"nan", "inf", "infinity", "true", "false"})


def looks_numeric(text: str) -> bool:
    """Whether Insights may compare the text as a number, so that another spelling is equal to it; wide on purpose."""
    return bool(_NUMBER.match(text)) or text.strip().lstrip("+-").lower() in _NUMBER_WORDS
