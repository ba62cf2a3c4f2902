"""Generated stages over generated lines: the evaluators say what the real agents put into the real Loki."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from migrate.lab.agents import run_agent
from migrate.lab.gateway import gateway
from migrate.lab.loki import Loki, Tenant
from migrate.lab.node import Node
from translators.alloy.evaluate import evaluate as evaluate_alloy
from translators.alloy.writer import write as write_alloy
from translators.diagnostics import Agent
from translators.pipeline.entries import Entry
from translators.pipeline.model import Client, Discovery, Job, Pipeline, ReadFiles
from translators.pipeline.stages import (
    DropLabels,
    DropLines,
    JoinLines,
    ParseJson,
    ParseLogfmt,
    ParseRegex,
    ReadCri,
    ReadDocker,
    Replace,
    SetConstants,
    SetLabels,
    SetMetadata,
    SetTemplate,
    SetText,
    SetTime,
    Stage,
    TimeFailure,
    When,
)
from translators.pipeline.world import LogFile, World
from translators.promtail.evaluate import evaluate as evaluate_promtail
from translators.promtail.writer import write as write_promtail

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("agents")]
PUSH = "http://loki-gateway.loki.svc/loki/api/v1/push"
CASES = 120
NAMES = ("time", "lvl", "msg", "l", "k", "a", "b", "e", "stream", "content", "output", "x", "nested", "filename")
REGEXES = (
    r"^(?P<time>\S+) (?P<lvl>\w+) (?P<msg>.*)$",
    r"l=(?P<l>[^ ]*)( k=(?P<k>\d+))?",
    r"(?P<a>a+)|(?P<b>b+)",
    r"(?P<stream>out|err)",
    r"(?i)(?P<e>ERR\w*)",
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)",
)
LAYOUTS = (
    ("RFC3339Nano", ()),
    ("2006-01-02 15:04:05", ("2006-01-02T15:04:05Z07:00", "2006-1-2 15:4:5")),
    ("2006-01-02T15:04:05.999999999Z0700", ("RFC3339",)),
    ("Unix", ("UnixMs",)),
)
TEMPLATES = (
    "{{ if .l }}{{ .l }}{{ else }}-{{ end }}",
    '{{ .Entry | trimSuffix "\\r" }}',
    "{{ .msg }}!",
    '{{ if eq .l "error" "a" }}{{ .k }}{{ end }}',
    '{{ regexReplaceAll "(b+)" .Entry "<$1>" }}',
    '{{ if contains "err" .Entry }}E{{ else if hasPrefix "2" .Entry }}T{{ end }}',
    '{{ if and .l (not .k) }}{{ .l }}{{ else if or .k .l }}{{ trimPrefix "2" .k }}{{ end }}',
)
JSON = (("l", "level"), ("msg", "msg"), ("nested", "a.b"), ("x", "arr[0]"), ("k", "n"), ("time", "time"))
SELECTORS = (
    '{la="a"}',
    '{stream="stdout"} |= "a"',
    '{case=~".*"} !~ "b|c"',
    '{nope=""} |~ "\\\\d"',
    '{st!="1"} != "x"',
)
TIMES = ("2026-03-01T10:00:00.123456789Z", "2026-03-01T10:00:00Z", "2026-03-01T10:00:01.5+09:00", "1700000000", "bad")
TEXTS = ("a", "abab err1", "l=1 k=22", 'l="a b" lvl=INFO', "ERROR x out", "drop", "é한글", "", "  at x", "x" * 50, "\t")


class Generator:
    """Stages and lines by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def case(self) -> tuple[tuple[Stage, ...], bytes]:
        stages = tuple(self.stage() for _ in range(self._random.choice([1, 2, 3, 4])))
        return stages, b"".join(self.line() for _ in range(self._random.randrange(1, 9)))

    def name(self) -> str:
        return self._random.choice(NAMES)

    def stage(self, depth: int = 0) -> Stage:
        pick = self._random.choice
        makers = (
            lambda: ReadCri(),
            lambda: ReadDocker(),
            lambda: JoinLines(pick([r"^\S", r"^\d", "^a", "."]), 1, pick([128, 2, 3])),
            lambda: ParseRegex(pick(REGEXES), pick(["", "", "", self.name()])),
            lambda: ParseJson(tuple(self._random.sample(JSON, 2)), pick(["", "output"])),
            lambda: ParseLogfmt((("l", "l"), ("k", "k"), ("lvl", "lvl")), pick(["", "msg"])),
            self._time,
            lambda: SetText(self.name()),
            lambda: Replace(
                pick([r"(\r)$", r"(a)(b)?", r"(?P<l>\d+)", "(err)|(out)"]), pick(["", "*", "[{{ .Value }}]"])
            ),
            lambda: SetTemplate(pick(["l", "new", "msg", "k"]), pick(TEMPLATES)),
            lambda: SetLabels(((pick(["la", "lb", "stream"]), self.name()),)),
            lambda: SetConstants((("st", "1"), ("em", ""))),
            lambda: DropLabels((pick(["la", "filename", "stream"]),)),
            lambda: SetMetadata(tuple((name, name) for name in self._random.sample(NAMES, 2))),
            lambda: pick(
                [DropLines(expression="drop"), DropLines(source="l", value="1"), DropLines(longer_than="40B")]
            ),
            lambda: When(pick(SELECTORS), (), drop=True),
            lambda: When(pick(SELECTORS), (self.stage(depth + 1),)) if depth < 2 else ReadCri(),
        )
        return pick(makers)()

    def _time(self) -> Stage:
        layout, fallbacks = self._random.choice(LAYOUTS)
        location = self._random.choice(["", "Asia/Seoul"]) if layout[0] == "2" else ""
        return SetTime("time", layout, fallbacks, location, self._random.choice(list(TimeFailure)))

    def line(self) -> bytes:
        pick = self._random.choice
        text, time = pick(TEXTS), pick(TIMES)
        value = {
            "level": pick(["a", 1, None, True, [1]]),
            "time": time,
            "a": {"b": pick([1, "x", 1.5])},
            "n": 1e9,
            "arr": [1],
        }
        line = pick(
            [
                f"{time} {pick(['stdout', 'stderr', 'std'])} {pick('FFFPX')} {text}",
                json.dumps({"log": text + pick(["\n", ""]), "stream": "stdout", "time": time}),
                f"{time} {pick(['INFO', 'é'])} {text}",
                f"2026-03-01 10:00:0{pick('01')} {text}",
                json.dumps(value),
                text,
            ]
        )
        return line.encode() + pick([b"\n", b"\n", b"\n", b"\r\n"])


