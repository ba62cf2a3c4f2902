"""[INPUT] tail: which files, what a line is, and what the record has of it."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase

from translators.catalog import Field, InMetadata, IsGone, IsLine
from translators.diagnostics import Fidelity
from translators.fluentbit.checks.definitions import compiles, groups_in
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import (
    Judgement,
    approximate,
    differs,
    equivalent,
    exact,
    harmless,
    judge_options,
    manual,
)
from translators.fluentbit.plugins.container_header import take_header
from translators.fluentbit.plugins.parsers import apply_parser, is_on, unparsed, with_fields
from translators.fluentbit.plugins.tail_multiline import read_multiline
from translators.fluentbit.plugins.tail_options import OPTIONS
from translators.fluentbit.regexes import NotTaken, take
from translators.fluentbit.sizes import size
from translators.fluentbit.whereabouts import Whereabouts
from translators.pipeline.filesets import FileSet, container_name_regex, touches_identifier
from translators.pipeline.selectors import not_searching, searching, select
from translators.pipeline.stages import DropLines, When
from translators.pipeline.tags import HOLE, compose, literal_start

PLUGIN = "tail"
_DEFAULT_LINE = 32768
_LOKI_LINE = 256 * 1024
_TWICE = approximate(
    "the record has the key twice then, of which CloudWatch keeps the last; the path is structured metadata filename",
    "give Path_Key a name that no other key has",
)
_HEADER = equivalent(
    "the runtime's header is taken off; parts of a line come apart here as there; while no line ends in CRLF, whose "
    "carriage return Promtail keeps, or has no text, which Fluent Bit's record then lacks"
)
_WILD_START = re.compile(r"(?:^|/)[*?\[]")
"""A name that begins with a wildcard: that of glob(3) takes no dot there, the agents' does."""
_RUNTIME_LINE = 17_000
"""A container runtime writes at most 16 KiB of text and its header in one line of a file."""


def read(section: Section, desk: Desk) -> Flow | None:
    """The records of a tail input. None when nothing can be read: then the findings say why."""
    path = section.last("path")
    if path is None:
        desk.ledger.section(
            PLUGIN, section, manual("it has no Path: Fluent Bit does not start", "give the input a Path")
        )
        return None
    unread = _tags_no_file(section)
    if unread:
        desk.ledger.section(PLUGIN, section, harmless(f"{unread}: Fluent Bit reads no file then"))
        return None
    files = _files(section, path, desk)
    flow = _named(section, files, desk)
    flow = _limit_lines(section, flow, desk)
    flow = _read_lines(section, flow, desk)
    flow = _extra_keys(section, flow, desk)
    _judge_start(section, flow, desk)
    desk.ledger.section(PLUGIN, section, _reads(flow))
    judge_options(desk.ledger, PLUGIN, section, OPTIONS)
    return flow


def _tags_no_file(section: Section) -> str:
    """Why Tag and Tag_Regex give no file a tag; empty when they may give one."""
    regex, tag = section.value("tag_regex"), section.value("tag")
    groups = groups_in(regex) if regex else None
    if groups is None:
        return ""
    if groups == 0:
        return "Tag_Regex has no group"
    return "a < of Tag is not closed" if any(">" not in part for part in tag.split("<")[1:]) else ""


def _reads(flow: Flow) -> Judgement:
    claim = "the agents read the same files, while no line is over 32 KB"
    if flow.plain:
        claim += (
            " or begins with a zero byte; an empty line that ends in CRLF, which is a carriage return in Fluent Bit, "
            "is empty from Alloy"
        )
    return equivalent(claim if _of_containers(flow) else f"{claim}; Alloy takes a byte order mark off a file's start")


def by_place(section: Section) -> tuple[Section, ...]:
    """The input once for containers' files and once for others, when its Path has both: they are found differently."""
    path = section.last("path")
    globs = words(path) if section.name.lower() == PLUGIN else ()
    inside = tuple(glob for glob in globs if FileSet((glob,)).of_containers)
    outside = tuple(glob for glob in globs if glob not in inside)
    if path is None or not inside or not outside:
        return (section,)
    return tuple(
        replace(section, properties=tuple(_only(item, path, chosen) for item in section.properties))
        for chosen in (inside, outside)
    )


def _only(item: Property, path: Property, globs: tuple[str, ...]) -> Property:
    return replace(item, value=", ".join(globs)) if item is path else item


def words(item: Property | None) -> tuple[str, ...]:
    """The items of a comma list."""
    text = "" if item is None else item.value
    return tuple(word for word in (part.strip() for part in text.split(",")) if word)


def _files(section: Section, path: Property, desk: Desk) -> FileSet:
    excluded = section.last("exclude_path")
    files = FileSet(words(path), words(excluded))
    desk.ledger.key(PLUGIN, path, _same_files(files))
    if excluded is not None:
        _judge_excluded(files, excluded, desk)
    return files


