"""How a configuration routes records, as tracks to draw: inputs, the filters that may see them, the outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from migrate.reports.model import CLOUDWATCH, Node, Track
from translators.catalog import Catalog, InLabel, LogGroup, Matcher, RecordKind, Shape
from translators.diagnostics import Agent, Fidelity, Finding, worst
from translators.fluentbit.configuration import Configuration, Property, Section, field_references, substitute_fields
from translators.fluentbit.plugins.tail import last_word
from translators.fluentbit.secrets import masked, secrets
from translators.pipeline.tags import Meeting, compose, literal_start, meet

MOST_TRACKS = 40
MAIN_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "tail": ("path",),
    "systemd": ("systemd_filter",),
    "kubernetes": ("merge_log_key", "merge_log", "k8s-logging.exclude"),
    "grep": ("regex", "exclude"),
    "modify": ("rename", "hard_rename", "add", "set", "copy", "remove", "remove_regex", "remove_wildcard"),
    "parser": ("key_name", "parser"),
    "multiline": ("multiline.parser",),
    "record_modifier": ("record", "remove_key", "allowlist_key"),
    "nest": ("operation", "nest_under", "nested_under"),
    "rewrite_tag": ("rule",),
    "lua": ("script", "call"),
    "cloudwatch_logs": ("log_group_template", "log_group_name"),
    "cloudwatch": ("log_group_name",),
    "s3": ("bucket",),
    "forward": ("host",),
    "loki": ("labels",),
}
PLACEHOLDER = re.compile(r"\$(?:TAG(?:\[\d+\])?|\d+|[A-Za-z_]\w*(?:\[[^\]]*\])*)")


@dataclass(frozen=True, slots=True)
class Artist:
    """What is needed to draw: the configuration, the findings by place, the catalog, and what to hide."""

    configuration: Configuration
    catalog: Catalog
    agent: Agent
    fidelities: Mapping[tuple[str, int], Sequence[Fidelity]]
    hidden: frozenset[str] = field(default_factory=frozenset)


def artist(configuration: Configuration, catalog: Catalog, findings: Iterable[Finding], agent: Agent) -> Artist:
    """An artist for this plan."""
    found: dict[tuple[str, int], list[Fidelity]] = {}
    for finding in findings:
        found.setdefault((finding.span.source, finding.span.line), []).append(finding.fidelity.of(agent))
    return Artist(configuration, catalog, agent, found, secrets(configuration))


def tracks(drawn: Artist) -> tuple[Track, ...]:
    """A track for each of the first inputs, in their order."""
    return tuple(_track(drawn, section) for section in drawn.configuration.inputs[:MOST_TRACKS])


def _track(drawn: Artist, section: Section) -> Track:
    tags = _tags(section)
    steps: list[Section] = []
    for step in drawn.configuration.filters:
        if not _takes(step, tags):
            continue
        steps.append(step)
        if step.name == "rewrite_tag":
            tags = (*tags, *_new_tags(step))
    outputs = [output for output in drawn.configuration.outputs if _takes(output, tags) or _alone(drawn.configuration)]
    return Track(
        _node(drawn, section),
        tuple(_node(drawn, step) for step in steps),
        tuple(_node(drawn, output) for output in outputs),
        _destination(drawn, section, outputs),
    )


def _tags(section: Section) -> tuple[str, ...]:
    """The patterns of the tags that the input's records may have."""
    tag = section.value("tag")
    if section.value("tag_regex"):
        return (re.sub(r"<[^>]*>", "*", tag),)
    if section.name == "tail" and "*" in tag:
        paths = [path.strip() for path in section.value("path").split(",") if path.strip()]
        return tuple(compose(tag, path) for path in paths) or (tag,)
    return (tag or f"{section.name}.*",)


def _new_tags(step: Section) -> tuple[str, ...]:
    """What rewrite_tag may call a record: the third word of each rule, its placeholders open."""
    words = [item.value.split() for item in step.every("rule")]
    return tuple(PLACEHOLDER.sub("*", rule[2]) for rule in words if len(rule) > 2)


