"""Filter kubernetes: pods from the world, annotations, merged JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.unit.fluentbit_evaluate.node import (
    CONTAINER_LOG,
    SINK,
    cri,
    filter_of,
    node_of,
    records,
    run,
    run_yaml,
    tail,
)
from translators.diagnostics import Refused
from translators.fluentbit.evaluate import Map, plain
from translators.pipeline.world import Container, Namespace, Pod

KUBE = tail("multiline.parser cri", path="/var/log/containers/*.log").replace("Tag t", "Tag kube.*")


def pod(annotations: Mapping[str, str] | None = None) -> Pod:
    return Pod(
        "web-1", "shop", "uid", "node-1", "10.0.0.7", {"app": "web"}, annotations or {},
        (Container("app", "shop/web:1", "docker.io/shop/web@sha256:ab", "a" * 64),),
    )  # fmt: skip


def kubernetes(content: bytes, *options: str, known: Pod | None = None, parsers: str = "") -> list[dict[str, object]]:
    world = node_of({CONTAINER_LOG: content}, [known or pod()])
    return records(run(KUBE + filter_of("kubernetes", *options) + SINK, world, parsers))


def test_a_pod_that_the_api_knows_is_described() -> None:
    (row,) = kubernetes(cri("x"))
    described = row["kubernetes"]
    assert isinstance(described, Map)
    assert [key for key, _ in described][:5] == [b"pod_name", b"namespace_name", b"pod_id", b"labels", b"annotations"]
    assert dict(described)[b"container_image"] == b"shop/web:1"


@pytest.mark.parametrize(
    ("options", "known", "described"),
    [
        (("Namespace_Labels On",), True, [(b"name", b"shop"), (b"labels", [(b"team", b"a")])]),
        (
            ("Namespace_Labels On", "Namespace_Annotations On"),
            True,
            [(b"name", b"shop"), (b"labels", [(b"team", b"a")])],
        ),
        (("Namespace_Annotations On", "Namespace_Metadata_Only On"), True, [(b"name", b"shop")]),
        (("Namespace_Labels On",), False, None),
    ],
)
def test_a_namespace_that_the_api_knows_is_described(
    options: tuple[str, ...], known: bool, described: list[object] | None
) -> None:
    namespaces = (Namespace("shop", {"team": "a"}, omitted=("annotations",)),) if known else ()
    world = replace(node_of({CONTAINER_LOG: cri("x")}, [pod()]), namespaces=namespaces)
    (row,) = records(run(KUBE + filter_of("kubernetes", *options) + SINK, world))
    assert row.get("kubernetes_namespace") == described
    assert ("kubernetes" in row) is ("Namespace_Metadata_Only On" not in options)


@pytest.mark.parametrize(("option", "kept"), [("Labels On", True), ("Cache_Use_Docker_Id On", False)])
@pytest.mark.parametrize("source", ["Labels On", "Use_Tag_For_Meta On"])
def test_a_restarted_container_keeps_what_was_found_first(source: str, option: str, kept: bool) -> None:
    later = CONTAINER_LOG.replace("a" * 64, "b" * 64)
    world = node_of({CONTAINER_LOG: cri("old"), later: cri("new")}, [pod()])
    config = KUBE + filter_of("kubernetes", *dict.fromkeys((source, option))) + SINK
    described = [row["kubernetes"] for row in records(run(config, world))]
    found = [dict(one)[b"docker_id"] for one in described if isinstance(one, Map)]
    assert found == [b"a" * 64, (b"a" if kept else b"b") * 64]


def test_the_image_is_that_of_a_container_that_was_started() -> None:
    waiting = replace(pod(), containers=(Container("app", "shop/web:1", started=False),))
    (row,) = kubernetes(cri("x"), known=waiting)
    described = row["kubernetes"]
    assert isinstance(described, Map)
    assert [key for key, _ in described][-2:] == [b"container_name", b"docker_id"]


def test_a_pod_that_the_api_does_not_know_adds_nothing() -> None:
    (row,) = kubernetes(cri("x"), known=Pod("other", "shop"))
    assert "kubernetes" not in row


def test_json_in_log_is_merged_and_trimmed() -> None:
    (row,) = kubernetes(cri('{"a":"x\\n","n":1}'), "Merge_Log On", "Keep_Log Off", "Merge_Log_Key parsed")
    assert "log" not in row
    parsed = row["parsed"]
    assert isinstance(parsed, Map)
    assert plain(parsed) == {"a": "x", "n": 1}


def test_an_annotation_excludes_one_stream() -> None:
    wish = pod({"fluentbit.io/exclude_stderr": "true"})
    rows = kubernetes(cri("x") + cri("y", "stderr"), "K8S-Logging.Exclude On", known=wish)
    assert [row["log"] for row in rows] == [b"x"]


def test_an_annotation_asks_for_a_parser() -> None:
    parsers = "[PARSER]\n    Name kv\n    Format logfmt\n"
    wish = pod({"fluentbit.io/parser": "kv"})
    (row,) = kubernetes(cri("a=1 b=2"), "Merge_Log On", "K8S-Logging.Parser On", known=wish, parsers=parsers)
    assert (row["a"], row["b"]) == (b"1", b"2")


@pytest.mark.parametrize(
    ("options", "wishes", "known"),
    [
        (("Merge_Log On",), {}, True),
        (("Merge_Log On", "Merge_Parser kv"), {}, False),
        (("Merge_Log On", "K8S-Logging.Parser On"), {"fluentbit.io/parser": "kv"}, False),
    ],
)
def test_a_parser_that_finds_no_time_sets_the_wall_clock(
    options: tuple[str, ...], wishes: dict[str, str], known: bool
) -> None:
    parsers = "[PARSER]\n    Name kv\n    Format logfmt\n"
    config = KUBE + filter_of("kubernetes", *options) + SINK
    (sent,) = run(config, node_of({CONTAINER_LOG: cri("a=1")}, [pod(wishes)]), parsers)
    assert (sent.time_ns is not None) == known


@pytest.mark.parametrize("removes", [True, False])
def test_entity_keys_are_refused_where_an_output_would_send_them(removes: bool) -> None:
    output = "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region r\n    log_group_name g\n"
    output += f"    log_stream_name s\n    add_entity {removes}\n"
    config = KUBE + filter_of("kubernetes", "Use_Pod_Association On") + output
    world = node_of({CONTAINER_LOG: cri("x")}, [pod()])
    if removes:
        assert len(run(config, world)) == 1
        return
    with pytest.raises(Refused) as caught:
        run(config, world)
    assert caught.value.rule == "fluentbit/aws-entity"


@pytest.mark.parametrize(("tag", "kept"), [("kube.*", []), ("x", [(b"a", b"1")])])
def test_records_of_pods_are_written_anew_without_their_metadata(tag: str, kept: list[tuple[bytes, bytes]]) -> None:
    config = f"""pipeline:
  inputs:
    - name: tail
      tag: {tag}
      path: /var/log/containers/*.log
      read_from_head: on
      processors:
        logs:
          - {{name: content_modifier, context: metadata, action: insert, key: a, value: "1"}}
  filters:
    - {{name: kubernetes, match: "*"}}
  outputs:
    - {{name: stdout, match: "*"}}
"""
    (sent,) = run_yaml(config, node_of({CONTAINER_LOG: b"one\n"}, [pod()]))
    assert sent.metadata == kept
