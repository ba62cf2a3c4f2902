"""Plugin instances as Fluent Bit counts and names them in its messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Kind, Section
from translators.source import Span

_INITIALIZE = {Kind.INPUT: "input", Kind.FILTER: "filter", Kind.OUTPUT: "output", Kind.PROCESSOR: "processor"}


@dataclass(frozen=True, slots=True)
class Instance:
    """A section with its number among all sections of its kind."""

    section: Section
    number: int

    @property
    def name(self) -> str:
        """``tail.0``"""
        return f"{self.section.name}.{self.number}"

    @property
    def prefix(self) -> str:
        """``[input:tail:tail.0]``, or the alias in place of the last part."""
        return f"[{_INITIALIZE[self.section.kind]}:{self.section.name}:{self.section.value('alias') or self.name}]"

    def fails(self, rule: str, errors: str, span: Span, remedy: str) -> Refused:
        """The plugin's own refusal: each line of ``errors`` gets the instance's prefix."""
        lines = [f"{self.prefix} {line}" for line in errors.split("\n")]
        return self.stops(rule, "\n".join([*lines, *self._after()]), span, remedy)

    def fails_plainly(self, rule: str, errors: str, span: Span, remedy: str) -> Refused:
        """The refusal of a plugin whose own first lines come from elsewhere."""
        return self.stops(rule, "\n".join([*([errors] if errors else []), *self._after()]), span, remedy)

    def stops(self, rule: str, errors: str, span: Span, remedy: str) -> Refused:
        """The engine's refusal after ``errors``, which are whole lines."""
        kind = _INITIALIZE[self.section.kind]
        text = (
            f"{errors}\n[engine] {kind} initialization failed" if errors else f"[engine] {kind} initialization failed"
        )
        return Refused(rule, text, span, remedy)

    def _after(self) -> list[str]:
        match self.section.kind:
            case Kind.OUTPUT:
                return [f"[output] failed to initialize '{self.section.name}' plugin"]
            case Kind.FILTER:
                return [f"Failed initialize filter {self.name}"]
            case Kind.PROCESSOR:
                return [f"[processor] failed initialize processor {self.name}"]
            case _:
                return [f"failed initialize input {self.name}"]


def numbered(sections: Iterable[Section]) -> Iterator[Instance]:
    """The sections of one kind with their numbers, in order: Fluent Bit counts over all plugins of the kind."""
    return (Instance(section, number) for number, section in enumerate(sections))
