"""Draws one input's way as SVG: in a row for a laptop, in a column for a phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from migrate.reports.elements import Markup, element
from migrate.reports.model import CLOUDWATCH, SIGNS, Node, Track

CHARACTER = 6.7
"""Average width of a character at 11 px, for wrapping only."""
GAP, PADDING, LINE = 24, 11, 15
MOST_COLUMNS, MOST_LINES = 3, 4
WIDTH, NARROW = 1060.0, 340.0
WEIGHTS = {"source": 1.25, "filter": 1.0, "output": 1.45, "loki": 1.6}
"""How wide a column is next to others: log groups and selectors are long."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place, its role, and its detail as lines that fit."""

    node: Node
    role: str
    x: float
    y: float
    width: float
    lines: tuple[str, ...]
    place: str

    @property
    def height(self) -> float:
        return 2 * PADDING + LINE * (1 + len(self.lines) + bool(self.place)) - 2


def draw_row(track: Track) -> Markup:
    """The wide drawing: columns from left to right, each in the middle; many filters go down, then to the right."""
    columns = _columns(track)
    unit = (WIDTH - GAP * (len(columns) - 1)) / sum(WEIGHTS[role] for role, _ in columns)
    stacks, x = [], 0.0
    for role, nodes in columns:
        stacks.append(_stack(nodes, role, x, WEIGHTS[role] * unit))
        x += WEIGHTS[role] * unit + GAP
    height = max(_bottom(stack) for stack in stacks)
    centred = [[replace(box, y=box.y + (height - _bottom(stack)) / 2) for box in stack] for stack in stacks]
    arrows = [_arrow_right(left, right) for here, there in pairwise(centred) for left, right in _met(here, there)]
    arrows += [_arrow_down(*two) for stack in centred if stack[0].role == "filter" for two in pairwise(stack)]
    return _picture("row", (WIDTH, height), [*arrows, *(_box(box) for stack in centred for box in stack)], track)


def _met(here: list[Box], there: list[Box]) -> list[tuple[Box, Box]]:
    """Filters come one after the other: a stack of them is entered at its top and left at its bottom."""
    ends = here[-1:] if here[0].role == "filter" else here
    starts = there[:1] if there[0].role == "filter" else there
    if there[0].role == "loki":
        ends = [box for box in ends if _is_taken_over(box.node)] or ends
    return [(left, right) for left in ends for right in starts]


def _is_taken_over(output: Node) -> bool:
    """Loki takes the place of CloudWatch; other outputs go on."""
    return output.title in CLOUDWATCH


def draw_column(track: Track) -> Markup:
    """The narrow drawing: one box below the other; of several outputs the last are those that Loki replaces."""
    y = 0.0
    boxes: list[Box] = []
    for role, nodes in _columns(track):
        for node in sorted(nodes, key=_is_taken_over) if role == "output" else nodes:
            boxes.append(_fitted(node, role, (0.0, y), NARROW))
            y += boxes[-1].height + GAP
    arrows = [
        _arrow_down(upper, lower)
        for upper, lower in pairwise(boxes)
        if (upper.role, lower.role) != ("output", "output")
    ]
    return _picture("column", (NARROW, y - GAP), [*arrows, *(_box(box) for box in boxes)], track)


def _columns(track: Track) -> list[tuple[str, tuple[Node, ...]]]:
    columns: list[tuple[str, tuple[Node, ...]]] = [("source", (track.source,))]
    filters = track.filters
    if len(filters) > MOST_COLUMNS:
        half = (len(filters) + 1) // 2
        columns += [("filter", filters[:half]), ("filter", filters[half:])]
    else:
        columns += [("filter", (node,)) for node in filters]
    if track.outputs:
        columns.append(("output", track.outputs))
    columns.append(("loki", (track.destination,)))
    return columns


def _stack(nodes: tuple[Node, ...], role: str, x: float, width: float) -> list[Box]:
    boxes: list[Box] = []
    y = 0.0
    for node in nodes:
        boxes.append(_fitted(node, role, (x, y), width))
        y += boxes[-1].height + (GAP * 0.75 if role == "filter" else GAP / 2)
    return boxes


def _bottom(stack: list[Box]) -> float:
    return stack[-1].y + stack[-1].height


