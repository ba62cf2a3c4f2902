"""[OUTPUT] cloudwatch_logs: which log group and stream a record went to, and what its event was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from translators.catalog import FieldPath
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk
from translators.fluentbit.ledger import Options, approximate, equivalent, exact, harmless, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.templates import Part, Tag, Text, go_parts, record_parts

PLUGINS = ("cloudwatch_logs", "cloudwatch")
_TRANSPORT = harmless("how Fluent Bit reaches CloudWatch: Loki is reached by the address of the plan")
_ELSEWHERE = approximate(
    "the event was the value of this key alone, which is a part of the line or beside it: the line stays whole, and "
    "`@message` is the whole record"
)
_STREAM = exact("the catalog rebuilds the stream's name from labels and metadata")

OPTIONS: Options = {
    **COMMON,
    **dict.fromkeys(
        [
            "region",
            "endpoint",
            "sts_endpoint",
            "role_arn",
            "external_id",
            "profile",
            "extra_user_agent",
            "auto_retry_requests",
            "workers",
            "retry_limit",
            "credentials_endpoint",
            "port",
            "tls",
            "tls.verify",
            "tls.debug",
            "tls.ca_file",
            "tls.ca_path",
            "tls.crt_file",
            "tls.key_file",
            "tls.key_passwd",
            "tls.vhost",
            "tls.verify_hostname",
            "net.keepalive",
            "net.connect_timeout",
            "net.dns.mode",
            "net.keepalive_idle_timeout",
            "net.keepalive_max_recycle",
            "net.max_worker_connections",
            "net.io_timeout",
            "storage.total_limit_size",
            "net.connect_timeout_log_error",
            "net.source_address",
            "net.dns.resolver",
            "net.dns.prefer_ipv4",
            "net.dns.prefer_ipv6",
            "net.tcp_keepalive",
            "net.tcp_keepalive_time",
            "net.tcp_keepalive_interval",
            "net.tcp_keepalive_probes",
            "net.proxy_env_ignore",
            "tls.min_version",
            "tls.max_version",
            "tls.ciphers",
        ],
        _TRANSPORT,
    ),
    "log_stream_name": _STREAM,
    "log_stream_prefix": _STREAM,
    "log_stream_template": _STREAM,
    "default_log_stream_name": _STREAM,
    "auto_create_group": harmless("Loki has no groups to make"),
    "new_log_group_tags": harmless("Loki has no groups to tag"),
    "log_group_class": harmless("a price class of CloudWatch"),
    "log_retention_days": exact("the plan's retention file says it for these streams"),
    "add_entity": harmless("CloudWatch's entity of a log event"),
    "metric_namespace": approximate(
        "metrics that CloudWatch made of these records vanish", "make recording rules in Loki"
    ),
    "metric_dimensions": approximate(
        "metrics that CloudWatch made of these records vanish", "make recording rules in Loki"
    ),
}


TEMPLATED = "the label has the computed name; what is missing leaves the plain name"


@dataclass(frozen=True, slots=True)
class Group:
    """Where an output puts its records. ``template`` wins over ``name`` where all of its keys are there.

    ``short`` is what the label ``also`` calls it: the end of its name, or all of it where another group's ends alike.
    """

    section: Section
    name: str
    template: tuple[Part, ...]
    stream: tuple[Part, ...]
    log_key: FieldPath
    retention_days: int | None
    short: str = ""


def told_apart(groups: Mapping[int, Group]) -> dict[int, Group]:
    """The groups with their short names."""
    ends = Counter(name.rpartition("/")[2] for name in {group.name for group in groups.values()})
    return {
        key: replace(group, short=end if ends[end := group.name.rpartition("/")[2]] == 1 and end else group.name)
        for key, group in groups.items()
    }


def is_cloudwatch(section: Section) -> bool:
    return section.name.lower() in PLUGINS


def judge(section: Section, desk: Desk) -> None:
    """Note what becomes of an output that translated records reach."""
    plugin = section.name.lower()
    desk.ledger.section(plugin, section, exact("labels say which log group an entry would have gone to"))
    _judge_text(section, plugin, desk)
    group = section.last("log_group_name")
    if group is not None:
        desk.ledger.key(plugin, group, exact("a label stands for the log group"))
    template = section.last("log_group_template") or section.last("default_log_group_name")
    if template is not None:
        desk.ledger.key(plugin, template, equivalent(TEMPLATED))
    judge_options(desk.ledger, plugin, section, OPTIONS)


def _names(section: Section, plugin: str) -> tuple[str, tuple[Part, ...], tuple[Part, ...]]:
    """The plain name, the template of the group, and the parts of the stream's name."""
    name = section.value("log_group_name").strip()
    if plugin == "cloudwatch":
        parts = go_parts(name)
        stream = go_parts(section.value("log_stream_name").strip())
        prefix = section.value("log_stream_prefix").strip()
        dynamic = any(not isinstance(part, Text) for part in parts)
        plain = section.value("default_log_group_name").strip() if dynamic else name
        return plain or name, parts if dynamic else (), stream or (Text(prefix), Tag())
    template = record_parts(section.value("log_group_template").strip())
    stream_template = record_parts(section.value("log_stream_template").strip())
    fixed = section.value("log_stream_name").strip()
    prefix = section.value("log_stream_prefix").strip()
    return name, template, stream_template or ((Text(fixed),) if fixed else (Text(prefix), Tag()))


def read(section: Section) -> Group:
    """The log group of an output section."""
    name, template, stream = _names(section, section.name.lower())
    key = section.value("log_key").strip()
    days = section.value("log_retention_days").strip()
    return Group(
        section, name, template, stream, (key,) if key else (), int(days) if days.isdigit() and int(days) else None
    )


def judge_elsewhere(group: Group, desk: Desk) -> None:
    """The event is a value that is not the line: queries see the record that the line and its metadata make."""
    item = group.section.last("log_key")
    if item is not None:
        desk.ledger.key(group.section.name.lower(), item, _ELSEWHERE)


def _judge_text(section: Section, plugin: str, desk: Desk) -> None:
    key, form = section.last("log_key"), section.last("log_format")
    if key is not None:
        desk.ledger.key(plugin, key, equivalent("the event is the value of this key, for values that are text"))
    if form is not None and "emf" in form.value.lower():
        message = "lines come as they are, but the metrics that CloudWatch made of them vanish"
        desk.ledger.key(plugin, form, approximate(message, "make recording rules in Loki's ruler of them"))
    elif form is not None:
        desk.ledger.key(plugin, form, exact("lines come as they are"))
