"""catalog.json: the catalog as text that people may edit, with a versioned schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar, assert_never

from translators.catalog import (
    VERSION,
    Catalog,
    Field,
    InJson,
    InLabel,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsGone,
    IsLine,
    IsTime,
    LogGroup,
    Matcher,
    MatchOperator,
    Place,
    Presence,
    RecordKind,
    Shape,
    StreamForm,
    StreamPart,
)
from translators.diagnostics import Refused
from translators.source import Span

SCHEMA = "logmig/catalog"
_RULE = "catalog/invalid"
_REMEDY = "correct the catalog by hand, or write it anew with `logmig plan`"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Item = TypeVar("Item")
Word = TypeVar("Word", bound=StrEnum)


def to_json(catalog: Catalog) -> str:
    """The catalog as indented JSON that ends in a newline; equal catalogs give equal bytes."""
    written: dict[str, Json] = {
        "schema": SCHEMA,
        "version": VERSION,
        "cluster": catalog.cluster,
        "groups": [_write_group(group) for group in catalog.groups],
    }
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str, name: str = "catalog.json") -> Catalog:
    """The catalog that ``text`` holds. Raises Refused with the place of what is wrong."""
    try:
        value: Json = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(_RULE, f"this is not JSON: {error.msg}", Span(name, error.lineno, error.colno), _REMEDY) from None
    except RecursionError:
        raise Refused(_RULE, "this JSON is nested too deeply", Span(name, 1, 1), _REMEDY) from None
    root = _Node(value, name, "")
    root.only("schema", "version", "cluster", "groups")
    if root.get("schema").text(SCHEMA) != SCHEMA or root.get("version").value != VERSION:
        raise root.get("version").refused(f"expected schema {SCHEMA}, version {VERSION}")
    groups = root.get("groups").each(_read_group)
    return Catalog(groups, root.get("cluster").text(""))


def _write_group(group: LogGroup) -> Json:
    written: dict[str, Json] = {"name": group.name}
    if group.account:
        written["account"] = group.account
    if group.retention_days is not None:
        written["retention_days"] = group.retention_days
    if group.template:
        written["template"] = [_write_part(part) for part in group.template]
    written["shapes"] = [_write_shape(shape) for shape in group.shapes]
    return written


def _write_shape(shape: Shape) -> Json:
    selector: list[Json] = [[matcher.label, matcher.operator.value, matcher.value] for matcher in shape.selector]
    return {
        "name": shape.name,
        "selector": selector,
        "record": shape.record.value,
        "fields": [_write_field(field) for field in shape.fields],
        "stream": [_write_part(part) for part in shape.stream],
        "escape_unicode": shape.escape_unicode,
    }


def _write_field(field: Field) -> Json:
    written: dict[str, Json] = {"path": list(field.path), **_write_place(field.place)}
    if field.when is not Presence.ALWAYS:
        written["when"] = field.when.value
    return written


def _write_part(part: StreamPart) -> Json:
    if part.place is None:
        return {"text": part.text}
    written = _write_place(part.place)
    if part.form is not StreamForm.PLAIN:
        written["form"] = part.form.value
    return written


def _write_place(place: Place) -> dict[str, Json]:
    match place:
        case InLabel(name):
            return {"label": name}
        case InMetadata(name):
            return {"metadata": name}
        case InJson(path, without):
            return {"json": list(path), "without": list(without)} if without else {"json": list(path)}
        case InLogfmt():
            return _write_logfmt(place)
        case IsLine(suffix):
            return {"line": suffix}
        case IsTime(form):
            return {"time": form}
        case IsConstant(value):
            return {"constant": value}
        case IsGone(reason):
            return {"gone": reason}
        case _:
            assert_never(place)


def _write_logfmt(place: InLogfmt) -> dict[str, Json]:
    written: dict[str, Json] = {"logfmt": place.key}
    if place.without:
        written["without"] = list(place.without)
    if place.types:
        written["types"] = {**dict(place.types)}
    return written if place.bare_keys else {**written, "bare_keys": False}


class _Node:
    """A value of the JSON text with its path, so that what is wrong can be named."""

    def __init__(self, value: Json, name: str, path: str) -> None:
        self.value = value
        self._name = name
        self._path = path

    def refused(self, what: str) -> Refused:
        return Refused(_RULE, f"{self._path or 'the catalog'}: {what}", Span(self._name, 1, 1), _REMEDY)

    def _object(self) -> Mapping[str, Json]:
        if not isinstance(self.value, dict):
            raise self.refused("expected an object")
        return self.value

    def only(self, *known: str) -> None:
        unknown = sorted(set(self._object()) - set(known))
        if unknown:
            raise self.refused(f"unknown key {unknown[0]!r}; known are {', '.join(known)}")

    def has(self, key: str) -> bool:
        return key in self._object()

    def get(self, key: str) -> _Node:
        path = f"{self._path}.{key}" if self._path else key
        return _Node(self._object().get(key), self._name, path)

    def each(self, read: Callable[[_Node], Item]) -> tuple[Item, ...]:
        """The items of a list, read; an absent list is empty."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list):
            raise self.refused("expected a list")
        return tuple(read(_Node(item, self._name, f"{self._path}[{at}]")) for at, item in enumerate(self.value))

    def text(self, default: str | None = None) -> str:
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str):
            raise self.refused("expected a text")
        return self.value

    def texts(self) -> tuple[tuple[str, str], ...]:
        """An object of texts; an absent one is empty."""
        return tuple((key, self.get(key).text()) for key in self._object()) if self.value is not None else ()

    def word(self, words: type[Word], default: Word | None = None) -> Word:
        """A member of a closed list of words."""
        if self.value is None and default is not None:
            return default
        try:
            return words(self.text())
        except ValueError:
            raise self.refused(f"expected one of {', '.join(words)}") from None

    def flag(self, default: bool) -> bool:
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            raise self.refused("expected true or false")
        return self.value

    def days(self) -> int | None:
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 1:
            raise self.refused("expected a number of days")
        return self.value


