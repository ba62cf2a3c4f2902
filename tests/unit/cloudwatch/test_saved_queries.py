"""Every place in which people keep Logs Insights queries."""

from __future__ import annotations

import json

import pytest

from translators.cloudwatch.jsurl import NotJsurl, read_jsurl, unescape
from translators.cloudwatch.saved_queries import read_queries
from translators.diagnostics import Refused
from translators.grafana.explore import explore_link
from translators.query.named import NamedQuery, QueryLanguage, Window

LINK = (
    "https://ap-northeast-2.console.aws.amazon.com/cloudwatch/home?region=ap-northeast-2#logsV2:logs-insights"
    "$3FqueryDetail$3D~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'fields*20*40timestamp*2c"
    "*20*40message*0a*7c*20filter*20log*20like*20*2f**c624*2f~source~(~'*2faws*2fcontainerinsights*2fprod*2fapplication))"
)


def read(name: str, text: str) -> list[NamedQuery]:
    return list(read_queries(name, text))


def test_a_plain_file_is_one_query_named_by_the_file() -> None:
    (query,) = read("runbooks/errors.insights", "fields @message\n| limit 5\n")
    assert (query.id, query.text) == ("errors", "fields @message\n| limit 5\n")


def test_what_aws_describes_keeps_folders_groups_and_parameters() -> None:
    definitions = {
        "queryDefinitions": [
            {
                "queryDefinitionId": "1-2",
                "name": "team/slow",
                "queryString": "filter ms > {{ms}}",
                "logGroupNames": ["/a", "/b"],
                "parameters": [{"name": "ms", "defaultValue": "500"}],
            },
            {"name": "sql", "queryString": "SELECT 1", "queryLanguage": "SQL"},
        ]
    }
    slow, sql = read("defs.json", json.dumps(definitions))
    assert (slow.id, slow.name, slow.log_groups, slow.parameters[0].default) == (
        "1-2",
        "team/slow",
        ("/a", "/b"),
        "500",
    )
    assert sql.language is QueryLanguage.SQL


def test_a_template_names_what_only_its_deployment_knows() -> None:
    template = """
Resources:
  Errors:
    Type: AWS::Logs::QueryDefinition
    Properties:
      Name: !Sub '${AWS::StackName}-errors'
      QueryString: |
        fields @message | limit 3
      LogGroupNames: [!Ref Group]
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: >-
        {"widgets": [{"type": "log", "properties": {"title": "t", "query": "SOURCE \\"/g\\" | stats count(*)"}}]}
"""
    errors, board = read("stack.yaml", template)
    assert errors.text == "fields @message | limit 3\n"
    assert errors.log_groups == ("${Group}",)
    assert errors.unresolved == ()
    assert board.text == 'SOURCE "/g" | stats count(*)'


def test_a_query_with_a_pseudo_parameter_is_unresolved() -> None:
    template = {
        "Resources": {
            "Q": {
                "Type": "AWS::Logs::QueryDefinition",
                "Properties": {"Name": "q", "QueryString": {"Fn::Sub": "filter stack = '${AWS::StackName}'"}},
            }
        }
    }
    (query,) = read("t.json", json.dumps(template))
    assert query.unresolved == ("${AWS::StackName}",)


@pytest.mark.parametrize("raw", [True, False])
def test_terraform_state_is_read_in_both_forms(raw: bool) -> None:
    values = {"name": "n", "query_string": "stats count(*)", "log_group_names": ["/g"], "query_definition_id": "id"}
    kind = "aws_cloudwatch_query_definition"
    shown = {"child_modules": [{"resources": [{"address": f"module.m.{kind}.q", "type": kind, "values": values}]}]}
    state = (
        {"resources": [{"type": kind, "name": "q", "instances": [{"attributes": values}]}]}
        if raw
        else {"values": {"root_module": shown}}
    )
    (query,) = read("state.json", json.dumps(state))
    assert (query.id, query.text, query.log_groups) == ("id", "stats count(*)", ("/g",))


def test_only_log_widgets_of_a_dashboard_hold_queries() -> None:
    body = {
        "widgets": [
            {"type": "metric", "properties": {"metrics": []}},
            {"type": "log", "properties": {"query": "SOURCE '/g' | fields @message", "title": "Errors"}},
        ]
    }
    (direct,) = read("d.json", json.dumps(body))
    (wrapped,) = read("d.json", json.dumps({"DashboardName": "d", "DashboardBody": json.dumps(body)}))
    assert direct.text == wrapped.text == "SOURCE '/g' | fields @message"
    assert direct.source == "d.json#widgets[1]"


