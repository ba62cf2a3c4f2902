"""The saved queries and dashboards of a Terraform state, raw or as `terraform show -json` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from translators.cloudwatch.documents import Document, mapping, sequence, text_of
from translators.cloudwatch.log_widgets import body_of, queries_of_dashboard
from translators.query.named import NamedQuery

QUERY, DASHBOARD = "aws_cloudwatch_query_definition", "aws_cloudwatch_dashboard"


def queries_of_state(name: str, document: Document) -> Iterator[NamedQuery]:
    """Every query of the state, modules included."""
    for address, kind, values in _resources(mapping(document)):
        if kind == QUERY:
            title = text_of(values.get("name")) or address
            yield NamedQuery(
                id=text_of(values.get("query_definition_id")) or address,
                name=title,
                text=text_of(values.get("query_string")),
                source=f"{name}#{address}",
                log_groups=tuple(text_of(group) for group in sequence(values.get("log_group_names"))),
            )
        elif kind == DASHBOARD:
            yield from queries_of_dashboard(f"{name}#{address}", body_of(name, text_of(values.get("dashboard_body"))))


def _resources(state: dict[str, Document]) -> Iterator[tuple[str, str, dict[str, Document]]]:
    for part in ("values", "planned_values"):
        yield from _of_module(mapping(mapping(state.get(part)).get("root_module")))
    for entry in sequence(state.get("resources")):
        resource = mapping(entry)
        kind = text_of(resource.get("type"))
        for number, instance in enumerate(sequence(resource.get("instances"))):
            address = f"{kind}.{text_of(resource.get('name'))}[{number}]"
            yield address, kind, mapping(mapping(instance).get("attributes"))


def _of_module(module: dict[str, Document]) -> Iterator[tuple[str, str, dict[str, Document]]]:
    for entry in sequence(module.get("resources")):
        resource = mapping(entry)
        yield text_of(resource.get("address")), text_of(resource.get("type")), mapping(resource.get("values"))
    for child in sequence(module.get("child_modules")):
        yield from _of_module(mapping(child))
