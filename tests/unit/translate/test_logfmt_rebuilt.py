"""The event that is made again of a logfmt line is the one that Fluent Bit sends, types and refused lines included."""

from __future__ import annotations

import io

import pytest

from migrate.simulation import records
from translators.catalog_json import from_json, to_json
from translators.collection import TranslateOptions, translate
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.model import Discovery
from translators.pipeline.world import LogFile, World
from translators.promtail.evaluate import evaluate
from translators.query.rebuild import Rebuilder

PATH = "/var/log/app.log"
LINES = (
    'took=015 ratio=1.50 ok=true id=0x1F msg="a \\"b\\" c" level=info',
    "took=abc ratio=.5x ok=TRUEish id=zz level=",
    "took=-7 ratio=-2 ok=false id=ff word level=warn",
    "plain words only",
    "took=99999999999999999999 ok=no ratio= id=-1",
)
MAIN = f"""[SERVICE]
    Parsers_File parsers.conf
[INPUT]
    Name tail
    Tag app
    Path {PATH}
    Read_from_Head On
    Parser kv
[OUTPUT]
    Name cloudwatch_logs
    Match *
    region r
    log_group_name /a
    log_stream_prefix s-
"""
TYPES = "    Types took:integer ratio:float ok:bool id:hex\n"


@pytest.mark.parametrize("bare", ["", "    Logfmt_No_Bare_Keys On\n"])
@pytest.mark.parametrize("types", ["", TYPES, "    Types other:integer\n"])
def test_the_event_of_a_logfmt_line_is_that_of_fluent_bit(types: str, bare: str) -> None:
    parsers = f"[PARSER]\n    Name kv\n    Format logfmt\n{types}{bare}"
    reading = read({"fluent-bit.conf": MAIN.encode(), "parsers.conf": parsers.encode()}, ReadOptions(cluster="c"))
    content = "".join(f"{line}\n" for line in LINES).encode()
    world = World((LogFile(PATH, PATH, lambda: io.BytesIO(content)),), now_ns=1_772_413_200 * 10**9)
    made = translate(reading, TranslateOptions(cluster="c", discovery=Discovery.KUBERNETES))
    (shape,) = from_json(to_json(made.catalog)).groups[0].shapes
    rebuilder = Rebuilder(shape)
    rebuilt = [
        rebuilder.origin(entry.labels, entry.structured_metadata).message(0, entry.line.decode())
        for entry in evaluate(made.promtail, world, "n")
    ]
    sent = [one.sent.message for one in records(reading.configuration, world, {})]
    assert rebuilt == sent
    assert len(sent) == len(LINES)
