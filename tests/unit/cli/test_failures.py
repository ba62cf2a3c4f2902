"""How a failure is told: on one screen, whatever the file holds that it quotes."""

from __future__ import annotations

import json

import pytest

from migrate.cli.failures import say
from translators.diagnostics import Refused
from translators.source import Span


def test_what_a_file_holds_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    refused = Refused("fluentbit/unknown-plugin", "no plugin 't\x1b[31mail'", Span("a.conf", 1, 6), "write\x07 tail")
    refused.text = "Name t\x1b[31mail\x9b1m\n"
    assert say(refused, ("plan",)) == 2
    told = capsys.readouterr().err
    assert "no plugin 't␛[31mail'" in told
    assert "1 | Name t␛[31mail" in told
    assert {letter for letter in told if ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0} == {"\n"}


def test_a_long_value_is_cut_for_people_and_whole_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    message = f"[filter:grep:grep.0] could not compile regex pattern '{'a' * 200_000}('"
    say(Refused("fluentbit/broken-regex", message, Span("a.conf", 1, 1)), ("plan", "--format", "json"))
    told = capsys.readouterr()
    assert len(told.err) < 2_000
    assert told.err.endswith("a(' [fluentbit/broken-regex]\n")
    assert json.loads(told.out)["error"]["message"] == message
