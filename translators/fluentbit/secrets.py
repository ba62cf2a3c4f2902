"""Which values of a configuration are secrets, and texts without them: no plan, report or message may hold one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from translators.diagnostics import Finding
from translators.fluentbit.configuration import Configuration, Section

MASK = "•••"
SECRET_KEY = re.compile(
    r"(?:.*(?:passwd|password|secret|bearer[._]token)|api_?key|http_api_key|nightfall_api_key|license_key|shared_key"
    r"|http_token|splunk_token|auth_token|sas_token|cloud_auth|basic_auth.*|access_key(?:_id)?|aws_.*access_key(?:_id)?"
    r"|security\.users|shared_access_key|account_key|token|webhook)\Z"
)
HEADER = re.compile(r"(?i)^(\S*(?:authorization|api-?key|token|secret|cookie)\S*)[\s=:]+(.+)$")
FIELD = re.compile(r"(?i)^(\S*(?:authorization|api-?_?key|token|secret|passwd|password))[\s=]+(\S.{5,})$")
"""A constant that a filter puts into each record, under a name that ends as a secret's does."""
FIELDS = frozenset(("record", "add", "set"))
IN_ADDRESS = re.compile(
    r"(?i)[?&](?:[\w-]*(?:token|key|secret|sig|auth|password))=([^&\s]+)|/([\w=~.+-]{32,})(?=[/?\s]|$)"
)
"""What lets anybody in who knows the address: a value of the query, or a long word of the path."""
URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)(?=@)")
LINE = re.compile(r"(?im)^(\s*-?\s*[\"']?)([A-Za-z0-9_.]+)([\"']?\s*[:\s=]\s*)(\S.*)$")
SHORTEST = 3
"""Shorter values are no secrets worth hiding, and would tear holes into words."""


def secrets(configuration: Configuration) -> frozenset[str]:
    """The values that must not be shown, the literal texts of variables included."""
    return frozenset(value for section in _sections(configuration) for value in _of_section(section))


def _sections(configuration: Configuration) -> Iterator[Section]:
    waiting = [
        *configuration.inputs,
        *configuration.filters,
        *configuration.outputs,
        *configuration.ignored,
        *([configuration.service] if configuration.service else []),
    ]
    while waiting:
        section = waiting.pop()
        yield section
        waiting.extend(section.groups)


def _of_section(section: Section) -> Iterator[str]:
    for item in section.properties:
        header = HEADER.match(item.value) if item.key == "header" else None
        header = header or (FIELD.match(item.value) if item.key in FIELDS else None)
        value = header[2] if header else item.value
        if (header or SECRET_KEY.match(item.key)) and len(value) >= SHORTEST:
            yield value
        if item.key in ("uri", "url"):
            yield from (found for pair in IN_ADDRESS.findall(item.value) for found in pair if found)
        yield from (password for _, password in URL_PASSWORD.findall(item.value) if len(password) >= SHORTEST)


def masked(text: str, hidden: Iterable[str]) -> str:
    """The text without the secrets, and without what looks like one by its key."""
    for value in sorted(hidden, key=len, reverse=True):
        text = text.replace(value, MASK)
    text = URL_PASSWORD.sub(rf"\1:{MASK}", text)
    return LINE.sub(_mask_line, text)


def _mask_line(line: re.Match[str]) -> str:
    indent, key, between, value = line.groups()
    if SECRET_KEY.match(key.lower()) and not value.startswith("${"):
        return f"{indent}{key}{between}{MASK}"
    header = HEADER.match(value) if key.lower() == "header" else None
    return f"{indent}{key}{between}{header[1]} {MASK}" if header else line[0]


def masked_finding(finding: Finding, hidden: Iterable[str]) -> Finding:
    """The finding with nothing secret in any of its texts."""
    hidden = tuple(hidden)
    return replace(
        finding,
        subject=masked(finding.subject, hidden),
        message=masked(finding.message, hidden),
        remedy=masked(finding.remedy, hidden),
    )