def _read_group(node: _Node) -> LogGroup:
    node.only("name", "account", "retention_days", "template", "shapes")
    return LogGroup(
        node.get("name").text(),
        node.get("shapes").each(_read_shape),
        node.get("account").text(""),
        node.get("retention_days").days(),
        node.get("template").each(_read_part),
    )


def _read_shape(node: _Node) -> Shape:
    node.only("name", "selector", "record", "fields", "stream", "escape_unicode")
    return Shape(
        node.get("name").text(),
        node.get("selector").each(_read_matcher),
        node.get("record").word(RecordKind),
        node.get("fields").each(_read_field),
        node.get("stream").each(_read_part),
        node.get("escape_unicode").flag(True),
    )


def _read_matcher(node: _Node) -> Matcher:
    parts = node.each(lambda item: item)
    if len(parts) != 3:
        raise node.refused('expected [label, operator, value], as in ["namespace", "=", "shop"]')
    return Matcher(parts[0].text(), parts[1].word(MatchOperator), parts[2].text())


def _read_field(node: _Node) -> Field:
    node.only("path", "when", "without", "types", "bare_keys", *_PLACES)
    return Field(_read_path(node.get("path")), _read_place(node), node.get("when").word(Presence, Presence.ALWAYS))


def _read_part(node: _Node) -> StreamPart:
    node.only("text", "label", "metadata", "form")
    if node.has("text"):
        return StreamPart(text=node.get("text").text())
    place = _read_place(node)
    if not isinstance(place, InLabel | InMetadata):
        raise node.refused("a name is made of texts, labels and metadata")
    return StreamPart(place=place, form=node.get("form").word(StreamForm, StreamForm.PLAIN))


def _read_path(node: _Node) -> tuple[str, ...]:
    return node.each(lambda item: item.text())


def _read_json(node: _Node) -> Place:
    return InJson(_read_path(node.get("json")), _read_path(node.get("without")))


def _read_logfmt(node: _Node) -> Place:
    types = node.get("types").texts()
    return InLogfmt(node.get("logfmt").text(), _read_path(node.get("without")), types, node.get("bare_keys").flag(True))


_PLACES: Mapping[str, Callable[[_Node], Place]] = {
    "label": lambda node: InLabel(node.get("label").text()),
    "metadata": lambda node: InMetadata(node.get("metadata").text()),
    "json": _read_json,
    "logfmt": _read_logfmt,
    "line": lambda node: IsLine(node.get("line").text()),
    "time": lambda node: IsTime(node.get("time").text()),
    "constant": lambda node: IsConstant(node.get("constant").text()),
    "gone": lambda node: IsGone(node.get("gone").text()),
}


def _read_place(node: _Node) -> Place:
    named = [key for key in _PLACES if node.has(key)]
    if len(named) != 1:
        raise node.refused(f"expected exactly one of {', '.join(_PLACES)}")
    return _PLACES[named[0]](node)
