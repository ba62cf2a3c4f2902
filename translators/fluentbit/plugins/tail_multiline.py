"""Lines of a tail input that belong together: multiline.parser, Multiline, Docker_Mode, and the runtimes' formats."""

from __future__ import annotations

import re
from dataclasses import replace

from translators.catalog import Field, IsLine, IsTime, Presence
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.joins import MAX_LINES, Join, NoJoin, join_of
from translators.fluentbit.ledger import Judgement, approximate, exact, harmless, manual
from translators.fluentbit.plugins.containers import (
    DOCKER_FIELDS,
    MODE_CLAIM,
    PIECES_CLAIM,
    claim_of,
    joined_docker,
    read_containers,
)
from translators.fluentbit.plugins.parsers import apply_parser, is_on, time_key_of, unparsed, with_fields
from translators.fluentbit.regexes import NotTaken, take, take_fields
from translators.pipeline.stages import JoinLines, ParseRegex, ReadDocker, Replace, Stage

PLUGIN = "tail"
_RUNTIMES = frozenset({"docker", "cri"})
_MODE_KEYS = ("docker_mode", "docker_mode_parser")
_BESIDE = ("parser", *_MODE_KEYS, "multiline")
_OF_MULTILINE = re.compile(r"multiline_flush|parser_(?:firstline|\d+)")
_MODE_OFF = harmless("Docker_Mode is off: Fluent Bit joins no lines by it, and none are joined")
_MULTILINE_OFF = harmless("Multiline is off: Fluent Bit reads no option of its mode, and joins no lines by it")
_APART = approximate(
    "Fluent Bit joins JSON lines whose log does not end in a newline; here each line comes by itself",
    "name `multiline.parser docker`: that joins the pieces of a line in Fluent Bit and in the agents",
)
_FIRSTLINE_APART = approximate(
    "Fluent Bit joins the JSON lines up to the next that this parser takes; here each line comes by itself"
)
_SEVERAL_KEYS = approximate("the parsers name several Key_Content, of which the catalog has the first")
_INDENTED = r"^(?:[^ ]|$)"
_IN_JSON = re.compile(r'\(\?<="log":"\)(.*?)\.\*\?\)')


def read_multiline(section: Section, flow: Flow, desk: Desk) -> Flow | None:
    """The flow with its lines read by what joins them. None when nothing does."""
    named = tuple(section.every("multiline.parser"))
    if named:
        _judge_ignored(section, desk)
        return _by_parsers(flow, named, desk)
    if is_on(section, "multiline"):
        _judge_mode_off(section, desk)
        return _legacy(section, flow, desk)
    _judge_multiline_off(section, desk)
    docker = _docker_parser(section, flow, desk)
    if docker is not None:
        return _docker_mode(section, flow, docker, desk)
    _judge_apart(section, desk)
    return None


def _judge_apart(section: Section, desk: Desk) -> None:
    """The agents join dockerd's pieces by the wrapper that they take off; a line that keeps it stays as it is."""
    if not is_on(section, "docker_mode"):
        _judge_mode_off(section, desk)
        return
    for item in section.every("docker_mode"):
        desk.ledger.key(PLUGIN, item, _APART)
    for item in section.every("docker_mode_parser"):
        _judge_first_line(item, _FIRSTLINE_APART, desk)


def _judge_mode_off(section: Section, desk: Desk) -> None:
    for key in _MODE_KEYS:
        for item in section.every(key):
            desk.ledger.key(PLUGIN, item, _MODE_OFF)


def _judge_multiline_off(section: Section, desk: Desk) -> None:
    for item in section.properties:
        if _OF_MULTILINE.fullmatch(item.key):
            desk.ledger.key(PLUGIN, item, _MULTILINE_OFF)


def _judge_first_line(item: Property, claim: Judgement, desk: Desk) -> None:
    """The parser that Docker_Mode_Parser names is used for its pattern alone, and is judged with the key."""
    desk.ledger.key(PLUGIN, item, claim)
    parser = desk.parsers.get(item.value.strip())
    if parser is None:
        return
    desk.ledger.section("parser", parser, claim)
    for known in parser.properties:
        if known.key != "name":
            desk.ledger.key("parser", known, claim)


def _judge_ignored(section: Section, desk: Desk) -> None:
    for item in section.properties:
        if item.key in _BESIDE or _OF_MULTILINE.fullmatch(item.key):
            desk.ledger.key(PLUGIN, item, harmless("Fluent Bit ignores it beside multiline.parser"))


def _by_parsers(flow: Flow, named: tuple[Property, ...], desk: Desk) -> Flow:
    names = tuple(word.strip().lower() for item in named for word in item.value.split(",") if word.strip())
    runtimes = tuple(name for name in names if name in _RUNTIMES)
    if not runtimes:
        return _joined_files(flow, named, names, desk)
    others = tuple(name for name in names if name not in _RUNTIMES)
    claim = claim_of("cri" in runtimes, desk.first_part_time)
    if others:
        claim = approximate(
            f"{claim.message}; {others[0]} is never reached for lines of the runtime: nothing is joined"
        )
    for item in named:
        desk.ledger.key(PLUGIN, item, claim)
    flow = read_containers(flow, "docker" in runtimes, "cri" in runtimes, desk.first_part_time)
    return replace(flow, plain=False)


