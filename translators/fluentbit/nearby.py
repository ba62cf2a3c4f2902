"""Sections that may take a flow, found by how their Match begins, so that thousands of outputs stay linear."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from translators.fluentbit.configuration import Section
from translators.pipeline.tags import literal_start

_BEHIND_ALL = "\U0010ffff"


class Nearby:
    """Sections in their order. A Match can meet a tag only if the literal start of one begins the other's."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self.sections = tuple(sections)
        self._anywhere: list[int] = []
        self._by_start: dict[str, list[int]] = {}
        for number, section in enumerate(self.sections):
            self._file(number, section)
        self._starts = sorted(self._by_start)

    def _file(self, number: int, section: Section) -> None:
        glob = section.last("match")
        if glob is None or section.last("match_regex") is not None:
            self._anywhere.append(number)
        else:
            self._by_start.setdefault(literal_start(glob.value.strip()), []).append(number)

    def near(self, tags: Iterable[str]) -> tuple[tuple[int, Section], ...]:
        """The sections that may take one of the tags, with their places."""
        found = set(self._anywhere)
        for tag in tags:
            found.update(self._meeting(literal_start(tag)))
        return tuple((number, self.sections[number]) for number in sorted(found))

    def _meeting(self, start: str) -> Iterator[int]:
        for end in range(len(start)):
            yield from self._by_start.get(start[:end], ())
        for at in range(bisect_left(self._starts, start), bisect_left(self._starts, start + _BEHIND_ALL)):
            yield from self._by_start[self._starts[at]]