def _same_files(files: FileSet) -> Judgement:
    """Fluent Bit decompresses what ends in .gz; the agents take its bytes for text. No file of containers is."""
    lasts = [glob.lower().rpartition("/")[2] for glob in files.include]
    if any(last.endswith(".gz") for last in lasts):
        message = "the same files, but the agents do not decompress those that end in .gz"
        return approximate(message, "let them read the files before they are compressed")
    message = "the same files under the same names"
    if files.of_containers:
        return exact(message)
    unlike = []
    if any(fnmatchcase(".gz", last[last.rfind("*") :]) for last in lasts if "*" in last):
        unlike.append("ends in .gz")
    if any(_WILD_START.search(glob) for glob in files.include):
        unlike.append("is hidden by a dot at its start")
    return equivalent(f"{message}, while none {' or '.join(unlike)}") if unlike else exact(message)


def _judge_excluded(files: FileSet, excluded: Property, desk: Desk) -> None:
    if files.of_containers and any(touches_identifier(glob) for glob in files.exclude):
        desk.ledger.key(
            PLUGIN, excluded, approximate("a part of the glob may also be found in a container's identifier")
        )
    elif files.of_containers and any(_reaches(glob) for glob in files.exclude):
        desk.ledger.key(
            PLUGIN,
            excluded,
            approximate("a glob that names a container's identifier is met with --discovery files only"),
        )
    else:
        desk.ledger.key(PLUGIN, excluded, exact("the same files are left out"))


def _reaches(glob: str) -> bool:
    return glob.startswith("/var/log/containers/") and container_name_regex(glob) is None


def _named(section: Section, files: FileSet, desk: Desk) -> Flow:
    tag = section.last("tag")
    pattern = tag.value.strip() if tag else "tail.*"
    tags = tuple(dict.fromkeys(compose(pattern, glob) for glob in files.include))
    fixed = literal_start(pattern)
    regex = section.last("tag_regex")
    if regex is not None and compiles(regex.value):
        tags, fixed = (_tag_regex(pattern),), pattern.partition("<")[0]
    if tag is not None:
        desk.ledger.key(
            PLUGIN, tag, exact("the tag decides filters and outputs here as there; labels stand for it in Loki")
        )
    flow = Flow(_job_name(fixed), tags, (section,), Whereabouts(), files=files, metadata=(("filename", "filename"),))
    from_end = not is_on(section, "read_from_head")
    flow = replace(flow, labels=("filename",), plain=True, from_end=from_end)
    flow = flow if files.of_containers else replace(flow, source=fixed.strip(".").rpartition(".")[2])
    return flow if regex is None else _of_regex(flow, regex, desk)


def _of_regex(flow: Flow, regex: Property, desk: Desk) -> Flow:
    """Files of a name that Tag_Regex does not find are not read; the agents read them and drop their lines."""
    if not compiles(regex.value):
        desk.ledger.key(PLUGIN, regex, harmless("Fluent Bit logs that it cannot read it and goes on without"))
        return flow
    taken = take(regex.value)
    if isinstance(taken, NotTaken):
        desk.ledger.key(PLUGIN, regex, approximate(f"files that it does not find are read too: {taken.reason}"))
        return flow
    matcher = (searching if taken.negated else not_searching)("filename", taken.expression)
    return flow.then(When(select([matcher]), drop=True, reason="not of Tag_Regex"))


def job_name(tag: str) -> str:
    """The name of a job after the fixed start of its tag."""
    return _job_name(literal_start(tag))


def _job_name(fixed: str) -> str:
    return fixed.strip(".").replace(".", "-") or "files"


def _tag_regex(pattern: str) -> str:
    parts = pattern.split("<")
    return parts[0] + "".join(HOLE + part.partition(">")[2] for part in parts[1:])


def last_word(tag: str) -> str:
    """The last word of the fixed start of a tag: ``messages`` of host.messages."""
    return literal_start(tag).strip(".").rpartition(".")[2]


def _limit_lines(section: Section, flow: Flow, desk: Desk) -> Flow:
    """Fluent Bit reads lines of at most its buffer less two characters."""
    item, skip = section.last("buffer_max_size"), section.last("skip_long_lines")
    limit = _DEFAULT_LINE if item is None else size(item.value, _DEFAULT_LINE)
    if _of_containers(flow) and limit > _RUNTIME_LINE:
        _note(desk, (item, skip), "no line of a container runtime is that long")
        return flow
    if is_on(section, "truncate_long_lines"):
        _note(desk, (item, skip), "while no line is longer: Fluent Bit cuts such a line there")
        return flow
    if is_on(section, "skip_long_lines"):
        refused = "; Loki refuses lines over 256 KB" if limit > _LOKI_LINE else ""
        _note(desk, (item, skip), f"longer lines are dropped, as Fluent Bit skips them{refused}")
        return flow.then(DropLines(longer_than=f"{limit - 2}B", reason="longer than Buffer_Max_Size"))
    if item is not None and limit < _DEFAULT_LINE:
        message = "Fluent Bit gives a file up at the first longer line; the agents read it on"
        desk.ledger.key(PLUGIN, item, approximate(message, "expect more lines in Loki, or set Skip_Long_Lines On"))
    _note(desk, (item, skip), "while no line is longer: Fluent Bit gives the file up there, the agents read on")
    return flow


