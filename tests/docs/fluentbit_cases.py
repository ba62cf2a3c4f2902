"""A minimal input for each fixed rule of Fluent Bit's readers and checks: its page shows what logmig really says."""

from __future__ import annotations

from collections.abc import Mapping

from tests.docs.fluentbit_samples import INPUT, OUTPUT, PARSERS

Files = Mapping[str, str]
_MAIN = "fluent-bit.conf"
_SERVICE = "[SERVICE]\n    Parsers_File parsers.conf\n\n"


def _conf(text: str) -> Files:
    return {_MAIN: text}


def _values(text: str) -> Files:
    return {"values.yaml": text}


_FLUENT_VALUES = "config:\n  outputs: |\n" + "".join(f"    {line}\n" for line in OUTPUT.rstrip().split("\n"))
_ADD_ON = "clusterName: prod\nregion: eu-west-1\ncontainerLogs:\n  fluentBit:\n    config:\n"
_APPLICATION = "      extraFiles:\n        application-log.conf: |\n" + "".join(
    f"          {line}\n" for line in (INPUT + "\n" + OUTPUT).rstrip().split("\n")
)


def _filter(*lines: str) -> Files:
    return _conf(INPUT + "\n[FILTER]\n" + "".join(f"    {line}\n" for line in lines) + "\n" + OUTPUT)


def _tail(*lines: str) -> Files:
    return _conf("[INPUT]\n    Name tail\n" + "".join(f"    {line}\n" for line in lines) + "\n" + OUTPUT)


def _parsers(text: str) -> Files:
    return {_MAIN: _SERVICE + INPUT + "    Parser mine\n\n" + OUTPUT, "parsers.conf": text}


def _multiline(text: str) -> Files:
    return {_MAIN: _SERVICE + INPUT + "    multiline.parser mine\n\n" + OUTPUT, "parsers.conf": text}


def _config_map(name: str, **items: str) -> str:
    body = "".join(
        f"  {key}: |\n" + "".join(f"    {line}\n" for line in text.rstrip().split("\n")) for key, text in items.items()
    )
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: logging\ndata:\n{body}"


def daemon_set(*container: str, pod: str = "", image: str = "fluent/fluent-bit:3.2.4") -> str:
    """A DaemonSet with more lines for its container and its pod."""
    lines = "".join(f"          {line}\n" for line in container)
    return (
        "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: fluent-bit\n  namespace: logging\nspec:\n"
        "  selector:\n    matchLabels: {app: fluent-bit}\n  template:\n    metadata:\n"
        f"      labels: {{app: fluent-bit}}\n    spec:\n{pod}      containers:\n        - name: fluent-bit\n"
        f"          image: {image}\n{lines}"
        "          volumeMounts:\n            - {name: config, mountPath: /fluent-bit/etc/}\n"
        "            - {name: varlog, mountPath: /var/log}\n"
        "      volumes:\n        - {name: config, configMap: {name: fluent-bit-config}}\n"
        "        - {name: varlog, hostPath: {path: /var/log}}\n"
    )


def manifest(*container: str, pod: str = "", conf: str = INPUT + "\n" + OUTPUT, **more: str) -> Files:
    """A ConfigMap and a DaemonSet."""
    text = _config_map("fluent-bit-config", **{"fluent-bit.conf": conf})
    return {"fluent-bit.yaml": text + daemon_set(*container, pod=pod, **more)}


def _fargate(**items: str) -> Files:
    return {"aws-logging.yaml": _config_map("aws-logging", **items).replace(": logging", ": aws-observability")}


_KUSTOMIZED = {"fluent-bit.yaml": manifest()["fluent-bit.yaml"]}
_PATCHED = (
    "resources: [fluent-bit.yaml]\npatches:\n- target: {kind: DaemonSet, name: fluent-bit}\n  patch: |-\n"
    "    - op: replace\n      path: /metadata/name\n      value: fluent-bit\n"
)
_YAML = "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/app/*.log\n      tag: kube.app\n"
_YAML_OUT = (
    "  outputs:\n    - name: cloudwatch_logs\n      match: '*'\n      region: ap-northeast-2\n"
    "      log_group_name: /shop/app\n      log_stream_prefix: node-\n"
)

