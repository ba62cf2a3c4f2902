"""What the doctor sees of AWS and of clusters, without asking anybody and without showing a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.adapters.machine import Status, aws_credentials, aws_region, cluster, packages, rivals
from migrate.cli.main import app

SECRET = "wJalrXUtnFEMI-not-a-real-key"


def test_keys_in_the_environment_are_present_and_not_shown(tmp_path: Path) -> None:
    check = aws_credentials({"AWS_ACCESS_KEY_ID": "AKIA0", "AWS_SECRET_ACCESS_KEY": SECRET}, tmp_path)
    assert check.status is Status.OK
    assert SECRET not in str(check)
    assert "AKIA0" not in str(check)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("credentials", f"[work]\naws_access_key_id = AKIA0\naws_secret_access_key = {SECRET}\n"),
        ("config", "[profile work]\nsso_session = corp\nregion = ap-northeast-2\n"),
        ("config", "[profile work]\ncredential_process = /bin/false\n"),
    ],
)
def test_profiles_are_looked_up_and_not_run(tmp_path: Path, file: str, text: str) -> None:
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / file).write_text(text)
    assert aws_credentials({"AWS_PROFILE": "work"}, tmp_path).status is Status.OK
    assert aws_credentials({}, tmp_path).status is Status.ABSENT


def test_the_region_is_that_of_the_profile_unless_the_environment_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = ap-northeast-2\n")
    assert aws_region({}, tmp_path).detail == "ap-northeast-2"
    assert aws_region({"AWS_REGION": "eu-west-1"}, tmp_path).detail == "eu-west-1"


def test_a_broken_profile_file_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_bytes(b"\xff\xfe[[[ no")
    assert aws_region({}, tmp_path).status is Status.ABSENT


def test_no_kubeconfig_is_absent_and_an_unreachable_cluster_a_warning(tmp_path: Path) -> None:
    assert cluster({}, tmp_path).status is Status.ABSENT
    broken = tmp_path / "kubeconfig"
    broken.write_text("not: a kubeconfig\n")
    assert cluster({"KUBECONFIG": str(broken)}, tmp_path).status is Status.WARNING


def test_the_packages_that_we_declare_are_all_here_and_have_no_rival() -> None:
    assert {check.status for check in packages()} == {Status.OK}
    assert {check.status for check in rivals()} == {Status.OK}


def test_the_verb_prints_json_that_a_script_can_read() -> None:
    result = CliRunner().invoke(app, ["doctor", "--format", "json"])
    document = json.loads(result.stdout)
    assert document["works"] is True
    assert {"python", "kubernetes", "AWS credentials", "promtail"} <= {check["name"] for check in document["checks"]}