def _of_containers(flow: Flow) -> bool:
    return flow.files is not None and flow.files.of_containers


def _note(desk: Desk, items: tuple[Property | None, ...], message: str) -> None:
    for item in items:
        if item is not None and not desk.ledger.has(item):
            desk.ledger.key(PLUGIN, item, equivalent(message))


def _read_lines(section: Section, flow: Flow, desk: Desk) -> Flow:
    """What a record has of a line, by the first of: multiline.parser, Multiline, Docker_Mode, Parser, nothing."""
    joined = read_multiline(section, flow, desk)
    flow = joined if joined is not None else _read_plain(section, flow, desk)
    if is_on(section, "skip_empty_lines") and flow.plain:
        return replace(flow, stages=(DropLines(expression=r"^\r?$", reason="empty line"), *flow.stages))
    return flow


def _read_plain(section: Section, flow: Flow, desk: Desk) -> Flow:
    key = section.value("key", "log").strip()
    parser = section.last("parser")
    if parser is None:
        return with_fields(flow, (Field((key,), IsLine()),))
    found = desk.parsers.get(parser.value.strip())
    if found is None:
        desk.ledger.key(PLUGIN, parser, _no_parser(desk))
        return with_fields(flow, (Field((key,), IsLine()),))
    parsed = apply_parser(flow, found, "", desk)
    if parsed is None:
        message = f"the parser {found.name} could not be translated: lines come raw, at the time they are read"
        desk.ledger.key(PLUGIN, parser, approximate(message, "see the finding at the parser"))
        return with_fields(flow, (Field((key,), IsLine()),))
    header = take_header(parsed) if _of_containers(flow) else None
    if header is not None:
        desk.ledger.key(PLUGIN, parser, _HEADER)
        return with_fields(header.flow, (*header.fields, unparsed(key)))
    message = "the line stays whole; the parser's fields are kept beside it"
    ends = "of a line that ends in CRLF and that it does not take, Fluent Bit keeps the carriage return"
    desk.ledger.key(PLUGIN, parser, equivalent(f"{message}; {ends}"))
    return with_fields(parsed.flow, (*parsed.fields, unparsed(key)))


def _no_parser(desk: Desk) -> Judgement:
    if desk.files_missing:
        return approximate("its parsers file was not given: lines come raw", "give the parsers file too")
    return exact("no such parser: Fluent Bit logs an error and sends raw lines, and so they come")


def _extra_keys(section: Section, flow: Flow, desk: Desk) -> Flow:
    """Fluent Bit writes them before the text of a raw line, and behind what was parsed or joined."""
    path_key, offset_key = section.last("path_key"), section.last("offset_key")
    extra: tuple[Field, ...] = ()
    if path_key is not None and flow.record.has((path_key.value.strip(),)):
        desk.ledger.key(PLUGIN, path_key, _TWICE)
    elif path_key is not None:
        extra += (Field((path_key.value.strip(),), InMetadata("filename")),)
        desk.ledger.key(PLUGIN, path_key, exact("the path is structured metadata filename"))
    if offset_key is not None:
        extra += (Field((offset_key.value.strip(),), IsGone("the agents do not tell at which byte a line began")),)
        desk.ledger.key(PLUGIN, offset_key, approximate("the agents do not tell at which byte a line began"))
    known = flow.record.fields
    raw = len(known) == 1 and known[0].place == IsLine()
    return flow.knowing(Whereabouts((*extra, *known))) if raw else with_fields(flow, extra)


def _judge_start(section: Section, flow: Flow, desk: Desk) -> None:
    """Where the first start begins to read; ``logmig positions`` makes it the place where Fluent Bit stopped."""
    item = section.last("read_from_head")
    if is_on(section, "read_from_head"):
        if item is not None:
            desk.ledger.key(PLUGIN, item, exact("files without a position are read from their start"))
        return
    message = (
        "Promtail has no such option: its first start reads existing files from their start; Alloy starts at the end "
        "of files that exist then"
        + (", but reads containers' files whole, to lose no start" if _of_containers(flow) else "")
    )
    judgement = differs(
        Fidelity.APPROXIMATE, Fidelity.APPROXIMATE, message, "hand the positions over with `logmig positions`"
    )
    if item is not None:
        desk.ledger.key(PLUGIN, item, judgement)
    else:
        desk.ledger.implied(PLUGIN, section, "Read_from_Head Off", judgement)
