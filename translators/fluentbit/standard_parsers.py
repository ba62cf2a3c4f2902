"""The parsers that Fluent Bit's images bring along, since configurations name them without carrying them."""

from __future__ import annotations

import posixpath

from translators.fluentbit.files import ConfigFile

IMAGE_SOURCE = "parsers.conf of the image"
_IMAGE_FOLDERS = ("", "/fluent-bit/etc", "/fluent-bit/parsers", "/fluent-bit/etc/conf", "/etc/fluent-bit")
_HEAD = r'"(?<method>\S+)(?: +(?<path>[^\"]*?)(?: +\S*)?)?" (?<code>[^ ]*) (?<size>[^ ]*)'
_TAIL = r'(?: "(?<referer>[^\"]*)" "(?<agent>[^\"]*)")?$'
_POD = (
    r"(?<tag>[^.]+)?\.?(?<pod_name>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)"
    r"_(?<namespace_name>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\.log$"
)
_CLF = "%d/%b/%Y:%H:%M:%S %z"
_ISO = "%Y-%m-%dT%H:%M:%S.%L"
_SYSLOG = r"(?<ident>[a-zA-Z0-9_\/\.\-]*)(?:\[(?<pid>[0-9]+)\])?(?:[^\:]*\:)? *(?<message>.*)$"

_PARSERS: tuple[tuple[str, str, str, str, bool], ...] = (
    ("apache", r"^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \[(?<time>[^\]]*)\] " + _HEAD + _TAIL, "time", _CLF, False),
    (
        "apache2",
        r"^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \[(?<time>[^\]]*)\] "
        r'"(?<method>\S+)(?: +(?<path>[^ ]*) +\S*)?" (?<code>[^ ]*) (?<size>[^ ]*)'
        r'(?: "(?<referer>[^\"]*)" "(?<agent>.*)")?$',
        "time",
        _CLF,
        False,
    ),
    (
        "apache_error",
        r"^\[[^ ]* (?<time>[^\]]*)\] \[(?<level>[^\]]*)\](?: \[pid (?<pid>[^\]]*)\])?"
        r"( \[client (?<client>[^\]]*)\])? (?<message>.*)$",
        "",
        "",
        False,
    ),
    (
        "nginx",
        r"^(?<remote>[^ ]*) (?<host>[^ ]*) (?<user>[^ ]*) \[(?<time>[^\]]*)\] " + _HEAD + _TAIL,
        "time",
        _CLF,
        False,
    ),
    (
        "k8s-nginx-ingress",
        r"^(?<host>[^ ]*) - (?<user>[^ ]*) \[(?<time>[^\]]*)\] " + _HEAD + r' "(?<referer>[^\"]*)" "(?<agent>[^\"]*)"'
        r" (?<request_length>[^ ]*) (?<request_time>[^ ]*) \[(?<proxy_upstream_name>[^ ]*)\]"
        r"( \[(?<proxy_alternative_upstream_name>[^ ]*)\])? (?<upstream_addr>[^ ]*) (?<upstream_response_length>[^ ]*)"
        r" (?<upstream_response_time>[^ ]*) (?<upstream_status>[^ ]*) (?<reg_id>[^ ]*).*$",
        "time",
        _CLF,
        False,
    ),
    (
        "docker-daemon",
        r'time="(?<time>[^ ]*)" level=(?<level>[^ ]*) msg="(?<msg>[^ ].*)"',
        "time",
        _ISO,
        True,
    ),
    (
        "syslog-rfc5424",
        r"^\<(?<pri>[0-9]{1,5})\>1 (?<time>[^ ]+) (?<host>[^ ]+) (?<ident>[^ ]+) (?<pid>[-0-9]+) (?<msgid>[^ ]+) "
        r"(?<extradata>(\[(.*?)\]|-)) (?<message>.+)$",
        "time",
        "%Y-%m-%dT%H:%M:%S.%L%z",
        True,
    ),
    (
        "syslog-rfc3164-local",
        r"^\<(?<pri>[0-9]+)\>(?<time>[^ ]* {1,2}[^ ]* [^ ]*) " + _SYSLOG,
        "time",
        "%b %d %H:%M:%S",
        True,
    ),
    (
        "syslog-rfc3164",
        r"/^\<(?<pri>[0-9]+)\>(?<time>[^ ]* {1,2}[^ ]* [^ ]*) (?<host>[^ ]*) " + _SYSLOG + "/",
        "time",
        "%b %d %H:%M:%S",
        True,
    ),
    (
        "mongodb",
        r"^(?<time>[^ ]*)\s+(?<severity>\w)\s+(?<component>[^ ]+)\s+\[(?<context>[^\]]+)]\s+(?<message>.*?)"
        r" *(?<ms>(\d+))?(:?ms)?$",
        "time",
        _ISO,
        True,
    ),
    (
        "cri",
        r"^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[^ ]*) (?<message>.*)$",
        "time",
        "%Y-%m-%dT%H:%M:%S.%L%z",
        True,
    ),
    ("kube-custom", _POD, "", "", False),
    ("filter-kube-test", _POD, "", "", False),
)
_JSON: tuple[tuple[str, str, str, bool], ...] = (("json", "time", _CLF, False), ("docker", "time", _ISO, True))


def standard_parsers_file(name: str) -> ConfigFile | None:
    """The image's file of that name, or None."""
    folder, base = posixpath.split(posixpath.normpath(name))
    if base != "parsers.conf" or folder not in _IMAGE_FOLDERS:
        return None
    return ConfigFile(IMAGE_SOURCE, _text(), IMAGE_SOURCE)


def _text() -> str:
    sections = [_section(name, "regex", regex, (key, form, keep)) for name, regex, key, form, keep in _PARSERS]
    sections += [_section(name, "json", "", (key, form, keep)) for name, key, form, keep in _JSON]
    return "\n".join(sections)


def _section(name: str, form: str, regex: str, time: tuple[str, str, bool]) -> str:
    key, layout, keep = time
    lines = [f"[PARSER]\n    Name {name}\n    Format {form}"]
    lines += [f"    Regex {regex}"] if regex else []
    lines += [f"    Time_Key {key}\n    Time_Format {layout}"] if key else []
    lines += ["    Time_Keep On"] if keep else []
    return "\n".join(lines) + "\n"
