"""The chart amazon-cloudwatch-observability (the EKS add-on): the files of the AWS layout as texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.configuration import NODE_NAME, POD_NAME
from translators.fluentbit.files import FileTree
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.values import Rendered, Values, keyed, keys
from translators.fluentbit.inputs.workloads import part_of
from translators.fluentbit.variables import Unknown, Variables
from translators.fluentbit.workload import EnvSource, EnvVariable, Mount, Workload
from translators.fluentbit.yaml_syntax import Plain, get

_FOLDER = "/fluent-bit/etc"
_BASE = "containerLogs.fluentBit"
_ISOLATED = {
    "us-iso-": "adcIsoExtraFiles",
    "us-isob-": "adcIsobExtraFiles",
    "us-isof-": "adcIsofExtraFiles",
    "eu-isoe-": "euAdcIsoeExtraFiles",
}
_GIVE_ALL = (
    "Give the chart's own values first: helm show values aws-observability/amazon-cloudwatch-observability > "
    "defaults.yaml, then --fluent-bit defaults.yaml --fluent-bit FILE. Or all values of the release (helm get values "
    "RELEASE -n amazon-cloudwatch --all -o yaml), or the cluster's objects: kubectl get configmap/fluent-bit-config "
    "daemonset/fluent-bit -n amazon-cloudwatch -o yaml."
)
_DEFAULT_TEXTS = (
    (("service",), Fidelity.HARMLESS, "nothing in it is known to decide about a log record"),
    (("customParsers",), Fidelity.APPROXIMATE, "a parser of it that an input or a filter names is not known here"),
    (("extraFiles", "application-log.conf"), Fidelity.MANUAL, "what it collects is not in this plan"),
    (("extraFiles", "dataplane-log.conf"), Fidelity.MANUAL, "what it collects is not in this plan"),
    (("extraFiles", "host-log.conf"), Fidelity.MANUAL, "what it collects is not in this plan"),
)
"""The texts that the chart's own values bring: Helm merges the user's over them key by key."""
DEFAULTS: dict[str, Plain] = {
    "containerLogs": {"enabled": True, "fluentBit": {"priorityClassName": "system-node-critical"}},
}
_HOST_PATHS = (
    ("fluentbitstate", "/var/fluent-bit/state", False),
    ("varlog", "/var/log", True),
    ("varlibdockercontainers", "/var/lib/docker/containers", True),
    ("runlogjournal", "/run/log/journal", True),
    ("dmesg", "/var/log/dmesg", True),
)


def find(values: Values, variables: Variables, cluster: str) -> Found:
    """What the chart's templates make of the values, for Linux nodes."""
    values.defaults = DEFAULTS
    if not values.value("containerLogs.enabled").true:
        raise Refused(
            "fluentbit/logs-disabled",
            "containerLogs.enabled is false: the chart installs no Fluent Bit",
            values.span("containerLogs.enabled"),
            "Nothing is to be migrated from this chart.",
        )
    if not keys(values, f"{_BASE}.config.extraFiles"):
        raise Refused(
            "fluentbit/values-incomplete",
            "these values leave the configuration to the chart's defaults, which they do not contain",
            values.span(f"{_BASE}.config"),
            _GIVE_ALL,
        )
    tree = FileTree()
    extra = _extra_files(values)
    main = _main(values)
    file = main.file(f"{_FOLDER}/fluent-bit.conf")
    tree.add(file)
    parsers = Rendered(values)
    parsers.block(f"{_BASE}.config.customParsers")
    tree.add(parsers.file(f"{_FOLDER}/parsers.conf"))
    for section in (extra, f"{_BASE}.config.extraScripts"):
        for key in keys(values, section):
            text = Rendered(keyed(values, section))
            text.block(key)
            tree.add(text.file(f"{_FOLDER}/{key}"))
    _environment(values, variables, cluster)
    return Found("helm amazon-cloudwatch-observability", file, tree, variables, _workload(values), [*_findings(values)])


def _left_to_the_chart(values: Values) -> Iterator[Finding]:
    """The texts that the values do not say, if only with null, which takes the chart's away."""
    config = values.node(f"{_BASE}.config")
    for path, fidelity, means in _DEFAULT_TEXTS:
        if get(config, *path) is None:
            yield Finding(
                "fluentbit/chart-default",
                values.span(f"{_BASE}.config"),
                f"config.{'.'.join(path)}",
                PerAgent.same(fidelity),
                f"Not in these values, so the chart's own text runs: {means}.",
                _GIVE_ALL,
            )


def _extra_files(values: Values) -> str:
    """Isolated regions have files of their own; their names still come from ``extraFiles``."""
    region = values.value("region").text
    name = next((name for prefix, name in _ISOLATED.items() if region.startswith(prefix)), "extraFiles")
    return f"{_BASE}.config.{name}"


