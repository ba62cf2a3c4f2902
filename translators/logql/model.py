"""The LogQL that we emit, as data; the printer is the only one that spells it."""

from __future__ import annotations

from enum import StrEnum

from translators.catalog import Matcher, MatchOperator
from translators.frozen import frozen

__all__ = ["MatchOperator", "Matcher"]

_WORDS = """unwrap by without bool offset on ignoring group_left group_right or and unless json regexp logfmt unpack
    pattern label_format line_format decolorize drop keep variants of"""
KEYWORDS = frozenset(_WORDS.split())
"""Names that Loki's lexer never reads as a label, in any case of letters."""


class LineOperator(StrEnum):
    """How a line filter looks at the line."""

    CONTAINS = "|="
    LACKS = "!="
    MATCHES = "|~"
    MISMATCHES = "!~"
    FITS = "|>"
    MISFITS = "!>"


@frozen
class LineFilter:
    """Keeps lines by their text: one of ``texts`` for the positive operators, none of them for the negative."""

    operator: LineOperator
    texts: tuple[str, ...]
    ip: bool = False


@frozen
class Extraction:
    """``label="expression"`` of the json and logfmt parsers."""

    label: str
    expression: str


@frozen
class Json:
    """The json parser; without extractions it flattens the whole object."""

    extractions: tuple[Extraction, ...] = ()


@frozen
class Logfmt:
    """The logfmt parser."""

    extractions: tuple[Extraction, ...] = ()
    strict: bool = False
    keep_empty: bool = False


@frozen
class Regexp:
    """The regexp parser; unanchored RE2, a miss leaves no labels and no error."""

    expression: str


@frozen
class PatternParser:
    """The pattern parser; anchored at the start of the line."""

    expression: str


@frozen
class Unpack:
    """The unpack parser."""


@frozen
class Decolorize:
    """Removes ANSI colours."""


@frozen
class LineFormat:
    """Replaces the line by a Go template."""

    template: str


@frozen
class Rename:
    """``label=source`` of label_format."""

    label: str
    source: str


@frozen
class Assign:
    """``label=`template` `` of label_format; a label set in a stage is not visible in the same stage."""

    label: str
    template: str


@frozen
class LabelFormat:
    """Sets labels, each at most once."""

    assignments: tuple[Rename | Assign, ...]


@frozen
class Drop:
    """Removes labels, with a matcher only those that match."""

    labels: tuple[str | Matcher, ...]


@frozen
class Keep:
    """Removes all other labels."""

    labels: tuple[str | Matcher, ...]


class NumberOperator(StrEnum):
    """How a numeric label filter and a binary comparison compare."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


@frozen
class NumberIs:
    """A numeric label filter: drops a line without the label, keeps one that does not parse (with ``__error__``)."""

    label: str
    operator: NumberOperator
    number: str


@frozen
class InRange:
    """An IP label filter."""

    label: str
    addresses: str
    negated: bool = False


@frozen
class AllOf:
    """Conditions that all hold."""

    parts: tuple[Condition, ...]


@frozen
class AnyOf:
    """Conditions of which one holds; Loki evaluates every leg."""

    parts: tuple[Condition, ...]


Condition = Matcher | NumberIs | InRange | AllOf | AnyOf


@frozen
class LabelFilter:
    """Keeps lines by their labels; a missing label compares as the empty text."""

    condition: Condition


Stage = (
    LineFilter
    | Json
    | Logfmt
    | Regexp
    | PatternParser
    | Unpack
    | Decolorize
    | LineFormat
    | LabelFormat
    | Drop
    | Keep
    | LabelFilter
)


@frozen
class LogQuery:
    """A selector and its stages."""

    selector: tuple[Matcher, ...]
    stages: tuple[Stage, ...] = ()


@frozen
class Span:
    """A fixed length of time."""

    nanoseconds: int


@frozen
class Variable:
    """A length of time that Grafana fills in, such as ``__range``."""

    name: str


@frozen
class Grouping:
    """``by (…)`` or ``without (…)``; no labels with ``by`` is one group."""

    labels: tuple[str, ...]
    without: bool = False


class Conversion(StrEnum):
    """What unwrap makes of the text."""

    NUMBER = ""
    DURATION = "duration"
    DURATION_SECONDS = "duration_seconds"
    BYTES = "bytes"


@frozen
class Unwrap:
    """Takes the sample's value from a label, then filters (``__error__=""``)."""

    label: str
    conversion: Conversion = Conversion.NUMBER
    filters: tuple[Condition, ...] = ()


