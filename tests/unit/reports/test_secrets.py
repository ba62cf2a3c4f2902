"""Secrets of a configuration are hidden wherever they stand, and ordinary keys are not."""

from __future__ import annotations

import pytest

from translators.fluentbit.secrets import masked

SECRET_LINES = [
    "    http_passwd   hunter2",
    "  Header Authorization Basic aHVudGVyMg==hunter2",
    "    HTTP_Passwd hunter2",
    "      apikey: hunter2",
    '  "license_key": "hunter2"',
    "    splunk_token hunter2",
    "    AWS_Secret_Access_Key hunter2",
    "    Proxy http://me:hunter2@proxy:3128",
]
PLAIN_LINES = [
    "    Merge_Log_Key log_processed",
    "    Kube_Token_File /var/run/secrets/kubernetes.io/serviceaccount/token",
    "    Key_Name log",
    "    http_passwd ${LOKI_PASSWORD}",
    "    Header X-Team shop",
    "    log_key log",
    "    Regex log token=.*",
]


@pytest.mark.parametrize("line", SECRET_LINES)
def test_a_secret_is_hidden_by_its_key(line: str) -> None:
    assert "hunter2" not in masked(line, ())


@pytest.mark.parametrize("line", PLAIN_LINES)
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert masked(line, ()) == line


def test_a_known_value_is_hidden_wherever_it_stands() -> None:
    assert masked("refused: hunter2 at hunter2", {"hunter2"}) == "refused: ••• at •••"
