"""How long Loki keeps what CloudWatch's log groups kept: limits for the streams of each group that expires."""

from __future__ import annotations

from translators.catalog import Catalog, LogGroup, Matcher
from translators.pipeline.selectors import quote
from translators.promtail.printer import Commented, Map, Tree, print_yaml

_NOTE = (
    "Merge this into Loki's configuration: streams of log groups that expire in CloudWatch expire here.",
    "Everything else keeps Loki's own retention_period. delete_request_store is the store that Loki keeps its chunks",
    "in: leave your own value where the configuration has one, write s3 where that store is S3.",
)


def retention(catalog: Catalog) -> str:
    """The YAML text; empty when no log group of the catalog expires."""
    rules = tuple(rule for group in catalog.groups for rule in _rules(group))
    if not rules:
        return ""
    limits = ("limits_config", Map((("retention_stream", rules),)))
    compactor = ("compactor", Map((("retention_enabled", True), ("delete_request_store", "filesystem"))))
    return print_yaml(Commented(_NOTE, Map((limits, compactor))))


def _rules(group: LogGroup) -> list[Tree]:
    """Loki refuses less than a day; a group counts in days anyway."""
    if group.retention_days is None:
        return []
    period = ("period", f"{group.retention_days * 24}h")
    selectors = dict.fromkeys(_selector(shape.selector) for shape in group.shapes)
    return [Map((("selector", selector), ("priority", 1), period)) for selector in selectors]


def _selector(matchers: tuple[Matcher, ...]) -> str:
    return "{" + ", ".join(f"{matcher.label}{matcher.operator}{quote(matcher.value)}" for matcher in matchers) + "}"
