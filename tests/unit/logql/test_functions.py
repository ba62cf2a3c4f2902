"""Functions of Insights as templates and filters of LogQL."""

from __future__ import annotations

import pytest

from migrate.queries.preparing import Options, prepare_query, read_query
from translators.catalog import Catalog, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.queries import Translated, translated

CATALOG = Catalog(
    (LogGroup("/app", (Shape("raw", (Matcher("app", MatchOperator.EQUAL, "x"),), RecordKind.JSON, ()),)),)
)


def translation(text: str) -> Translated:
    options = Options()
    return translated(prepare_query(read_query(text, options), CATALOG, options), options.policies, 3_600_000)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("filter startswith(path, '/a') | display path", '(hasPrefix "/a" .path_)'),
        ("filter endswith(path, '/a') | display path", '(hasSuffix "/a" .path_)'),
        ("fields abs(ms) as a | display a", "(maxf (float64 .ms_) (subf 0.0 (float64 .ms_)))"),
        ("fields ltrim(user) as u | display u", r'(regexReplaceAll "^[ \\t\\n\\r\\f\\v]+" .user_ "")'),
        ("fields status % 100 as c | display c", "(divf (float64 .status_) 100.0)"),
        ("fields case(a = 'x', 'y', 'z') as c | display c", '}}{{ "y" }}{{ else }}{{ "z" }}{{ end }}'),
        ("filter isIpv4InSubnet(src, '10.1.2.3/16') | display src", 'src_=ip("10.1.0.0/16")'),
    ],
)
def test_functions_that_loki_has(text: str, part: str) -> None:
    assert part in translation(text).requests[0].logql


def test_only_addresses_are_asked_for_their_subnet() -> None:
    """Loki keeps a line whose label is no address, and a metric query fails for it."""
    logql = translation("filter isIpv4InSubnet(src, '10.0.0.0/8') | stats count(*)").requests[0].logql
    assert logql.index("src_=~") < logql.index("src_=ip(")


@pytest.mark.parametrize(
    "text",
    [
        "filter not isIpv4InSubnet(src, '10.0.0.0/8')",
        "filter isIpv4InSubnet(src, '10.0.0.7')",
        "filter isIpv6InSubnet(src, 'fe80::/10')",
        "fields ms % 0 as c",
        "fields ms % 2.5 as c",
        "fields sqrt(ms) as c",
    ],
)
def test_others_stay_here(text: str) -> None:
    assert translation(text).table is None