_CASES: dict[str, Files] = {
    "alter-size": _filter("Name alter_size", "Match *", "add 1", "remove 1"),
    "assumed-node-name": {
        "fluent-bit.yaml": _config_map(
            "fluent-bit-config", **{_MAIN: INPUT + "\n" + OUTPUT.replace("node-", "${HOST_NAME}-")}
        )
    },
    "bad-value": _tail("Path /var/log/app.log", "Rotate_Wait 0"),
    "binary": _conf("\x7fELF\x00"),
    "broken-regex": _filter("Name grep", "Match *", "Regex log (unclosed"),
    "buffer-sizes": _tail("Path /var/log/app.log", "Buffer_Chunk_Size 1M"),
    "chart-default": _values(_ADD_ON + _APPLICATION),
    "classic-syntax": _conf("hello\n"),
    "cloudwatch-logs-options": _conf(INPUT + "\n" + OUTPUT + "    log_stream_name one\n"),
    "comment-in-value": _conf(INPUT + "\n" + OUTPUT.replace("Match *", "Match *  # everything")),
    "configmap-not-given": {"daemonset.yaml": daemon_set()},
    "docker-mode-and-multiline": {
        _MAIN: _SERVICE + INPUT + "    Docker_Mode On\n    Multiline On\n    Parser_Firstline json\n\n" + OUTPUT,
        "parsers.conf": PARSERS,
    },
    "dualstack-endpoint": _values(
        _ADD_ON.replace("containerLogs:", "useDualstackEndpoint: true\ncontainerLogs:") + _APPLICATION
    ),
    "emitter-name": _filter("Name rewrite_tag", "Match *", "Rule $log ^ERROR errors false", "Emitter_Name tail.0"),
    "empty": _conf(" \n"),
    "env-from-elsewhere": {
        "fluent-bit.yaml": "env:\n  - name: GROUP\n    uri: file:///run/group\n" + _YAML + _YAML_OUT
    },
    "fargate": _fargate(**{"output.conf": OUTPUT}),
    "fargate-key": _fargate(**{"output.conf": OUTPUT, "input.conf": INPUT}),
    "fargate-size": _fargate(
        **{"output.conf": "\n".join(OUTPUT.replace("*", f"kube.{number:03}.*") for number in range(40))}
    ),
    "fargate-switch": _fargate(**{"output.conf": OUTPUT, "flb_log_cw": "true"}),
    "fargate-webhook": _fargate(**{"output.conf": "[OUTPUT]\n    Name loki\n    Match *\n"}),
    "fargate-without-output": _fargate(**{"filters.conf": "[FILTER]\n    Name grep\n    Match *\n    Regex log x\n"}),
    "file-not-given": _conf("[SERVICE]\n    Parsers_File custom_parsers.conf\n\n" + INPUT + "\n" + OUTPUT),
    "filter-without-match": _filter("Name grep", "Regex log ERROR"),
    "firelens-input": {"extra.conf": OUTPUT},
    "grep-rule": _filter("Name grep", "Match *", "Regex log"),
    "here-document": {
        "install.sh": "kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata:\n"
        "  name: fluent-bit-config\n  namespace: $NAMESPACE\ndata:\n  fluent-bit.conf: |\n"
        + "".join(f"    {line}\n" for line in (INPUT + OUTPUT).split("\n") if line)
        + "EOF\n"
    },
    "ignored-section": _conf("[EXTRA]\n    Name tail\n\n" + INPUT + "\n" + OUTPUT),
    "image-version": manifest(image="fluent/fluent-bit:latest"),
    "include-missing": _conf("@INCLUDE application.conf\n\n" + INPUT + "\n" + OUTPUT),
    "include-order": {
        _MAIN: "[SERVICE]\n    Flush 5\n\n@INCLUDE part-*.conf\n",
        "part-a.conf": INPUT,
        "part-b.conf": OUTPUT,
    },
    "include-twice": {_MAIN: "@INCLUDE part.conf\n@INCLUDE part.conf\n\n" + OUTPUT, "part.conf": INPUT},
    "logs-disabled": _values(_ADD_ON.replace("  fluentBit:\n    config:\n", "  enabled: false\n")),
    "kustomize-elsewhere": {
        **_KUSTOMIZED,
        "kustomization.yaml": "resources: [fluent-bit.yaml, 'https://example.org/base?ref=v1']\n",
    },
    "kustomize-patch": {
        **_KUSTOMIZED,
        "kustomization.yaml": _PATCHED.replace("/metadata/name", "/metadata/annotations/team"),
    },
    "kustomize-patch-unused": {
        **_KUSTOMIZED,
        "kustomization.yaml": _PATCHED.replace("name: fluent-bit}", "name: fluentd}"),
    },
    "lost-indentation": {
        "pasted.txt": "apiVersion: v1\nkind: ConfigMap\nmetadata:\nname: fluent-bit-config\nnamespace: logging\n"
        "data:\nfluent-bit.conf: |\n"
        + "".join(f"{line.strip()}\n" for line in (INPUT + OUTPUT).split("\n") if line.strip())
    },
    "meta": _conf("@SET group\n\n" + INPUT + "\n" + OUTPUT),
    "missing-key": _filter("Name parser", "Match *", "Parser json"),
    "record-modifier-keys": _filter("Name record_modifier", "Match *", "Remove_key a", "Allowlist_key b"),
    "record-accessor": _filter("Name grep", "Match *", "Regex log-level ^error"),
    "missing-name": _conf(INPUT + "\n[OUTPUT]\n    Match *\n"),
    "modify-rule": _filter("Name modify", "Match *", "Rename log"),
    "multiline-key": _filter("Name multiline", "Match *", "Mode partial_message"),
    "multiline-mode": _filter("Name multiline", "Match *", "Mode whole"),
    "multiline-without-firstline": _tail("Path /var/log/app.log", "Multiline On"),
    "multiline-without-parser": _filter("Name multiline", "Match *"),
    "nest-operation": _filter("Name nest", "Match *", "Operation fold"),
    "nest-prefixes": _filter(
        "Name nest", "Match *", "Operation lift", "Nested_under a", "Add_prefix x", "Remove_prefix y"
    ),
    "no-configuration": {"service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n"},
    "no-input": manifest(conf=OUTPUT),
    "no-main-file": {"a.yaml": "foo: bar\n"},
    "no-match": _conf(INPUT + "\n" + OUTPUT + "\n[OUTPUT]\n    Name stdout\n"),
    "not-a-boolean": _tail("Path /var/log/app.log", "Read_from_Head maybe"),
    "not-utf-8": _conf("# caf\xe9\n" + INPUT + "\n" + OUTPUT),
    "not-yaml": {"fluent-bit.yaml": "a: b: c\n"},
    "overwritten-key": _conf(INPUT + "    Tag  other.*\n\n" + OUTPUT),
    "parser-definition": {"fluent-bit.yaml": "parsers:\n  - name: mine\n    format: regex\n" + _YAML + _YAML_OUT},
    "parser-in-main-file": _conf(INPUT + "\n[PARSER]\n    Name mine\n    Format json\n\n" + OUTPUT),
    "parser-not-loaded": _parsers("[PARSER]\n    Name mine\n    Format regex\n"),
    "parsers-of-the-image": _conf(_SERVICE + INPUT + "    Parser json\n\n" + OUTPUT),
    "processor-of-another-signal": {
        "fluent-bit.yaml": _YAML
        + "      processors:\n        metrics:\n          - name: labels\n            insert: a b\n"
        + _YAML_OUT
    },
    "repeated-configmap-key": {
        "fluent-bit.yaml": _config_map("fluent-bit-config", **{"fluent-bit.conf": INPUT + OUTPUT})
        + "  fluent-bit.conf: again\n"
    },
    "repeated-key": _tail("Path /var/log/app.log", "Path /var/log/other.log"),
    "service": _conf("[SERVICE]\n    Flush 5\n\n" + INPUT + "\n" + OUTPUT),
    "several-kustomizations": {
        **{f"base/{name}": text for name, text in _KUSTOMIZED.items()},
        "base/kustomization.yaml": "resources: [fluent-bit.yaml]\n",
        "dev/kustomization.yaml": "resources: [../base]\n",
        "prod/kustomization.yaml": "resources: [../base]\n",
    },
    "several-main-files": {"a.conf": INPUT + OUTPUT, "b.conf": INPUT + OUTPUT},
    "several-values": {"a.yaml": _FLUENT_VALUES, "b.yaml": "input: {tag: kube.*}\n"},
    "several-workloads": {
        "fluent-bit.yaml": _config_map("fluent-bit-config", **{"fluent-bit.conf": INPUT + OUTPUT})
        + daemon_set()
        + daemon_set().replace("name: fluent-bit\n  namespace", "name: second\n  namespace")
    },
    "shared-files": _conf(INPUT + "\n" + INPUT.replace("kube.*", "other.*") + "\n" + OUTPUT),
    "storage-without-path": _conf("[SERVICE]\n    Flush 5\n\n" + INPUT + "    storage.type filesystem\n\n" + OUTPUT),
    "stored-section": _conf("[UPSTREAM_SERVERS]\n    Name pool\n\n" + INPUT + "\n" + OUTPUT),
    "tail-encoding": _tail("Path /var/log/app.log", "unicode.encoding UTF-8"),
    "tail-without-path": _tail("Tag a"),
    "template": _conf(INPUT + "\n" + OUTPUT.replace("/shop/app", "{{ .Values.group }}")),
    "too-few-words": _filter("Name record_modifier", "Match *", "Record team"),
    "type-converter-rules": _filter("Name type_converter", "Match *", "str_key size bytes number"),
    "undefined-multiline-parser": _tail("Path /var/log/app.log", "multiline.parser mine"),
    "undefined-parser": _filter("Name parser", "Match *", "Key_Name log", "Parser mine"),
    "unknown-key": _tail("Path /var/log/app.log", "Paht /var/log/app.log"),
    "unknown-plugin": _conf("[INPUT]\n    Name tial\n    Path /var/log/app.log\n\n" + OUTPUT),
    "unknown-service-key": _conf("[SERVICE]\n    Flsuh 5\n\n" + INPUT + "\n" + OUTPUT),
    "unknown-service-value": manifest(
        "env:",
        "  - name: PORT",
        "    valueFrom: {configMapKeyRef: {name: cluster-info, key: port}}",
        conf="[SERVICE]\n    HTTP_Port ${PORT}\n\n" + INPUT + "\n" + OUTPUT,
    ),
    "unknown-value": manifest(
        "env:",
        "  - name: GROUP",
        "    valueFrom: {configMapKeyRef: {name: cluster-info, key: group}}",
        conf=INPUT + "\n" + OUTPUT.replace("/shop/app", "${GROUP}"),
    ),
    "unsent": _conf(INPUT + "\n" + OUTPUT.replace("Match *", "Match other.*")),
    "unset-variable": manifest(conf=INPUT + "\n" + OUTPUT.replace("node-", "${WHERE}-")),
    "unused-parser": {_MAIN: _SERVICE + INPUT + "\n" + OUTPUT, "parsers.conf": PARSERS},
    "values-elsewhere": {
        "fluent-bit.yaml": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: fluent-bit}\n"
        "spec:\n  valuesFrom:\n    - {kind: ConfigMap, name: more-values}\n  values:\n"
        + "".join(f"    {line}\n" for line in _FLUENT_VALUES.rstrip().split("\n"))
    },
    "values-incomplete": _values(_ADD_ON + "      service: |\n        [SERVICE]\n          Flush 45\n"),
    "values-unknown": _values(_FLUENT_VALUES + "fluentd: {enabled: true}\n"),
    "values-unused": _values(_FLUENT_VALUES + "ingress: {enabled: false}\n"),
    "version-difference": manifest(
        image="fluent/fluent-bit:1.7.9", conf=INPUT + "    multiline.parser cri\n\n" + OUTPUT
    ),
    "windows-nodes": manifest(pod="      nodeSelector: {kubernetes.io/os: windows}\n"),
    "yaml-bomb": {"fluent-bit.yaml": "a: &a [*a]\n"},
    "yaml-syntax": {"fluent-bit.yaml": _YAML + "   outputs:\n    - name: stdout\n"},
}
CASES: Mapping[str, Files] = {f"fluentbit/{name}": files for name, files in _CASES.items()}
