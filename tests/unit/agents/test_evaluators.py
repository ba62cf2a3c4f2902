"""What each agent makes of lines, by its emitted text alone: the differences that were measured on the engines."""

from __future__ import annotations

from io import BytesIO

import pytest

from translators.alloy.evaluate import evaluate as alloy
from translators.alloy.writer import write as write_alloy
from translators.diagnostics import Agent, Refused
from translators.pipeline.entries import Entry
from translators.pipeline.model import Client, Discovery, Job, Pipeline, ReadFiles, ReadJournal, Relabel
from translators.pipeline.stages import (
    JoinLines,
    ParseJson,
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
    When,
)
from translators.pipeline.world import Container, Extent, JournalEntry, LogFile, Pod, World
from translators.promtail.evaluate import evaluate as promtail
from translators.promtail.writer import write as write_promtail

PATH = "/var/log/containers/web-0_shop_web-" + "a" * 64 + ".log"
BOTH = pytest.mark.parametrize("agent", list(Agent), ids=str)


def run(agent: Agent, job: Job, world: World) -> list[Entry]:
    pipeline = Pipeline((job,), Client(external_labels=(("cluster", "demo"),)))
    if agent is Agent.PROMTAIL:
        return list(promtail(write_promtail(pipeline), world))
    return list(alloy(write_alloy(pipeline), world))


def file_of(content: bytes, path: str = PATH) -> LogFile:
    return LogFile(path, path, lambda: BytesIO(content))


def entries(agent: Agent, content: bytes, *stages: Stage) -> list[Entry]:
    source = ReadFiles(Discovery.FILES, ("/var/log/containers/*.log",))
    return run(agent, Job("files", source, (("pod", "web-0"),), (), stages), World((file_of(content),)))


def lines(agent: Agent, content: bytes, *stages: Stage) -> list[bytes]:
    return [entry.line for entry in entries(agent, content, *stages)]


def by_agent(agent: Agent, of_promtail: object, of_alloy: object) -> object:
    return of_promtail if agent is Agent.PROMTAIL else of_alloy


@BOTH
def test_a_carriage_return_stays_in_promtail(agent: Agent) -> None:
    assert lines(agent, b"one\r\n\r\nx\n") == by_agent(agent, [b"one\r", b"\r", b"x"], [b"one", b"", b"x"])


@BOTH
def test_a_line_without_its_end_is_not_read(agent: Agent) -> None:
    assert lines(agent, b"one\ntwo") == [b"one"]


@BOTH
def test_an_unknown_flag_of_cri(agent: Agent) -> None:
    found = entries(agent, b"2026-03-01T10:00:00.5Z stdout X text\n", ReadCri())
    assert [entry.line for entry in found] == by_agent(agent, [b"text"], [b"X text"])
    assert [entry.time_ns for entry in found] == [1_772_359_200_500_000_000]


@BOTH
def test_an_unreadable_cri_time(agent: Agent) -> None:
    found = entries(agent, b"2026-03-01T10:00:00.5Z stdout F a\nbad stdout F b\n", ReadCri())
    assert found[1].time_ns == by_agent(agent, 1_772_359_200_500_000_001, None)


@BOTH
def test_pieces_become_one_entry_with_the_last_time_and_all_origins(agent: Agent) -> None:
    pieces = ("0.1Z stdout P one ", "0.2Z stdout F two", "0.3Z stdout P never finished")
    content = "".join(f"2026-03-01T10:00:0{piece}\n" for piece in pieces).encode()
    (entry,) = entries(agent, content, ReadCri())
    assert (entry.line, entry.time_ns) == (b"one two", 1_772_359_200_200_000_000)
    assert entry.origin.extents == (Extent(PATH, 0, 37), Extent(PATH, 37, 73))
    assert entry.labels == {"cluster": "demo", "pod": "web-0", "filename": PATH, "stream": "stdout"}


@BOTH
def test_equal_lines_in_one_second(agent: Agent) -> None:
    stages = (ParseRegex(r"^(?P<time>\S+ +\S+ \S+) "), SetTime("time", "Jan _2 2006", ("2006-01-02 15:04:05 MST",)))
    found = entries(agent, b"2026-03-01 10:00:00 UTC same\n" * 2, *stages)
    start = 1_772_359_200_000_000_000
    assert [entry.time_ns for entry in found] == by_agent(agent, [start], [start, start + 1])


@BOTH
def test_an_extracted_name_takes_the_place_of_a_label(agent: Agent) -> None:
    (entry,) = entries(agent, b'{"pod":"mine"}\n', ParseJson((("pod", "pod"),)), SetMetadata((("pod", "pod"),)))
    assert (entry.labels.get("pod"), entry.structured_metadata) == by_agent(
        agent, ("web-0", {"pod_extracted": "mine"}), (None, {"pod": "web-0"})
    )


@BOTH
def test_metadata_set_before_lines_are_joined(agent: Agent) -> None:
    (entry,) = entries(agent, b"a\n b\n", SetMetadata((("pod", "pod"),)), JoinLines(r"^\S"))
    assert (entry.line, entry.structured_metadata) == (b"a\n b", by_agent(agent, {}, {"pod": "web-0"}))


