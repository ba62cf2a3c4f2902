"""What a template knows of its own references, and what it leaves open."""

from __future__ import annotations

import json

import pytest

from translators.cloudwatch.intrinsics import Flat, Template
from translators.cloudwatch.saved_queries import read_queries

DOCUMENT = {
    "Parameters": {
        "Cluster": {"Type": "String", "Default": "prod"},
        "Rows": {"Type": "Number", "Default": 20},
        "Env": {"Type": "String"},
        "Secret": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"},
    },
    "Resources": {
        "Named": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": {"Fn::Sub": "/aws/containerinsights/${Cluster}/application"}},
        },
        "Nameless": {"Type": "AWS::Logs::LogGroup", "Properties": {}},
        "Circle": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Circle"}}},
    },
}
PROD = (("Cluster", "prod"),)


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        ("plain", Flat("plain")),
        ({"Ref": "Cluster"}, Flat("prod", (), PROD)),
        ({"Ref": "Env"}, Flat("${Env}", ("${Env}",))),
        ({"Ref": "Secret"}, Flat("${Secret}", ("${Secret}",))),
        ({"Ref": "Named"}, Flat("/aws/containerinsights/prod/application", (), PROD)),
        ({"Ref": "Nameless"}, Flat("${Nameless}", ("${Nameless}",))),
        ({"Ref": "Circle"}, Flat("${Circle}", ("${Circle}",))),
        ({"Fn::GetAtt": ["Named", "Arn"]}, Flat("${Named.Arn}", ("${Named.Arn}",))),
        ({"Fn::ImportValue": "x"}, Flat("${Fn::ImportValue x}", ("${Fn::ImportValue x}",))),
        ({"Fn::Sub": "limit ${Rows} # ${!kept}"}, Flat("limit 20 # ${kept}", (), (("Rows", "20"),))),
        ({"Fn::Sub": ["${Cluster}-${n}", {"Cluster": {"Ref": "Cluster"}, "n": 5}]}, Flat("prod-5", (), PROD)),
        ({"Fn::Join": ["\n| ", ["fields a", {"Fn::Sub": "limit ${Rows}"}]]},
         Flat("fields a\n| limit 20", (), (("Rows", "20"),))),
        ({"Fn::Join": ["", {"Ref": "Env"}]}, Flat("${Fn::Join}", ("${Fn::Join}",))),
    ],
)  # fmt: skip
def test_a_value_is_resolved_as_far_as_the_template_knows_it(value: object, flat: Flat) -> None:
    assert Template(DOCUMENT).flat(value) == flat  # type: ignore[arg-type]


def test_a_query_of_a_template_names_its_groups_and_the_defaults_it_took() -> None:
    properties = {"Name": "q", "QueryString": "fields a", "LogGroupNames": [{"Ref": "Named"}, {"Ref": "Nameless"}]}
    query = {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}
    document = {**DOCUMENT, "Resources": {**DOCUMENT["Resources"], "Q": query}}
    for text in (json.dumps(document), json.dumps({"resources": document})):
        (found,) = read_queries("t.json", text)
        assert found.log_groups == ("/aws/containerinsights/prod/application", "${Nameless}")
        assert found.assumed == PROD


def test_a_dashboard_inside_a_template_is_filled_like_a_query() -> None:
    body = '{"widgets": [{"type": "log", "properties": {"query": "SOURCE \'${Named}\' | filter a = \'${Env}\'"}}]}'
    board = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": {"Fn::Sub": body}}}
    document = {**DOCUMENT, "Resources": {**DOCUMENT["Resources"], "Board": board}}
    (found,) = read_queries("t.json", json.dumps(document))
    assert found.text == "SOURCE '/aws/containerinsights/prod/application' | filter a = '${Env}'"
    assert (found.unresolved, found.assumed) == (("${Env}",), PROD)


def test_short_tags_are_the_same_functions() -> None:
    text = """
Parameters:
  Cluster: {Type: String, Default: prod}
Resources:
  Q:
    Type: AWS::Logs::QueryDefinition
    Properties:
      Name: !Join [ "/", [ !Ref Cluster, q ] ]
      LogGroupNames: [ !Sub "/g/${Cluster}" ]
      QueryString: !Sub
        - "filter a = '${n}'"
        - { n: !GetAtt Other.Arn }
"""
    (found,) = read_queries("-", text)
    assert (found.name, found.log_groups) == ("prod/q", ("/g/prod",))
    assert (found.text, found.unresolved) == ("filter a = '${Other.Arn}'", ("${Other.Arn}",))
