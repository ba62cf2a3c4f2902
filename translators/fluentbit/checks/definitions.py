"""Definitions of parsers that Fluent Bit cannot use: it logs the first and forgets the rest of the file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from translators.diagnostics import Fidelity, Finding, PerAgent
from translators.fluentbit.configuration import Kind, Property, Section
from translators.fluentbit.evaluate.timestamps import is_offset, zone_of
from translators.fluentbit.words import tokens
from translators.source import Span

FORMATS = ("regex", "json", "ltsv", "logfmt", "tskv")
_TRUE = ("on", "true", "yes")
_RULE_KEYS = ("state", "regex", "next_state")
MULTILINE_TYPES = ("regex", "endswith", "equal", "eq")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one definition, in Fluent Bit's words. ``broken_regex`` is not forgiven."""

    text: str
    span: Span
    broken_regex: bool = False


@dataclass(slots=True)
class Admitted:
    """The parsers that Fluent Bit takes from a file, the error it logs, and those that it never sees because of it."""

    sections: list[Section] = field(default_factory=list)
    problem: Problem | None = None
    lost: list[Section] = field(default_factory=list)


def admit(sections: Iterable[Section], known: Iterable[Section], file: str) -> Admitted:
    """Take the definitions of one file: parsers first, then multiline parsers, up to the first that is wrong."""
    out = Admitted()
    names = {section.name for section in known if section.kind is Kind.PARSER}
    given = list(sections)
    for section in (each for each in given if each.kind is Kind.PARSER):
        _take(section, _problem(section, names, file), out)
        names.add(section.name)
    inherited: Property | None = None
    for section in (each for each in given if each.kind is Kind.MULTILINE_PARSER):
        inherited = _parser_of(section, inherited, names)
        _take(_inheriting(section, inherited), _multiline_problem(section, file), out)
    return out


def _take(section: Section, problem: Problem | None, out: Admitted) -> None:
    out.problem = out.problem or problem
    (out.sections if out.problem is None else out.lost).append(section)


def _inheriting(section: Section, parser: Property | None) -> Section:
    if parser is None or section.last("parser"):
        return section
    return replace(section, properties=(*section.properties, parser))


def _parser_of(section: Section, inherited: Property | None, names: set[str]) -> Property | None:
    """Fluent Bit never forgets the parser that the last multiline parser of the file found: the next one has it too."""
    own = section.last("parser")
    if own is None:
        return inherited
    return own if own.value in names else None


def findings(admitted: Admitted) -> list[Finding]:
    """What is said of a wrong definition that does not stop Fluent Bit."""
    if admitted.problem is None:
        return []
    others = ", ".join(section.name for section in admitted.lost[1:])
    also = f", nor those after it in the file ({others})" if others else ""
    return [
        Finding(
            "fluentbit/parser-not-loaded",
            admitted.problem.span,
            admitted.problem.text,
            PerAgent.same(Fidelity.HARMLESS),
            f"Fluent Bit logs this error and does not load the parser{also}; so do we.",
            "Correct the definition; what it was meant to do does not happen today.",
        )
    ]


def compiles(pattern: str) -> bool:
    """Whether Onigmo takes the pattern."""
    return groups_in(pattern) is not None


def groups_in(pattern: str) -> int | None:
    """How many groups Onigmo finds in the pattern; None when it does not take it."""
    from translators.fluentbit.evaluate.onigmo import BadRegex, Regex

    try:
        return Regex(pattern.encode("utf-8", "surrogateescape")).groups
    except BadRegex:
        return None


