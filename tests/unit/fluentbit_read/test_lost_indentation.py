"""Text that was pasted from a web page: the manifest that it was, and the values of the commands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.fluentbit_read.reading import check_reading
from translators.diagnostics import Refused
from translators.fluentbit.inputs.commands import find
from translators.fluentbit.inputs.indentation import restore
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.fluentbit.yaml_syntax import compose, plain

SHARED = Path("/work/shared")
SEED = SHARED / "seed" / "eks-logging-blog.txt"
MANIFEST = SHARED / "corpus" / "fluent-bit" / "ci-fluent-bit-1013274-seed.yaml"
GIVEN = ReadOptions(
    environment={"AWS_REGION": "eu-west-1", "READ_FROM_HEAD": "Off", "READ_FROM_TAIL": "On"}, cluster="prod"
)


def contents(reading: Reading) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Sections without places; blanks inside a value count once, since web pages squeeze them."""
    configuration = reading.configuration
    return [
        (section.kind, section.name, [(item.key, " ".join(item.value.split())) for item in section.properties])
        for section in (*configuration.parsers, *configuration.inputs, *configuration.filters, *configuration.outputs)
    ]


@pytest.mark.skipif(not SEED.exists(), reason="/work/shared/seed is not on this machine")
def test_the_seed_is_the_manifest_that_it_was() -> None:
    pasted = read({"blog.txt": SEED.read_bytes()}, GIVEN)
    whole = read({"manifest.yaml": MANIFEST.read_bytes()}, GIVEN)

    assert pasted.kind == "pasted"
    assert contents(pasted) == contents(whole)
    assert pasted.workload is not None
    assert whole.workload is not None
    assert [mount.mount_path for mount in pasted.workload.mounts] == [
        mount.mount_path for mount in whole.workload.mounts
    ]
    assert [variable.name for variable in pasted.workload.env] == [variable.name for variable in whole.workload.env]


@pytest.mark.skipif(not SEED.exists(), reason="/work/shared/seed is not on this machine")
def test_the_places_of_the_seed_are_those_of_the_page() -> None:
    reading = read({"blog.txt": SEED.read_bytes()}, GIVEN)
    rows = SEED.read_text("utf-8").split("\n")

    for section in (*reading.configuration.inputs, *reading.configuration.parsers):
        for item in section.properties:
            assert rows[item.span.line - 1][item.span.column - 1 :].startswith(f"{item.name} {item.raw}")


@pytest.mark.skipif(not SEED.exists(), reason="/work/shared/seed is not on this machine")
def test_the_seed_alone_names_the_flags_that_it_needs() -> None:
    with pytest.raises(Refused) as refusal:
        read({"blog.txt": SEED.read_bytes()}, ReadOptions())

    for flag in ("--cluster NAME", "--env AWS_REGION=", "--env READ_FROM_HEAD=Off", "--env READ_FROM_TAIL=On"):
        assert flag in refusal.value.remedy


def test_an_object_beside_the_paste_gives_its_values() -> None:
    info = {"logs.region": "eu-west-1", "cluster.name": "prod", "read.head": "On", "read.tail": "Off"}
    info |= {"http.server": "On", "http.port": "2020"}
    lines = "".join(f"  {key}: '{value}'\n" for key, value in info.items())
    beside = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: fluent-bit-cluster-info}}\ndata:\n{lines}"
    reading = read({"blog.txt": SEED.read_bytes(), "info.yaml": beside.encode()}, ReadOptions())

    assert reading.configuration.outputs[0].value("log_group_name") == "/aws/containerinsights/prod/application"


FLAT = """\
제목
kubectl create configmap info --from-literal=cluster.name=${Name} \\
--from-literal=team=alpha -n logging
apiVersion: v1
kind: ConfigMap
metadata:
name: config
data:
fluent-bit.conf: |
[INPUT]
Name tail
Path /x
Tag ${TEAM}.${CLUSTER}
[OUTPUT]
Name stdout
Match *
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
name: fluent-bit
spec:
template:
spec:
containers:
- name: fluent-bit
image: fluent/fluent-bit:3.1.9
env:
- name: TEAM
valueFrom:
configMapKeyRef:
name: info
key: team
- name: CLUSTER
valueFrom:
configMapKeyRef:
name: info
key: cluster.name
volumeMounts:
- name: c
mountPath: /fluent-bit/etc
volumes:
- name: c
configMap:
name: config
tolerations:
- operator: Exists
나의 경우 끝
"""


def test_a_command_gives_its_values_and_a_shell_variable_stays_unknown() -> None:
    with pytest.raises(Refused, match=r"cluster\.name"):
        read({"-": FLAT.encode()}, ReadOptions())

    reading = read({"-": FLAT.encode()}, ReadOptions(environment={"Name": "prod"}))

    assert reading.configuration.inputs[0].value("tag") == "alpha.prod"
    assert reading.version == "3.1.9"
    assert reading.workload is not None
    assert reading.workload.tolerations is not None


