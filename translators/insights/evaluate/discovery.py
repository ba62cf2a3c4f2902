"""The fields that CloudWatch discovers in a message: JSON, and the lines of Lambda, VPC flow logs and Route 53."""

from __future__ import annotations

import re
from typing import Any

import orjson

from translators.insights.evaluate.event import Event

MOST_FIELDS = 200
"""CloudWatch discovers no more fields of one event."""

_LAMBDA_GROUP = "/aws/lambda/"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LAMBDA_TYPE = re.compile(rf"(REPORT|START|END) RequestId: ({_UUID})\b", re.ASCII)
_LAMBDA_INIT = re.compile(r"(INIT_START|INIT_REPORT|EXTENSION|LOGS|PLATFORM)\b", re.ASCII)
_LAMBDA_LINE = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T\S+\t({_UUID})\t", re.ASCII)
_LAMBDA_NUMBERS = (
    ("@duration", re.compile(r"(?<!Billed )(?<!Init )(?<!Restore )Duration: ([0-9.]+) ms"), 1),
    ("@billedDuration", re.compile(r"Billed Duration: ([0-9.]+) ms"), 1),
    ("@initDuration", re.compile(r"Init Duration: ([0-9.]+) ms"), 1),
    ("@memorySize", re.compile(r"Memory Size: ([0-9]+) MB"), 1_000_000),
    ("@maxMemoryUsed", re.compile(r"Max Memory Used: ([0-9]+) MB"), 1_000_000),
)
_LAMBDA_TEXTS = (
    ("@xrayTraceId", re.compile(r"XRAY TraceId: (\S+)")),
    ("@xraySegmentId", re.compile(r"SegmentId: (\S+)")),
)
_VPC = re.compile(
    r"(?P<version>[2-9]) (?P<accountId>[0-9]{12}|unknown|-) (?P<interfaceId>eni-\S+|-) "
    r"(?P<srcAddr>\S+) (?P<dstAddr>\S+) "
    r"(?P<srcPort>[0-9]+|-) (?P<dstPort>[0-9]+|-) (?P<protocol>[0-9]+|-) (?P<packets>[0-9]+|-) (?P<bytes>[0-9]+|-) "
    r"(?P<startTime>[0-9]+) (?P<endTime>[0-9]+) (?P<action>ACCEPT|REJECT|-) (?P<logStatus>OK|NODATA|SKIPDATA)\s*",
    re.ASCII,
)
_ROUTE53 = re.compile(
    r"(?P<version>1\.[0-9]) (?P<queryTimestamp>[0-9]{4}-[0-9]{2}-[0-9]{2}T\S+) (?P<hostZoneId>Z[A-Z0-9]+) "
    r"(?P<queryName>\S+) "
    r"(?P<queryType>[A-Z0-9]+) (?P<responseCode>[A-Z]+) (?P<protocol>TCP|UDP) (?P<edgeLocation>\S+) "
    r"(?P<resolverIp>\S+) (?P<ednsClientSubnet>\S+)\s*",
    re.ASCII,
)
_NUMBERS = frozenset({"version", "protocol", "srcPort", "dstPort", "packets", "bytes", "startTime", "endTime"})
"""Where they are: Route 53 has a protocol of letters, and a version that is no whole number."""


def discovered(event: Event) -> dict[str, Any]:
    """The fields of the event; nothing for plain text. Maps and lists stay as they are."""
    message = event.message
    if message[:1] == "{" or message.lstrip()[:1] == "{":
        record = _json(message)
        if record is not None:
            return record
    return _lines(event)


def _json(text: str) -> dict[str, Any] | None:
    """The JSON object that the whole text is."""
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(record, dict):
        return None
    if text.count(",") >= MOST_FIELDS:
        return _first_fields(record)
    return record


def _first_fields(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what lies behind its 200th field."""
    left = MOST_FIELDS

    def kept(value: Any) -> Any:
        nonlocal left
        if isinstance(value, dict) and value:
            return {key: kept(inner) for key, inner in value.items() if left > 0}
        if isinstance(value, list) and value:
            return [kept(inner) for inner in value if left > 0]
        left -= 1
        return value

    try:
        result: dict[str, Any] = kept(record)
    except RecursionError:
        return record
    return result


def _lines(event: Event) -> dict[str, Any]:
    """What is discovered in the lines of AWS services."""
    message = event.message
    fields = _lambda(message)
    if fields is None:
        found = _VPC.fullmatch(message) or _ROUTE53.fullmatch(message)
        fields = {} if found is None else _columns(found)
    if event.log_group.startswith(_LAMBDA_GROUP):
        fields = {**_fragment(message), **fields}
    return fields


def _columns(found: re.Match[str]) -> dict[str, Any]:
    """The columns of a line, ``-`` being nothing; an account is no number though it looks like one."""
    return {
        name: int(value) if name in _NUMBERS and value.isdecimal() else value
        for name, value in found.groupdict().items()
        if value != "-"
    }


def _lambda(message: str) -> dict[str, Any] | None:
    """The fields of a line that the Lambda platform or its runtime wrote; None for any other."""
    found = _LAMBDA_TYPE.match(message)
    if found is None:
        line = _LAMBDA_LINE.match(message)
        if line:
            return {"@requestId": line.group(1)}
        init = _LAMBDA_INIT.match(message)
        return {"@type": init.group(1)} if init else None
    fields: dict[str, Any] = {"@type": found.group(1), "@requestId": found.group(2)}
    if found.group(1) == "REPORT":
        for name, pattern, scale in _LAMBDA_NUMBERS:
            if value := pattern.search(message):
                fields[name] = float(value.group(1)) * scale
    for name, text in _LAMBDA_TEXTS:
        if value := text.search(message):
            fields[name] = value.group(1)
    return fields


def _fragment(message: str) -> dict[str, Any]:
    """The first JSON object inside a line of a Lambda function."""
    import json

    start = message.find("{")
    if start < 0:
        return {}
    try:
        value, _ = json.JSONDecoder(parse_constant=_refuse).raw_decode(message, start)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _refuse(constant: str) -> Any:
    """NaN and Infinity are not JSON."""
    raise ValueError(constant)