def test_variables_of_a_dashboard_have_their_default_or_stay_variables() -> None:
    query = "SOURCE '/g' | filter host = 'h-1' and word like /${word}/ and level = 'LEVEL'"
    variables = [
        {"type": "pattern", "id": "host", "pattern": "h-1", "defaultValue": "h-2"},
        {"type": "pattern", "id": "word", "pattern": r"\$\{word\}", "defaultValue": r"\d"},
        {"type": "pattern", "id": "level", "pattern": "LEVEL"},
        {"type": "pattern", "id": "absent", "pattern": "(", "defaultValue": "x"},
        {"type": "property", "id": "region", "property": "region", "defaultValue": "x"},
    ]
    body = {"widgets": [{"type": "log", "properties": {"query": query}}], "variables": variables}
    (found,) = read("d.json", json.dumps(body))
    assert found.text == r"SOURCE '/g' | filter host = 'h-2' and word like /\d/ and level = '{{level}}'"
    assert found.assumed == (("host", "h-2"), ("word", r"\d"))
    assert [each.name for each in found.parameters] == ["level"]


def test_a_runbook_gives_its_fences_and_its_links_in_order() -> None:
    text = (
        "# Pager\n\n## Errors\n```\nfields @message\n| filter log like /x/\n```\n\n```bash\nkubectl get pods\n```\n"
        f"## Slow\n[open]({LINK})\n\n> ```insights\n> stats count(*)\n> ```\n"
    )
    first, link, quoted = read("pager.md", text)
    assert (first.name, first.text, first.source) == (
        "Errors",
        "fields @message\n| filter log like /x/",
        "pager.md:5:1",
    )
    assert link.text == "fields @timestamp, @message\n| filter log like /\uc624/"
    assert link.log_groups == ("/aws/containerinsights/prod/application",)
    assert link.window == Window(3600, 0, relative=True)
    assert quoted.text == "stats count(*)"


def test_a_link_escaped_by_a_chat_program_is_the_same_link() -> None:
    escaped = LINK.replace("$", "%24").replace("~", "%7E")
    (query,) = read("a.md", escaped)
    assert query.text == read("a.md", LINK)[0].text


def test_an_absolute_window_is_in_milliseconds() -> None:
    link = LINK.replace(
        "end~0~start~-3600~timeType~'RELATIVE",
        "end~'2026-03-02T02*3a00*3a00.000Z~start~'2026-03-02T01*3a00*3a00.000Z~timeType~'ABSOLUTE",
    )
    (query,) = read("a.md", link)
    assert query.window == Window(1772413200000, 1772416800000, relative=False)


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("a.json", "{", "queries/broken-json"),
        ("a.json", '{"x": 1}', "queries/unknown-document"),
        ("a.yaml", "a: &a [*a]", "queries/broken-yaml"),
        ("a.yaml", "a: 1", "queries/unknown-document"),
        ("a.insights", "  \n", "queries/empty-file"),
        ("a.json", '{"DashboardBody": "{"}', "queries/broken-dashboard"),
    ],
)
def test_what_holds_no_query_is_refused_with_a_place_and_a_way_out(name: str, text: str, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        read(name, text)
    assert refused.value.rule == rule
    assert refused.value.span is not None
    assert refused.value.remedy


def test_characters_that_are_escaped_in_halves_are_joined_and_a_lone_half_is_replaced() -> None:
    widget = {"type": "log", "properties": {"query": "filter a = 'X'", "title": "t \ud83d"}}
    text = json.dumps({"widgets": [widget], "variables": [{"type": "pattern", "id": "x", "pattern": "Y"}]})
    (lone,) = read("d.json", text.replace("X", "\\ud83d"))
    assert (lone.text, lone.name) == ("filter a = '\ufffd'", "t \ufffd")
    (link,) = read("a.md", LINK.replace("**c624", "**d83d**de00"))
    assert link.text.endswith("/\U0001f600/")


def test_jsurl_reads_every_kind_of_value() -> None:
    assert read_jsurl("~(a~1.5~b~true~c~null~d~(~'x~2)~e~'*27**d55c)") == {
        "a": 1.5, "b": True, "c": None, "d": ["x", 2], "e": "'\ud55c",
    }  # fmt: skip
    with pytest.raises(NotJsurl):
        read_jsurl("~(a~1")
    assert unescape("$257E$2528") == "~("


def test_the_explore_link_opens_the_same_window() -> None:
    link = explore_link("https://grafana.example", "loki", ('{a="b"}',), Window(3600, 0, relative=True))
    assert link.startswith("https://grafana.example/explore?schemaVersion=1&panes=")
    assert "now-3600s" in link