def _takes(section: Section, tags: tuple[str, ...]) -> bool:
    """Whether the section may see a record of these tags; an expression might, so it counts as yes."""
    match = section.value("match")
    if section.value("match_regex"):
        return True
    return bool(match) and any(_may_meet(match, tag) for tag in tags)


def _may_meet(match: str, tag: str) -> bool:
    """Most sections of a long configuration begin otherwise, which is quickly seen."""
    ours, theirs = literal_start(match), literal_start(tag)
    return (ours.startswith(theirs) or theirs.startswith(ours)) and meet(match, tag) is not Meeting.NEVER


def _alone(configuration: Configuration) -> bool:
    """A lone output without Match takes everything of a lone input."""
    outputs = configuration.outputs
    return len(outputs) == len(configuration.inputs) == 1 and outputs[0].last("match") is None


def _node(drawn: Artist, section: Section) -> Node:
    wanted = MAIN_OPTIONS.get(section.name, ("match",))
    details = [
        item.value if item.key in ("path", "log_group_name", "bucket") else f"{item.name or item.key} {_spaced(item)}"
        for key in wanted
        for item in section.every(key)
    ]
    text = ", ".join(details)
    shown = substitute_fields(text, {name: f"<{name}>" for name in field_references(text)})
    detail = masked(shown, drawn.hidden)
    return Node(section.name or "?", detail, _fidelity(drawn, section), f"{section.span.source}:{section.span.line}")


def _spaced(item: Property) -> str:
    """Blanks that line up columns in a file say nothing in a box; those of an expression are part of it."""
    return item.value if "regex" in item.key or item.key == "exclude" else " ".join(item.value.split())


def _fidelity(drawn: Artist, section: Section) -> Fidelity | None:
    """The worst of what was found on the section's lines; None when nothing was."""
    source = section.span.source
    lines = {section.span.line, *(item.span.line for item in section.properties)}
    found = [fidelity for line in sorted(lines) for fidelity in drawn.fidelities.get((source, line), ())]
    return worst(found) if found else None


def _destination(drawn: Artist, source: Section, outputs: Sequence[Section]) -> Node:
    names = [output.value("log_group_name") for output in outputs if output.name in CLOUDWATCH]
    if not names:
        return Node("not moved", "Fluent Bit keeps sending this elsewhere" if outputs else "no output takes it")
    groups = [group for group in drawn.catalog.groups if group.name in names or _is_template(group)]
    shapes = [shape for group in groups for shape in group.shapes]
    journal = source.name == "systemd"
    fitting = [shape for shape in shapes if (shape.record is RecordKind.SYSTEMD) is journal] or shapes
    word = last_word(source.value("tag"))
    fitting = [shape for shape in fitting if _source(shape) == word] or fitting
    selectors = list(dict.fromkeys(print_selector(shape) for shape in fitting))
    more = f" and {len(selectors) - 1} more" if len(selectors) > 1 else ""
    return Node("Loki", (selectors[0] if selectors else "nothing is emitted for it") + more)


def _source(shape: Shape) -> str:
    return next((matcher.value for matcher in shape.selector if matcher.label == "source"), "")


def _is_template(group: LogGroup) -> bool:
    """Its name differs from record to record."""
    return bool(group.template)


def print_selector(shape: Shape) -> str:
    """The shape's selector for people to read: matchers, then the labels that its fields became."""
    matchers = [print_matcher(matcher) for matcher in shape.selector]
    fixed = {matcher.label for matcher in shape.selector}
    labels = [name for name in shape_labels(shape) if name not in fixed]
    return "{" + ", ".join([*matchers, *labels]) + "}"


def print_matcher(matcher: Matcher) -> str:
    return f'{matcher.label}{matcher.operator}"{matcher.value}"'


def print_matchers(matchers: Sequence[Matcher]) -> str:
    """A selector for people to read."""
    return "{" + ", ".join(print_matcher(matcher) for matcher in matchers) + "}"


def shape_labels(shape: Shape) -> list[str]:
    """The labels that hold fields of the shape's records, in their order."""
    return list(dict.fromkeys(item.place.name for item in shape.fields if isinstance(item.place, InLabel)))
