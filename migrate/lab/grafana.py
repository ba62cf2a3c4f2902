"""What a Grafana panel would show: Grafana's own transformations in Node, on frames as its Loki source makes them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migrate.errors import WorldFailed
from migrate.lab.engines.grafana import TRANSFORMATIONS
from migrate.lab.engines.provide import provide_binary

Frame = Mapping[str, Any]
"""A data frame as Grafana's JSON has it: ``refId`` and ``fields`` of ``name``, ``type``, ``values``, ``labels``."""


@dataclass(frozen=True)
class Panel:
    """The frames that its queries return, and the transformations of its model, as the dashboard's JSON has them."""

    frames: Sequence[Frame]
    transformations: Sequence[Mapping[str, Any]]


def grafana_transform(frames: Sequence[Frame], transformations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The frames that the panel shows."""
    return transform_all([Panel(frames, transformations)])[0]


def transform_all(panels: Sequence[Panel]) -> list[list[dict[str, Any]]]:
    """The same for many panels in one Node, whose start takes most of the time."""
    asked = [{"frames": list(panel.frames), "transformations": list(panel.transformations)} for panel in panels]
    command = provide_binary(TRANSFORMATIONS).command
    answer = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, timeout=300, check=False)
    if answer.returncode:
        raise WorldFailed(f"Grafana's transformations failed:\n{answer.stderr.strip()[-2000:]}")
    shown: list[list[dict[str, Any]]] = json.loads(answer.stdout)
    return shown


def frames_of_matrix(result: Sequence[Mapping[str, Any]], ref_id: str = "A") -> list[Frame]:
    """A range query's answer as Grafana's Loki source makes frames of it: one a series, labels on the values."""
    return [
        {
            "refId": ref_id,
            "fields": [
                {"name": "Time", "type": "time", "values": [float(at) * 1000 for at, _ in series["values"]]},
                {
                    "name": "Value",
                    "type": "number",
                    "labels": dict(series["metric"]),
                    "values": [float(value) for _, value in series["values"]],
                },
            ],
        }
        for series in result
    ]


def frames_of_vector(result: Sequence[Mapping[str, Any]], ref_id: str = "A") -> list[Frame]:
    """An instant query's answer as Grafana's Loki source makes one table of it (its makeTableFrames.ts).

    Time, the labels in order, a missing one as the empty text, and the values under ``Value #A``.
    """
    if not result:
        return []
    names = sorted({name for one in result for name in one["metric"]})
    fields = [
        {"name": "Time", "type": "time", "values": [float(one["value"][0]) * 1000 for one in result]},
        *(
            {"name": name, "type": "string", "values": [one["metric"].get(name, "") for one in result]}
            for name in names
        ),
        {"name": f"Value #{ref_id}", "type": "number", "values": [float(one["value"][1]) for one in result]},
    ]
    return [{"refId": ref_id, "fields": fields}]


def frames_of_streams(result: Sequence[Mapping[str, Any]], ref_id: str = "A") -> list[Frame]:
    """A log query's answer as Grafana's Loki source makes one frame of it, stream after stream."""
    rows = [(one["stream"], int(value[0]), value[1]) for one in result for value in one["values"]]
    fields = [
        {"name": "labels", "type": "other", "values": [labels for labels, _, _ in rows]},
        {"name": "Time", "type": "time", "values": [time // 1_000_000 for _, time, _ in rows]},
        {"name": "Line", "type": "string", "values": [line for _, _, line in rows]},
        {"name": "tsNs", "type": "string", "values": [str(time) for _, time, _ in rows]},
    ]
    return [{"refId": ref_id, "fields": fields}]
