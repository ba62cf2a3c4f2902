"""The last look: whatever no plugin has judged still gets its finding."""

from __future__ import annotations

from translators.fluentbit.configuration import Configuration, Section
from translators.fluentbit.flow import Desk
from translators.fluentbit.ledger import Judgement, Options, equivalent, exact, harmless, judge_rest, manual, plugin_of
from translators.fluentbit.plugins.parsers import judge_unused
from translators.fluentbit.standard_parsers import IMAGE_SOURCE

_OWN = harmless("how Fluent Bit itself runs: no entry differs by it")
_NOTHING = harmless("no record that goes to CloudWatch passes here")
_STAYS = harmless("only records of inputs that stay with Fluent Bit pass here: it goes on with them")
_SERVICE: Options = {
    "flush": equivalent("entries come within the agent's own batch time of a second"),
    "parsers_file": exact("its parsers are translated where they are used"),
    "json.escape_unicode": exact("the catalog says how the event's JSON was written"),
    "streams_file": manual(
        "stream processing has no counterpart in the agents", "use Loki's recording rules, or routes"
    ),
}


def sweep(configuration: Configuration, desk: Desk, kept: bool) -> None:
    """Give every section and key without a finding one. ``kept``: Fluent Bit keeps inputs, whose records pass here."""
    if configuration.service is not None:
        _service(configuration.service, desk)
    for parser in (*configuration.parsers, *configuration.multiline_parsers):
        if parser.span.source != IMAGE_SOURCE and not _judged(parser, desk):
            judge_unused(parser, desk)
    for section in _all(configuration):
        _rest(section, desk, _STAYS if kept else _NOTHING)
    for section in configuration.ignored:
        _ignored(section, desk)


def _all(configuration: Configuration) -> tuple[Section, ...]:
    parsers = tuple(
        section
        for section in (*configuration.parsers, *configuration.multiline_parsers)
        if section.span.source != IMAGE_SOURCE
    )
    return (
        *parsers,
        *configuration.inputs,
        *configuration.filters,
        *configuration.outputs,
        *configuration.stream_tasks,
    )


def _judged(section: Section, desk: Desk) -> bool:
    return any(desk.ledger.has(item) for item in section.properties)


def _service(section: Section, desk: Desk) -> None:
    desk.ledger.add("fluentbit/service", section.span, "[SERVICE]", _OWN)
    for item in section.properties:
        desk.ledger.key("service", item, _SERVICE.get(item.key, _OWN))


def _rest(section: Section, desk: Desk, judgement: Judgement) -> None:
    plugin = plugin_of(section)
    if not _judged(section, desk):
        desk.ledger.section(plugin, section, judgement)
    judge_rest(desk.ledger, plugin, section.properties, judgement)
    for group in section.groups:
        _rest(group, desk, judgement)


def _ignored(section: Section, desk: Desk) -> None:
    message = "Fluent Bit reads this section and never looks at it again; nor is it translated"
    desk.ledger.add("fluentbit/ignored-section", section.span, f"[{section.name}]", exact(message))
    judge_rest(desk.ledger, "ignored", section.properties, harmless("Fluent Bit never looks at this section"))
