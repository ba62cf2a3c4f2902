"""A record without its values: which fields Fluent Bit's record has at some point, and where the agents have each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from translators.catalog import Field, FieldPath, InJson, InLogfmt, IsGone, Place, Presence


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The fields in the order of the record's keys. The empty path stands for keys that only the line tells."""

    fields: tuple[Field, ...] = ()

    def find(self, path: FieldPath) -> Place | None:
        """Where the value of ``path`` is, where the line was understood if that decides; None when no record has it."""
        for field in self._leading(path):
            found = _below(field.place, path[len(field.path) :])
            if found is not None:
                return found
        return None

    def _leading(self, path: FieldPath) -> list[Field]:
        """The fields that lead to ``path``: parsed ones before unparsed ones, then the longest first."""
        fields = [field for field in self.fields if field.path == path[: len(field.path)]]
        return sorted(fields, key=lambda field: (field.when is Presence.UNPARSED, -len(field.path)))

    def has(self, path: FieldPath) -> bool:
        """Whether a field of exactly that path is known by name."""
        return any(field.path == path for field in self.fields)

    def below(self, path: FieldPath) -> bool:
        """Whether a field inside ``path`` is known by name."""
        return any(field.path[: len(path)] == path and len(field.path) > len(path) for field in self.fields)

    def put(self, field: Field) -> Whereabouts:
        """With the field, in place of one of the same path and presence, or at the end."""
        places = [at for at, old in enumerate(self.fields) if old.path == field.path and old.when is field.when]
        if not places:
            return Whereabouts((*self.fields, field))
        changed = list(self.fields)
        changed[places[0]] = field
        return Whereabouts(tuple(changed))

    def without(self, path: FieldPath) -> Whereabouts:
        """Without the field and what is below it; a key that only the line tells is remembered as taken out."""
        kept = tuple(field for field in self.fields if field.path[: len(path)] != path)
        return Whereabouts(tuple(_take_out(field, path) for field in kept))

    def keep(self, wanted: Callable[[str], bool]) -> Whereabouts:
        """Only the top-level keys that are wanted. Keys that only the line tells are gone by name: see ``open``."""
        return Whereabouts(tuple(field for field in self.fields if field.path and wanted(field.path[0])))

    def sift(self, wanted: Callable[[str], bool], names: Iterable[str]) -> Whereabouts:
        """Only the keys that are wanted; of those that only the line tells, ``names`` are asked for and taken out."""
        kept, opened = self.keep(wanted).fields, self.open
        if opened is None:
            return Whereabouts(kept)
        for name in names:
            opened = opened if wanted(name) else _take_out(opened, (name,))
        return Whereabouts((opened, *kept))

    @property
    def open(self) -> Field | None:
        """The field that stands for keys that only the line tells, if there is one."""
        return next((field for field in self.fields if field.path == ()), None)

    def rename(self, old: FieldPath, new: FieldPath) -> Whereabouts:
        """The field ``old`` and what is below it under ``new``, behind all others as Fluent Bit writes it."""
        moved = tuple(
            replace(field, path=new + field.path[len(old) :])
            for field in self.fields
            if field.path[: len(old)] == old and field.path
        )
        place = self.find(old)
        if place is not None and not any(field.when is not Presence.UNPARSED for field in moved):
            moved = (Field(new, place, Presence.PARSED if moved else Presence.ALWAYS), *moved)
        return Whereabouts((*self.without(old).without(new).fields, *moved))

    def lose(self, names: Iterable[FieldPath], reason: str) -> Whereabouts:
        """With these fields marked as not to be had on the agents' side."""
        lost = self
        for path in names:
            lost = lost.put(Field(path, IsGone(reason)))
        return lost


def _below(place: Place, rest: FieldPath) -> Place | None:
    if not rest:
        return place
    if isinstance(place, InJson):
        return None if rest[0] in place.without else InJson(place.path + rest)
    if isinstance(place, InLogfmt) and place.key == "" and len(rest) == 1 and rest[0] not in place.without:
        return replace(place, key=rest[0], without=())
    if isinstance(place, IsGone):
        return place
    return None


def _take_out(field: Field, path: FieldPath) -> Field:
    deeper = len(path) == len(field.path) + 1 and path[: len(field.path)] == field.path
    if deeper and isinstance(field.place, InJson | InLogfmt) and path[-1] not in field.place.without:
        return replace(field, place=replace(field.place, without=(*field.place.without, path[-1])))
    return field