@BOTH
def test_a_docker_line_without_text(agent: Agent) -> None:
    empty = b'{"log":"","stream":"stdout","time":"2026-03-01T10:00:00Z"}\n'
    content = empty + b'{"log":"x\\n","stream":"stdout","time":"2026-03-01T10:00:01Z"}\nplain\n'
    expected = by_agent(agent, [b"", b"x\n", b"plain"], [empty[:-1], b"x\n", b"plain"])
    assert lines(agent, content, ReadDocker()) == expected


@BOTH
def test_stages_run_for_what_a_selector_takes(agent: Agent) -> None:
    stages = (
        ParseRegex(r"level=(?P<level>\w+)"),
        SetLabels((("level", "level"),)),
        When('{level="debug"} !~ "keep"', (), drop=True),
        When('{level=~"info|warn"}', (SetConstants((("kept", "yes"),)),)),
        SetTemplate("text", '<{{ .level }}>: {{ .Entry | trimPrefix "level=" }}'),
        SetText("text"),
        Replace(r"(secret)", "***"),
    )
    found = entries(agent, b"level=debug a\nlevel=debug keep\nlevel=info secret\n", *stages)
    assert [entry.line for entry in found] == [b"<debug>: debug keep", b"<info>: info ***"]
    assert [entry.labels.get("kept") for entry in found] == [None, "yes"]


@BOTH
def test_bytes_that_are_no_utf_8_pass(agent: Agent) -> None:
    assert lines(agent, b"\xff \xc3\xa9 x\n", Replace(r"(.) ", "{{ .Value }}{{ .Value }}-")) == [
        b"\xff\xff- \xc3\xa9\xc3\xa9- x"
    ]


POD = Pod("web-0", "shop", "uid", "node-1", "10.0.1.7", {"app": "web"}, {"note/x": "1"}, (Container("web", "web:1"),))


@BOTH
def test_pods_become_targets_through_relabel_rules(agent: Agent) -> None:
    meta = "__meta_kubernetes_"
    names = (f"{meta}pod_name", f"{meta}namespace", f"{meta}pod_container_name")
    rules = (
        Relabel((f"{meta}pod_label_app",), "app"),
        Relabel((f"{meta}pod_annotation_note_x",), "note", "(.+)", "n$1"),
        Relabel(names, "__path__", "(.+);(.+);(.+)", "/var/log/containers/${1}_${2}_${3}-*.log"),
    )
    job = Job("pods", ReadFiles(Discovery.KUBERNETES), (("log_type", "application"),), rules)
    world = World((file_of(b"x\n"), file_of(b"other\n", "/var/log/containers/other.log")), (POD,))
    (entry,) = run(agent, job, world)
    assert entry.line == b"x"
    assert entry.labels == {
        "cluster": "demo", "log_type": "application", "app": "web", "note": "n1", "filename": PATH,
    }  # fmt: skip


@BOTH
def test_the_journal_is_matched_by_field(agent: Agent) -> None:
    def entry(unit: str, host: str, message: str) -> JournalEntry:
        fields = (("MESSAGE", message.encode()), ("_SYSTEMD_UNIT", unit.encode()), ("_HOSTNAME", host.encode()))
        return JournalEntry(fields, 1_772_359_200_123_456_789, f"cursor-{message}")

    source = ReadJournal(matches=("_SYSTEMD_UNIT=a", "_SYSTEMD_UNIT=b", "_HOSTNAME=h"))
    job = Job("journal", source, (("log_type", "host"),), (Relabel(("__journal__systemd_unit",), "unit"),))
    world = World(journal=(entry("a", "h", "1"), entry("b", "h", "2"), entry("c", "h", "3"), entry("a", "i", "4")))
    found = run(agent, job, world)
    assert [(one.line, one.labels["unit"]) for one in found] == [(b"1", "a"), (b"2", "b")]
    assert found[0].time_ns == 1_772_359_200_123_456_000
    assert found[0].origin.extents == (Extent("cursor-1", 0, 0),)


def test_alloy_alone_starts_at_the_end() -> None:
    job = Job("files", ReadFiles(Discovery.FILES, (PATH,), from_end=True))
    for arriving, expected in ((False, []), (True, [b"x"])):
        world = World((file_of(b"x\n"),), arriving=arriving)
        assert [entry.line for entry in run(Agent.ALLOY, job, world)] == expected
        assert [entry.line for entry in run(Agent.PROMTAIL, job, world)] == [b"x"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scrape_configs: [{job_name: a, pipeline_stages: [{metrics: {}}]}]", "the stage `metrics` is not evaluated"),
        ("scrape_configs: [{job_name: a, syslog: {}}]", "`syslog` of the job a is not evaluated"),
        ("scrape_configs: [{job_name: a, pipeline_stages: [{regex: {expression: '(?=a)'}}]}]", "job a: "),
        ("scrape_configs: [", "this is no YAML"),
        (
            "scrape_configs: [{job_name: a, pipeline_stages: [{template: {source: a, template: '{{ range . }}'}}]}]",
            "`range`",
        ),
    ],
)
def test_what_is_not_evaluated_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        list(promtail(text, World((file_of(b"x\n"),))))
    assert message in refused.value.message


def test_components_of_alloy_that_are_not_evaluated_are_refused_with_their_place() -> None:
    with pytest.raises(Refused) as refused:
        list(alloy('\nloki.source.api "x" {\n}\n', World()))
    assert str(refused.value.span) == "config.alloy:2:1"
    assert refused.value.message == "the component loki.source.api is not evaluated"
