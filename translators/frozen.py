"""Immutable values that cost little to make: the type checker keeps them frozen, not each assignment at run time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A dataclass with slots that is compared, hashed and matched by its fields (docs/decisions/0004)."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, order_default=True, field_specifiers=(field,))
def frozen_in_order(cls: type[T]) -> type[T]:
    """The same with an order, that of its fields."""
    return dataclass(slots=True, unsafe_hash=True, order=True)(cls)
