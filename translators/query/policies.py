"""What AWS does not document about Logs Insights, as named choices with one default each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from translators.diagnostics import Refused
from translators.frozen import frozen


class Policy(StrEnum):
    """The slugs; each has a page and a flag value ``--policy NAME=VALUE``."""

    MISSING_NE = "missing-ne"
    NULL_GROUP = "null-group"
    EMPTY_AGGREGATE = "empty-aggregate"
    ALL_MISSING_AGGREGATE = "all-missing-aggregate"
    NONNUMERIC_AGGREGATE = "nonnumeric-aggregate"
    NONNUMERIC_COMPARE = "nonnumeric-compare"
    STRING_NUMBER_COERCION = "string-number-coercion"
    JSON_NULL = "json-null"
    BOOLEAN_REPR = "boolean-repr"
    BARE_BOOLEAN_FILTER = "bare-boolean-filter"
    BANG_OPERATOR = "bang-operator"
    UNDOCUMENTED_IF = "undocumented-if"
    ORDER_BY_SYNONYM = "order-by-synonym"
    AND_OR_PRECEDENCE = "and-or-precedence"
    REGEX_DOT_NEWLINE = "regex-dot-newline"
    GLOB_LAZINESS = "glob-laziness"
    ENVELOPE_UNICODE_ESCAPE = "envelope-unicode-escape"
    LIMIT_BEFORE_STATS = "limit-before-stats"
    LIMIT_THEN_SORT = "limit-then-sort"
    FILTER_AFTER_STATS_HOIST = "filter-after-stats-hoist"
    SORT_DEFAULT_DIRECTION = "sort-default-direction"
    STDDEV_FORM = "stddev-form"
    PCT_ALGORITHM = "pct-algorithm"
    LATEST_OF_NULL = "latest-of-null"
    BIN_WEEK = "bin-week"
    CONCAT_MISSING = "concat-missing"
    GREATEST_MISSING = "greatest-missing"
    LOOKUP_DUPLICATES = "lookup-duplicates"
    OBJECT_FIELD = "object-field"


@frozen
class Choice:
    """The values a policy can have, the default first, and the question that it answers."""

    values: tuple[str, ...]
    question: str

    @property
    def default(self) -> str:
        return self.values[0]


_ACCEPTED = ("accepted",)

CHOICES: Mapping[Policy, Choice] = MappingProxyType(
    {
        Policy.MISSING_NE: Choice(
            ("include", "exclude"), "does `!=`, `not like`, `not in` keep an event that lacks the field?"
        ),
        Policy.NULL_GROUP: Choice(("row", "none"), "does `stats … by f` return a row for events without f?"),
        Policy.EMPTY_AGGREGATE: Choice(
            ("zero-row", "no-row"), "`stats count(*)` over no events: one row with 0, or no row?"
        ),
        Policy.ALL_MISSING_AGGREGATE: Choice(("null", "zero"), "sum, avg, max when every value is missing"),
        Policy.NONNUMERIC_AGGREGATE: Choice(("ignored", "zero"), "text in sum and avg"),
        Policy.NONNUMERIC_COMPARE: Choice(("false", "text"), "`status >= 500` on text"),
        Policy.STRING_NUMBER_COERCION: Choice(("on", "off"), '`status = "500"` against 500, "007", 1e3'),
        Policy.JSON_NULL: Choice(("missing", "value"), "is JSON null a missing field?"),
        Policy.BOOLEAN_REPR: Choice(("1/0", "true/false"), "how a JSON boolean shows and compares"),
        Policy.BARE_BOOLEAN_FILTER: Choice(_ACCEPTED, "`filter f`: keeps events where f is true"),
        Policy.BANG_OPERATOR: Choice(_ACCEPTED, "`!x` for `not x`"),
        Policy.UNDOCUMENTED_IF: Choice(_ACCEPTED, "`if(condition, a, b)`"),
        Policy.ORDER_BY_SYNONYM: Choice(_ACCEPTED, "`order by`, `order`, `sort by` for `sort`"),
        Policy.AND_OR_PRECEDENCE: Choice(("and-first", "left-to-right"), "`a or b and c` without parentheses"),
        Policy.REGEX_DOT_NEWLINE: Choice(("matches", "no-match"), "does `.` of a regular expression match a newline?"),
        Policy.GLOB_LAZINESS: Choice(
            ("lazy", "greedy"), "how much `*` of a parse glob takes; the last one at the end takes the rest"
        ),
        Policy.ENVELOPE_UNICODE_ESCAPE: Choice(
            ("escaped", "unescaped"), "is text in `@message` compared as stored (`\\uXXXX`)? From the catalog"
        ),
        Policy.LIMIT_BEFORE_STATS: Choice(
            ("honoured", "ignored"), "a `limit` before the first `stats`: are only these events counted?"
        ),
        Policy.LIMIT_THEN_SORT: Choice(
            ("honoured", "ignored"), "a `sort` written after a `limit`: does it choose the rows that the limit keeps?"
        ),
        Policy.FILTER_AFTER_STATS_HOIST: Choice(
            ("hoisted", "having"),
            "a filter after stats on a field that stats does not give: before it, or on its rows?",
        ),
        Policy.SORT_DEFAULT_DIRECTION: Choice(("ascending", "descending"), "`sort f` without a direction"),
        Policy.STDDEV_FORM: Choice(("population", "sample"), "which standard deviation"),
        Policy.PCT_ALGORITHM: Choice(("linear", "nearest-rank"), "how a percentile lies between two values"),
        Policy.LATEST_OF_NULL: Choice(("latest-event", "latest-value"), "`latest(f)` when the newest event lacks f"),
        Policy.BIN_WEEK: Choice(("epoch-floor",), "where `bin(1w)` begins; all bins are floors of the UTC epoch"),
        Policy.CONCAT_MISSING: Choice(
            ("skip", "null"), "a missing argument of `concat`: is it left out, or is the whole text missing?"
        ),
        Policy.GREATEST_MISSING: Choice(
            ("ignore", "null"), "an argument of `greatest` or `least` that is missing or no number"
        ),
        Policy.OBJECT_FIELD: Choice(
            ("json", "missing"), "a field that is a whole JSON object or list: its JSON text, or nothing?"
        ),
        Policy.LOOKUP_DUPLICATES: Choice(("first", "last"), "which row of a lookup table counts where several match"),
    }
)


_DEFAULTS = {policy: choice.default for policy, choice in CHOICES.items()}


@frozen
class PolicyUse:
    """A policy that an answer depends on, and why."""

    policy: Policy
    value: str
    reason: str

    @property
    def default(self) -> str:
        return CHOICES[self.policy].default


@frozen
class Policies:
    """The values in force: the defaults but for ``chosen``."""

    chosen: Mapping[Policy, str] = field(default_factory=dict)

    def value(self, policy: Policy) -> str:
        return self.chosen.get(policy) or _DEFAULTS[policy]

    def use(self, policy: Policy, reason: str) -> PolicyUse:
        return PolicyUse(policy, self.value(policy), reason)


def read_policies(settings: Mapping[str, str]) -> Policies:
    """The policies of ``NAME=VALUE`` settings; refuses names and values that do not exist."""
    chosen: dict[Policy, str] = {}
    for name, value in settings.items():
        if name not in [policy.value for policy in Policy]:
            raise Refused(
                "query/unknown-policy", f"there is no policy {name!r}", remedy="logmig query --policies lists them"
            )
        policy = Policy(name)
        if value not in CHOICES[policy].values:
            allowed = ", ".join(CHOICES[policy].values)
            raise Refused(
                "query/unknown-policy", f"the policy {name} cannot be {value!r}", remedy=f"it is one of {allowed}"
            )
        chosen[policy] = value
    return Policies(MappingProxyType(chosen))
