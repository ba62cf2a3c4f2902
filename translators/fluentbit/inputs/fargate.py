"""The log router of EKS on Fargate: a ConfigMap of filters, outputs and parsers; AWS owns the rest."""

from __future__ import annotations

from collections.abc import Iterator

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.configuration import POD_NAME, Configuration, Kind, Property, Section
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.objects import KubeObject, keys_of
from translators.fluentbit.variables import Variables
from translators.fluentbit.yaml_syntax import entries
from translators.source import Span

_KEYS = ("filters.conf", "output.conf", "parsers.conf")
_SWITCHES = ("flb_log_cw",)
_LIMIT = 5300
_FILTERS = ("grep", "parser", "record_modifier", "rewrite_tag", "throttle", "nest", "modify", "kubernetes")
_OUTPUTS = ("cloudwatch", "cloudwatch_logs", "es", "firehose", "kinesis_firehose", "kinesis")
NAME = "aws-logging"
INPUT = (
    ("Name", "tail"),
    ("Tag", "kube.*"),
    ("Path", "/var/log/containers/*.log"),
    ("Mem_Buf_Limit", "5MB"),
)
"""The input that AWS runs, as far as it is documented: the whole CRI line stands in ``log``."""


def is_log_router(config_map: KubeObject) -> bool:
    """``aws-logging``, by its name or by its keys."""
    keys = {key for key, _, _ in entries(config_map.data)}
    named = config_map.name == NAME and bool(keys)
    return named or (bool(keys & {"output.conf", "filters.conf"}) and keys <= {*_KEYS, *_SWITCHES})


def find(config_map: KubeObject, variables: Variables) -> Found:
    """The router's configuration: its own input, then the filters and outputs of the ConfigMap."""
    files = keys_of(config_map)
    span = config_map.span()
    if "output.conf" not in files:
        raise Refused(
            "fluentbit/fargate-without-output",
            f"the ConfigMap {config_map.name} has no key output.conf, so the log router sends nothing",
            span,
            "Give the ConfigMap aws-logging of the namespace aws-observability.",
        )
    tree = FileTree()
    for file in files.values():
        tree.add(file)
    includes = [f"@INCLUDE {key}" for key in ("filters.conf", "output.conf") if key in files]
    main = ConfigFile("aws-logging", "\n".join(includes) + "\n", config_map.source, span.line - 1)
    tree.add(main)
    variables.pod.setdefault("HOSTNAME", POD_NAME)
    found = Found("fargate", main, tree, variables)
    found.before.append(_input(span))
    found.parsers.extend(files[key] for key in ("parsers.conf",) if key in files)
    found.findings.extend(_findings(config_map, files, span))
    return found


def check(configuration: Configuration) -> None:
    """Refuse what the webhook of EKS refuses: plugins and sections that its log router does not take."""
    for section in (*configuration.inputs[1:], configuration.service):
        if section is not None:
            raise _webhook(section, f"[{section.kind.value.upper()}] belongs to AWS and cannot be set")
    for sections, allowed in ((configuration.filters, _FILTERS), (configuration.outputs, _OUTPUTS)):
        for section in sections:
            if section.name not in allowed:
                raise _webhook(section, f"{section.name} is not a supported {section.kind.value} plugin")


def _webhook(section: Section, why: str) -> Refused:
    return Refused(
        "fluentbit/fargate-webhook",
        f"0500-amazon-eks-fargate-configmaps-admission refuses this ConfigMap: {why}",
        section.span,
        f"Filters: {', '.join(_FILTERS)}. Outputs: {', '.join(_OUTPUTS)}. Give the ConfigMap that the cluster runs.",
    )


def _input(span: Span) -> Section:
    properties = tuple(Property(name.lower(), value, span, name, value) for name, value in INPUT)
    return Section(Kind.INPUT, "tail", properties, span)


def _findings(config_map: KubeObject, files: dict[str, ConfigFile], span: Span) -> Iterator[Finding]:
    yield Finding(
        "fluentbit/fargate",
        span,
        f"ConfigMap {config_map.name}",
        PerAgent.same(Fidelity.MANUAL),
        ("" if config_map.name == NAME else f"By its keys, though it is not named {NAME}: ")
        + "This is the log router of Fargate: no DaemonSet runs there, and its webhook refuses a loki output, so an "
        "agent cannot take its place on the same nodes.",
        "Run an Alloy Deployment that tails the Fargate pods through the API server, or keep these logs in CloudWatch."
        + ("" if config_map.name == NAME else " If a DaemonSet mounts it, give that and the file with its inputs too."),
    )
    size = sum(len(file.text) for file in files.values())
    if size > _LIMIT:
        yield Finding(
            "fluentbit/fargate-size",
            span,
            f"{size} characters",
            PerAgent.same(Fidelity.HARMLESS),
            f"AWS accepts {_LIMIT} characters in this ConfigMap; the cluster does not run it as it stands here.",
        )
    for key, place, value in entries(config_map.data):
        if key in _SWITCHES:
            yield Finding(
                "fluentbit/fargate-switch",
                config_map.span(place),
                f"{key}: {value.value}",
                PerAgent.same(Fidelity.HARMLESS),
                "It makes AWS ship the log router's own logs; it touches no application log.",
            )
        elif key not in files or key not in _KEYS:
            yield Finding(
                "fluentbit/fargate-key",
                config_map.span(place),
                key,
                PerAgent.same(Fidelity.HARMLESS),
                "The log router looks at filters.conf, output.conf and parsers.conf only.",
            )
