"""The multiline parsers: the built-in ones, and those of ``[MULTILINE_PARSER]`` sections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.onigmo import Regex, compiled
from translators.fluentbit.evaluate.options import flag, listed
from translators.fluentbit.evaluate.parsers import CRI, DOCKER, Parser
from translators.fluentbit.words import tokens

START = "start_state"
FLUSH_MS = 4000


class Join(Enum):
    """What ends a message."""

    REGEX = "regex"
    ENDS_WITH = "endswith"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Rule:
    """In one of these states, a line that matches leads to another state."""

    states: tuple[str, ...]
    regex: Regex
    to_state: str

    @property
    def starts(self) -> bool:
        return START in self.states


@dataclass(frozen=True, slots=True)
class MultilineParser:
    """One multiline parser. ``following`` holds for each rule the rules that may come next.

    ``flush_ms``: how long a message waits for its end.
    """

    name: str
    join: Join
    match_string: bytes = b""
    negate: bool = False
    key_content: bytes | None = None
    key_group: bytes | None = None
    key_pattern: bytes | None = None
    parser: Parser | None = None
    rules: tuple[Rule, ...] = ()
    following: tuple[tuple[int, ...], ...] = field(default=())
    flush_ms: int = FLUSH_MS


def with_rules(name: str, rules: tuple[Rule, ...]) -> MultilineParser:
    """A regex multiline parser: rules in order, linked by their states."""
    following = tuple(
        tuple(index for index, other in enumerate(rules) if rule.to_state in other.states) for rule in rules
    )
    return MultilineParser(name, Join.REGEX, rules=rules, following=following)


def _rules(*rows: tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(tuple(listed(states)), Regex(regex.encode()), to_state) for states, regex, to_state in rows)


_JAVA = _rules(
    (
        "start_state, java_start_exception",
        r"/(.)(?:Exception|Error|Throwable|V8 errors stack trace)[:\r\n]/",
        "java_after_exception",
    ),
    ("java_after_exception", r"/^[\t ]*nested exception is:[\t ]*/", "java_start_exception"),
    ("java_after_exception", r"/^[\r\n]*$/", "java_after_exception"),
    ("java_after_exception, java", r"/^[\t ]+(?:eval )?at /", "java"),
    ("java_after_exception, java", r"/^[\t ]+--- End of inner exception stack trace ---$/", "java"),
    (
        "java_after_exception, java",
        r"/^--- End of stack trace from previous (?x:)location where exception was thrown ---$/",
        "java",
    ),
    ("java_after_exception, java", r"/^[\t ]*(?:Caused by|Suppressed):/", "java_after_exception"),
    ("java_after_exception, java", r"/^[\t ]*... \d+ (?:more|common frames omitted)/", "java"),
)
_GO = _rules(
    ("start_state", r"/\bpanic: /", "go_after_panic"),
    ("start_state", r"/http: panic serving/", "go_goroutine"),
    ("go_after_panic", r"/^$/", "go_goroutine"),
    ("go_after_panic, go_after_signal, go_frame_1", r"/^$/", "go_goroutine"),
    ("go_after_panic", r"/^\[signal /", "go_after_signal"),
    ("go_goroutine", r"/^goroutine \d+ \[[^\]]+\]:$/", "go_frame_1"),
    ("go_frame_1", r"/^(?:[^\s.:]+\.)*[^\s.():]+\(|^created by /", "go_frame_2"),
    ("go_frame_2", r"/^\s/", "go_frame_1"),
)
_RUBY = _rules(
    ("start_state, ruby_start_exception", r"/^.+:\d+:in\s+.*/", "ruby_after_exception"),
    ("ruby_after_exception, ruby", r"/^\s+from\s+.*:\d+:in\s+.*/", "ruby"),
)
_PYTHON = _rules(
    ("start_state", r"/^Traceback \(most recent call last\):$/", "python"),
    ("python", r"/^[\t ]+File /", "python_code"),
    ("python_code", r"/[^\t ]/", "python"),
    ("python", r"/^(?:[^\s.():]+\.)*[^\s.():]+:/", START),
)

BUILT_IN = (
    MultilineParser(
        "docker", Join.ENDS_WITH, b"\n", key_content=b"log", key_group=b"stream", parser=DOCKER
    ),
    MultilineParser(
        "cri", Join.EQUAL, b"F", key_content=b"log", key_group=b"stream", key_pattern=b"_p", parser=CRI
    ),
    with_rules("java", _JAVA),
    with_rules("go", _GO),
    with_rules("ruby", _RUBY),
    with_rules("python", _PYTHON),
)  # fmt: skip


def read_multiline_parser(section: Section, parsers: Mapping[str, Parser]) -> MultilineParser:
    """A multiline parser from its section; its parser is looked up among ``parsers``."""
    kind = section.value("type", "regex").lower()
    name = section.value("name", section.name)
    parser = parsers.get(section.value("parser"))
    if section.last("parser") and parser is None:
        raise Refused(
            "fluentbit/multiline-parser-undefined-parser",
            f"multiline parser '{name}' points to an undefined parser '{section.value('parser')}'",
            section.span,
        )
    rules = tuple(_read_rules(section)) if kind == "regex" else ()
    linked = with_rules(name, rules)
    return MultilineParser(
        name,
        Join.EQUAL if kind in ("equal", "eq") else Join(kind),
        section.value("match_string").encode("utf-8", "surrogateescape"),
        flag(section, "negate"),
        _key(section, "key_content"),
        _key(section, "key_group"),
        _key(section, "key_pattern"),
        parser,
        rules,
        linked.following,
        flush_ms_of(section),
    )


def flush_ms_of(section: Section) -> int:
    """Flush_Timeout in C's way of reading a number; the default where it is none above 0."""
    found = re.match(r"\s*[-+]?\d+", section.value("flush_timeout"))
    return max(int(found[0]), 0) or FLUSH_MS if found else FLUSH_MS


def _key(section: Section, name: str) -> bytes | None:
    found = section.last(name)
    return found.value.encode("utf-8", "surrogateescape") if found else None


def _read_rules(section: Section) -> list[Rule]:
    """Classic ``rule "states" "/regex/" "next"`` lines, or the ``rules`` groups of YAML."""
    rows = [tokens(item.value, 3) for item in section.every("rule")]
    for group in section.groups:
        rows.append([group.value("state"), group.value("regex"), group.value("next_state")])
    rules = []
    for row in rows:
        if len(row) < 2:
            raise Refused("fluentbit/multiline-rule", "a rule needs a state, a regex and the next state", section.span)
        regex = compiled(row[1].encode("utf-8", "surrogateescape"))
        rules.append(Rule(tuple(listed(row[0])), regex, row[2] if len(row) > 2 else ""))
    return rules