def _problem(section: Section, names: set[str], file: str) -> Problem | None:
    form, regex = section.value("format"), section.last("regex")
    if not section.name:
        return Problem(f"[parser] no parser 'name' found in file '{file}'", section.span)
    if not form:
        return Problem(f"[parser] no parser 'format' found for '{section.name}' in file '{file}'", section.span)
    if (regex is None or not regex.value) and form == "regex":
        return Problem(f"[parser] no parser 'regex' found for '{section.name}' in file '{file}", section.span)
    if section.name in names:
        return Problem(f"[parser] parser named '{section.name}' already exists, skip.", section.span)
    if form.lower() not in FORMATS:
        span = (section.last("format") or section).span
        return Problem(f"[parser:{section.name}] Invalid format {form}", span)
    if form.lower() == "regex" and (regex is None or not compiles(regex.value)):
        text = f"[parser:{section.name}] Invalid regex pattern" + (f" {regex.value}" if regex else "")
        return Problem(text, (regex or section).span, True)
    return _time_problem(section)


def _time_problem(section: Section) -> Problem | None:
    """Time_Zone stands alone and is a name of the IANA database; Time_Offset is a sign and four digits."""
    zone, offset = section.last("time_zone"), section.last("time_offset")
    by_system = section.value("time_system_timezone").lower() in _TRUE
    prefix = f"[parser:{section.name}]"
    timed = bool(section.value("time_format"))
    if zone is not None and zone.value:
        if not timed:
            return Problem(f"{prefix} time_zone requires time_format", zone.span)
        for other, found in (("time_system_timezone", by_system), ("time_offset", section.value("time_offset"))):
            if found:
                return Problem(f"{prefix} time_zone cannot be combined with {other}", zone.span)
        if zone_of(zone.value) is None:
            return Problem(f"{prefix} invalid or unavailable time_zone '{zone.value}'", zone.span)
    if offset is not None and timed and not by_system and not is_offset(offset.value):
        return Problem(f"{prefix} the time_offset '{offset.value}' is none, which Fluent Bit does not say", offset.span)
    return None


def _multiline_problem(section: Section, file: str) -> Problem | None:
    kind = section.last("type")
    if not section.name:
        return Problem(f"[multiline_parser] no 'name' defined in file '{file}'", section.span)
    if kind is None or not kind.value:
        return Problem(f"[multiline_parser] no 'type' defined in file '{file}'", section.span)
    if kind.value.lower() not in MULTILINE_TYPES:
        return Problem(f"[multiline_parser] invalid type '{kind.value}'", kind.span)
    if kind.value.lower() == "regex":
        return _rules_problem(section)
    return None


def _rules_problem(section: Section) -> Problem | None:
    prefix = f"[multiline parser: {section.name}]"
    groups = [group for group in section.groups if group.name == "rules"]
    for group in groups:
        lacking = next((key for key in _RULE_KEYS if not group.last(key)), None)
        if lacking is not None:
            return Problem(f"{prefix} invalid '{lacking}' key", group.span)
    rules = [(group.span, [group.value(key) for key in _RULE_KEYS]) for group in groups]
    rules += [(item.span, tokens(item.value)) for item in section.every("rule")]
    for span, words in rules:
        if not words:
            return Problem(f"{prefix} 'from_state' is mandatory", span)
        if len(words) < 2 or not words[1]:
            return Problem(f"{prefix} 'regex_pattern' is mandatory", span)
        if not compiles(words[1]):
            return Problem(f"{prefix} error creating rule", span, True)
    froms = [{state.strip() for state in words[0].split(",")} for _, words in rules]
    states: set[str] = set().union(*froms)
    wanted = [(span, words[2]) for span, words in rules if len(words) > 2 and words[2]]
    missing = next(((span, state) for span, state in wanted if state not in states), None)
    if froms and "start_state" not in froms[0]:
        said = "[multiline] rule don't contain a 'start_state'"
        return Problem(f"{said}\n{prefix} error creating rule", rules[0][0])
    if missing is not None:
        said = f"{prefix} to_state='{missing[1]}' is not registered"
        return Problem(f"{said}\n{prefix} invalid mapping rules, check the states", missing[0])
    return None


def file_name(path: str, folder: str) -> str:
    """The file as Fluent Bit names it: beside the main file, or by its own absolute path."""
    return path if path.startswith("/") else posixpath.join(folder, posixpath.basename(path))
