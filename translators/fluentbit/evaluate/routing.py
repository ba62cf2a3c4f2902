"""Tags: how a path becomes one, and which filters and outputs take it."""

from __future__ import annotations

from dataclasses import dataclass

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.globs import star_pattern
from translators.fluentbit.evaluate.onigmo import Regex, compiled


@dataclass(frozen=True, slots=True)
class Route:
    """Match, Match_Regex or both; either suffices. Neither matches nothing."""

    match: str = ""
    regex: Regex | None = None

    def takes(self, tag: bytes) -> bool:
        """Match_Regex is anchored at the start only and has to take at least one character."""
        if self.match and star_pattern(self.match.encode("utf-8", "surrogateescape")).fullmatch(tag):
            return True
        return self.regex is not None and self.regex.matches_start(tag) > 0


def read_route(section: Section, default: str = "") -> Route:
    regex = section.value("match_regex")
    match = section.value("match", "" if regex else default)
    return Route(match, compiled(regex.encode("utf-8", "surrogateescape")) if regex else None)


def expand_tag(tag: str, path: str) -> str:
    """Put the path in place of the first star, then make it a tag: slashes to dots, runs of dots to one."""
    before, _, after = tag.partition("*")
    result: list[str] = []
    for character in before + path + after:
        if character in "/\\:":
            if not result:
                continue
            character = "."
        if character == "*" or (character == "." and result and result[-1] == "."):
            continue
        result.append(character)
    if result and result[-1] == ".":
        result.pop()
    return "".join(result)


def fill_tag(tag: str, regex: Regex, path: str) -> str | None:
    """Fill ``<name>`` of a Tag from Tag_Regex; None when the path does not fit, so the file is not read."""
    groups = regex.named(path.encode("utf-8", "surrogateescape"))
    if groups is None:
        return None
    values = {name.decode(): value.decode("utf-8", "surrogateescape") for name, value in groups if value}
    result, at = "", 0
    while (start := tag.find("<", at)) >= 0:
        end = tag.find(">", start)
        if end < 0 or "<" in tag[start + 1 : end]:
            return None
        result += tag[at:start] + values.get(tag[start + 1 : end], "_")
        at = end + 1
    return result + tag[at:]