class RangeFunction(StrEnum):
    """Aggregations over the window (t - range, t]."""

    COUNT = "count_over_time"
    RATE = "rate"
    RATE_COUNTER = "rate_counter"
    BYTES = "bytes_over_time"
    BYTES_RATE = "bytes_rate"
    ABSENT = "absent_over_time"
    SUM = "sum_over_time"
    AVG = "avg_over_time"
    MIN = "min_over_time"
    MAX = "max_over_time"
    STDDEV = "stddev_over_time"
    STDVAR = "stdvar_over_time"
    QUANTILE = "quantile_over_time"
    FIRST = "first_over_time"
    LAST = "last_over_time"


GROUPABLE = frozenset(
    {
        RangeFunction.AVG,
        RangeFunction.STDDEV,
        RangeFunction.STDVAR,
        RangeFunction.QUANTILE,
        RangeFunction.MAX,
        RangeFunction.MIN,
        RangeFunction.FIRST,
        RangeFunction.LAST,
    }
)
"""The only range aggregations that take a grouping of their own."""


@frozen
class RangeAggregation:
    """A range aggregation; ``offset`` in nanoseconds, negative looks ahead."""

    function: RangeFunction
    query: LogQuery
    window: Span | Variable
    unwrap: Unwrap | None = None
    offset: int = 0
    grouping: Grouping | None = None
    parameter: str = ""


class VectorFunction(StrEnum):
    """Aggregations over series."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    STDDEV = "stddev"
    STDVAR = "stdvar"
    TOPK = "topk"
    BOTTOMK = "bottomk"
    SORT = "sort"
    SORT_DESC = "sort_desc"


@frozen
class VectorAggregation:
    """A vector aggregation; ``parameter`` is the k of topk and bottomk."""

    function: VectorFunction
    operand: Metric
    grouping: Grouping | None = None
    parameter: str = ""


class BinaryOperator(StrEnum):
    """Operators between vectors and numbers, by falling precedence: ^, */%, +-, comparisons, and unless, or."""

    POWER = "^"
    TIMES = "*"
    OVER = "/"
    MODULO = "%"
    PLUS = "+"
    MINUS = "-"
    EQUAL = "=="
    NOT_EQUAL = "!="
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    AND = "and"
    UNLESS = "unless"
    OR = "or"


class Many(StrEnum):
    """Which side of a match may have several series."""

    LEFT = "group_left"
    RIGHT = "group_right"


@frozen
class Matching:
    """How the series of two vectors find each other; ``on`` None: by all labels."""

    on: bool | None = None
    labels: tuple[str, ...] = ()
    many: Many | None = None
    include: tuple[str, ...] = ()
    as_bool: bool = False


@frozen
class Binary:
    """A binary operation; a comparison without ``as_bool`` filters."""

    operator: BinaryOperator
    left: Metric
    right: Metric
    matching: Matching = Matching()


@frozen
class Number:
    """A number, as written."""

    text: str


@frozen
class VectorOf:
    """``vector(n)``: one series without labels."""

    text: str


@frozen
class LabelReplace:
    """``label_replace(v, "target", "replacement", "source", "regex")``."""

    operand: Metric
    target: str
    replacement: str
    source: str
    regex: str


Metric = RangeAggregation | VectorAggregation | Binary | Number | VectorOf | LabelReplace
Query = LogQuery | Metric
