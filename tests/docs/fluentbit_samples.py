"""A minimal configuration for each option of Fluent Bit, so that its page shows what logmig really makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from translators.fluentbit.checks.warnings import SERVICE_KEYS
from translators.fluentbit.configuration import Kind
from translators.fluentbit.ledger import slug
from translators.fluentbit.options import Option, options, plugins

VALUES = {
    "b": "On", "i": "10", "t": "5", "s": "1M", "d": "0.5", "c": "one", "v": "one", "1": "one", "2": "one two",
    "3": "one int two", "4": "one two three false", "p": "one", "x": "one",
}  # fmt: skip
"""A value of each type of an option."""
OWN = {
    "tail": {
        "path": "/var/log/app/*.log", "exclude_path": "/var/log/app/debug*.log", "key": "message", "tag_regex":
        "(?<pod>[^_/]+)_(?<ns>[^_]+)", "path_key": "file", "parser": "json", "multiline.parser": "cri",
        "docker_mode_parser": "first", "parser_firstline": "first", "offset_key": "offset",
        "db.journal_mode": "WAL", "db.sync": "normal", "unicode.encoding": "auto", "generic.encoding": "GBK",
        "ignore_older": "1d", "file_cache_advise": "Off", "refresh_interval": "5", "db": "/var/fluent-bit/state/app.db",
        "db.compare_filename": "true",
    },
    "systemd": {"systemd_filter": "_SYSTEMD_UNIT=kubelet.service", "systemd_filter_type": "Or", "path":
        "/var/log/journal", "db": "/var/fluent-bit/state/systemd.db", "db.sync": "normal"},
    "grep": {"regex": "log ERROR", "exclude": "log GET /healthz", "logical_op": "or"},
    "modify": {
        "Set": "team shop", "Add": "team shop", "Remove": "stream", "Remove_wildcard": "kube", "Remove_regex":
        "^stream$", "Move_To_Start": "log", "Move_To_End": "log", "Rename": "log message", "Hard_Rename": "log message",
        "Copy": "log copy", "Hard_copy": "log copy", "Condition": "Key_exists log",
    },
    "nest": {"Operation": "nest", "Wildcard": "log", "Nest_under": "app", "Nested_under": "app", "Add_prefix": "app_",
        "Remove_prefix": "app_"},
    "parser": {"Key_Name": "log", "Parser": "json"},
    "record_modifier": {"record": "team shop", "remove_key": "stream", "allowlist_key": "log", "whitelist_key": "log",
        "uuid_key": "id"},
    "rewrite_tag": {"rule": "$log ^ERROR errors.$TAG false", "emitter_name": "errors"},
    "type_converter": {"int_key": "status code string", "uint_key": "status code string", "float_key":
        "ms millis string", "str_key": "status code string"},
    "kubernetes": {"kube_tag_prefix": "kube.var.log.containers.", "merge_log_key": "app", "kube_url":
        "https://kubernetes.default.svc:443", "kubelet_port": "10250", "merge_parser": "json", "regex_parser": "first",
        "set_platform": "eks"},
    "multiline": {"multiline.parser": "java", "multiline.key_content": "log", "mode": "parser", "flush_ms": "3000"},
    "lua": {"code": "function f(t, ts, r) return 0, ts, r end", "call": "f", "script": "f.lua"},
    "log_to_metrics": {"metric_mode": "counter", "regex": "log ERROR", "exclude": "log GET", "label_field": "stream"},
    "expect": {"action": "warn", "key_val_eq": "stream stdout"},
    "cloudwatch_logs": {
        "region": "ap-northeast-2", "log_group_name": "/shop/app", "log_stream_name": "node", "log_stream_prefix":
        "node-", "log_group_template": "/shop/$kubernetes['namespace_name']", "log_stream_template":
        "$kubernetes['pod_name']", "log_key": "log", "log_format": "json/emf", "log_retention_days": "30",
        "log_group_class": "STANDARD", "metric_namespace": "shop", "metric_dimensions": "pod"},
    "loki": {"labels": "job=app, $stream", "label_keys": "$stream", "line_format": "json", "remove_keys": "stream"},
    "cloudwatch": {},
}  # fmt: skip
"""Values that people write, where the type alone does not tell."""
GO_OPTIONS = (
    "region", "log_group_name", "log_stream_name", "log_stream_prefix", "auto_create_group", "log_key", "log_format",
    "log_retention_days", "default_log_group_name", "default_log_stream_name", "new_log_group_tags", "role_arn",
    "endpoint", "sts_endpoint", "credentials_endpoint", "put_retention_policy", "external_id", "log_group_class",
)  # fmt: skip
"""The options of the cloudwatch plugin in Go, which accepts any key."""
NEEDED = {
    "tail": "Path /var/log/app/*.log",
    "grep": "",
    "nest": "Operation nest\nWildcard kube*\nNest_under app",
    "parser": "Key_Name log\nParser json",
    "rewrite_tag": "Rule $log ^ERROR errors.$TAG false",
    "multiline": "multiline.parser java\nmultiline.key_content log",
    "lua": "code function f(t, ts, r) return 0, ts, r end\ncall f",
    "log_to_metrics": "Metric_mode counter\nMetric_name errors\nMetric_description Errors\ntag metrics",
    "type_converter": "str_key status code int",
    "geoip2": "database /geo.mmdb",
    "cloudwatch_logs": "region ap-northeast-2\nlog_group_name /shop/app\nlog_stream_prefix node-",
    "cloudwatch": "region ap-northeast-2\nlog_group_name /shop/app\nlog_stream_prefix node-",
    "kubernetes": "Kube_Tag_Prefix kube.var.log.app.",
    "exec": "Command date",
    "modify": "",
}
"""What the plugin does not start without, or has nothing to do without."""
PARSERS = """[PARSER]
    Name   json
    Format json

