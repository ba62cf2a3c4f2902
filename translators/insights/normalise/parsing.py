"""parse → the pattern, its names, and what is missing between the two."""

from __future__ import annotations

from translators.diagnostics import Fidelity
from translators.insights import syntax
from translators.insights.errors import InsightsError
from translators.insights.normalise import regexes
from translators.insights.normalise.lower import Lowering
from translators.query.expressions import Expression, Field, Literal
from translators.query.plan import (
    Extend,
    GlobPattern,
    LogfmtPattern,
    Named,
    Operator,
    Parse,
    PresencePattern,
    RegexPattern,
)
from translators.query.policies import Policy

ParseCommand = syntax.ParseGlob | syntax.ParseRegex | syntax.ParseLogfmt


def parsed(command: ParseCommand, source: Operator, lowering: Lowering) -> Operator:
    """The operator that the command is, its names defined."""
    subject = Field(("@message",)) if command.subject is None else lowering.value(command.subject)
    match command:
        case syntax.ParseGlob():
            return _glob(command, source, subject, lowering)
        case syntax.ParseRegex():
            return _regex(command, source, subject, lowering)
        case syntax.ParseLogfmt():
            lowering.scope.define(command.name.name, structure=True)
            return Parse(source, subject, LogfmtPattern(), (command.name.name,), command.span)


def _glob(command: syntax.ParseGlob, source: Operator, subject: Expression, lowering: Lowering) -> Operator:
    parts = tuple(command.glob.split("*"))
    names = tuple(alias.name for alias in command.names)
    for name in names:
        lowering.scope.define(name)
    if len(parts) == 1:
        lowering.notes.say(
            "glob-without-wildcard",
            Fidelity.EQUIVALENT,
            "a glob without `*` only says where its text is found: the name gets the text",
            command.span,
        )
        return _padded(Parse(source, subject, PresencePattern(command.glob), names[:1], command.span), names[1:])
    _count(command, len(parts) - 1, lowering)
    value = lowering.notes.use(Policy.GLOB_LAZINESS, "a `*` of parse takes as little as it can")
    pattern = GlobPattern(parts, lazy=value == "lazy")
    wanted = len(parts) - 1
    fitting = names[:wanted] + tuple(f"*{index}" for index in range(len(names), wanted))
    return _padded(Parse(source, subject, pattern, fitting, command.span), names[wanted:])


def _count(command: syntax.ParseGlob, stars: int, lowering: Lowering) -> None:
    if stars == len(command.names):
        return
    lowering.notes.say(
        "glob-count",
        Fidelity.APPROXIMATE,
        f"the glob has {stars} `*` for {len(command.names)} names, which AWS refuses: names without one are null",
        command.span,
        "give each name its `*`",
    )


def _padded(operator: Operator, names: tuple[str, ...]) -> Operator:
    return Extend(operator, tuple(Named(name, Literal(None)) for name in names)) if names else operator


def _regex(command: syntax.ParseRegex, source: Operator, subject: Expression, lowering: Lowering) -> Operator:
    pattern, names, groups = regexes.named_groups(regexes.unescaped(command.regex.pattern))
    if not names:
        raise InsightsError(
            "parse-without-names",
            "the regular expression names no group",
            command.regex.span,
            ("`(?<name>…)`",),
        )
    if regexes.has_dot(pattern):
        value = lowering.notes.use(Policy.REGEX_DOT_NEWLINE, "`.` in parse meets events of several lines")
        pattern = f"(?s){pattern}" if value == "matches" else pattern
    regexes.check(pattern, command.regex)
    for name in names:
        lowering.scope.define(name)
    return Parse(source, subject, RegexPattern(pattern, groups, command.multi), names, command.span)
