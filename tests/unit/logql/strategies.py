"""Random LogQL of everything that we can emit."""

from __future__ import annotations

from hypothesis import strategies as st

from translators.catalog import Matcher, MatchOperator
from translators.logql import model as m

labels = st.sampled_from(["app", "level", "f_status", "namespace", "sum", "ip", "x1", "line_"])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["a`b", '\\d"', "한글", "a\nb"])
regexes = st.sampled_from(["a.*b", "(?s).*(?:x|y).*", "\\d+", 'q"`\\.'])
numbers = st.sampled_from(["5", "12.5", "-3", "0", "1000000"])
matchers = st.builds(Matcher, labels, st.sampled_from(["=", "!="]).map(MatchOperator), texts) | st.builds(
    Matcher, labels, st.sampled_from(["=~", "!~"]).map(MatchOperator), regexes
)
selectors = st.lists(matchers, max_size=2).map(lambda found: (Matcher("cluster", MatchOperator.EQUAL, "prod"), *found))
leaves = (
    matchers
    | st.builds(m.NumberIs, labels, st.sampled_from(m.NumberOperator), numbers)
    | st.builds(m.InRange, labels, st.just("10.0.0.0/8"), st.booleans())
)
conditions = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([m.AllOf(parts), m.AnyOf(parts)]))
    ),
    max_leaves=5,
)
line_filters = (
    st.builds(
        m.LineFilter,
        st.sampled_from(["|=", "!="]).map(m.LineOperator),
        st.lists(texts, min_size=1, max_size=3).map(tuple),
    )
    | st.builds(
        m.LineFilter,
        st.sampled_from(["|~", "!~"]).map(m.LineOperator),
        st.lists(regexes, min_size=1, max_size=2).map(tuple),
    )
    | st.just(m.LineFilter(m.LineOperator.CONTAINS, ("10.0.0.0/8",), ip=True))
)
extractions = st.lists(
    st.builds(m.Extraction, labels, st.sampled_from(["a.b", 'a["x-y"][0]'])),
    max_size=2,
    unique_by=lambda one: one.label,
).map(tuple)
assignments = st.lists(
    st.builds(m.Assign, labels, st.sampled_from(["{{.a}}", "{{ if .a }}1{{ end }}", "`{{.x}}"]))
    | st.builds(m.Rename, labels, labels),
    min_size=1,
    max_size=2,
    unique_by=lambda one: one.label,
).map(tuple)
stages = st.one_of(
    line_filters,
    st.builds(m.Json, extractions),
    st.builds(m.Logfmt, extractions, st.booleans(), st.booleans()),
    st.just(m.Regexp("a=(?P<x1>\\w+)")),
    st.just(m.PatternParser("<x1> - <_>")),
    st.just(m.Unpack()),
    st.just(m.Decolorize()),
    st.just(m.LineFormat("{{.app}} `x`")),
    st.builds(m.LabelFormat, assignments),
    st.builds(m.Drop, st.lists(matchers, min_size=1, max_size=2).map(tuple)),
    st.builds(
        m.Keep,
        st.lists(labels | matchers, min_size=1, max_size=2)
        .map(lambda found: (*found, found[0]))
        .filter(lambda found: isinstance(found[-1], Matcher)),
    ),
    st.builds(m.LabelFilter, conditions),
)
log_queries = st.builds(m.LogQuery, selectors, st.lists(stages, max_size=4).map(tuple))
windows = st.sampled_from([m.Span(300_000_000_000), m.Span(3_600_001_000_000), m.Span(86_400_000_000_000)])
groupings = st.none() | st.builds(m.Grouping, st.lists(labels, max_size=2, unique=True).map(tuple), st.booleans())
unwraps = st.builds(m.Unwrap, labels, st.sampled_from(m.Conversion), st.lists(matchers, max_size=1).map(tuple))
offsets = st.sampled_from([0, -299_999_999_999, 1_000_000])
ranges = st.builds(
    m.RangeAggregation,
    st.sampled_from([m.RangeFunction.COUNT, m.RangeFunction.RATE, m.RangeFunction.BYTES]),
    log_queries,
    windows,
    offset=offsets,
) | st.builds(
    m.RangeAggregation,
    st.sampled_from([m.RangeFunction.AVG, m.RangeFunction.MAX, m.RangeFunction.STDDEV]),
    log_queries,
    windows,
    unwraps,
    offsets,
    groupings,
)
matchings = st.builds(m.Matching, st.just(True), st.lists(labels, max_size=2, unique=True).map(tuple)) | st.just(
    m.Matching()
)
_ARITHMETIC = [operator for operator in m.BinaryOperator if operator not in ("and", "or", "unless")]


def _wider(inner: st.SearchStrategy[m.Metric]) -> st.SearchStrategy[m.Metric]:
    return st.one_of(
        st.builds(
            m.VectorAggregation, st.sampled_from([m.VectorFunction.SUM, m.VectorFunction.COUNT]), inner, groupings
        ),
        st.builds(m.VectorAggregation, st.just(m.VectorFunction.TOPK), inner, groupings, st.just("10")),
        st.builds(m.Binary, st.sampled_from(m.BinaryOperator), inner, inner, matchings),
        st.builds(m.Binary, st.sampled_from(_ARITHMETIC), inner, st.builds(m.Number, numbers)),
        st.builds(m.LabelReplace, inner, labels, st.just("$1"), labels, st.just("(.*)")),
    )


metrics = st.recursive(ranges | st.just(m.VectorOf("0")), _wider, max_leaves=4)
queries: st.SearchStrategy[m.Query] = log_queries | metrics
