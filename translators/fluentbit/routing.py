"""Which filters and outputs a flow meets: Match and Match_Regex against tags that are still patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.onigmo import Regex
from translators.fluentbit.flow import Flow
from translators.pipeline.filesets import CONTAINERS, FileSet
from translators.pipeline.model import ReadJournal, Relabel, RelabelAction
from translators.pipeline.tags import HOLE, Meeting, compose, literal_start, meet, overlaps, rests

_UNIT_IS = "_SYSTEMD_UNIT="
_SAMPLES = ("", "x", "var.log.app.log", f"web-7d9c5b6f4-x2x9k_shop_web-{'0' * 64}.log", "kubelet.service")


@dataclass(frozen=True, slots=True)
class Takes:
    """Whether a section takes the records of a flow. ``sure`` is false when only some of its tags tell."""

    taken: bool
    sure: bool = True


def takes(section: Section, flow: Flow, alone: bool = False) -> Takes:
    """Whether the section takes the flow. ``alone``: an output without Match takes everything beside one input."""
    glob, regex = section.last("match"), section.last("match_regex")
    if glob is None and regex is None:
        return Takes(alone)
    found = _by_regex(regex.value, flow.tags) if regex is not None else Takes(False)
    if glob is None or (found.taken and found.sure):
        return found
    decided = dict(flow.decided).get(glob.value.strip())
    if decided is not None:
        return Takes(decided or found.taken)
    met = meet_all(glob.value.strip(), flow.tags)
    return Takes(met is not Meeting.NEVER or found.taken, met is not Meeting.PARTLY and found.sure)


def meet_all(match: str, tags: Iterable[str]) -> Meeting:
    met = {meet(match, tag) for tag in tags}
    return met.pop() if len(met) == 1 else Meeting.PARTLY


def _by_regex(pattern: str, tags: tuple[str, ...]) -> Takes:
    """Match_Regex holds at the start of the tag and takes at least one character.

    Holes are tried with samples and with the words of the pattern itself, which it may ask for or forbid.
    """
    regex = Regex(pattern.encode("utf-8", "surrogateescape"))
    samples = (*_SAMPLES, *re.findall(r"(?<!\\)\w{2,}", pattern))
    texts = [tag.replace(HOLE, sample) for tag in tags for sample in (samples if HOLE in tag else ("",))]
    hits = {regex.matches_start(text.encode("utf-8", "surrogateescape")) > 0 for text in texts}
    return Takes(True in hits, len(hits) == 1)


def split(flow: Flow, sections: Iterable[Section]) -> tuple[Flow, ...]:
    """Flows of which each Match takes all records or none, as far as the names of files tell them apart."""
    flows: tuple[Flow, ...] = (flow,)
    for section in sections:
        glob = section.last("match")
        if glob is not None:
            flows = tuple(part for one in flows for part in _split_one(one, glob.value.strip()))
    return flows


def _split_one(flow: Flow, match: str) -> tuple[Flow, ...]:
    if meet_all(match, flow.tags) is not Meeting.PARTLY:
        return (flow,)
    if flow.journal is not None:
        return _by_unit(flow, flow.journal, match)
    if flow.files is None:
        return (flow,)
    by_include = _by_include(flow, flow.files, match)
    if by_include:
        return by_include
    path = _path_glob(flow, match)
    if path is None:
        return (flow,)
    known = flow.files.decides(path)
    if known is not None:
        return (replace(flow, decided=(*flow.decided, (match, known))),)
    inside = replace(flow, files=flow.files.narrowed(path), decided=(*flow.decided, (match, True)))
    outside = replace(flow, files=flow.files.without((path,)), decided=(*flow.decided, (match, False)))
    return (replace(inside, name=f"{flow.name}-{_words(match)}"), outside)


def _by_unit(flow: Flow, journal: ReadJournal, match: str) -> tuple[Flow, ...]:
    """The tag of an entry is a fixed start and its unit: one reader for the units that the Match takes, one for others.

    Where the input names its units, they decide.
    """
    start = flow.tags[0].removesuffix(HOLE)
    if len(flow.tags) > 1 or HOLE in start or start == flow.tags[0]:
        return (flow,)
    globs = rests(match, start)
    named = [term.removeprefix(_UNIT_IS) for term in journal.matches]
    if named and all(term.startswith(_UNIT_IS) for term in journal.matches):
        taken = {any(overlaps(glob, unit) for glob in globs) for unit in named}
        if len(taken) == 1:
            return (replace(flow, decided=(*flow.decided, (match, True in taken))),)
    inside, outside = (_of_units(flow, globs, action) for action in (RelabelAction.KEEP, RelabelAction.DROP))
    inside = replace(inside, name=f"{flow.name}-{_words(match)}", decided=(*flow.decided, (match, True)))
    return (inside, replace(outside, decided=(*flow.decided, (match, False))))


def _of_units(flow: Flow, globs: tuple[str, ...], action: RelabelAction) -> Flow:
    """An entry without a unit has `unknown` in its tag."""
    choices = [".*".join(re.escape(part) for part in glob.split(HOLE)) for glob in globs]
    none = [""] if any(overlaps(glob, "unknown") for glob in globs) else []
    rule = Relabel(("__journal__systemd_unit",), regex="|".join([*choices, *none]), action=action)
    return replace(flow, relabels=(*flow.relabels, rule))


def _by_include(flow: Flow, files: FileSet, match: str) -> tuple[Flow, ...]:
    """The includes whose tags the Match takes, and the others, when each is decided."""
    pattern = flow.inputs[0].value("tag", "tail.*").strip()
    tags = {glob: compose(pattern, glob) for glob in files.include}
    met = {glob: meet(match, tag) for glob, tag in tags.items()}
    if Meeting.PARTLY in met.values() or len(set(met.values())) < 2:
        return ()
    parts = []
    for wanted in (Meeting.ALWAYS, Meeting.NEVER):
        globs = tuple(glob for glob in files.include if met[glob] is wanted)
        chosen = tuple(dict.fromkeys(tags[glob] for glob in globs))
        name = flow.name if wanted is Meeting.NEVER else f"{flow.name}-{_words(match)}"
        parts.append(replace(flow, files=replace(files, include=globs), tags=chosen, name=name))
    return tuple(parts)


def _path_glob(flow: Flow, match: str) -> str | None:
    """The glob over paths that stands for a Match, when the tag is a fixed start and the path of the file."""
    pattern = flow.inputs[0].value("tag", "tail.*").strip()
    if flow.files is None or not flow.files.of_containers or not pattern.endswith(HOLE):
        return None
    start = literal_start(compose(pattern, f"{CONTAINERS}*"))
    if match.startswith(start):
        return CONTAINERS + match[len(start) :]
    return CONTAINERS + match if match.startswith(HOLE) and overlaps(match, start + HOLE) else None


def _words(match: str) -> str:
    kept = "".join(character if character.isalnum() else "-" for character in match)
    return "-".join(part for part in kept.split("-") if part)[-40:] or "part"
