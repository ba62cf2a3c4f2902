"""``${VARIABLES}`` of a configuration: where their values come from, and how Fluent Bit puts them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from translators.fluentbit.configuration import field_references
from translators.source import Span

CLUSTER_NAME = "CLUSTER_NAME"


class Absence(Enum):
    """Why a variable has no value."""

    UNSET = "nobody sets it"
    UNKNOWN = "something sets it that was not given"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A variable whose value comes from an object that was not given. ``origin`` names it; ``flag`` gives it.

    ``command`` prints the object, where a command does.
    """

    name: str
    origin: str
    flag: str
    hint: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """One place at which a variable without a value is used."""

    name: str
    absence: Absence
    span: Span


@dataclass(slots=True)
class Variables:
    """Values by name: what the file sets (``@SET``, ``env:``), then what the user gives, then the pod's environment.

    ``elsewhere`` names an object that was not given and from which the pod takes more variables. ``uses`` collects
    the places that got no value.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    pod: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, Unknown] = field(default_factory=dict)
    file: dict[str, str] = field(default_factory=dict)
    elsewhere: str = ""
    uses: list[Use] = field(default_factory=list)
    unknown_as: str | None = None

    def cluster(self) -> str:
        """The cluster's name where a variable of AWS's manifests holds it; empty when it is unknown."""
        name = self.given.get(CLUSTER_NAME) or self.pod.get(CLUSTER_NAME, "")
        return "" if field_references(name) else name

    def expand(self, text: str, span: Span) -> str:
        """The text with its variables replaced; what has no value is noted in ``uses`` and becomes empty.

        As in Fluent Bit, the closing brace is looked for from where the last variable ended: one that stands before
        the next ``${`` (``\\d{3} ${NAME}``) ends it all, and the text up to that brace is gone unless it is the first.
        """
        result, found, at, end = "", False, 0, -1
        while (start := text.find("${", at)) >= 0:
            end = text.find("}", at)
            if end < 0 or end - start <= 2:
                break
            found = True
            result += text[at:start] + self._value(text[start + 2 : end], span)
            at = end + 1
        if found and end >= 0:
            result += text[end + 1 :]
        return result if result or found else text

    def _value(self, reference: str, span: Span) -> str:
        name, has_default, default = reference.partition(":-")
        if name in self.file:
            return self.file[name]
        for place in (self.given, self.pod):
            if place.get(name):
                return place[name]
        if name in self.unknown and name not in self.given:
            return self._missing(name, Absence.UNKNOWN, span)
        if has_default:
            return default
        if name in self.given or name in self.pod:
            return ""
        return self._missing(name, Absence.UNKNOWN if self.elsewhere else Absence.UNSET, span)

    def _missing(self, name: str, absence: Absence, span: Span) -> str:
        if absence is Absence.UNKNOWN and self.unknown_as is not None:
            return self.unknown_as
        self.uses.append(Use(name, absence, span))
        return ""
