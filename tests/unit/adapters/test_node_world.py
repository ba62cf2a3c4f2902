"""A folder becomes a node: its files with their links, its pods, its journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.adapters.node_world import parse_export, read_world
from migrate.adapters.pod_files import read_pods
from translators.diagnostics import Refused

EXPORT = Path(__file__).parents[1] / "positions" / "written-by-fluent-bit" / "journal.export"
POD = {
    "kind": "Pod",
    "metadata": {
        "name": "web-1",
        "namespace": "shop",
        "uid": "u-1",
        "labels": {"app": "web"},
        "ownerReferences": [{"kind": "ReplicaSet", "name": "web-7d9c5b6f4", "controller": True}],
    },
    "spec": {
        "nodeName": "node-1",
        "initContainers": [{"name": "init", "image": "busybox:1"}],
        "containers": [{"name": "web", "image": "shop/web:1"}],
    },
    "status": {"podIP": "10.0.0.1", "containerStatuses": [{"name": "web", "containerID": "containerd://abc"}]},
}  # fmt: skip


def node(root: Path) -> Path:
    logs = root / "var/log/pods/shop_web-1_u-1/web"
    logs.mkdir(parents=True)
    (logs / "0.log").write_text("line\n")
    (root / "var/log/containers").mkdir()
    (root / "var/log/containers/web-1_shop_web-abc.log").symlink_to("/var/log/pods/shop_web-1_u-1/web/0.log")
    return root


def test_a_link_and_its_target_are_one_file_under_two_names(tmp_path: Path) -> None:
    world = read_world(node(tmp_path), None, 0, arriving=False)
    link, target = world.files
    assert (link.path, target.path) == (
        "/var/log/containers/web-1_shop_web-abc.log",
        "/var/log/pods/shop_web-1_u-1/web/0.log",
    )
    assert link.identity == target.identity
    assert link.real_path == target.path
    with link.open() as file:
        assert file.read() == b"line\n"
    assert world.symlinks == {link.path: target.path}


@pytest.mark.parametrize("form", ["pod", "list", "folder", "yaml"])
def test_pods_come_in_each_form_that_kubectl_writes(tmp_path: Path, form: str) -> None:
    file = tmp_path / "pods.json"
    if form == "folder":
        file = tmp_path / "pods"
        file.mkdir()
        (file / "shop_web-1.meta").write_text(json.dumps(POD))
    elif form == "list":
        file.write_text(json.dumps({"kind": "List", "items": [POD]}))
    else:
        file.write_text(json.dumps(POD) if form == "pod" else "---\n" + json.dumps(POD) + "\n---\n")
    (pod,) = read_pods(file)
    assert (pod.name, pod.namespace, pod.node, pod.ip) == ("web-1", "shop", "node-1", "10.0.0.1")
    assert (pod.controller_kind, pod.controller_name) == ("ReplicaSet", "web-7d9c5b6f4")
    assert [(item.name, item.init, item.identifier) for item in pod.containers] == [
        ("init", True, ""),
        ("web", False, "abc"),
    ]
    assert pod.omitted == ("annotations",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ('{"kind": "Service"}', "kind Service is no Pod"),
        ("a: [", "neither JSON nor YAML"),
        ("[]", "kind unknown is no Pod"),
        ("[" * 100_000, "it nests too deeply"),
        ("a: " + "[" * 1_000, "neither JSON nor YAML"),
        ('{"kind": "List",\n "items": [', "pods.json:2:12|it is no JSON: Expecting value"),
        ('{"kind": "List", "items": 5}', "items is no list of mappings"),
        ('{"kind": "List", "items": [5]}', "items is no list of mappings"),
        ('{"kind": "Pod", "metadata": [1]}', "metadata is no mapping"),
        ('{"kind": "Pod", "metadata": {}}', "a Pod without a name"),
        ('{"kind": "Pod", "metadata": {"name": "a", "labels": "b"}}', "labels is no mapping"),
        (
            '{"kind": "Pod", "metadata": {"name": "a", "ownerReferences": [1]}}',
            "ownerReferences is no list of mappings",
        ),
        ('{"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": 5}}', "containers is no list of mappings"),
    ],
)
def test_what_is_no_pod_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "pods.json"
    file.write_text(text)
    with pytest.raises(Refused) as refused:
        list(read_pods(file))
    assert f"{refused.value.span or file}|{refused.value.message}".endswith(why)


def test_no_pods_are_an_answer_of_the_cluster(tmp_path: Path) -> None:
    file = tmp_path / "pods.json"
    file.write_text('{"kind": "List", "items": []}')
    assert list(read_pods(file)) == []


def test_a_folder_that_is_no_node_is_refused(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "missing"):
        with pytest.raises(Refused, match=r"folder|log files"):
            read_world(root, None, 0, arriving=False)


def test_an_exported_journal_is_read_with_its_cursor_and_time() -> None:
    entries = list(parse_export(EXPORT.read_bytes()))
    assert entries[0].cursor == "s=3d1f0c5a9a7b4c2e8f60123456789abc;i=1"
    assert entries[0].realtime_ns == 1772413200000000000
    assert dict(entries[0].fields)["_SYSTEMD_UNIT"] == b"kubelet.service"
    assert "__CURSOR" not in dict(entries[0].fields)


def test_a_binary_field_keeps_its_newlines() -> None:
    data = b"__CURSOR=c\nMESSAGE\n" + (5).to_bytes(8, "little") + b"a\nb\nc" + b"\nPRIORITY=6\n\n"
    (entry,) = parse_export(data)
    assert dict(entry.fields) == {"MESSAGE": b"a\nb\nc", "PRIORITY": b"6"}


def test_namespaces_stand_beside_the_pods(tmp_path: Path) -> None:
    pods = tmp_path / "pods"
    pods.mkdir()
    (pods / "shop_web-1.meta").write_text('{"kind":"Pod","metadata":{"name":"web-1","namespace":"shop"}}')
    (pods / "shop.namespace_meta").write_text('{"kind":"Namespace","metadata":{"name":"shop","labels":{"team":"a"}}}')
    (tmp_path / "node/var").mkdir(parents=True)
    world = read_world(tmp_path / "node", pods, 0, False)
    assert [pod.name for pod in world.pods] == ["web-1"]
    (namespace,) = world.namespaces
    assert (namespace.name, namespace.labels, namespace.omitted) == ("shop", {"team": "a"}, ("annotations",))
    assert [pod.name for pod in read_pods(pods)] == ["web-1"]


def test_a_container_that_only_the_specification_names_was_not_started(tmp_path: Path) -> None:
    pod = {
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}]},
        "status": {"containerStatuses": [{"name": "a", "image": "docker.io/a:1"}]},
    }
    file = tmp_path / "pod.json"
    file.write_text(json.dumps(pod))
    (found,) = read_pods(file)
    assert [(one.image, one.started) for one in found.containers] == [("docker.io/a:1", True), ("b:1", False)]
