"""The saved queries and dashboards that a CloudFormation or CDK template declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from translators.cloudwatch.documents import Document, mapping, sequence, text_of
from translators.cloudwatch.log_widgets import body_of, queries_of_dashboard
from translators.diagnostics import Refused
from translators.query.named import NamedQuery
from translators.source import Span

_VARIABLE = re.compile(r"\$\{[^!}][^}]*\}")
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


def read_template(name: str, text: str) -> Document:
    """The template of a YAML text. Raises Refused."""
    if len(text) > MOST_BYTES:
        raise Refused("queries/too-large", f"a template has at most {MOST_BYTES} characters", Span(name, 1, 1))
    try:
        document: Document = yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        span = Span(name, mark.line + 1, mark.column + 1) if mark else Span(name, 1, 1)
        problem = getattr(error, "problem", None) or str(error)
        raise Refused(
            "queries/broken-yaml", f"this is no template: {problem}", span, "give the template itself"
        ) from None
    if "Resources" not in mapping(document):
        raise Refused(
            "queries/unknown-document",
            "this YAML is no CloudFormation template",
            Span(name, 1, 1),
            "give a template with Resources",
        )
    return document


def queries_of_template(name: str, document: Document) -> Iterator[NamedQuery]:
    """One query a resource; what only the deployment knows is named in ``unresolved``."""
    for logical, entry in mapping(mapping(document).get("Resources")).items():
        resource = mapping(entry)
        properties = mapping(resource.get("Properties"))
        if resource.get("Type") == "AWS::Logs::QueryDefinition":
            yield _query(f"{name}#{logical}", logical, properties)
        elif resource.get("Type") == "AWS::CloudWatch::Dashboard":
            body, unresolved = flatten(properties.get("DashboardBody"))
            for query in queries_of_dashboard(f"{name}#{logical}", body_of(name, _quoted(body))):
                left = tuple(variable for variable in unresolved if variable in query.text)
                yield NamedQuery(query.id, query.name, query.text, query.source, query.language, unresolved=left)


def _quoted(body: str) -> str:
    return body or "{}"


def _query(source: str, logical: str, properties: dict[str, Document]) -> NamedQuery:
    text, unresolved = flatten(properties.get("QueryString"))
    title, _ = flatten(properties.get("Name"))
    groups = tuple(flatten(group)[0] for group in sequence(properties.get("LogGroupNames")))
    return NamedQuery(logical, title or logical, text, source, log_groups=groups, unresolved=unresolved)


def flatten(value: Document) -> tuple[str, tuple[str, ...]]:
    """The text that an intrinsic function gives as far as the template alone knows it, and the variables left in it."""
    if not isinstance(value, dict):
        return text_of(value), ()
    if "Fn::Sub" in value:
        body = value["Fn::Sub"]
        given = mapping(body[1]) if isinstance(body, list) and len(body) > 1 else {}
        return _substitute(text_of(body[0] if isinstance(body, list) and body else body), given)
    if "Fn::Join" in value:
        parts = sequence(value["Fn::Join"])
        pieces = [flatten(item) for item in sequence(parts[1] if len(parts) > 1 else [])]
        return text_of(parts[0] if parts else "").join(text for text, _ in pieces), tuple(
            name for _, left in pieces for name in left
        )
    variable = "${" + "".join(f"{key} {text_of(item)}" for key, item in value.items()).replace("Ref ", "") + "}"
    return variable, (variable,)


def _substitute(text: str, given: dict[str, Document]) -> tuple[str, tuple[str, ...]]:
    for name, item in given.items():
        text = text.replace("${" + name + "}", flatten(item)[0])
    left = tuple(dict.fromkeys(_VARIABLE.findall(text)))
    return text.replace("${!", "${"), left
