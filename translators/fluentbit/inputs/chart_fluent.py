"""The chart fluent-bit of fluent/helm-charts: the sections of one file as texts."""

from __future__ import annotations

from dataclasses import replace

from translators.diagnostics import Refused
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.inputs import classic_files, environment
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.values import Rendered, Values, keyed, keys, listed
from translators.fluentbit.inputs.workloads import env_from_of, env_of, mounts_of, part_of, texts_of
from translators.fluentbit.variables import Variables
from translators.fluentbit.workload import Mount, Workload
from translators.fluentbit.yaml_syntax import Plain

_FOLDER = "/fluent-bit/etc/conf"
_ES = "    Host elasticsearch-master\n    Logstash_Format On\n"
DEFAULTS: dict[str, Plain] = {
    "kind": "DaemonSet",
    "image": {"repository": "cr.fluentbit.io/fluent/fluent-bit", "tag": "", "pullPolicy": "IfNotPresent"},
    "flush": 1,
    "metricsPort": 2020,
    "logLevel": "info",
    "dnsPolicy": "ClusterFirst",
    "rbac": {"create": True, "nodeAccess": False},
    "args": ["--workdir=/fluent-bit/etc", f"--config={_FOLDER}/fluent-bit.conf"],
    "config": {
        "service": (
            "[SERVICE]\n    Daemon Off\n    Flush {{ .Values.flush }}\n    Log_Level {{ .Values.logLevel }}\n"
            f"    Parsers_File /fluent-bit/etc/parsers.conf\n    Parsers_File {_FOLDER}/custom_parsers.conf\n"
            "    HTTP_Server On\n    HTTP_Listen 0.0.0.0\n    HTTP_Port {{ .Values.metricsPort }}\n"
            "    Health_Check On\n"
        ),
        "inputs": (
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    multiline.parser docker, cri\n"
            "    Tag kube.*\n    Mem_Buf_Limit 5MB\n    Skip_Long_Lines On\n\n"
            "[INPUT]\n    Name systemd\n    Tag host.*\n    Systemd_Filter _SYSTEMD_UNIT=kubelet.service\n"
            "    Read_From_Tail On\n"
        ),
        "filters": (
            "[FILTER]\n    Name kubernetes\n    Match kube.*\n    Merge_Log On\n    Keep_Log Off\n"
            "    K8S-Logging.Parser On\n    K8S-Logging.Exclude On\n"
        ),
        "outputs": (
            f"[OUTPUT]\n    Name es\n    Match kube.*\n{_ES}    Retry_Limit False\n\n"
            f"[OUTPUT]\n    Name es\n    Match host.*\n{_ES}    Logstash_Prefix node\n    Retry_Limit False\n"
        ),
        "customParsers": (
            "[PARSER]\n    Name docker_no_time\n    Format json\n    Time_Keep Off\n    Time_Key time\n"
            "    Time_Format %Y-%m-%dT%H:%M:%S.%L\n"
        ),
    },
}


def find(values: Values, variables: Variables) -> Found:
    """What the chart's templates make of the values."""
    values.defaults = DEFAULTS
    existing = values.value("existingConfigMap").text
    if existing:
        raise Refused(
            "fluentbit/values-incomplete",
            f"the configuration is in the ConfigMap {existing}, which these values only name",
            values.span("existingConfigMap"),
            f"Give the cluster's objects: kubectl get configmap/{existing} daemonset -n NAMESPACE -o yaml.",
        )
    tree = FileTree()
    main = Rendered(values)
    for name in ("service", "inputs", "filters", "outputs"):
        main.block(f"config.{name}")
    tree.add(main.file(f"{_FOLDER}/fluent-bit.conf"))
    parsers = Rendered(values)
    parsers.block("config.customParsers")
    tree.add(parsers.file(f"{_FOLDER}/custom_parsers.conf"), "/fluent-bit/etc/custom_parsers.conf")
    _extra_files(values, tree)
    workload = _workload(values)
    environment.fill(variables, workload, environment.Told())
    return Found("helm fluent-bit", _main(tree, workload), tree, variables, workload)


def _extra_files(values: Values, tree: FileTree) -> None:
    for section, folder in (("config.extraFiles", _FOLDER), ("luaScripts", "/fluent-bit/scripts")):
        for key in keys(values, section):
            text = Rendered(keyed(values, section))
            text.block(key)
            tree.add(text.file(f"{folder}/{key}"))


def _main(tree: FileTree, workload: Workload) -> ConfigFile:
    for word in workload.command:
        if word.startswith("--config="):
            found = tree.find(word.partition("=")[2], _FOLDER)
            if found is not None:
                return found
    return tree.files.get(f"{_FOLDER}/fluent-bit.conf") or classic_files.main_file(tree)


def _mounts(values: Values) -> tuple[Mount, ...]:
    span, holder = values.span("config"), values.holder()
    default = (
        Mount("varlog", "/var/log", span, "hostPath", "/var/log"),
        Mount(
            "varlibdockercontainers",
            "/var/lib/docker/containers",
            span,
            "hostPath",
            "/var/lib/docker/containers",
            read_only=True,
        ),
        Mount("etcmachineid", "/etc/machine-id", span, "hostPath", "/etc/machine-id", "File", read_only=True),
    )
    return (
        Mount("config", _FOLDER, span, "configMap", object_name="fluent-bit"),
        *(tuple(mounts_of(holder, values.node("daemonSetVolumes"), values.node("daemonSetVolumeMounts"))) or default),
        *mounts_of(holder, values.node("extraVolumes"), values.node("extraVolumeMounts")),
    )


def _workload(values: Values) -> Workload:
    holder = values.holder()
    repository, tag = values.value("image.repository").text, values.value("image.tag").text
    workload = Workload(
        kind=values.value("kind").text,
        name=values.value("fullnameOverride").text or "fluent-bit",
        namespace="",
        span=values.span("config"),
        image=f"{repository}:{tag}" if tag else repository,
        image_span=values.span("image"),
        image_pull_policy=values.value("image.pullPolicy").text,
        labels=texts_of(values.node("labels")),
        annotations=texts_of(values.node("annotations")),
        pod_labels=texts_of(values.node("podLabels")),
        pod_annotations=texts_of(values.node("podAnnotations")),
        command=tuple(text for text, _ in (*listed(values, "command"), *listed(values, "args"))),
        env=tuple(env_of(holder, values.node("env"))),
        env_from=tuple(env_from_of(holder, values.node("envFrom"))),
        mounts=_mounts(values),
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
        service_account=values.value("serviceAccount.name").text or "fluent-bit",
        service_account_annotations=texts_of(values.node("serviceAccount.annotations")),
        host_network=values.value("hostNetwork").true,
        dns_policy=values.value("dnsPolicy").text,
        dns_config=part_of(holder, values.node("dnsConfig")),
        pod_security_context=part_of(holder, values.node("podSecurityContext")),
        security_context=part_of(holder, values.node("securityContext")),
        update_strategy=part_of(holder, values.node("updateStrategy")),
        image_pull_secrets=part_of(holder, values.node("imagePullSecrets")),
        liveness_probe=part_of(holder, values.node("livenessProbe")),
        readiness_probe=part_of(holder, values.node("readinessProbe")),
        init_containers=part_of(holder, values.node("initContainers")),
        side_containers=part_of(holder, values.node("extraContainers")),
        host_aliases=part_of(holder, values.node("hostAliases")),
    )
