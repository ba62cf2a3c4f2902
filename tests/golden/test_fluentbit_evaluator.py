"""The evaluator gives, for every golden case, what a real Fluent Bit 5.1.1 gave (see record.py beside the cases)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from translators.fluentbit.evaluate import Sent, evaluate, pairs, plain, repeats_a_key
from translators.fluentbit.evaluate.outputs.cloudwatch_logs import refused_request
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.pipeline.world import Container, LogFile, Pod, World

CASES = Path(__file__).parent / "fluent-bit"
NANOSECONDS = 1_000_000_000
YEAR_2026 = 1_767_225_600
Row = dict[str, Any]


def about(case: Path) -> Row:
    return json.loads((case / "case.json").read_text("utf-8"))  # type: ignore[no-any-return]


def running_cases() -> list[Path]:
    return sorted(path.parent for path in CASES.glob("*/case.json") if "fatal" not in about(path.parent))


def reading_of(case: Path) -> Reading:
    inputs = {
        str(path.relative_to(case)): path.read_bytes()
        for path in sorted(case.rglob("*"))
        if path.suffix in (".conf", ".yaml") and "input" not in path.relative_to(case).parts
    }
    environment = {"ROOT": "", "CASE_DIR": "/case", "STATE": "/state", **about(case)["env"]}
    return read(inputs, ReadOptions(environment=environment))


def world_of(case: Path) -> World:
    node = case / "input"
    paths = sorted(path for path in node.rglob("*") if path.is_file()) if node.is_dir() else []
    files = [log_file(f"/{path.relative_to(node)}", path) for path in paths]
    files += [log_file(f"/{link}", node / target) for link, target in about(case).get("symlinks", {}).items()]
    pods = tuple(pod_of(json.loads(path.read_bytes())) for path in sorted(case.glob("pods/*.meta")))
    year = about(case).get("recorded_year", 2026)
    return World(tuple(files), pods, now_ns=(YEAR_2026 + (year - 2026) * 31_536_000 + 5_000_000) * NANOSECONDS)


def log_file(name: str, path: Path) -> LogFile:
    return LogFile(name, str(path.resolve()), lambda: io.BytesIO(path.read_bytes()), str(path))


def pod_of(answer: Row) -> Pod:
    meta, spec, status = answer["metadata"], answer.get("spec", {}), answer.get("status", {})
    statuses = {**{one["name"]: one for one in status.get("initContainerStatuses", ())},
                **{one["name"]: one for one in status.get("containerStatuses", ())}}  # fmt: skip
    return Pod(
        name=meta["name"],
        namespace=meta["namespace"],
        uid=meta.get("uid", ""),
        node=spec.get("nodeName", ""),
        ip=status.get("podIP", ""),
        labels=meta.get("labels", {}),
        annotations=meta.get("annotations", {}),
        containers=tuple(
            Container(name, one.get("image", ""), one.get("imageID", ""), one.get("containerID", "").rpartition("/")[2])
            for name, one in statuses.items()
        ),
        owner_references=tuple(meta.get("ownerReferences", ())),
        omitted=tuple(key for key in ("labels", "annotations") if key not in meta),
    )


def sent_by(case: Path) -> list[Sent]:
    files = {path.name: path.read_bytes() for path in case.glob("*.lua")}
    return list(evaluate(reading_of(case).configuration, world_of(case), files))


def unique(sent: list[Sent]) -> Iterator[Sent]:
    """One copy of each record: a record that gives several events is sent once."""
    last = None
    for one in sent:
        same = (
            last is not None and one.output == last.output and one.record is last.record and one.origin == last.origin
        )
        if not same:
            yield one
        last = one


def rows_of(sent: list[Sent], case: Path, several: bool) -> list[Row]:
    rows = []
    for one in unique(sent):
        row: Row = {"tag": one.tag, "time_ns": one.time_ns, "record": plain(one.record)}
        if about(case).get("unordered_keys"):
            row["record"] = in_key_order(row["record"])
        if repeats_a_key(one.record):
            row["pairs"] = pairs(one.record)
        if one.metadata:
            row["metadata"] = plain(one.metadata)
        if several:
            row["output"] = one.output
        rows.append(row)
    return sorted(rows, key=place)


def place(row: Row) -> tuple[str, int, str]:
    return row["tag"], -1 if row["time_ns"] is None else row["time_ns"], row.get("output", "")


def in_key_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: in_key_order(item) for key, item in sorted(value.items())}
    return [in_key_order(item) for item in value] if isinstance(value, list) else value


def recorded(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


def comparable(row: Row) -> str:
    return json.dumps({key: value for key, value in row.items() if key != "time_ns"}, ensure_ascii=True)


def events_of(sent: list[Sent]) -> list[Row]:
    events = [
        {"group": one.group, "stream": one.stream, "timestamp": milliseconds(one), "message": one.message}
        for one in sent
        if one.message is not None and not one.refused
    ]
    refused = [one for one in sent if one.refused]
    if refused:
        events.append({"group": "", "stream": "", "timestamp": None, "refused": refused_request(refused)})
    return sorted(events, key=lambda event: (event["group"], event["stream"], event["timestamp"] or -1))


def milliseconds(one: Sent) -> int | None:
    return None if one.time_ns is None else one.time_ns // 1_000_000


@pytest.mark.parametrize("case", running_cases(), ids=lambda case: case.name)
def test_every_output_gets_the_records_that_fluent_bit_sent(case: Path) -> None:
    wanted = recorded(case / "records.jsonl")
    several = len(reading_of(case).configuration.outputs) > 1
    found = rows_of(sent_by(case), case, several)
    assert [comparable(row) for row in found] == [comparable(row) for row in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert (one["time_ns"] is None) == (other["time_ns"] is None)
        assert abs((one["time_ns"] or 0) - (other["time_ns"] or 0)) <= 1


@pytest.mark.parametrize(
    "case", [case for case in running_cases() if about(case).get("events")], ids=lambda case: case.name
)
def test_cloudwatch_gets_the_events_that_fluent_bit_sent(case: Path) -> None:
    wanted = recorded(case / "events.jsonl")
    assert events_of(sent_by(case)) == wanted
