"""[FILTER] multiline: records that belong together are joined, after the runtime's header was taken off."""

from __future__ import annotations

from translators.catalog import IsLine
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.joins import MAX_LINES, Join, NoJoin, join_of
from translators.fluentbit.ledger import Options, equivalent, exact, harmless, judge_options, manual
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.paths import path_of
from translators.pipeline.stages import JoinLines

PLUGIN = "multiline"
_INSIDE = harmless("how Fluent Bit keeps joined records until they are sent on")
_OPTIONS: Options = {
    **COMMON,
    "multiline.key_content": exact("the text of the line is joined"),
    "mode": exact("lines are joined by the parser"),
    "buffer": equivalent("the agents keep the lines of an entry until the next one begins"),
    "flush_ms": equivalent("the agents wait 3 s for the next line of an entry"),
    "emitter_name": _INSIDE,
    "emitter_storage.type": _INSIDE,
    "emitter_mem_buf_limit": _INSIDE,
    "debug_flush": _INSIDE,
}
_NOT_JOINED = harmless("nothing is joined: multiline.parser says why")
_WAY_OUT = "name a pattern that every first line has, or let this Fluent Bit join and send with its loki output"


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with its lines joined."""
    if section.value("mode", "parser").strip().lower() == "partial_message":
        judge_options(desk.ledger, PLUGIN, section, {key: value for key, value in _OPTIONS.items() if key != "mode"})
        return _partial(section, flow, desk)
    names = tuple(
        word.strip() for item in section.every("multiline.parser") for word in item.value.split(",") if word.strip()
    )
    join: Join | NoJoin = join_of(tuple(name.lower() for name in names), desk.multiline_parsers, desk.ledger)
    on_line = isinstance(flow.find(path_of(section.value("multiline.key_content", "log").strip())), IsLine)
    if not on_line:
        join = NoJoin(manual("nothing is joined: the joined key is not the line here", _WAY_OUT))
    for item in section.every("multiline.parser"):
        desk.ledger.key(PLUGIN, item, join.judgement)
    if isinstance(join, NoJoin):
        desk.ledger.section(PLUGIN, section, _NOT_JOINED)
        judge_options(desk.ledger, PLUGIN, section, {**dict.fromkeys(_OPTIONS, _NOT_JOINED), **COMMON})
        return flow
    judge_options(desk.ledger, PLUGIN, section, _OPTIONS)
    desk.ledger.section(PLUGIN, section, exact("lines are joined before they are sent"))
    return flow.then(JoinLines(join.firstline, max_lines=MAX_LINES))


def _partial(section: Section, flow: Flow, desk: Desk) -> Flow:
    """Mode partial_message joins what docker's own log driver split; there are no such keys in files."""
    message = "only records of docker's fluentd log driver have partial_message: there are none in files"
    desk.ledger.section(PLUGIN, section, exact(message))
    for item in section.properties:
        if item.key == "mode":
            desk.ledger.key(PLUGIN, item, exact(message))
    return flow
