"""What the inputs refuse when they start."""

from __future__ import annotations

import re

from translators.diagnostics import Refused
from translators.fluentbit.checks import properties
from translators.fluentbit.checks.definitions import compiles
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.checks.parsers import DEFINE_MULTILINE, SHORTEST_FLUSH, Known
from translators.fluentbit.configuration import Property
from translators.fluentbit.evaluate.encodings import GENERIC, UNICODE
from translators.source import Span

_SIZE = re.compile(r"\s*(\d+)\s*([kmg]?)b?\s*", re.IGNORECASE)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_TRUE = ("on", "true", "yes")
_JOURNAL_MODES = ("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "WAL", "OFF")
CHUNK_SIZE = 32_768
GIVE_VARIABLE = "Give the variables that are empty"
_DEFINE = "Define the parser in a file that [SERVICE] names with Parsers_File, or correct its name."


def check(instance: Instance, known: Known) -> None:
    """Raise what stops the input; note in ``known.errors`` what it only logs."""
    properties.check(instance)
    match instance.section.name:
        case "tail":
            _check_tail(instance, known)
        case "systemd":
            _check_systemd(instance)


def _check_tail(instance: Instance, known: Known) -> None:
    section = instance.section
    if not section.value("path"):
        path = section.last("path")
        raise _fails(
            instance, "fluentbit/tail-without-path", "no input 'path' was given", path or section, "Add a Path."
        )
    _check_waits(instance)
    _check_encodings(instance)
    if section.value("multiline").lower() in _TRUE:
        _check_multiline(instance, known)
    if section.value("docker_mode").lower() in _TRUE and section.value("multiline").lower() in _TRUE:
        raise _fails(
            instance,
            "fluentbit/docker-mode-and-multiline",
            "Docker mode cannot be enabled when multiline is enabled",
            section.last("docker_mode") or section,
            "Keep one of the two.",
        )
    _check_sizes(instance)
    for key in ("docker_mode_parser", "parser"):
        item = section.last(key)
        if item is not None and known.complete and item.value and item.value not in known.parsers:
            known.errors.append(f"{instance.prefix} parser '{item.value}' is not registered")
    regex = section.last("tag_regex")
    if regex is not None and not compiles(regex.value):
        known.errors.append(f"{instance.prefix} invalid 'tag_regex' config value")
    _check_journal_mode(instance)
    _check_multiline_parsers(instance, known)


def _check_systemd(instance: Instance) -> None:
    """The name of a journal field has capitals, digits and underscores, of which two may not begin it."""
    kind = instance.section.last("systemd_filter_type")
    if kind is not None and kind.value.lower() not in ("and", "or"):
        message = f"systemd_filter_type must be 'and' or 'or'. Got {kind.value}\ncannot initialize"
        raise _fails(instance, "fluentbit/bad-value", message, kind, "Write and or or.")
    for item in instance.section.every("systemd_filter"):
        if not re.match(r"(?!__)[A-Z0-9_]+=", item.value):
            message = f"systemd_filter error: invalid input '{item.value}'\ncannot initialize"
            raise _fails(instance, "fluentbit/bad-value", message, item, "Write FIELD=value, as in the journal.")


def _check_waits(instance: Instance) -> None:
    refresh, rotate = instance.section.last("refresh_interval"), instance.section.last("rotate_wait")
    if refresh is not None and refresh.value and not _is_wait(refresh.value):
        message = f"invalid 'refresh_interval' config value ({refresh.value})"
        raise _fails(instance, "fluentbit/bad-value", message, refresh, "Give seconds above 0.")
    if rotate is not None and re.match(r"\s*[-0]", rotate.value):
        message = "invalid 'rotate_wait' config value"
        raise _fails(instance, "fluentbit/bad-value", message, rotate, "Give seconds above 0.")


def _is_wait(text: str) -> bool:
    parts = [re.match(r"\s*[-+]?\d+", part) for part in text.split(".", 1)]
    return all(parts) and any(part and int(part[0]) for part in parts)


def _check_journal_mode(instance: Instance) -> None:
    item = instance.section.last("db.journal_mode")
    if item is not None and item.value and item.value.upper() not in _JOURNAL_MODES:
        message = f"invalid db.journal_mode={item.value}"
        raise _fails(instance, "fluentbit/bad-value", message, item, f"Name one of {', '.join(_JOURNAL_MODES)}.")


def _check_encodings(instance: Instance) -> None:
    wide, narrow = instance.section.last("unicode.encoding"), instance.section.last("generic.encoding")
    if wide is not None and wide.value.lower() not in UNICODE:
        message = "invalid encoding 'unicode.encoding' value"
        raise _fails(instance, "fluentbit/tail-encoding", message, wide, "Name auto, UTF-16LE or UTF-16BE.")
    if narrow is not None and narrow.value.lower() not in GENERIC:
        message = f"invalid encoding 'generic.encoding' value {narrow.value}"
        raise _fails(instance, "fluentbit/tail-encoding", message, narrow, "Name an encoding that Fluent Bit has.")
    if wide is not None and narrow is not None:
        message = "'unicode.encoding' and 'generic.encoding' cannot be specified at the same time"
        raise _fails(instance, "fluentbit/tail-encoding", message, narrow, "Keep one of the two.")


def _check_multiline(instance: Instance, known: Known) -> None:
    section = instance.section
    first = section.last("parser_firstline")
    if first is None or not first.value:
        raise _fails(
            instance,
            "fluentbit/multiline-without-firstline",
            "multiline: no parser defined for firstline",
            section.last("multiline") or section,
            "Name the parser of the first line with Parser_Firstline, or set Multiline Off.",
        )
    numbered = [item for item in section.properties if re.fullmatch(r"parser_\d+", item.key)]
    for item in (first, *numbered):
        if known.complete and item.value not in known.parsers:
            raise _fails(
                instance, "fluentbit/undefined-parser", f"multiline: invalid parser '{item.value}'", item, _DEFINE
            )


def _check_sizes(instance: Instance) -> None:
    section = instance.section
    chunk = size(section.value("buffer_chunk_size"), CHUNK_SIZE)
    largest = size(section.value("buffer_max_size"), CHUNK_SIZE)
    if chunk > largest:
        raise _fails(
            instance,
            "fluentbit/buffer-sizes",
            "buffer_max_size must be >= buffer_chunk",
            section.last("buffer_max_size") or section.last("buffer_chunk_size") or section,
            f"Buffer_Chunk_Size is {chunk} bytes (32768 by default): raise Buffer_Max_Size or lower it.",
        )


def _check_multiline_parsers(instance: Instance, known: Known) -> None:
    waits = [0]
    for item in instance.section.every("multiline.parser"):
        for name in (part.strip() for part in item.value.split(",")):
            if name and known.lacks(name):
                raise instance.fails_plainly(
                    "fluentbit/undefined-multiline-parser",
                    f"[multiline] parser '{name}' not registered\n{instance.prefix} could not load multiline parsers",
                    item.span,
                    DEFINE_MULTILINE,
                )
            waits.append(known.waits.get(name.lower(), SHORTEST_FLUSH if name else 0))
    named = instance.section.last("multiline.parser")
    if named is not None and 0 < max(waits) < SHORTEST_FLUSH:
        raise instance.fails_plainly(
            "fluentbit/bad-value",
            f"[multiline] flush timeout '{max(waits)}' is too low\n"
            f"{instance.prefix} could not start multiline auto-flush",
            named.span,
            f"Give Flush_Timeout {SHORTEST_FLUSH} milliseconds or more.",
        )


def size(text: str, default: int) -> int:
    """Bytes of ``32k`` or ``5MB``: thousands, as Fluent Bit counts them."""
    match = _SIZE.fullmatch(text) if text else None
    return int(match[1]) * _UNITS[match[2].lower()] if match else default


def _fails(instance: Instance, rule: str, text: str, place: Property | object, remedy: str) -> Refused:
    span = getattr(place, "span", instance.section.span)
    assert isinstance(span, Span)  # noqa: S101 - properties and sections have spans
    return instance.fails(rule, text, span, with_variable(place, remedy))


def with_variable(place: Property | object, remedy: str) -> str:
    """An empty value that comes from a variable is mended by giving the variable."""
    if isinstance(place, Property) and "${" in place.raw and not place.value:
        names = re.findall(r"\$\{([^}:]+)", place.raw)
        return f"{GIVE_VARIABLE}: " + " ".join(f"--env {name}=VALUE" for name in names) + "."
    return remedy