def _fitted(node: Node, role: str, corner: tuple[float, float], width: float) -> Box:
    room = int((width - 2 * PADDING) / CHARACTER)
    file, _, line = node.place.rpartition(":")
    place = f"{file.rpartition('#')[2].rpartition('/')[2]}:{line}" if file else ""
    if _fitting(place, room) < len(place):
        place = f"line {line}"
    return Box(node, role, *corner, width, tuple(_wrap(node.detail, room)), place)


def _box(box: Box) -> Markup:
    node, height = box.node, box.height
    parts = [
        element("rect", x=_n(box.x + 0.5), y=_n(box.y + 0.5), width=_n(box.width - 1), height=_n(height - 1), rx=9),
        _text(box, 0, node.title, "t"),
        *(_text(box, line, text, "d") for line, text in enumerate(box.lines, 1)),
    ]
    if node.fidelity:
        x, y = box.x + box.width - PADDING, box.y + PADDING + 11
        sign = f"sign {node.fidelity}"
        parts.append(element("text", SIGNS[node.fidelity], x=_n(x), y=_n(y), class_=sign, text_anchor="end"))
    if box.place:
        parts.append(_text(box, 1 + len(box.lines), box.place, "p"))
    hover = " · ".join(part for part in (node.title, node.detail, str(node.fidelity or ""), node.place) if part)
    return element("g", element("title", hover), parts, class_=f"box {box.role}")


def _text(box: Box, line: int, text: str, style: str) -> Markup:
    room = int((box.width - 2 * PADDING - (18 if line == 0 else 0)) / CHARACTER)
    y = box.y + PADDING + 11 + line * LINE
    return element("text", _clip(text, room), x=_n(box.x + PADDING), y=_n(y), class_=style)


def _columns_of(character: str) -> int:
    """Wide characters take two columns."""
    return 2 if ord(character) > 0x2E80 else 1


def _wrap(text: str, room: int) -> list[str]:
    """The text in lines that fit, cut behind a blank, slash or comma where one is near; at most MOST_LINES."""
    lines: list[str] = []
    while text and len(lines) < MOST_LINES - 1:
        fits = _fitting(text, room)
        if fits < len(text):
            breaks = [text.rfind(mark, fits // 2, fits) + 1 for mark in (" ", "/", ",")]
            fits = max(breaks) or fits
        lines.append(text[:fits].strip())
        text = text[fits:].lstrip()
    return [*lines, _clip(text, room)] if text else lines


def _fitting(text: str, room: int) -> int:
    """How many characters of the text fit; at least one."""
    used = 0
    for count, character in enumerate(text):
        used += _columns_of(character)
        if used > room:
            return max(1, count)
    return len(text)


def _clip(text: str, room: int) -> str:
    """Cut from the middle: the beginning says what it is, the end tells it apart."""
    if _fitting(text, room) == len(text):
        return text
    tail = max(3, room // 3)
    return text[: max(1, room - tail - 1)] + "…" + text[-tail:]


def _arrow_right(left: Box, right: Box) -> Markup:
    x1, y1 = left.x + left.width, left.y + left.height / 2
    x2, y2 = right.x - 5, right.y + right.height / 2
    middle = (x1 + x2) / 2
    curve = f"M{_n(x1)} {_n(y1)}C{_n(middle)} {_n(y1)} {_n(middle)} {_n(y2)} {_n(x2)} {_n(y2)}"
    return _arrow(curve, f"M{_n(x2)} {_n(y2 - 3.5)}l5 3.5l-5 3.5z", right.role)


def _arrow_down(upper: Box, lower: Box) -> Markup:
    x, y1, y2 = upper.x + upper.width / 2, upper.y + upper.height, lower.y - 5
    return _arrow(f"M{_n(x)} {_n(y1)}V{_n(y2)}", f"M{_n(x - 3.5)} {_n(y2)}l3.5 5l3.5 -5z", lower.role)


def _arrow(line: str, head: str, role: str) -> Markup:
    """A solid arrow is where records go today; a dashed one is what replaces what."""
    wire = "wire becomes" if role == "loki" else "wire"
    return element("g", element("path", d=line, class_=wire), element("path", d=head, class_="head"))


def _picture(form: str, size: tuple[float, float], parts: list[Markup], track: Track) -> Markup:
    names = [track.source.title, *(node.title for node in track.filters), *(node.title for node in track.outputs)]
    label = " → ".join([*names, track.destination.title])
    return element(
        "svg", parts, viewBox=f"0 0 {_n(size[0])} {_n(size[1])}", class_=f"flow {form}", role="img", aria_label=label
    )


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
