"""What goes down into Loki keeps too much at times and never too little; what is exact says so."""

from __future__ import annotations

import pytest

from translators.aws_layout import aws_layout
from translators.catalog import Catalog, Field, IsLine, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.diagnostics import Refused
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.logql.printer import print_query
from translators.queries import Part, known_streams, prepare
from translators.query.bind import NotInLoki
from translators.query.policies import Policies, Policy
from translators.source import Source

APPLICATION = "/aws/containerinsights/c/application"
RAW = LogGroup("/raw", (Shape("raw", (Matcher("app", MatchOperator.EQUAL, "x"),), RecordKind.JSON, ()),))
NEWLINE = Shape("nl", (Matcher("app", MatchOperator.EQUAL, "x"),), RecordKind.RECORD, (Field(("log",), IsLine("\n")),))
CATALOG = Catalog((*aws_layout("c").groups, RAW, LogGroup("/newline", (NEWLINE,))), "c")
S = '{cluster="c", log_type="application"'


def part(query: str, group: str = APPLICATION, policies: Policies | None = None) -> Part:
    policies = policies or Policies()
    prepared = prepare(normalise(parse(Source("q", query)), policies), CATALOG, (group,), policies)
    return prepared.parts[0]


def asked(query: str, group: str = APPLICATION) -> str:
    found = part(query, group).query
    return "" if found is None else print_query(found).removeprefix(S)


@pytest.mark.parametrize(
    ("predicate", "logql"),
    [
        ('kubernetes.namespace_name = "shop"', ', namespace="shop"}'),
        ('kubernetes.namespace_name != "shop"', ', namespace!="shop"}'),
        ('not (kubernetes.namespace_name = "shop")', ', namespace!="shop"}'),
        ('kubernetes.container_name in ["a.b", "c"]', ", container=~`a\\.b|c`}"),
        ('kubernetes.pod_name = "p-1"', '} | pod="p-1"'),
        ('kubernetes.namespace_name = "a" or kubernetes.pod_name = "p"', '} | namespace="a" or pod="p"'),
        ('log like "timeout"', '} |= "timeout"'),
        ("log like /5\\d\\d/", "} |~ `5\\d\\d`"),
        ("log not like /health/", '} != "health"'),
        ('log like "A" or log like "B"', '} |= "A" or "B"'),
        ('log like "A" and log like "B"', '} |= "A" |= "B"'),
        ('log = "a.b"', "} |~ `\\Aa\\.b\\z`"),
        ("ispresent(kubernetes.labels.app)", ', app!=""}'),
    ],
)
def test_what_loki_decides_alone_is_exact(predicate: str, logql: str) -> None:
    assert asked(f"filter {predicate}") == logql
    assert part(f"filter {predicate}").exact


@pytest.mark.parametrize(
    ("predicate", "logql"),
    [
        ('log_processed.level = "error"', '} |= "error" or `\\u00`'),
        ("log_processed.status >= 500", '} |= "status" or `\\u00`'),
        ("log_processed.status = 500", '} |= "status" or `\\u00`'),
        ('log_processed.status = "500"', '} |= "status" or `\\u00`'),
        ('log_processed.msg = "한글"', '} |= "한글" or `\\u`'),
        ('log_processed.level != "error"', "}"),
        ('log_processed.level = "error" or log_processed.status = 1', '} |= "error" or `\\u00` or "status"'),
        ("tolower(log_processed.level) = 'error'", "}"),
        ('strcontains(log_processed.msg, "abc")', '} |= "abc" or `\\u00`'),
    ],
)
def test_what_only_the_evaluator_decides_goes_down_as_far_as_it_is_sure(predicate: str, logql: str) -> None:
    assert asked(f"filter {predicate}").split(" | label_format")[0] == logql
    assert not part(f"filter {predicate}").exact


def test_text_that_may_be_a_pods_name_is_looked_for_in_labels_too() -> None:
    found = asked('filter @message like "shop-api"')
    assert "label_format line_=" in found
    assert "pod=~" in found


