"""Input dummy: a record, as often as it says."""

from __future__ import annotations

import pytest

from tests.unit.fluentbit_evaluate.node import SINK, node_of, records, run


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("Samples 2",), [{"message": b"dummy"}] * 2),
        (("Samples 1", "Copies 2", 'Dummy {"a":1}'), [{"a": 1}] * 2),
        (("Samples 1", "Dummy {no"), []),
        (("Samples 1", "Dummy [1]"), []),
        (("Samples 1", "Metadata {no"), []),
    ],
)
def test_what_is_no_object_gives_nothing(options: tuple[str, ...], expected: list[dict[str, object]]) -> None:
    section = "[INPUT]\n    Name dummy\n    Tag t\n" + "".join(f"    {option}\n" for option in options)
    assert records(run(section + SINK, node_of())) == expected


def test_a_fixed_time_is_the_start_time() -> None:
    section = "[INPUT]\n    Name dummy\n    Samples 2\n    Start_Time_Sec 5\n    Start_Time_Nsec 7\n"
    sent = run(section + "    Fixed_Timestamp On\n" + SINK, node_of())
    assert [one.time_ns for one in sent] == [5_000_000_007] * 2