def pipeline_of(cases: Iterable[tuple[tuple[Stage, ...], bytes]]) -> Pipeline:
    jobs = (
        Job(
            f"case-{number}",
            ReadFiles(Discovery.FILES, (f"/var/log/{number}.log",)),
            (("case", str(number)),),
            (),
            stages,
        )
        for number, (stages, _) in enumerate(cases)
    )
    return Pipeline(tuple(jobs), Client(url=PUSH))


def write_files(node: Node, cases: list[tuple[tuple[Stage, ...], bytes]]) -> World:
    folder = node.inside("/var/log")
    folder.mkdir(parents=True)
    files = []
    for number, (_, content) in enumerate(cases):
        (folder / f"{number}.log").write_bytes(content)
        path = f"/var/log/{number}.log"
        files.append(LogFile(path, path, lambda place=folder / f"{number}.log": place.open("rb")))  # type: ignore[misc]
    return World(tuple(files), now_ns=time.time_ns())


Key = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], int | None, bytes]


def found_in(tenant: Tenant, since: int) -> Counter[Key]:
    """What Loki has; a time that is not before the run is the wall clock's."""
    return Counter(
        (
            tuple(sorted(stream.labels.items())),
            tuple(sorted(entry.metadata.items())),
            None if entry.nanoseconds >= since else entry.nanoseconds,
            entry.line.encode("utf-8", "surrogateescape"),
        )
        for stream in tenant.everything()
        for entry in stream.entries
    )


def expected_by(entries: Iterable[Entry]) -> Counter[Key]:
    return Counter(
        (
            tuple(sorted(entry.labels.items())),
            tuple(sorted(entry.structured_metadata.items())),
            entry.time_ns,
            entry.line,
        )
        for entry in entries
    )


def test_the_evaluators_say_what_is_in_loki(agent: Agent, loki: Loki, tmp_path: Path) -> None:
    generator = Generator(seed=20260301)
    cases = [generator.case() for _ in range(CASES)]
    tenant = loki.tenant(f"agree-{agent}-{time.time_ns()}")
    with gateway(PUSH, tenant) as played:
        node = Node(tmp_path / "node", hosts=played.hosts)
        world = write_files(node, cases)
        text = (write_promtail if agent is Agent.PROMTAIL else write_alloy)(pipeline_of(cases))
        run_agent(agent, text, node, frozenset(file.path for file in world.files))
    evaluate = evaluate_promtail if agent is Agent.PROMTAIL else evaluate_alloy
    expected = expected_by(evaluate(text, world, node.hostname))
    found = found_in(tenant, world.now_ns)
    assert (found - expected, expected - found) == (Counter(), Counter())
    assert sum(found.values()) > CASES
