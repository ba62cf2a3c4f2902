"""Look into JSON documents that other people wrote, without trusting their shape."""

from __future__ import annotations

Document = None | bool | int | float | str | list["Document"] | dict[str, "Document"]


def mapping(value: Document) -> dict[str, Document]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Document) -> list[Document]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text_of(value: Document) -> str:
    """A text as it is, a number as written; nothing for null and for containers."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