[PARSER]
    Name   first
    Format regex
    Regex  ^(?<time>\\d+) (?<log>.*)$
"""
INPUT = "[INPUT]\n    Name tail\n    Path /var/log/app/*.log\n    Tag  kube.*\n"
OUTPUT = (
    "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region ap-northeast-2\n"
    "    log_group_name /shop/app\n    log_stream_prefix node-\n"
)
COMMON = {
    Kind.INPUT: "tag mem_buf_limit storage.type storage.pause_on_chunks_overlimit alias log_level threaded listen port",
    Kind.FILTER: "match match_regex alias log_level",
    Kind.OUTPUT: "match match_regex alias log_level retry_limit workers host port tls tls.verify net.keepalive "
    "storage.total_limit_size",
}
"""Keys that every plugin of a kind may have."""
COMMON_VALUES = {
    "tag": "kube.*", "mem_buf_limit": "50MB", "storage.type": "filesystem", "alias": "mine", "log_level": "info",
    "match": "kube.*", "match_regex": "^kube", "retry_limit": "2", "workers": "1", "host": "127.0.0.1", "port": "8080",
    "listen": "0.0.0.0", "tls": "On", "tls.verify": "Off", "net.keepalive": "Off", "storage.total_limit_size": "50M",
    "threaded": "On", "emitter_storage.type": "memory", "storage.pause_on_chunks_overlimit": "On",
}  # fmt: skip
PARSER_KEYS = {
    "": "", "Format": "regex", "Regex": r"^(?<time>\S+) (?<code>\d+) (?<log>.*)$", "Time_Key": "time",
    "Time_Format": "%Y-%m-%dT%H:%M:%S", "Time_Keep": "On", "Time_Offset": "+0900", "Time_Zone": "Asia/Seoul",
    "Time_Strict": "Off", "Time_System_Timezone": "On", "Types": "code:integer", "Skip_Empty_Values": "Off",
    "Decode_Field": "json log", "Decode_Field_As": "escaped log", "Logfmt_No_Bare_Keys": "On",
}  # fmt: skip
MULTILINE_KEYS = {"": "", "Type": "regex", "Rule": '"start_state" "/^\\d{4}-/" "cont"',
    "Flush_Timeout": "1000", "Key_Content": "log", "Parser": "json", "Negate": "false", "Match_String": "x",
}  # fmt: skip
CONTENT_MODIFIER = {"": "", "action": "upsert", "key": "team", "value": "shop", "pattern": "'^x'",
    "converted_type": "string"}  # fmt: skip
_SERVICE = "[SERVICE]\n    Parsers_File parsers.conf\n\n"
_STORAGE = "\n[SERVICE]\n    storage.path /var/fluent-bit/state\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A configuration that makes ``rule`` appear, and the same without what the rule is about."""

    rule: str
    subject: str
    section: str
    files: dict[str, bytes]
    without: dict[str, bytes]


