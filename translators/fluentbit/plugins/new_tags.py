"""New tags that the record decides: where a Match takes only some of them, the agents compute the tag and look."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from translators.catalog import IsConstant, IsLine, Matcher, MatchOperator
from translators.fluentbit.flow import Desk, Flow, Spot, as_label, is_set, source_of, spot
from translators.fluentbit.plugins.paths import has_index, path_of
from translators.fluentbit.regexes import NotTaken, rename_groups, take_fields
from translators.pipeline.stages import ParseRegex, SetTemplate
from translators.pipeline.tags import HOLE, Meeting, as_regex, covers, meet, overlaps

MOST = 3
"""Each Match that takes some of the new tags doubles the stages."""
_PART = re.compile(r"\$TAG\[(\d+)\]|\$(TAG)|\$(\d)|(\$[A-Za-z_]\w*(?:\['[^']*'\])*)")
_GROUP = re.compile(r"\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\((?!\?)|\(\?<(?=[A-Za-z_])[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One way in which the new tag meets the Matches: what a selector must hold for it, and what is decided then."""

    matchers: tuple[Matcher, ...] = ()
    decided: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the rule looks, for what, and the new tag as it is written."""

    place: Spot
    pattern: str
    template: str


def chosen(flow: Flow, rule: Rule, tag: str, desk: Desk) -> tuple[Flow, tuple[Chosen, ...]]:
    """The ways that a new tag of the pattern ``tag`` can go. One that says nothing where none or too many matter."""
    open_ones = tuple(match for match in desk.matches if meet(match, tag) is Meeting.PARTLY)
    if not open_ones or len(open_ones) > MOST:
        return flow, (Chosen(),)
    spelled = _spelled(flow, rule)
    if spelled is None:
        return flow, (Chosen(),)
    flow, text = spelled
    flow, name = flow.fresh()
    flow, label = as_label(flow.then(SetTemplate(name, text)), name)
    ways = itertools.product((True, False), repeat=len(open_ones))
    decided = (tuple(zip(open_ones, way, strict=True)) for way in ways)
    return flow, tuple(_way(label, way) for way in decided if _can_be(way))


def _can_be(way: tuple[tuple[str, bool], ...]) -> bool:
    """Whether one tag can be taken by all that are said to take it, and by none that covers one of them."""
    taking = [match for match, taken in way if taken]
    others = [match for match, taken in way if not taken]
    together = all(overlaps(one, other) for one, other in itertools.combinations(taking, 2))
    return together and not any(covers(other, one) for other in others for one in taking)


def _way(label: str, decided: tuple[tuple[str, bool], ...]) -> Chosen:
    return Chosen(tuple(_matcher(label, match, taken) for match, taken in decided), decided)


def _matcher(label: str, match: str, taken: bool) -> Matcher:
    operator = MatchOperator.MATCHES if taken else MatchOperator.NOT_MATCHES
    return Matcher(label, operator, "".join(as_regex(part) if part else ".*" for part in _between_stars(match)))


def _between_stars(match: str) -> Sequence[str]:
    """In a Match only the star is special: the parts between stars, and an empty one for each star."""
    parts = re.split(r"(\*+)", match)
    return tuple("" if part.startswith(HOLE) else _literal(part) for part in parts if part)


def _literal(text: str) -> str:
    return "".join(f"[{letter}]" if letter in "?[" else letter for letter in text)


def _spelled(flow: Flow, rule: Rule) -> tuple[Flow, str] | None:
    """The flow with the parts of the new tag as values, and the template of the agents that puts them together."""
    spelled, at, template = "", 0, rule.template
    found_groups: dict[int, str] | None = None
    for part in _PART.finditer(template):
        spelled += _quoted(template[at : part.start()])
        at = part.end()
        if part[3]:
            if found_groups is None:
                captured = _captured(flow, rule)
                if captured is None:
                    return None
                flow, found_groups = captured
            name = found_groups.get(int(part[3]), "")
            spelled += f"{{{{ if .{name} }}}}{{{{ .{name} }}}}{{{{ end }}}}" if name else ""
            continue
        value = _value(flow, part)
        if value is None:
            return None
        flow, text = value
        spelled += text
    return flow, spelled + _quoted(template[at:])


def _value(flow: Flow, part: re.Match[str]) -> tuple[Flow, str] | None:
    """A part of the old tag, where it is known, or a value of the record."""
    tag = flow.tags[0]
    if part[2] or part[1]:
        if HOLE in tag or len(flow.tags) > 1:
            return None
        words = tag.split(".")
        word = tag if part[2] else words[int(part[1])] if int(part[1]) < len(words) else ""
        return flow, _quoted(word)
    place = spot(flow, path_of(part[4]))
    if place is None:
        return flow, ""
    if isinstance(place, IsConstant):
        return flow, _quoted(place.value)
    asked = None if has_index(part[4]) or isinstance(place, IsLine) else source_of(flow, place)
    if asked is None:
        return None
    flow, name = asked
    if is_set(flow, name):
        return None
    return flow, f"{{{{ if .{name} }}}}{{{{ .{name} }}}}{{{{ end }}}}"


def _captured(flow: Flow, rule: Rule) -> tuple[Flow, dict[int, str]] | None:
    """The flow with a stage that extracts what the groups of the expression hold; 0 is the whole match."""
    numbered = _with_names(rule.pattern)
    taken = take_fields(numbered, flow.is_joined() or not isinstance(rule.place, IsLine))
    asked = source_of(flow, rule.place)
    if asked is None or isinstance(taken, NotTaken) or taken.negated or is_set(*asked):
        return None
    flow, source = asked
    flow, whole = flow.fresh()
    private: dict[str, str] = {}
    for name, _ in taken.groups:
        flow, private[name] = flow.fresh()
    expression = f"(?P<{whole}>{rename_groups(taken.expression, lambda name: private[name])})"
    numbers = {0: whole, **{at: private[name] for at, (name, _) in enumerate(taken.groups, 1)}}
    return flow.then(ParseRegex(expression, source)), numbers if taken.groups else {}


def _with_names(pattern: str) -> str:
    """The pattern with a name for each of its groups, unless it has names: then the others are no groups."""
    if any(found[0].startswith("(?") for found in _GROUP.finditer(pattern)):
        return pattern
    numbers = itertools.count(1)
    return _GROUP.sub(lambda found: f"(?<g{next(numbers)}>" if found[0] == "(" else found[0], pattern)


def _quoted(text: str) -> str:
    """Text of a template as it stands: braces would begin an action."""
    return text.replace("{{", '{{ "{{" }}')


def with_mark(flow: Flow, label: str) -> Flow:
    """The flow that takes the mark away at its end."""
    return flow if label in flow.scratch else replace(flow, scratch=(*flow.scratch, label))