def test_it_says_that_the_indentation_was_lost() -> None:
    reading = read({"-": FLAT.encode()}, ReadOptions(cluster="prod"))

    assert reading.findings[0].rule == "fluentbit/lost-indentation"


def test_a_conf_file_obeys_fluent_bit_unless_told_otherwise() -> None:
    text = b"[SERVICE]\nFlush 1\n[INPUT]\nName tail\nPath /x\n[OUTPUT]\nName stdout\nMatch *\n"

    with pytest.raises(Refused, match="indentation level is too low"):
        read({"a.conf": text}, ReadOptions())
    reading = read({"a.conf": text}, ReadOptions(lenient=True))

    assert reading.configuration.inputs[0].value("path") == "/x"
    assert str(reading.configuration.inputs[0].properties[1].span) == "a.conf:5:1"
    assert "fluentbit/lost-indentation" in {finding.rule for finding in reading.findings}


def test_a_regular_file_read_leniently_loses_nothing_and_says_nothing() -> None:
    text = b"[INPUT]\n    Name tail\n    Path /x\n[OUTPUT]\n    Name stdout\n    Match *\n"

    assert read({"a.conf": text}, ReadOptions(lenient=True)).findings == ()


def test_literals_of_a_command_may_stand_apart_from_their_flag() -> None:
    created = find([(1, "kubectl create cm info --from-literal a=1 --from-literal='b=two words'")], {})

    assert created.values == {("info", "a"): "1", ("info", "b"): "two words"}


def test_a_choice_of_the_shell_is_shown_as_the_text_would_settle_it() -> None:
    lines = (
        "Head='Off'",
        "Port=''",
        "[[ ${Head} = 'On' ]] && Tail='Off'|| Tail='On'",
        '[ "$Head" = "Off" ] && First=yes || First=no',
        "[[ -z ${Unsaid} ]] && Server='Off' || Server='On'",
        "kubectl create cm i --from-literal=tail=${Tail} --from-literal=first=$First --from-literal=server=${Server}",
    )
    created = find(enumerate(lines, 1), {})

    assert created.values == {}
    assert created.hints == {"tail": "On", "first": "yes"}


def test_an_affinity_is_put_back_in_shape() -> None:
    flat = (
        "apiVersion: apps/v1\nkind: DaemonSet\nspec:\ntemplate:\nspec:\naffinity:\nnodeAffinity:\n"
        "requiredDuringSchedulingIgnoredDuringExecution:\nnodeSelectorTerms:\n- matchExpressions:\n"
        "- key: eks.amazonaws.com/compute-type\noperator: NotIn\nvalues:\n- fargate\ncontainers:\n- name: x\n"
    )
    spec = plain(compose(restore(flat).text, "x")[0])

    assert spec == {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "spec": {
            "template": {
                "spec": {
                    "affinity": {
                        "nodeAffinity": {
                            "requiredDuringSchedulingIgnoredDuringExecution": {
                                "nodeSelectorTerms": [
                                    {
                                        "matchExpressions": [
                                            {
                                                "key": "eks.amazonaws.com/compute-type",
                                                "operator": "NotIn",
                                                "values": ["fargate"],
                                            }
                                        ]
                                    }
                                ]
                            }
                        }
                    },
                    "containers": [{"name": "x"}],
                }
            }
        },
    }


@settings(max_examples=150)
@given(st.lists(st.sampled_from(FLAT.splitlines()), max_size=40))
def test_no_shuffled_paste_breaks_the_reader(lines: list[str]) -> None:
    check_reading({"-": "\n".join(lines).encode()})


def test_the_files_of_a_configmap_may_come_without_it() -> None:
    text = "fluent-bit.conf: |\n[INPUT]\nName tail\nPath /x\n[OUTPUT]\nName stdout\nMatch *\n"

    assert read({"-": text.encode()}, ReadOptions()).configuration.inputs[0].value("path") == "/x"


def test_the_fences_of_markdown_end_what_stands_between_them() -> None:
    text = (
        "# How to log\n\n```yaml\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: fluent-bit-config}\ndata:\n"
        "  fluent-bit.conf: |\n    [INPUT]\n        Name tail\n        Path /var/log/*.log\n    [OUTPUT]\n"
        "        Name cloudwatch_logs\n        Match *\n        region x\n        log_group_name /g\n"
        "        log_stream_prefix a-\n```\n\nThen look at the pods:\n\n~~~\nkubectl get pods\n~~~\n"
    )
    reading = read({"guide.md": text.encode()}, ReadOptions())

    assert [item.key for item in reading.configuration.outputs[0].properties][-1] == "log_stream_prefix"
    assert str(next(reading.configuration.inputs[0].every("path")).span) == "guide.md:11:9"
