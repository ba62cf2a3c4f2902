"""Secrets of a configuration are hidden wherever they stand, and ordinary keys are not."""

from __future__ import annotations

import pytest

from translators.fluentbit.read import ReadOptions, read
from translators.fluentbit.secrets import masked, secrets

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


@pytest.mark.parametrize(
    ("output", "secret"),
    [
        ("slack\n    webhook https://hooks.slack.com/services/T0/B0/hunter2hunter2", "hunter2hunter2"),
        ("http\n    uri /in?source=shop&api_token=hunter2hunter2&x=1", "hunter2hunter2"),
        ("http\n    uri /receiver/v1/http/aHVudGVyMg0123456789aHVudGVyMg==", "aHVudGVyMg0123456789aHVudGVyMg=="),
    ],
)
def test_an_address_that_lets_anybody_in_is_hidden(output: str, secret: str) -> None:
    text = f"[INPUT]\n    Name tail\n    Path /a\n[OUTPUT]\n    Match *\n    Name {output}\n"
    assert secret in "".join(secrets(read({"a.conf": text.encode()}, ReadOptions()).configuration))


@pytest.mark.parametrize(
    ("plugin", "hidden"),
    [
        ("record_modifier\n    Record X-OVH-TOKEN hunter2hunter2", {"hunter2hunter2"}),
        ("modify\n    Set api_key hunter2hunter2", {"hunter2hunter2"}),
        ("modify\n    Add token_kind standard", set()),
        ("record_modifier\n    Record cluster production", set()),
    ],
)
def test_a_secret_that_each_record_gets_is_hidden(plugin: str, hidden: set[str]) -> None:
    text = f"[INPUT]\n    Name tail\n    Path /a\n[FILTER]\n    Match *\n    Name {plugin}\n[OUTPUT]\n    Name null\n"
    assert secrets(read({"a.conf": text.encode()}, ReadOptions()).configuration) == hidden
