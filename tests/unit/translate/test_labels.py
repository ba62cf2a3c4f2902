"""The label scheme: what is where, why, what a user may change, and how many streams come of it."""

from __future__ import annotations

import pytest

from translators.diagnostics import Refused
from translators.labels import DEFAULT, POD_LABEL, Kind, app_of, predict, read_overrides, with_overrides
from translators.pipeline.world import Container, Pod


def pod(name: str, namespace: str = "shop", **labels: str) -> Pod:
    return Pod(name, namespace, labels=labels, containers=(Container("web"), Container("proxy")))


def test_the_pod_is_metadata_and_says_why() -> None:
    assert DEFAULT.kind("pod") is Kind.METADATA
    assert "new stream" in DEFAULT.why("pod")
    assert "not part" in DEFAULT.why("nothing")


def test_streams_do_not_grow_with_replicas_until_the_pod_is_a_label() -> None:
    pods = [pod(f"web-{number}", app="web") for number in range(10)]
    assert predict(DEFAULT, pods).streams == 4
    assert predict(with_overrides(DEFAULT, [POD_LABEL]), pods).streams == 40


def test_the_largest_namespaces_come_first() -> None:
    pods = [pod("a", app="a"), pod("b", app="b"), pod("c", "kube-system", app="c")]
    assert predict(DEFAULT, pods).largest == (("shop", 8), ("kube-system", 4))


@pytest.mark.parametrize(
    ("given", "app"),
    [
        (Pod("p", "n", labels={"app.kubernetes.io/name": "one", "app": "two"}), "one"),
        (Pod("p", "n", labels={"app": "two"}), "two"),
        (Pod("p", "n", controller_name="web-7d9c5b6f4"), "web"),
        (Pod("p", "n", controller_name="aws-node"), "aws-node"),
        (Pod("p", "n"), "p"),
    ],
)
def test_the_app_is_the_first_name_that_a_pod_has(given: Pod, app: str) -> None:
    assert app_of(given) == app


def test_a_labels_file_adds_a_pod_label_and_moves_a_name() -> None:
    changes = read_overrides(
        {"labels": {"team": {"from": "pod-label/example.com/team"}, "container": {"kind": "metadata"}}}, "f"
    )
    scheme = with_overrides(DEFAULT, changes)
    assert scheme.kind("container") is Kind.METADATA
    team = scheme.find("team")
    assert team is not None
    assert team.source == "__meta_kubernetes_pod_label_example_com_team"


@pytest.mark.parametrize(
    "values",
    [
        {"label": {}},
        {"labels": {"Team": {"from": "pod-label/x"}}},
        {"labels": {"team": {"from": "nowhere/x"}}},
        {"labels": {"team": {}}},
        {"labels": {"pod": {"kind": "both"}}},
        {"labels": {"cluster": {"kind": "off"}}},
        {"labels": {"unit": {"kind": "metadata"}}},
    ],
)
def test_a_labels_file_that_cannot_be_meant_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(Refused):
        read_overrides(values, "labels.yaml")
