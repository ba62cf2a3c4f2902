"""Golden cases as nodes: what is laid out, and which cases can share an API server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from migrate.errors import Answered
from migrate.lab.cases import Case, find_cases, waves

LOG = "web-0_shop_web-" + "a" * 64 + ".log"


def case(folder: Path, about: dict[str, Any] | None = None, pod: dict[str, Any] | None = None) -> Case:
    logs = folder / "input/var/log/containers"
    logs.mkdir(parents=True)
    (logs / LOG).write_text("line\n")
    (folder / "case.json").write_text(json.dumps(about or {}))
    (folder / "fluent-bit.conf").write_text("[SERVICE]\n    Flush 1\n")
    if pod is not None:
        (folder / "pods").mkdir()
        metadata = {"name": "web-0", "namespace": "shop"}
        (folder / "pods/shop_web-0.meta").write_text(json.dumps({"metadata": metadata, **pod}))
    return Case(folder)


def test_cases_that_say_the_same_of_a_pod_share_an_api_server(tmp_path: Path) -> None:
    first = case(tmp_path / "first", pod={"spec": {"nodeName": "a"}})
    again = case(tmp_path / "again", pod={"spec": {"nodeName": "a"}})
    other = case(tmp_path / "other", pod={"spec": {"nodeName": "b"}})
    assert waves([first, other, again]) == [[first, again], [other]]


def test_a_case_whose_file_has_no_pod_is_kept_from_the_pod_of_another(tmp_path: Path) -> None:
    without, having = case(tmp_path / "without"), case(tmp_path / "having", pod={})
    assert waves([without, having]) == [[without], [having]]


def test_a_case_is_laid_out_writable_with_its_links(tmp_path: Path) -> None:
    made = case(tmp_path / "case", {"symlinks": {"var/log/link.log": f"var/log/containers/{LOG}"}})
    (made.folder / "input/var/log/containers" / LOG).chmod(0o444)
    made.lay_out(tmp_path / "node")
    assert (tmp_path / "node/var/log/link.log").read_text() == "line\n"
    assert (tmp_path / "node/var/log/containers" / LOG).stat().st_mode & 0o777 == 0o644


def test_the_main_file_comes_first_and_inputs_are_no_configuration(tmp_path: Path) -> None:
    made = case(tmp_path / "case")
    (made.folder / "a-first.conf").write_text("[INPUT]\n")
    (made.folder / "input/var/log/noise.conf").write_text("no\n")
    (made.folder / "mask.lua").write_text("return\n")
    assert list(made.inputs) == ["fluent-bit.conf", "a-first.conf"]
    assert list(made.scripts) == ["mask.lua"]


def test_the_node_is_the_one_that_the_pods_run_on(tmp_path: Path) -> None:
    pod = {"spec": {"nodeName": "ip-10-0-1-23"}}
    assert case(tmp_path / "with", pod=pod).hostname == "ip-10-0-1-23"
    assert case(tmp_path / "without").hostname == "node-1"
    assert case(tmp_path / "said", {"env": {"HOST_NAME": "n7"}}).hostname == "n7"


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Answered, match="no case"):
        find_cases(tmp_path)
