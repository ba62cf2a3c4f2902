"""Every engine starts and does its first useful thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.lab.control_plane import ControlPlane
from migrate.lab.grafana import frames_of_matrix, frames_of_vector, grafana_transform
from migrate.lab.loki import Loki, Tenant
from migrate.lab.moto import Moto
from migrate.lab.process import Process
from migrate.ports import Entry, Stream

pytestmark = pytest.mark.engine
MARCH = 1_772_413_200_000_000_000


def test_loki_returns_old_lines_at_once_and_to_their_tenant_only(loki: Loki, tenant: Tenant) -> None:
    stream = Stream({"app": "shop"}, (Entry(MARCH, "주문 실패", {"pod": "web-0"}),))
    tenant.push([stream])
    assert tenant.everything() == (stream,)
    assert loki.tenant("nobody-else").everything() == ()


def test_loki_counts_lines(tenant: Tenant) -> None:
    tenant.push([Stream({"app": "shop"}, tuple(Entry(MARCH + n, f"line {n}", {}) for n in range(5)))])
    assert tenant.instant('count_over_time({app="shop"}[1h])', MARCH + 10**9) == (({"app": "shop"}, 5.0),)


def test_everything_returns_streams_without_a_common_label(tenant: Tenant) -> None:
    streams = [Stream({name: "1"}, (Entry(MARCH, name, {}),)) for name in ("a", "b")]
    both = Stream({"a": "1", "b": "1"}, (Entry(MARCH, "both", {}),))
    tenant.push([*streams, both])
    found = sorted(tenant.everything(), key=lambda stream: sorted(stream.labels))
    assert found == [streams[0], both, streams[1]]


def test_the_control_plane_shows_pods_as_a_kubelet_left_them(control_plane: ControlPlane) -> None:
    metadata = {"name": "web-0", "namespace": "shop", "uid": "3f1c2a9e-0b7d-4c55-9a51-2f4f0c6d7e80"}
    control_plane.place([{"metadata": metadata, "spec": {"containers": []}, "status": {"podIP": "10.0.1.77"}}])
    (pod,) = control_plane.pods()
    assert (pod["metadata"]["uid"], pod["status"]["podIP"]) == (metadata["uid"], "10.0.1.77")
    control_plane.remove_pods()
    assert control_plane.pods() == []


def test_moto_answers_over_tls_as_a_client_trusts_it(moto: Moto) -> None:
    import boto3

    client = boto3.client(
        "logs",
        endpoint_url=moto.url,
        verify=str(moto.authority),
        region_name=moto.region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    client.create_log_group(logGroupName="/aws/containerinsights/prod/application")
    groups = client.describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/aws/containerinsights/prod/application"]
    moto.reset()
    assert client.describe_log_groups()["logGroups"] == []


def test_grafanas_own_code_makes_one_table_of_two_series() -> None:
    frames = frames_of_matrix(
        [{"metric": {"level": "error"}, "values": [[1, "3"]]}, {"metric": {"level": "info"}, "values": [[1, "5"]]}]
    )
    transformations = [
        {"id": "labelsToFields", "options": {}},
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {"excludeByName": {"Time": True}}},
    ]
    (table,) = grafana_transform(frames, transformations)
    assert {field["name"]: field["values"] for field in table["fields"]} == {
        "Value": [3, 5],
        "level": ["error", "info"],
    }


def test_a_table_of_many_rows_comes_whole() -> None:
    """Its text is several times what a pipe takes at once."""
    result = [{"metric": {}, "values": [(at, str(at)) for at in range(20_000)]}]
    (table,) = grafana_transform(frames_of_matrix(result), [])
    assert table["length"] == 20_000


def test_an_instant_query_is_a_table_before_any_transformation() -> None:
    result = [{"metric": {"level": "error"}, "value": [1, "3"]}, {"metric": {}, "value": [1, "5"]}]
    (table,) = grafana_transform(frames_of_vector(result, "B"), [{"id": "merge", "options": {}}])
    assert {field["name"]: field["values"] for field in table["fields"]} == {
        "Time": [1000, 1000],
        "level": ["error", ""],
        "Value #B": [3, 5],
    }


def test_a_process_that_ends_early_says_what_it_wrote(tmp_path: Path) -> None:
    from migrate.errors import WorldFailed

    process = Process("broken", ("sh", "-c", "echo no such flag; exit 7"), tmp_path / "log")
    with process, pytest.raises(WorldFailed, match=r"broken ended \(7\) before ready:\n  no such flag"):
        process.wait_until(lambda: False, "ready")