def _main(values: Values) -> Rendered:
    main = Rendered(values)
    main.block(f"{_BASE}.config.service")
    for key in keys(values, f"{_BASE}.config.extraFiles"):
        main.line(f"@INCLUDE {key}", f"{_BASE}.config.extraFiles")
    return main


def _environment(values: Values, variables: Variables, cluster: str) -> None:
    """The container's variables; clusterName and region are values that the chart requires."""
    for name, value, flag in (
        ("CLUSTER_NAME", cluster or values.value("clusterName").text, "--cluster NAME"),
        ("AWS_REGION", values.value("region").text, "--env AWS_REGION=VALUE"),
    ):
        if value:
            variables.pod[name] = value
        else:
            origin = f"the value {'clusterName' if name == 'CLUSTER_NAME' else 'region'} of the chart"
            variables.unknown[name] = Unknown(name, origin, flag)
    variables.pod.update(READ_FROM_HEAD="Off", READ_FROM_TAIL="On", HOST_NAME=NODE_NAME, HOSTNAME=POD_NAME)


def _findings(values: Values) -> list[Finding]:
    found = [*_left_to_the_chart(values)]
    if values.value(f"{_BASE}.configWindows").true:
        found.append(
            Finding(
                "fluentbit/windows-nodes",
                values.span(f"{_BASE}.configWindows"),
                "configWindows",
                PerAgent.same(Fidelity.HARMLESS),
                "This part is for Windows nodes, where the chart runs another DaemonSet; the plan is for Linux nodes.",
                "Keep Fluent Bit on Windows nodes.",
            )
        )
    if values.value("useDualstackEndpoint").true:
        found.append(
            Finding(
                "fluentbit/dualstack-endpoint",
                values.span("useDualstackEndpoint"),
                "useDualstackEndpoint: true",
                PerAgent.same(Fidelity.HARMLESS),
                "The chart adds dual-stack endpoints and an IPv6 preference; what is sent stays the same.",
            )
        )
    return found


def _workload(values: Values) -> Workload:
    span = values.span(_BASE)
    workload = Workload(
        kind="DaemonSet",
        name="fluent-bit",
        namespace="amazon-cloudwatch",
        span=span,
        image=_image(values),
        image_span=values.span(f"{_BASE}.image"),
        image_pull_policy="Always",
        labels={"k8s-app": "fluent-bit", "version": "v1", "kubernetes.io/cluster-service": "true"},
        pod_labels={"k8s-app": "fluent-bit", "version": "v1", "kubernetes.io/cluster-service": "true"},
        selector={"k8s-app": "fluent-bit"},
        env=(
            EnvVariable("AWS_REGION", EnvSource.VALUE, values.span("region"), values.value("region").text),
            EnvVariable("CLUSTER_NAME", EnvSource.VALUE, values.span("clusterName"), values.value("clusterName").text),
            EnvVariable("HOST_NAME", EnvSource.FIELD, span, None, "spec.nodeName"),
            EnvVariable("HOSTNAME", EnvSource.FIELD, span, None, "metadata.name"),
        ),
        mounts=_mounts(values),
    )
    return _placed(workload, values)


def _placed(workload: Workload, values: Values) -> Workload:
    """The workload with where and how its pods run."""
    holder = values.holder()
    own = values.node(f"{_BASE}.tolerations")
    return replace(
        workload,
        tolerations=part_of(holder, own if own is not None else values.node("tolerations")),
        node_selector=part_of(holder, values.node(f"{_BASE}.nodeSelector")),
        affinity=part_of(holder, values.node(f"{_BASE}.affinity")),
        priority_class=values.value(f"{_BASE}.priorityClassName").text,
        priority_class_span=values.span(f"{_BASE}.priorityClassName"),
        resources=part_of(holder, values.node(f"{_BASE}.resources")),
        service_account="cloudwatch-agent",
        host_network=True,
        dns_policy="ClusterFirstWithHostNet",
        security_context=part_of(holder, values.node(f"{_BASE}.securityContext")),
        update_strategy=part_of(holder, values.node(f"{_BASE}.updateStrategy")),
        termination_grace_seconds=10,
    )


def _image(values: Values) -> str:
    region = values.value("region").text
    domains = values.value(f"{_BASE}.image.repositoryDomainMap").plain
    known = domains if isinstance(domains, dict) else {}
    domain = known.get(region) or known.get("public") or "public.ecr.aws/aws-observability"
    name, tag = values.value(f"{_BASE}.image.repository").text, values.value(f"{_BASE}.image.tag").text
    return f"{domain}/{name or 'aws-for-fluent-bit'}" + (f":{tag}" if tag else "")


def _mounts(values: Values) -> tuple[Mount, ...]:
    span = values.span(_BASE)
    config = Mount("fluent-bit-config", f"{_FOLDER}/", span, "configMap", object_name="fluent-bit-config")
    return (
        *(Mount(name, path, span, "hostPath", path, read_only=read_only) for name, path, read_only in _HOST_PATHS),
        config,
    )
