"""The container runtimes' line formats: what Fluent Bit's multiline parsers ``cri`` and ``docker`` make of a line."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Field, InLabel, IsGone, IsLine, IsTime
from translators.fluentbit.flow import Flow
from translators.fluentbit.ledger import Judgement, approximate
from translators.fluentbit.whereabouts import Whereabouts
from translators.pipeline.selectors import select
from translators.pipeline.stages import (
    ParseRegex,
    ReadCri,
    ReadDocker,
    Replace,
    SetTemplate,
    SetText,
    SetTime,
    Stage,
    When,
)

MARK = "\x00"
"""Stands before the time of a line's first part while the parts wait for their end; no container writes it."""
MAX_PARTIAL_LINES = 10_000
_FIRST_TIME = "lm_first_time"
_AS_CRI = "lm_cri"
_FLAG = "it only said that the line was complete (F) or a part (P)"

CRI_FIELDS = (
    Field(("time",), IsTime("rfc3339nano")),
    Field(("stream",), InLabel("stream")),
    Field(("_p",), IsGone(_FLAG)),
    Field(("log",), IsLine()),
)
DOCKER_FIELDS = (
    Field(("log",), IsLine()),
    Field(("stream",), InLabel("stream")),
    Field(("time",), IsTime("rfc3339nano")),
)

_JOINED = "a line over 16 KiB is joined and has the time of its last part, with --first-part-time that of its first"
_CRI = (
    "containerd's lines come with the same text, stream and time; {joined}a part (P) without its end is never sent, a "
    "line that is not of containerd's format keeps its whole text with another time, and Promtail keeps a carriage "
    "return"
)
_DOCKER = (
    "dockerd's lines come with the same text, stream and time; {joined}a piece without its end is never sent, a line "
    "that is not of dockerd's format keeps its whole text with another time"
)
MODE_CLAIM = approximate(
    f"{_DOCKER.format(joined='')}; pieces of the two streams are kept apart, Docker_Mode mixes them"
)
PIECES_CLAIM = approximate(
    "the wrapper is taken off; a line that is not of dockerd's format, or without text, keeps its whole text"
)


def claim_of(cri: bool, first_part_time: bool) -> Judgement:
    """What is said of the multiline parser."""
    joined = "" if first_part_time else f"{_JOINED}; "
    return approximate((_CRI if cri else _DOCKER).format(joined=joined))


def read_containers(flow: Flow, docker: bool, cri: bool, first_part_time: bool) -> Flow:
    """The flow without the runtime's header. Where Fluent Bit tries both, nodes have containerd: EKS since 1.24.

    ``first_part_time``: a joined line has the time of its first part, as Fluent Bit gives it; otherwise that of its
    last, as the agents give it (decision 0006).
    """
    stages: tuple[Stage, ...] = docker_stages() if docker and not cri else ()
    joined: tuple[Stage, ...] = (ReadCri(MAX_PARTIAL_LINES),)
    if first_part_time:
        joined = (_mark_first_time(), *joined, _take_first_time())
    if cri or docker:
        stages = (*stages, *joined)
    fields = CRI_FIELDS if cri else DOCKER_FIELDS
    known = replace(flow, labels=(*flow.labels, "stream"))
    return known.then(*stages).knowing(_with(flow, fields))


def docker_stages() -> tuple[Stage, ...]:
    """dockerd's line in containerd's words: only the agents' stage for those joins pieces, and only by their flag.

    A piece has no newline at its end. What is no line of dockerd has no value ``output``, and stays.
    """
    flag = '{{ if hasSuffix "\\n" .output }}F{{ else }}P{{ end }}'
    header = "{{ .timestamp }} {{ .stream }} " + flag
    whole = "{{ if and .output .stream .timestamp }}" + header + " {{ .output }}{{ end }}"
    return (ReadDocker(), SetTemplate(_AS_CRI, whole), SetText(_AS_CRI))


def joined_docker() -> tuple[Stage, ...]:
    """Docker_Mode: a line of several pieces has the time of the last."""
    return (*docker_stages(), ReadCri(MAX_PARTIAL_LINES))


def _with(flow: Flow, fields: tuple[Field, ...]) -> Whereabouts:
    return replace(flow.record, fields=(*flow.record.fields, *fields))


def _mark_first_time() -> Stage:
    """The agents give a joined line the time of its last part, Fluent Bit that of its first: the parts carry theirs.

    No match stage stands around it: those let lines overtake each other, which tears parts apart. An RFC 3339 time
    has 20 characters and more, passed over unread; read to its end, Go needs one pass and no way back. Both halve what
    every line pays for the few that are parts.
    """
    return Replace(r"(?s)^(.{20}[^ ]* std(?:out|err) P ).*$", '{{ .Value }}{{ "\\u0000" }}{{ .Value }}{{ "\\u0000" }}')


def _take_first_time() -> Stage:
    first = ParseRegex(rf"^\x00(?P<{_FIRST_TIME}>\S+)")
    clean = Replace(r"(\x00[^\x00]*\x00)", "")
    return When(select(contains=MARK), (first, SetTime(_FIRST_TIME, "RFC3339Nano"), clean))
