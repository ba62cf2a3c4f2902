"""What the real agents do where they differ from Fluent Bit or from each other: facts that fidelity is claimed by."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from migrate.lab.agents import run_agent
from migrate.lab.gateway import gateway
from migrate.lab.loki import Loki
from migrate.lab.node import Node
from migrate.ports import Entry
from translators.diagnostics import Agent

pytestmark = pytest.mark.engine
PUSH = "http://loki-gateway.loki.svc/loki/api/v1/push"
CRI = "2026-03-02T01:00:0"
FILES = {
    "crlf": b"one\r\n\r\ntwo\r\n",
    "flag": f"{CRI}0.5Z stdout X odd flag\n".encode(),
    "time": f"{CRI}0.5Z stdout F first\n2026-99-99T01:00:00Z stdout F unreadable\n".encode(),
    "twins": b"Mar  2 01:00:00 host sshd[7]: same line\n" * 2,
    "stolen": f'{CRI}0.5Z stdout F {{"pod":"of the application"}}\n'.encode(),
    "partial": f"{CRI}0.5Z stdout F whole\n{CRI}1.5Z stdout P never finished\n".encode(),
    "empty": f"{CRI}0.5Z stdout F \n{CRI}1.5Z stdout F full\n".encode(),
    "nothing": f"{CRI}0.5Z stdout F \n".encode(),
}
PROMTAIL = {
    "flag": ["cri: {}"],
    "time": ["cri: {}"],
    "twins": [
        "regex: {expression: '^(?P<time>\\S+ +\\S+ \\S+) '}",
        "timestamp: {source: time, format: 'Jan _2 15:04:05', location: UTC}",
    ],
    "stolen": ["cri: {}", "json: {expressions: {pod: pod}}", "structured_metadata: {pod: }"],
    "partial": ["cri: {}"],
    "empty": ["cri: {}"],
    "nothing": ["cri: {}"],
}
ALLOY = {
    "flag": ["stage.cri { }"],
    "time": ["stage.cri { }"],
    "twins": [
        "stage.regex { expression = `^(?P<time>\\S+ +\\S+ \\S+) ` }",
        'stage.timestamp {\n source = "time"\n format = "Jan _2 15:04:05"\n location = "UTC"\n }',
    ],
    "stolen": [
        "stage.cri { }",
        'stage.json { expressions = {pod = "pod"} }',
        'stage.structured_metadata { values = {pod = ""} }',
    ],
    "partial": ["stage.cri { }"],
    "empty": ["stage.cri { }"],
    "nothing": ["stage.cri { }"],
}


@dataclass(frozen=True)
class Facts:
    """What one agent made of the files: the entries of each file's job, by their labels' sake."""

    agent: Agent
    entries: dict[str, list[tuple[dict[str, str], Entry]]]
    started: int

    def lines(self, job: str) -> list[str]:
        return [entry.line for _, entry in self.entries.get(job, [])]

    def times(self, job: str) -> list[int]:
        return [entry.nanoseconds for _, entry in self.entries.get(job, [])]


def promtail_configuration() -> str:
    jobs = "".join(
        f"""
  - job_name: {job}
    static_configs: [{{targets: [localhost], labels: {{fact: {job}, pod: web-0, __path__: /var/log/{job}.log}}}}]
    pipeline_stages: [{", ".join("{" + stage + "}" for stage in PROMTAIL.get(job, []))}]"""
        for job in FILES
    )
    return f"""
server: {{http_listen_port: 3101, grpc_listen_port: 0}}
positions: {{filename: /run/promtail/positions.yaml}}
clients: [{{url: "{PUSH}"}}]
scrape_configs:{jobs}
"""


def alloy_configuration() -> str:
    jobs = "".join(
        f"""
loki.source.file "{job}" {{
	targets    = [{{__path__ = "/var/log/{job}.log", fact = "{job}", pod = "web-0"}}]
	forward_to = [loki.process.{job}.receiver]
}}

loki.process "{job}" {{
	{chr(10).join(ALLOY.get(job, []))}
	forward_to = [loki.write.default.receiver]
}}
"""
        for job in FILES
    )
    return jobs + f'\nloki.write "default" {{\n endpoint {{\n  url = "{PUSH}"\n }}\n}}\n'


@pytest.fixture(scope="module", params=list(Agent), ids=str)
def facts(loki: Loki, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    agent: Agent = request.param
    tenant = loki.tenant(f"facts-{agent}")
    started = time.time_ns()
    with gateway(PUSH, tenant) as played:
        node = Node(tmp_path_factory.mktemp(f"node-{agent}"), hosts=played.hosts)
        write_files(node.root)
        run_agent(agent, promtail_configuration() if agent is Agent.PROMTAIL else alloy_configuration(), node)
    assert played.refusals == []
    entries: dict[str, list[tuple[dict[str, str], Entry]]] = {}
    for stream in tenant.everything():
        entries.setdefault(stream.labels["fact"], []).extend((dict(stream.labels), entry) for entry in stream.entries)
    return Facts(agent, entries, started)


def write_files(root: Path) -> None:
    (root / "var/log").mkdir(parents=True)
    for job, content in FILES.items():
        (root / f"var/log/{job}.log").write_bytes(content)


def test_promtail_keeps_the_carriage_return_and_alloy_does_not(facts: Facts) -> None:
    expected = ["one\r", "\r", "two\r"] if facts.agent is Agent.PROMTAIL else ["one", "", "two"]
    assert facts.lines("crlf") == expected


def test_an_unknown_cri_flag_is_cut_off_by_promtail_and_kept_by_alloy(facts: Facts) -> None:
    assert facts.lines("flag") == ["odd flag" if facts.agent is Agent.PROMTAIL else "X odd flag"]
    assert facts.times("flag") == [1_772_413_200_500_000_000]


def test_an_unreadable_cri_time_becomes_the_last_one_plus_a_nanosecond_or_the_wall_clock(facts: Facts) -> None:
    assert facts.lines("time") == ["first", "unreadable"]
    first, second = facts.times("time")
    assert first == 1_772_413_200_500_000_000
    assert second == first + 1 if facts.agent is Agent.PROMTAIL else second >= facts.started


def test_two_equal_lines_in_one_second_are_one_entry_through_promtail(facts: Facts) -> None:
    times = facts.times("twins")
    assert len(times) == (1 if facts.agent is Agent.PROMTAIL else 2)
    assert times == [times[0] + offset for offset in range(len(times))]


def test_a_name_that_the_application_extracts_takes_the_place_of_a_label(facts: Facts) -> None:
    """Loki shows metadata that has the name of a label under another name: queries by ``pod`` see the label."""
    ((labels, entry),) = facts.entries["stolen"]
    if facts.agent is Agent.PROMTAIL:
        assert (labels["pod"], entry.metadata) == ("web-0", {"pod_extracted": "of the application"})
    else:
        assert ("pod" in labels, entry.metadata) == (False, {"pod": "web-0"})


def test_a_partial_line_without_an_end_is_never_sent(facts: Facts) -> None:
    assert facts.lines("partial") == ["whole"]


def test_loki_takes_an_empty_line(facts: Facts) -> None:
    assert facts.lines("empty") == ["", "full"]


def test_loki_hides_a_stream_that_has_empty_lines_only(facts: Facts) -> None:
    """Its block counts as empty while it holds no bytes; the lines come to light with the next line that has text."""
    assert facts.lines("nothing") == []
