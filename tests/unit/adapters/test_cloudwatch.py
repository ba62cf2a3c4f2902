"""What keeps us from asking AWS is told with its way out; nothing here leaves the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.adapters.cloudwatch import Account, AwsCloudWatch
from migrate.ports import CloudWatchUnreachable


@pytest.fixture(autouse=True)
def no_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(
    ("account", "remedy"),
    [
        (Account(), "give --region, or set AWS_REGION"),
        (Account("eu-west-1", "nobody"), "correct --profile or AWS_PROFILE"),
    ],
)
def test_what_is_missing_is_named(account: Account, remedy: str) -> None:
    with pytest.raises(CloudWatchUnreachable) as failed:
        AwsCloudWatch(account)
    assert failed.value.remedy.startswith(remedy)
    assert failed.value.exit_code == 3


def test_without_credentials_the_way_out_is_to_log_in() -> None:
    with pytest.raises(CloudWatchUnreachable) as failed:
        AwsCloudWatch(Account("eu-west-1")).saved_queries()
    assert failed.value.remedy.startswith("log in")
