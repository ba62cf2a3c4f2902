"""What manifests/base must hold: the plan of the smallest useful Fluent Bit; run this to write it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from migrate.planning.build import Ingredients, build
from migrate.planning.model import Destination
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Agent
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.model import Client

BASE = Path(__file__).parents[3] / "manifests" / "base"
FLUENT_BIT = b"""
[INPUT]
    Name             tail
    Tag              application.*
    Path             /var/log/containers/*.log
    multiline.parser cri
    Read_from_Head   On
[FILTER]
    Name             kubernetes
    Match            application.*
    Kube_Tag_Prefix  application.var.log.containers.
    Labels           Off
    Annotations      Off
[OUTPUT]
    Name              cloudwatch_logs
    Match             application.*
    region            us-east-1
    log_group_name    /eks/application
    log_stream_prefix node-
"""


def expected() -> Mapping[str, str]:
    """The agents' files by their path below manifests/base."""
    inputs = {"fluent-bit.conf": FLUENT_BIT}
    reading = read(inputs, ReadOptions())
    made_of = Ingredients(
        reading, translate(reading, TranslateOptions()), inputs, Destination(Agent.PROMTAIL, Client().url)
    )
    _, files = build(made_of)
    return {name: text for name, text in files.items() if name.startswith(("promtail/", "alloy/"))}


if __name__ == "__main__":
    for name, text in expected().items():
        (BASE / name).write_text(text, encoding="utf-8")
