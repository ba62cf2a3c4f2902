"""Manifests inside guides and scripts: fenced blocks and here-documents, read where they stand."""

from __future__ import annotations

import pytest

from translators.diagnostics import Refused
from translators.fluentbit.inputs.embedded import read as blocks_of
from translators.fluentbit.read import Reading, ReadOptions, read

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: fluent-bit-config
data:
  fluent-bit.conf: |
    [INPUT]
        Name tail
        Path /var/log/*.log
        Tag app
    [FILTER]
        Name grep
        Match *
        Exclude \\$kubernetes['namespace_name'] ^kube-
    [OUTPUT]
        Name cloudwatch_logs
        Match *
        region \\${AWS_REGION}
        log_group_name /eks/$CLUSTER
        log_stream_prefix a-
"""
SCRIPT = f"#!/bin/bash\nset -e\nkubectl apply -f - <<EOF\n{CONFIG}EOF\necho done\n"


def read_one(name: str, text: str, **environment: str) -> Reading:
    return read({name: text.encode()}, ReadOptions(environment=environment))


def test_a_here_document_is_read_as_the_shell_leaves_it() -> None:
    reading = read_one("install.sh", SCRIPT, AWS_REGION="eu-west-1", CLUSTER="prod")
    (grep,) = reading.configuration.filters
    (output,) = reading.configuration.outputs
    assert grep.value("exclude") == "$kubernetes['namespace_name'] ^kube-"
    assert (output.value("region"), output.value("log_group_name")) == ("eu-west-1", "/eks/prod")
    assert (output.span.source, output.span.line) == ("install.sh", 18)
    (said,) = [found for found in reading.findings if found.rule == "fluentbit/here-document"]
    assert (said.subject, said.span.line) == ("CLUSTER", 3)


def test_the_shell_leaves_a_here_document_alone_whose_end_is_quoted() -> None:
    text = SCRIPT.replace("<<EOF", "<<'EOF'").replace("\\$", "$").replace("$CLUSTER", "logs")
    reading = read_one("install.sh", text, AWS_REGION="eu-west-1")
    assert "fluentbit/here-document" not in {found.rule for found in reading.findings}
    assert reading.configuration.outputs[0].value("region") == "eu-west-1"


def test_a_fence_has_not_lost_its_indentation() -> None:
    body = CONFIG.replace("\\$", "$").replace("$CLUSTER", "logs")
    commands = "kubectl create configmap info --from-literal=logs.region=eu-west-2\n"
    daemon = (
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: fluent-bit}\nspec: {template: {spec: {containers: "
        "[{name: fluent-bit, image: 'fluent/fluent-bit:3.1', env: [{name: AWS_REGION, valueFrom: "
        "{configMapKeyRef: {name: info, key: logs.region}}}], volumeMounts: [{name: c, mountPath: /fluent-bit/etc}]}], "
        "volumes: [{name: c, configMap: {name: fluent-bit-config}}]}}}\n"
    )
    text = f"# Guide\n\n```bash\n{commands}```\n\n```yaml\n{body}```\n\nThen:\n\n```yaml\n{daemon}```\n"
    reading = read_one("guide.md", text)
    assert "fluentbit/lost-indentation" not in {found.rule for found in reading.findings}
    assert reading.configuration.outputs[0].value("region") == "eu-west-2"


def test_files_that_a_script_writes_are_files() -> None:
    text = (
        "cat > /fluent-bit/etc/parsers.conf <<'EOF'\n[PARSER]\n    Name own\n    Format json\nEOF\n"
        "cat <<'EOF' > /fluent-bit/etc/fluent-bit.conf\n[SERVICE]\n    Parsers_File parsers.conf\n"
        "[INPUT]\n    Name tail\n    Path /a.log\n    Parser own\n[OUTPUT]\n    Name stdout\n    Match *\nEOF\n"
    )
    reading = read_one("entrypoint.sh", text)
    (parser,) = [each for each in reading.configuration.parsers if each.name == "own"]
    assert (parser.span.source, parser.span.line) == ("entrypoint.sh/parsers.conf", 2)


def test_values_of_a_chart_are_read_out_of_a_script() -> None:
    text = (
        "cat >values.yaml <<EOF\ncloudWatch:\n  enabled: true\n  region: eu-north-1\n  logGroupName: /logs/$NAME\n"
        "cloudWatchLogs:\n  enabled: false\nEOF\nhelm upgrade -i x eks/aws-for-fluent-bit -f values.yaml\n"
    )
    reading = read_one("install.sh", text, NAME="prod")
    (output,) = reading.configuration.outputs
    assert output.value("log_group_name") == "/logs/prod"


@pytest.mark.parametrize("text", ["a <<< EOF\nb\n", "# see <<EOF\nb\n", "x = 1<<EOF\n"])
def test_what_only_looks_like_a_here_document_is_none(text: str) -> None:
    assert blocks_of(text).blocks == []


def test_a_block_without_its_indentation_is_still_read_as_lost() -> None:
    flat = "\n".join(line.strip() for line in CONFIG.replace("\\$", "$").replace("$CLUSTER", "x").split("\n"))
    reading = read_one("guide.md", f"```yaml\n{flat}```\n", AWS_REGION="x")
    assert "fluentbit/lost-indentation" in {found.rule for found in reading.findings}


def test_a_template_in_a_script_is_refused() -> None:
    with pytest.raises(Refused, match="not rendered"):
        read_one("install.sh", SCRIPT.replace("/eks/$CLUSTER", "{{ .Values.group }}"))
