"""Keys of filters as paths into the record: ``log``, ``$kubernetes['labels']['app']``."""

from __future__ import annotations

from translators.catalog import FieldPath
from translators.fluentbit.evaluate.accessor import read_key


def path_of(key: str) -> FieldPath:
    """The path that a key or a record accessor names. Indexes of lists are written as digits."""
    accessor = read_key(key.encode("utf-8", "surrogateescape"))
    steps = (
        step.decode("utf-8", "surrogateescape") if isinstance(step, bytes) else str(step) for step in accessor.below
    )
    return (accessor.name.decode("utf-8", "surrogateescape"), *steps)
