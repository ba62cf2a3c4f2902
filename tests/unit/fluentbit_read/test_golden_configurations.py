"""The configurations of the golden cases: read as real Fluent Bit 5.1.1 read them, or refused in its own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.adapters.local_files import load_inputs
from translators.diagnostics import Refused
from translators.fluentbit.read import Reading, ReadOptions, read

GOLDENS = Path(__file__).parents[2] / "golden" / "fluent-bit"
CASES = sorted(path.parent for path in GOLDENS.glob("*/case.json"))
FATAL = [case for case in CASES if "fatal" in json.loads((case / "case.json").read_text("utf-8"))]


def options(case: Path) -> ReadOptions:
    about = json.loads((case / "case.json").read_text("utf-8"))
    return ReadOptions(environment={"ROOT": "", "CASE_DIR": str(case), "STATE": "/state", **about["env"]})


def main_file(case: Path) -> str:
    return str(next(path for name in ("fluent-bit.conf", "fluent-bit.yaml") if (path := case / name).exists()))


def read_case(case: Path) -> Reading:
    return read(load_inputs([main_file(case)]), options(case))


@pytest.mark.parametrize("case", [case for case in CASES if case not in FATAL], ids=lambda case: case.name)
def test_a_configuration_that_runs_is_read(case: Path) -> None:
    reading = read_case(case)

    assert reading.configuration.inputs
    assert reading.configuration.outputs
    assert reading.configuration.service is not None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_folder_is_read_like_its_main_file(case: Path) -> None:
    if case in FATAL:
        with pytest.raises(Refused):
            read(load_inputs([str(case)]), options(case))
    else:
        assert read(load_inputs([str(case)]), options(case)).configuration == read_case(case).configuration


@pytest.mark.parametrize("case", FATAL, ids=lambda case: case.name)
def test_a_configuration_that_stops_fluent_bit_is_refused_in_its_words(case: Path) -> None:
    expected = json.loads((case / "case.json").read_text("utf-8"))["fatal"].replace("${CASE_DIR}", str(case))

    with pytest.raises(Refused) as refusal:
        read_case(case)

    assert refusal.value.message == expected
    assert refusal.value.span is not None
    assert refusal.value.span.source == main_file(case)
    assert refusal.value.remedy


@pytest.mark.parametrize("case", [case for case in CASES if case not in FATAL], ids=lambda case: case.name)
def test_every_place_shows_its_text(case: Path) -> None:
    reading = read_case(case)
    configuration = reading.configuration

    for section in (*configuration.inputs, *configuration.filters, *configuration.outputs):
        for item in section.properties:
            row = reading.sources[item.span.source].split("\n")[item.span.line - 1]
            assert row[item.span.column - 1 :].startswith(item.name)


def test_unknown_sections_are_kept_apart_and_reported() -> None:
    reading = read_case(GOLDENS / "config-unknown-sections")

    assert [section.name for section in reading.configuration.ignored] == ["FLITER", " FILTER "]
    assert [section.value("record") for section in reading.configuration.filters] == ["plural yes", "prefix yes"]
    assert [finding.subject for finding in reading.findings if finding.rule == "fluentbit/ignored-section"] == [
        "[FLITER]",
        "[ FILTER ]",
    ]


def test_variables_are_filled_in_as_fluent_bit_does() -> None:
    reading = read_case(GOLDENS / "config-env")
    records = [item.value for item in reading.configuration.filters[0].every("record")]

    assert records == [
        "set prod",
        "unset ab",
        "default fallback",
        "empty_default fallback",
        "at_set from_set",
        'spaced "a value with blanks"',
        "dollar $STAGE",
        "double $prod",
        "open ${STAGE",
        "host node-1",
    ]
    assert [finding.subject for finding in reading.findings] == ["${NOWHERE}"]


def test_the_last_of_repeated_global_keys_counts_and_the_others_are_reported() -> None:
    reading = read_case(GOLDENS / "config-repeated-global-keys")

    assert reading.configuration.inputs[0].value("tag") == "second"
    assert {finding.subject for finding in reading.findings if finding.rule == "fluentbit/overwritten-key"} == {
        "Tag first",
        "Mem_Buf_Limit 1MB",
        "Match first",
    }


def test_includes_come_in_the_order_of_reading() -> None:
    reading = read_case(GOLDENS / "config-include")

    assert [section.value("set") or section.value("copy") for section in reading.configuration.filters] == [
        "seen one",
        "seen at_last",
    ]
    assert reading.configuration.inputs[0].span.source.endswith("/inputs.conf")