def _joined_files(flow: Flow, named: tuple[Property, ...], names: tuple[str, ...], desk: Desk) -> Flow:
    """On plain files Fluent Bit puts a newline behind each record, single lines too, but not under Key_Content."""
    join = join_of(names, desk.multiline_parsers, desk.ledger)
    keys = dict.fromkeys(_key_content(name, desk) for name in names)
    first = next(iter(keys), "")
    fields = (Field((first or "log",), IsLine("" if first else "\n")),)
    for item in named:
        desk.ledger.key(PLUGIN, item, join.judgement if len(keys) < 2 else _SEVERAL_KEYS)
    if isinstance(join, NoJoin):
        return with_fields(flow, fields)
    return with_fields(flow.then(_join(join)), fields)


def _key_content(name: str, desk: Desk) -> str:
    parser = desk.multiline_parsers.get(name)
    return "" if parser is None else parser.value("key_content").strip()


def _join(join: Join) -> Stage:
    return JoinLines(join.firstline, max_lines=MAX_LINES)


def _legacy(section: Section, flow: Flow, desk: Desk) -> Flow:
    """Multiline On: lines are glued to the last one that Parser_Firstline took; its last field grows."""
    item = section.last("parser_firstline")
    parser = desk.parsers.get(item.value.strip()) if item else None
    regex = parser.last("regex") if parser else None
    taken = take_fields(regex.value) if regex else NotTaken("there is no Parser_Firstline")
    switch = section.last("multiline")
    for disabled in section.every("parser"):
        desk.ledger.key(PLUGIN, disabled, harmless("Fluent Bit disables it in the multiline mode; it is left out"))
    if item is None or parser is None or isinstance(taken, NotTaken):
        if switch is not None:
            desk.ledger.key(
                PLUGIN, switch, manual("the first line has no pattern that the agents take", "name another parser")
            )
        return with_fields(flow, (Field((section.value("key", "log").strip(),), IsLine()),))
    message = "an entry begins where Parser_Firstline matches, as here, or after 3 s of silence"
    for noted in (item, switch):
        if noted is not None:
            desk.ledger.key(PLUGIN, noted, approximate(message))
    for extra in section.properties:
        if extra.key.startswith("parser_") and extra is not item:
            desk.ledger.key(
                PLUGIN, extra, approximate("fields of the following lines are not taken out; the lines are kept")
            )
    joined = flow.then(JoinLines(taken.expression, max_lines=MAX_LINES))
    parsed = apply_parser(joined, parser, "", desk)
    if parsed is None:
        return with_fields(joined, (Field(("log",), IsLine()),))
    grown = replace(parsed.flow, stages=tuple(_grow_last(stage) for stage in parsed.flow.stages))
    return with_fields(grown, (*parsed.fields, unparsed(section.value("key", "log").strip())))


def _grow_last(stage: Stage) -> Stage:
    """The last group of the first line's pattern takes the following lines too."""
    if not isinstance(stage, ParseRegex):
        return stage
    head, tail, rest = stage.expression.rpartition(".*)")
    grows = tail and rest in ("", "$")
    return replace(stage, expression=f"{head}(?s:.*))") if grows else stage


def _docker_parser(section: Section, flow: Flow, desk: Desk) -> Section | None:
    """The JSON parser of a container input: the files are dockerd's."""
    parser = desk.parsers.get(section.value("parser").strip())
    of_containers = flow.files is not None and flow.files.of_containers
    is_json = parser is not None and parser.value("format").strip().lower() == "json"
    return parser if of_containers and is_json else None


def _docker_mode(section: Section, flow: Flow, parser: Section, desk: Desk) -> Flow:
    fields: tuple[Field, ...] = DOCKER_FIELDS[:2]
    if is_on(parser, "time_keep") or time_key_of(parser) != "time":
        fields = (*fields, Field(("time",), IsTime("rfc3339nano"), Presence.ALWAYS))
    item = section.last("parser")
    joins = is_on(section, "docker_mode")
    claim = MODE_CLAIM if joins else PIECES_CLAIM
    if item is not None:
        desk.ledger.key(PLUGIN, item, claim)
    desk.ledger.section("parser", parser, exact("dockerd's wrapper is taken off by the docker stage"))
    for known in parser.properties:
        if known.key != "name":
            desk.ledger.key("parser", known, exact("dockerd's wrapper is taken off by the docker stage"))
    stages = joined_docker() if joins else (ReadDocker(),)
    flow = replace(flow.then(*stages), labels=(*flow.labels, "stream"), plain=False)
    firstline = section.last("docker_mode_parser")
    if joins and firstline is not None:
        message = "an entry begins at a text as the parser wants it; its time is the first line's, not the last's"
        _judge_first_line(firstline, approximate(message), desk)
        pattern = _text_pattern(desk.parsers.get(firstline.value.strip()))
        flow = flow.then(Replace("(\\n)$", ""), JoinLines(pattern, max_lines=MAX_LINES))
        fields = (replace(fields[0], place=IsLine(suffix="\n")), *fields[1:])
    mode = section.last("docker_mode")
    if mode is not None and joins:
        desk.ledger.key(PLUGIN, mode, claim)
    if not joins:
        _judge_mode_off(section, desk)
    return with_fields(flow, fields)


def _text_pattern(parser: Section | None) -> str:
    """What the parser wants behind ``"log":"``, asked of the text: JSON writes a tab as an escape, only blanks stay."""
    found = _IN_JSON.search(parser.value("regex")) if parser else None
    taken = take(f"^(?:{found[1]})".replace(r"\S", "[^ ]")) if found else None
    if taken is None or isinstance(taken, NotTaken) or taken.negated:
        return _INDENTED
    return f"{taken.expression}|^$"