def samples() -> Iterator[Sample]:
    """One for each option that Fluent Bit v5.1.1 has, one for each plugin alone, parsers and [SERVICE]."""
    for kind in (Kind.INPUT, Kind.FILTER, Kind.OUTPUT):
        for plugin in (*plugins(kind), *(("cloudwatch",) if kind is Kind.OUTPUT else ())):
            yield _sample(kind, plugin, None)
            yield from (_sample(kind, plugin, option) for option in _options(kind, plugin))
    for key, value in PARSER_KEYS.items():
        yield _parser(key, value)
    for key, value in MULTILINE_KEYS.items():
        yield _multiline_parser(key, value)
    for key in sorted(SERVICE_KEYS):
        yield _service(key)
    for action, value in CONTENT_MODIFIER.items():
        yield _processor(action, value)


def _options(kind: Kind, plugin: str) -> list[Option]:
    own = [Option(name) for name in GO_OPTIONS] if plugin == "cloudwatch" else list(options(kind, plugin))
    taken = {option.name.lower() for option in own}
    common = (Option(key, "?") for key in COMMON[kind].split() if key not in taken and f"net.{key}" not in taken)
    return [*own, *common]


def _sample(kind: Kind, plugin: str, option: Option | None) -> Sample:
    key = option.name + ("one" if option.type == "p" else "") if option else ""
    value = _value(plugin, option) if option else ""
    full = _section(kind, plugin, (key, value))
    named = "filter-parser" if (kind, plugin) == (Kind.FILTER, "parser") else slug(plugin)
    rule = f"fluentbit/{named}-{slug(key)}" if option else f"fluentbit/{named}"
    return Sample(
        rule, f"{kind.value}/{plugin}", full, _files(kind, full), _files(kind, _section(kind, plugin, ("", "")))
    )


def _value(plugin: str, option: Option) -> str:
    known = OWN.get(plugin, {}).get(option.name) or COMMON_VALUES.get(option.name)
    return known or VALUES.get(option.type, "one")


def _parser(key: str, value: str) -> Sample:
    base = {"Name": "mine", "Format": "regex", "Regex": r"^(?<time>\S+) (?<code>\d+) (?<log>.*)$"}
    more = {"Time_Key": "time", "Time_Format": "%Y-%m-%dT%H:%M:%S"} if key.startswith("Time") else {}
    full = _lines("[PARSER]", {**base, **more, key: value} if key else base)
    section = INPUT + "    Parser mine\n"
    rule = f"fluentbit/parser-{slug(key)}" if key else "fluentbit/parser"
    without = _lines("[PARSER]", {**base, **more, **({} if key in base else {key: ""})})
    return Sample(rule, "parser", full, _tree(section, full), _tree(section, without if key in base else _cut(without)))


def _multiline_parser(key: str, value: str) -> Sample:
    base = {"Name": "dated", "Type": "regex", "Rule": '"start_state" "/^\\d{4}-/" "cont"'}
    text = _lines("[MULTILINE_PARSER]", {**base, **({key: value} if key else {})})
    text += '    Rule "cont" "/^\\s/" "cont"\n'
    section = INPUT + "    multiline.parser dated\n"
    rule = f"fluentbit/multiline-parser-{slug(key)}" if key else "fluentbit/multiline-parser"
    return Sample(rule, "parser", text, _tree(section, text), _tree(section, text))


