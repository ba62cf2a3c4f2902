"""What each plugin of Fluent Bit v5.1.1 accepts, since an unknown or a repeated key stops it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from translators.fluentbit.configuration import Kind


@dataclass(frozen=True, slots=True)
class Option:
    """One option. ``type`` is Fluent Bit's: a letter of ``TYPES``; ``multiple`` says that it may be repeated."""

    name: str
    type: str = ""
    multiple: bool = False

    @property
    def words(self) -> int:
        """How many words the value needs at least; 0 when it is no list of words."""
        return int(self.type) if self.type.isdigit() else 0


TYPES = {
    "": "text",
    "b": "true or false",
    "i": "whole number",
    "t": "time",
    "s": "size",
    "d": "number",
    "c": "comma list",
    "p": "prefix of a key",
    "v": "any value",
    "x": "deprecated",
}
GO_PLUGINS = ("cloudwatch", "kinesis", "firehose")
"""Outputs written in Go that the image aws-for-fluent-bit adds; they accept any key."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GLOBAL_KEYS: dict[Kind, frozenset[str]] = {
    Kind.INPUT: _words(
        "name tag route log_level log_suppress_interval routable alias mem_buf_limit listen host port ipv6 "
        "storage.type storage.pause_on_chunks_overlimit threaded thread.ring_buffer.capacity "
        "thread.ring_buffer.window ratelimit rate_limit"
    ),
    Kind.FILTER: _words("name match match_regex alias log_level log_suppress_interval"),
    Kind.OUTPUT: _words(
        "name match match_regex alias log_level log_suppress_interval host port ipv6 retry_limit workers "
        "no_multiplex tls tls.verify tls.verify_hostname tls.debug tls.vhost tls.ca_path tls.ca_file tls.crt_file "
        "tls.key_file tls.key_passwd tls.min_version tls.max_version tls.ciphers storage.total_limit_size proxy"
    ),
    Kind.PROCESSOR: _words("name condition alias log_level active match match_regex"),
}
PREFIXES: dict[Kind, tuple[str, ...]] = {
    Kind.INPUT: ("net.", "tls.", "tls"),
    Kind.OUTPUT: ("net.", "tls.", "tls"),
}


def is_global(kind: Kind, key: str) -> bool:
    """Keys that the engine takes before the plugin sees them: the last of several wins, none is refused."""
    return key in GLOBAL_KEYS.get(kind, ()) or any(
        key == prefix or (prefix.endswith(".") and key.startswith(prefix)) for prefix in PREFIXES.get(kind, ())
    )


def exists(kind: Kind, plugin: str) -> bool:
    """Whether v5.1.1, or the image aws-for-fluent-bit, has the plugin."""
    return plugin in _table(kind) or (kind is Kind.OUTPUT and plugin in GO_PLUGINS)


def plugins(kind: Kind) -> tuple[str, ...]:
    """The names of the plugins of a kind."""
    return tuple(_table(kind))


@cache
def options(kind: Kind, plugin: str) -> tuple[Option, ...]:
    """The options of a plugin in the order of its own table; none when it accepts anything or is not known."""
    return tuple(_option(word) for word in _table(kind).get(plugin, "").split())


def option(kind: Kind, plugin: str, key: str) -> Option | None:
    """The option that a lower-case key names; a prefix option takes every longer key."""
    for each in options(kind, plugin):
        if each.name.lower() == key or (each.type == "p" and key.startswith(each.name.lower()) and key != each.name):
            return each
    return None


def _option(word: str) -> Option:
    name, _, mark = word.partition(":")
    return Option(name, mark.rstrip("+"), mark.endswith("+"))


def _table(kind: Kind) -> dict[str, str]:
    match kind:
        case Kind.INPUT:
            from translators.fluentbit.options.inputs import INPUTS

            return INPUTS
        case Kind.OUTPUT:
            from translators.fluentbit.options.outputs import OUTPUTS

            return OUTPUTS
        case Kind.FILTER:
            from translators.fluentbit.options.filters import FILTERS

            return FILTERS
        case Kind.PROCESSOR:
            from translators.fluentbit.options.filters import FILTERS, PROCESSORS

            return {**FILTERS, **PROCESSORS}
        case _:
            return {}
