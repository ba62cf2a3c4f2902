"""What is wrong with a catalog that can be read: selectors that Loki refuses, names twice, fields that nobody finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import re2

from translators.catalog import Catalog, IsLine, LogGroup, Matcher, MatchOperator, RecordKind, Shape

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
REGEX = (MatchOperator.MATCHES, MatchOperator.NOT_MATCHES)


def problems(catalog: Catalog) -> Iterator[str]:
    """One sentence for each problem, with the log group and shape it is in."""
    for name, count in Counter(_told(group) for group in catalog.groups).items():
        if count > 1:
            yield f"log group {name}: it stands {count} times; put its shapes together"
    for group in catalog.groups:
        yield from (f"log group {group.name}: {problem}" for problem in _in_group(group))


def _told(group: LogGroup) -> str:
    """The group as `@log` shows it: several accounts may have one of the same name."""
    return f"{group.account}:{group.name}" if group.account else group.name


def _in_group(group: LogGroup) -> Iterator[str]:
    if not group.name:
        yield "it has no name"
    if not group.shapes:
        yield "it has no shape, so no query of it can be translated"
    if group.retention_days is not None and group.retention_days <= 0:
        yield f"retention of {group.retention_days} days"
    for name, count in Counter(shape.name for shape in group.shapes).items():
        if count > 1:
            yield f"the shape {name} stands {count} times"
    for shape in group.shapes:
        yield from (f"shape {shape.name}: {problem}" for problem in _in_shape(shape))


def _in_shape(shape: Shape) -> Iterator[str]:
    for matcher in shape.selector:
        yield from _in_matcher(matcher)
    if not any(_narrows(matcher) for matcher in shape.selector):
        yield "Loki needs at least one matcher that does not match an empty value"
    for path, count in Counter(field.path for field in shape.fields).items():
        if count > 1:
            yield f"the field {'.'.join(path)} stands {count} times"
    if shape.record in (RecordKind.KUBERNETES, RecordKind.SYSTEMD) and not any(
        isinstance(field.place, IsLine) for field in shape.fields
    ):
        yield "no field is the line, so the record's text cannot be found"


def _in_matcher(matcher: Matcher) -> Iterator[str]:
    if not LABEL.match(matcher.label):
        yield f"{matcher.label!r} is no name of a label"
    if matcher.operator in REGEX:
        try:
            re2.compile(matcher.value)
        except re2.error as error:
            yield f"{matcher.label}{matcher.operator}{matcher.value!r} is no regular expression of RE2: {error}"


def _narrows(matcher: Matcher) -> bool:
    if matcher.operator is MatchOperator.EQUAL:
        return bool(matcher.value)
    if matcher.operator is MatchOperator.NOT_EQUAL:
        return not matcher.value
    try:
        takes_empty = re2.fullmatch(matcher.value, "") is not None
    except re2.error:
        return True
    return takes_empty is (matcher.operator is MatchOperator.NOT_MATCHES)