def test_streams_that_cannot_hold_the_text_make_it_a_line_filter() -> None:
    found = part("filter @message like /ERROR/")
    assert found.asks_streams
    known = known_streams(found, ({"app": "web"}, {"app": "api"}))
    assert known.query is not None
    assert print_query(known.query) == S + '} |= "ERROR" or `\\u00`'
    other = known_streams(found, ({"app": "my-ERROR"},))
    assert other == found


def test_what_can_never_be_is_not_asked() -> None:
    assert part('filter level = "error"').query is None
    assert part('filter @message like "한글"').query is None
    assert part('filter kubernetes.namespace_name = ""').query is None


def test_a_missing_value_and_not_equal_follow_the_policy() -> None:
    excluded = Policies({Policy.MISSING_NE: "exclude"})
    found = part('filter kubernetes.namespace_name != "a"', policies=excluded).query
    assert found is not None
    assert print_query(found) == S + ', namespace!="a", namespace!=""}'


def test_a_parsed_column_asks_for_the_texts_of_its_pattern() -> None:
    found = asked('parse log "user=* id=*" as u, i | filter u = "bob"')
    assert found == '} |= "user=" |= " id=" |= "bob"'


def test_an_alias_is_followed_to_its_field() -> None:
    assert asked('fields kubernetes.pod_name as p | filter p = "x"') == '} | pod="x"'


def test_filters_behind_stats_limit_and_dedup_stay_here() -> None:
    for query in (
        "stats count(*) as c by kubernetes.pod_name | filter c > 1",
        "limit 10 | stats count(*) by kubernetes.pod_name",
    ):
        assert asked(query) == "}"


def test_the_newline_that_a_parser_kept_is_no_part_of_the_loki_line() -> None:
    found = part('filter log = "x\\n"', "/newline").query
    assert found is not None
    assert print_query(found).endswith("|~ `\\Ax\\z`")
    assert part('filter log = "x"', "/newline").query is None
    assert not part("filter log like /x$/", "/newline").exact


def test_a_discovered_name_may_stand_in_lines_that_do_not_name_it() -> None:
    assert asked("filter srcPort > 1", "/raw") == '{app="x"}'
    assert asked("filter level > 1", "/raw") == '{app="x"} |= "level" or `\\u00`'


def test_groups_that_are_not_in_loki_are_named() -> None:
    with pytest.raises(NotInLoki) as absent:
        part("fields @message", "/aws/eks/c/cluster")
    assert "lambda-promtail" in absent.value.remedy
    with pytest.raises(Refused) as twice:
        part(f"SOURCE '{APPLICATION}' | fields @message", APPLICATION)
    assert twice.value.rule == "query/two-sources"


@pytest.mark.parametrize(
    "name",
    [
        f"arn:aws:logs:eu-west-1:123456789012:log-group:{APPLICATION}",
        f"arn:aws-cn:logs:cn-north-1:123456789012:log-group:{APPLICATION}:*",
        f"123456789012:{APPLICATION}",
    ],
)
def test_a_log_group_may_be_named_by_its_arn_and_with_its_account(name: str) -> None:
    assert part("fields @message", name).bound.group.name == APPLICATION


def test_a_name_that_no_record_has_is_said_with_what_was_meant() -> None:
    policies = Policies()
    plan = normalise(parse(Source("q", "filter level = 'x' | stats count(*)")), policies)
    findings = prepare(plan, CATALOG, (APPLICATION,), policies).findings
    assert [(one.rule, one.span.column if one.span else 0) for one in findings] == [("query/field-not-in-record", 8)]
    assert "log_processed.level" in findings[0].message


@pytest.mark.parametrize("operator", ["in", "not in"])
def test_a_field_that_no_record_has_is_in_no_list_however_long(operator: str) -> None:
    listed = ", ".join(f'"value-{index}"' for index in range(900))
    found = part(f"filter level {operator} [{listed}] | fields log")
    assert (found.query is None) is (operator == "in")
    assert found.query is None or print_query(found.query) == S + "}"
