"""Functions of numbers; null for what is no number and for what has no answer."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from translators.insights.evaluate.values import Value, to_number

_EARTH_KILOMETRES = 6371.0
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_MOST_PLACES = 30


def absolute(value: Value) -> Value:
    number = to_number(value)
    return None if number is None else abs(number)


def ceil(value: Value) -> Value:
    number = to_number(value)
    return None if number is None else math.ceil(number)


def floor(value: Value) -> Value:
    number = to_number(value)
    return None if number is None else math.floor(number)


def _numbers(values: tuple[Value, ...]) -> list[int | float]:
    numbers = [to_number(value) for value in values]
    return [number for number in numbers if number is not None]


def greatest(*values: Value) -> Value:
    """The largest of the numbers among them."""
    return max(_numbers(values), default=None)


def least(*values: Value) -> Value:
    """The smallest of the numbers among them."""
    return min(_numbers(values), default=None)


def log(value: Value) -> Value:
    number = to_number(value)
    return None if number is None or number <= 0 else math.log(number)


def sqrt(value: Value) -> Value:
    number = to_number(value)
    return None if number is None or number < 0 else math.sqrt(number)


def rounded(value: Value, places: Value = 0) -> Value:
    """To the nearest, halves away from zero."""
    number, digits = to_number(value), to_number(places)
    if number is None or digits is None or abs(digits) > _MOST_PLACES:
        return None
    try:
        result = Decimal(repr(number)).quantize(Decimal(1).scaleb(-int(digits)), context=_WIDE)
    except InvalidOperation:
        return number
    return int(result) if result == result.to_integral_value() else float(result)


def haversine(latitude: Value, longitude: Value, other_latitude: Value, other_longitude: Value) -> Value:
    """Kilometres on the great circle."""
    numbers = [to_number(value) for value in (latitude, longitude, other_latitude, other_longitude)]
    degrees = [number for number in numbers if number is not None]
    if len(degrees) < len(numbers):
        return None
    one, east, other, other_east = (math.radians(number) for number in degrees)
    half = math.sin((other - one) / 2) ** 2
    half += math.cos(one) * math.cos(other) * math.sin((other_east - east) / 2) ** 2
    return 2 * _EARTH_KILOMETRES * math.asin(math.sqrt(min(half, 1.0)))
