"""The chart aws-for-fluent-bit of eks-charts: one input, one filter and an output for each service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from translators.diagnostics import Finding
from translators.fluentbit.files import FileTree
from translators.fluentbit.inputs import environment, leftovers
from translators.fluentbit.inputs.chart_aws_outputs import OUTPUTS
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.values import Rendered, Values, listed
from translators.fluentbit.inputs.workloads import env_from_of, env_of, mounts_of, part_of, texts_of
from translators.fluentbit.variables import Variables
from translators.fluentbit.workload import Mount, Workload
from translators.fluentbit.yaml_syntax import Plain, entries

DEFAULTS: dict[str, Plain] = {
    "image": {
        "repository": "public.ecr.aws/aws-observability/aws-for-fluent-bit",
        "tag": "",
        "pullPolicy": "IfNotPresent",
    },
    "service": {
        "parsersFiles": ["/fluent-bit/parsers/parsers.conf"],
        "extraService": (
            "HTTP_Server On\nHTTP_Listen 0.0.0.0\nHTTP_PORT 2020\nHealth_Check On\n"
            "HC_Errors_Count 5\nHC_Retry_Failure_Count 5\nHC_Period 5\n"
        ),
    },
    "input": {
        "enabled": True,
        "tag": "kube.*",
        "path": "/var/log/containers/*.log",
        "db": "/var/log/flb_kube.db",
        "multilineParser": "docker, cri",
        "memBufLimit": "5MB",
        "skipLongLines": "On",
        "refreshInterval": 10,
    },
    "filter": {
        "enabled": True,
        "match": "kube.*",
        "kubeURL": "https://kubernetes.default.svc.cluster.local:443",
        "mergeLog": "On",
        "mergeLogKey": "data",
        "keepLog": "On",
        "k8sLoggingParser": "On",
        "k8sLoggingExclude": "On",
        "bufferSize": "32k",
    },
    "updateStrategy": {"type": "RollingUpdate"},
    "dnsPolicy": "ClusterFirst",
    **{name: defaults for name, (_, defaults, _) in OUTPUTS.items()},
}
_INPUT = (
    ("Tag", "tag", False),
    ("Path", "path", False),
    ("Path_Key", "pathKey", True),
    ("DB", "db", False),
    ("Parser", "parser", True),
    ("Docker_Mode", "dockerMode", True),
    ("multiline.parser", "multilineParser", True),
    ("Mem_Buf_Limit", "memBufLimit", False),
    ("Skip_Long_Lines", "skipLongLines", False),
    ("Refresh_Interval", "refreshInterval", False),
)
_FILTER = (
    ("Match", "match", False),
    ("Kube_URL", "kubeURL", False),
    ("Merge_Log", "mergeLog", False),
    ("Merge_Log_Key", "mergeLogKey", True),
    ("Keep_Log", "keepLog", False),
    ("K8S-Logging.Parser", "k8sLoggingParser", False),
    ("K8S-Logging.Exclude", "k8sLoggingExclude", False),
    ("Buffer_Size", "bufferSize", False),
)
_FOLDER = "/fluent-bit/etc"


def find(values: Values, variables: Variables) -> Found:
    """What the chart's templates make of the values."""
    values.defaults = DEFAULTS
    tree = FileTree()
    main = _main(values).file(f"{_FOLDER}/fluent-bit.conf")
    tree.add(main)
    if values.value("service.extraParsers").true:
        parsers = Rendered(values)
        parsers.block("service.extraParsers")
        tree.add(parsers.file(f"{_FOLDER}/parser_extra.conf"))
    workload = _workload(values)
    environment.fill(variables, workload, environment.Told())
    return Found("helm aws-for-fluent-bit", main, tree, variables, workload, [*_unknown(values)])


def _unknown(values: Values) -> Iterator[Finding]:
    """What a section of the values has and no template reads."""
    sections = {"input": _INPUT, "filter": _FILTER, **{name: keys for name, (_, _, keys) in OUTPUTS.items()}}
    for section, properties in sections.items():
        known = {path.split(".")[0] for _, path, _ in properties}
        known |= {"enabled", "name", *values.defaults_of(section)}
        known.add({"input": "extraInputs", "filter": "extraFilters"}.get(section, "extraOutputs"))
        for key, _, _ in entries(values.node(section)):
            if key not in known:
                yield leftovers.unknown(f"{section}.{key}", values)


