"""Which Python function each function of a plan is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from translators.insights.evaluate.functions import addresses, numbers, structures, text, times
from translators.insights.evaluate.values import Value
from translators.query.expressions import Function

_FUNCTIONS: Mapping[Function, Callable[..., Value]] = MappingProxyType(
    {
        Function.ABS: numbers.absolute,
        Function.CEIL: numbers.ceil,
        Function.FLOOR: numbers.floor,
        Function.GREATEST: numbers.greatest,
        Function.LEAST: numbers.least,
        Function.LOG: numbers.log,
        Function.ROUND: numbers.rounded,
        Function.SQRT: numbers.sqrt,
        Function.HAVERSINE: numbers.haversine,
        Function.IS_EMPTY: text.is_empty,
        Function.IS_BLANK: text.is_blank,
        Function.CONCAT: text.concat,
        Function.LTRIM: text.ltrim,
        Function.RTRIM: text.rtrim,
        Function.TRIM: text.trim,
        Function.STRLEN: text.strlen,
        Function.TO_UPPER: text.to_upper,
        Function.TO_LOWER: text.to_lower,
        Function.SUBSTR: text.substr,
        Function.REPLACE: text.replace,
        Function.STR_CONTAINS: text.contains,
        Function.STARTS_WITH: text.starts_with,
        Function.ENDS_WITH: text.ends_with,
        Function.URL_ENCODE: text.url_encode,
        Function.URL_DECODE: text.url_decode,
        Function.BASE64_ENCODE: text.base64_encode,
        Function.BASE64_DECODE: text.base64_decode,
        Function.FROM_MILLIS: times.from_millis,
        Function.TO_MILLIS: times.to_millis,
        Function.IS_PRESENT: structures.is_present,
        Function.JSON_PARSE: structures.json_parse,
        Function.JSON_STRINGIFY: structures.json_stringify,
        Function.UNMASK: structures.unmask,
        Function.IS_VALID_IP: addresses.is_valid,
        Function.IS_VALID_IPV4: addresses.is_valid_v4,
        Function.IS_VALID_IPV6: addresses.is_valid_v6,
        Function.IS_IP_IN_SUBNET: addresses.in_subnet,
        Function.IS_IPV4_IN_SUBNET: addresses.in_subnet_v4,
        Function.IS_IPV6_IN_SUBNET: addresses.in_subnet_v6,
    }
)
"""All but those that need more than their arguments: now, if, case, coalesce, regex_replace."""


def implementation(function: Function) -> Callable[..., Value]:
    return _FUNCTIONS[function]
