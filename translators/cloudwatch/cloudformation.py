"""The saved queries and dashboards that a CloudFormation or CDK template declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from translators.cloudwatch.documents import Document, mapping, sequence
from translators.cloudwatch.intrinsics import Template
from translators.cloudwatch.log_widgets import body_of, queries_of_dashboard
from translators.diagnostics import Refused
from translators.query.named import NamedQuery
from translators.source import Span

MOST_BYTES = 1_000_000
"""CloudFormation itself takes at most 1 MB; it also bounds what YAML aliases can grow to."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: ``!Sub x`` is ``{"Fn::Sub": x}``. No aliases, as there."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases have no place in a template")
        return super().compose_node(parent, index)


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Document:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: str(loader.construct_scalar(node))}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}}
    raise yaml.YAMLError(f"!{suffix} stands before nothing")


_Loader.add_multi_constructor("!", _tagged)


def read_yaml(name: str, text: str) -> Document:
    """The document of a YAML text. Raises Refused."""
    if len(text) > MOST_BYTES:
        message = f"a template has at most {MOST_BYTES:,} characters"
        raise Refused("queries/too-large", message, Span(name, 1, 1), "give the part of it that holds the queries")
    try:
        document: Document = yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        span = Span(name, mark.line + 1, mark.column + 1) if mark else Span(name, 1, 1)
        problem = getattr(error, "problem", None) or str(error)
        raise Refused(
            "queries/broken-yaml", f"this is no template: {problem}", span, "give the template itself"
        ) from None
    return document


def queries_of_template(name: str, document: Document) -> Iterator[NamedQuery]:
    """One query a resource; what only the deployment knows is named in ``unresolved``."""
    template = Template(mapping(template_of(document)))
    for logical, entry in template.resources.items():
        resource = mapping(entry)
        properties = mapping(resource.get("Properties"))
        if resource.get("Type") == "AWS::Logs::QueryDefinition":
            yield _query(f"{name}#{logical}", str(logical), properties, template)
        elif resource.get("Type") == "AWS::CloudWatch::Dashboard":
            body = template.flat(properties.get("DashboardBody"))
            for query in queries_of_dashboard(f"{name}#{logical}", body_of(name, body.text or "{}")):
                left = tuple(variable for variable in body.unresolved if variable in query.text)
                yield replace(query, unresolved=left, assumed=(*body.assumed, *query.assumed))


def template_of(document: Document) -> Document:
    """The template itself, also inside of a serverless.yml; None where there is none."""
    found = mapping(document)
    inside = found.get("resources")
    return next((each for each in (found, inside) if "Resources" in mapping(each)), None)


def _query(source: str, logical: str, properties: dict[str, Document], template: Template) -> NamedQuery:
    text = template.flat(properties.get("QueryString"))
    groups = tuple(template.flat(group) for group in sequence(properties.get("LogGroupNames")))
    assumed = tuple(dict.fromkeys(pair for each in (text, *groups) for pair in each.assumed))
    return NamedQuery(
        logical,
        template.flat(properties.get("Name")).text or logical,
        text.text,
        source,
        log_groups=tuple(group.text for group in groups),
        unresolved=text.unresolved,
        assumed=assumed,
    )