def _service(key: str) -> Sample:
    values = {"parsers_file": "parsers.conf", "flush": "5", "log_level": "info", "storage.sync": "normal"}
    value = {**values, "coro_stack_size": "24576"}.get(key, "On")
    text = f"[SERVICE]\n    {key} {value}\n"
    main = (text + "\n" + INPUT + "\n" + OUTPUT).encode()
    files = {"fluent-bit.conf": main, "parsers.conf": PARSERS.encode()}
    return Sample(f"fluentbit/service-{slug(key)}", "service", text, files, files)


def _processor(key: str, value: str) -> Sample:
    items = {
        "name": "content_modifier",
        "action": "upsert",
        "key": "team",
        "value": "shop",
        **({key: value} if key else {}),
    }
    section = "".join(f"            {name}: {text}\n" for name, text in items.items())
    section = section.replace("            name", "          - name", 1)
    text = (
        "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/app/*.log\n      tag: kube.app\n"
        "      processors:\n        logs:\n" + section + "  outputs:\n    - name: cloudwatch_logs\n      match: '*'\n"
        "      region: ap-northeast-2\n      log_group_name: /shop/app\n      log_stream_prefix: node-\n"
    )
    files = {"fluent-bit.yaml": text.encode()}
    rule = f"fluentbit/content-modifier-{slug(key)}" if key else "fluentbit/content-modifier"
    return Sample(rule, "processor/content_modifier", text, files, files)


def _lines(title: str, items: dict[str, str]) -> str:
    return f"{title}\n" + "".join(f"    {key} {value}\n" for key, value in items.items())


def _cut(text: str) -> str:
    """Without keys that have no value."""
    return "".join(line for line in text.splitlines(True) if len(line.split()) > 1 or line.startswith("["))


def _tree(section: str, parsers: str) -> dict[str, bytes]:
    return {"fluent-bit.conf": f"{_SERVICE}{section}\n{OUTPUT}".encode(), "parsers.conf": parsers.encode()}


def _section(kind: Kind, plugin: str, item: tuple[str, str]) -> str:
    key, value = item
    needed = [line for line in NEEDED.get(plugin, "").split("\n") if line and line.split()[0].lower() != key.lower()]
    if key == "buffer_chunk_size":
        needed = [*needed, "Buffer_Max_Size 2M"]
    if key.lower() == "multiline" and kind is Kind.INPUT:
        needed = [*needed, "Parser_Firstline first"]
    if key in ("log_stream_name", "script"):
        needed = [line for line in needed if not line.startswith(("log_stream_prefix", "code"))]
    if kind is not Kind.INPUT and key in ("match", "match_regex"):
        return f"[{kind.value.upper()}]\n" + "".join(
            f"    {line}\n" for line in [f"Name {plugin}", *needed, f"{key} {value}"]
        )
    tag = "Tag kube.<ns>.<pod>" if key == "tag_regex" else "Tag kube.*"
    route = [tag] if kind is Kind.INPUT and key.lower() != "tag" else ["Match *"] * (kind is not Kind.INPUT)
    lines = [f"Name {plugin}", *route, *needed, *([f"{key} {value}"] if key else [])]
    return f"[{kind.value.upper()}]\n" + "".join(f"    {line}\n" for line in lines)


def _files(kind: Kind, section: str) -> dict[str, bytes]:
    parts = {
        Kind.INPUT: (section, OUTPUT),
        Kind.FILTER: (INPUT, section, OUTPUT),
        Kind.OUTPUT: (INPUT, section),
    }[kind]
    return {
        "fluent-bit.conf": (_SERVICE + "\n".join(parts) + _STORAGE).encode(),
        "parsers.conf": PARSERS.encode(),
        "f.lua": b"function f(t, ts, r) return 0, ts, r end\n",
    }