def _main(values: Values) -> Rendered:
    out = Rendered(values)
    out.line("[SERVICE]", "service")
    out.block("service.extraService", 4)
    for name, _ in listed(values, "service.parsersFiles"):
        out.line(f"    Parsers_File {name}", "service.parsersFiles")
    if values.value("service.extraParsers").true:
        out.line(f"    Parsers_File {_FOLDER}/parser_extra.conf", "service.extraParsers")
    if values.value("input.enabled").true:
        _section(out, "[INPUT]", "tail", "input", _INPUT)
    out.block("input.extraInputs", 4)
    out.block("additionalInputs")
    if values.value("filter.enabled").true:
        _section(out, "[FILTER]", "kubernetes", "filter", _FILTER)
    out.block("filter.extraFilters", 4)
    out.block("additionalFilters")
    for name, (plugin, _, properties) in OUTPUTS.items():
        if values.value(f"{name}.enabled").true:
            _section(out, "[OUTPUT]", plugin, name, properties)
            out.block(f"{_extra(name)}.extraOutputs", 4)
    out.block("additionalOutputs")
    return out


def _extra(name: str) -> str:
    """The template looks below ``kinesis`` for what should follow firehose."""
    return "kinesis" if name == "firehose" else name


def _section(out: Rendered, title: str, plugin: str, name: str, properties: tuple[tuple[str, str, bool], ...]) -> None:
    out.line(title, name)
    out.line(f"    Name {plugin}", name)
    for key, path, optional in properties:
        value = out.values.value(f"{name}.{path}")
        if value.true or not optional:
            out.line(f"    {key} {value.text}", f"{name}.{path}")


def _workload(values: Values) -> Workload:
    holder = values.holder()
    image = values.value("image.repository").text
    tag = values.value("image.tag").text
    span = values.span("image")
    config = Mount("fluentbit-config", f"{_FOLDER}/", span, "configMap", object_name="aws-for-fluent-bit")
    mounts = tuple(mounts_of(holder, values.node("volumes"), values.node("volumeMounts"))) or (
        Mount("varlog", "/var/log", span, "hostPath", "/var/log"),
        Mount(
            "varlibdockercontainers",
            "/var/lib/docker/containers",
            span,
            "hostPath",
            "/var/lib/docker/containers",
            read_only=True,
        ),
    )
    workload = Workload(
        kind="DaemonSet",
        name=values.value("fullnameOverride").text or "aws-for-fluent-bit",
        namespace=values.value("global.namespaceOverride").text,
        span=span,
        image=f"{image}:{tag}" if tag else image,
        image_span=span,
        image_pull_policy=values.value("image.pullPolicy").text,
        pod_annotations=texts_of(values.node("annotations")),
        env=tuple(env_of(holder, values.node("env"))),
        env_from=tuple(env_from_of(holder, values.node("envFrom"))),
        mounts=(config, *mounts),
    )
    return _placed(workload, values)


def _placed(workload: Workload, values: Values) -> Workload:
    """The workload with where and how its pods run."""
    holder = values.holder()
    return replace(
        workload,
        tolerations=part_of(holder, values.node("tolerations")),
        node_selector=part_of(holder, values.node("nodeSelector")),
        affinity=part_of(holder, values.node("affinity")),
        priority_class=values.value("priorityClassName").text,
        priority_class_span=values.span("priorityClassName"),
        resources=part_of(holder, values.node("resources")),
        service_account=values.value("serviceAccount.name").text or "aws-for-fluent-bit",
        service_account_annotations=texts_of(values.node("serviceAccount.annotations")),
        host_network=values.value("hostNetwork").true,
        dns_policy=values.value("dnsPolicy").text,
        pod_security_context=part_of(holder, values.node("podSecurityContext")),
        security_context=part_of(holder, values.node("containerSecurityContext")),
        update_strategy=part_of(holder, values.node("updateStrategy")),
        image_pull_secrets=part_of(holder, values.node("imagePullSecrets")),
        liveness_probe=part_of(holder, values.node("livenessProbe")),
        readiness_probe=part_of(holder, values.node("readinessProbe")),
    )
