"""YAML with places: a composed tree, refused when its aliases would explode, and small words to walk it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from translators.diagnostics import Refused
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Event, MappingNode, Node, ScalarNode, SequenceNode
    from yaml.reader import ReaderError

NODE_LIMIT = 500_000
"""More nodes, aliases expanded, than the largest input that we read could hold honestly."""
DEPTH_LIMIT = 200
_DEEP_LINE = re.compile(r"(?:[-?][ \t]+){50}")

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


class NotYaml(Exception):
    """The text is no YAML: why, and where (line and column from 1)."""

    def __init__(self, problem: str, line: int, column: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.column = column


def _inside(text: str, line: int, column: int) -> tuple[int, int]:
    """From 1; the parser's end of a text may stand a line below its last one."""
    rows = text.split("\n")
    return (line + 1, column + 1) if line < len(rows) else (len(rows), len(rows[-1]) + 1)


def compose(text: str, source: str) -> list[Node]:
    """The documents of a YAML text; empty ones are left out. Raises ``NotYaml``, or ``Refused`` for a bomb."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _refuse_depth(text, source)
    _refuse_length(text, source)
    try:
        documents = [node for node in yaml.compose_all(text, loader) if node is not None]
    except yaml.reader.ReaderError as problem:
        before = _before(text, problem)
        raise NotYaml(f"character #x{problem.character:04x} is not allowed", *_line_of(before)) from None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = _inside(text, mark.line, mark.column) if mark else (1, 1)
        raise NotYaml(problem.problem or problem.context or "not YAML", *where) from None
    except RecursionError:
        raise _deep(Span(source, 1, 1)) from None
    for document in documents:
        _measure(document, source, {}, set(), 0)
    return documents


def _before(text: str, problem: ReaderError) -> str:
    """What stands before a character; the C loader counts in bytes, the other one in characters."""
    if problem.encoding == "unicode":
        return text[: problem.position]
    return text.encode("utf-8", "surrogatepass")[: problem.position].decode("utf-8", "replace")


def _line_of(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _refuse_depth(text: str, source: str) -> None:
    """The C composer recurses until the stack ends, so a text that may nest deeply is walked event by event before."""
    if text.count("[") + text.count("{") < DEPTH_LIMIT and not _DEEP_LINE.search(text):
        return
    import yaml

    depth = 0
    with contextlib.suppress(yaml.YAMLError):
        for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEPTH_LIMIT:
                raise _deep(_begin_of(event, source))


def _refuse_length(text: str, source: str) -> None:
    """A tree of many nodes takes a hundred times the memory of its text, so a long text is counted before it is one."""
    if len(text) < 2 * NODE_LIMIT:
        return
    import yaml

    number = 0
    with contextlib.suppress(yaml.YAMLError):
        for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            number += isinstance(event, yaml.NodeEvent | yaml.DocumentStartEvent)
            if number > NODE_LIMIT:
                raise _bomb(_begin_of(event, source), f"it holds more than {NODE_LIMIT} nodes")


def _begin_of(event: Event, source: str) -> Span:
    mark = event.start_mark
    return Span(source, mark.line + 1, mark.column + 1) if mark else Span(source, 1, 1)


def _measure(node: Node, source: str, known: dict[int, int], above: set[int], depth: int) -> int:
    """The number of nodes below, aliases counted each time, so that ten lines cannot mean a billion."""
    if id(node) in known:
        return known[id(node)]
    if id(node) in above:
        raise _bomb(span_of(node, source), "an alias stands inside its own anchor")
    if depth > DEPTH_LIMIT:
        raise _deep(span_of(node, source))
    if isinstance(node.value, str):
        return 1
    above.add(id(node))
    total = 1
    for child in _children(node):
        total += _measure(child, source, known, above, depth + 1)
        if total > NODE_LIMIT:
            raise _bomb(span_of(node, source), f"it means more than {NODE_LIMIT} nodes")
    above.discard(id(node))
    known[id(node)] = total
    return total


def _children(node: Node) -> Iterator[Node]:
    for child in node.value:
        if isinstance(child, tuple):
            yield from child
        else:
            yield child


def _bomb(span: Span, why: str) -> Refused:
    return Refused(
        "fluentbit/yaml-bomb",
        f"this YAML is refused: {why}",
        span,
        "Write the configuration without anchors and aliases (a manifest from `kubectl get -o yaml` has none).",
    )


def _deep(span: Span) -> Refused:
    return Refused(
        "fluentbit/yaml-bomb",
        f"this YAML is refused: it nests more than {DEPTH_LIMIT} deep",
        span,
        "No configuration does: give the file that holds it.",
    )


def span_of(node: Node, source: str) -> Span:
    """Where the node stands."""
    start, end = node.start_mark, node.end_mark
    return Span(source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def kind_of(node: Node | None) -> str:
    """``mapping``, ``sequence`` or ``scalar``; PyYAML's own classes are not imported for it. Empty without a node."""
    return str(getattr(node, "id", ""))


def is_mapping(node: Node | None) -> TypeGuard[MappingNode]:
    return kind_of(node) == "mapping"


def is_sequence(node: Node | None) -> TypeGuard[SequenceNode]:
    return kind_of(node) == "sequence"


def is_scalar(node: Node | None) -> TypeGuard[ScalarNode]:
    return kind_of(node) == "scalar"


def is_plain(node: Node) -> bool:
    """A scalar without quotes and without a block mark."""
    return is_scalar(node) and not node.style


def entries(node: Node | None) -> Iterator[tuple[str, ScalarNode, Node]]:
    """Key, key's node and value's node of a mapping, in order; ``<<`` brings its mapping's entries first."""
    if not is_mapping(node):
        return
    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            for merged in value.value if is_sequence(value) else (value,):
                yield from entries(merged)
    for key, value in node.value:
        if is_scalar(key) and key.tag != "tag:yaml.org,2002:merge":
            yield key.value, key, value


def items(node: Node | None) -> list[Node]:
    """The members of a sequence; none for anything else."""
    return list(node.value) if is_sequence(node) else []


def get(node: Node | None, *path: str) -> Node | None:
    """The value at the end of a path of keys, or None."""
    for step in path:
        found = None
        for key, _, value in entries(node):
            if key == step:
                found = value
        node = found
        if node is None:
            return None
    return node


def text_of(node: Node | None, default: str = "") -> str:
    """A scalar's text as written; null is the default, like a key that is not there."""
    if not is_scalar(node) or node.tag == "tag:yaml.org,2002:null":
        return default
    return str(node.value)


def plain(node: Node | None) -> Plain:
    """The node as Python values, as ``yaml.safe_load`` would give them except that times stay text."""
    if node is None:
        return None
    if is_mapping(node):
        return {key: plain(value) for key, _, value in entries(node)}
    if is_sequence(node):
        return [plain(value) for value in node.value]
    return _scalar(node.tag.removeprefix("tag:yaml.org,2002:"), str(node.value))


def _scalar(kind: str, text: str) -> Plain:
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() in ("true", "yes", "on")
        case "int":
            return _integer(text)
        case "float":
            return float(text.lower().replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        case _:
            return text


def _integer(text: str) -> Plain:
    digits = text.replace("_", "")
    try:
        return (
            int(digits, 8) if digits.lstrip("+-").startswith("0") and digits.lstrip("+-").isdigit() else int(digits, 0)
        )
    except ValueError:
        return text
