"""Keys of filters as paths into the record: ``log``, ``$kubernetes['labels']['app']``."""

from __future__ import annotations

from translators.catalog import FieldPath
from translators.fluentbit.evaluate.accessor import BadAccessor, read_accessor


def path_of(key: str) -> FieldPath:
    """The path that a key or a record accessor names. Indexes of lists are written as digits.

    The tag, and what is no accessor, is nowhere in a record: its own text stands for it.
    """
    if not key.startswith("$"):
        return (key,)
    try:
        accessor = read_accessor(key.encode("utf-8", "surrogateescape"))
    except BadAccessor:
        return (key,)
    if accessor.nowhere:
        return (key,)
    steps = (
        step.decode("utf-8", "surrogateescape") if isinstance(step, bytes) else str(step) for step in accessor.below
    )
    return (accessor.name.decode("utf-8", "surrogateescape"), *steps)


def has_index(key: str) -> bool:
    """Whether the accessor asks for an element of a list, by its number."""
    try:
        accessor = read_accessor(key.encode("utf-8", "surrogateescape"))
    except BadAccessor:
        return False
    return any(isinstance(step, int) for step in accessor.below)
