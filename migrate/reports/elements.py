"""The one place that spells HTML and SVG: elements with escaped text and attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

VOID = frozenset({"meta", "br", "hr", "link", "path", "rect", "circle", "line"})


@dataclass(frozen=True, slots=True)
class Markup:
    """Finished markup, escaped already."""

    text: str


Child = Markup | str
Attribute = str | int | float


def element(name: str, /, *children: Child | Iterable[Child], **attributes: Attribute) -> Markup:
    """An element. ``class_`` stands for class, other underscores for hyphens; text is escaped."""
    opening = name + "".join(
        f' {_name(key)}="{escape(str(value))}"' for key, value in attributes.items() if value != ""
    )
    if name in VOID and not children:
        return Markup(f"<{opening}>" if name in {"meta", "br", "hr", "link"} else f"<{opening}/>")
    return Markup(f"<{opening}>{join(*children).text}</{name}>")


def join(*children: Child | Iterable[Child]) -> Markup:
    """Several pieces as one."""
    return Markup("".join(_spelled(child) for child in children))


def raw(text: str) -> Markup:
    """Text that is markup of our own (a style sheet), not to be escaped."""
    return Markup(text)


def _spelled(child: Child | Iterable[Child]) -> str:
    if isinstance(child, Markup):
        return child.text
    if isinstance(child, str):
        return escape(child, quote=False)
    return "".join(_spelled(item) for item in child)


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key != "viewBox" else key
