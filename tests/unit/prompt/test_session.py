"""The prompt with keys pressed on it, over a Loki that is a list."""

from __future__ import annotations

import os
import re
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from migrate.cli.prompt.cancelling import Cancelled, run_stoppable
from migrate.cli.prompt.history import history_file, open_history
from migrate.cli.prompt.session import Leave, Prompt, Span
from migrate.cli.prompt.terminal import converse
from migrate.ports import (
    Direction,
    EntriesRequest,
    Entry,
    InstantRequest,
    Loki,
    LokiLimit,
    Page,
    RangeRequest,
    Vector,
    Volume,
)
from migrate.ports import Stream as LokiStream
from migrate.queries.looking import Place, Question
from migrate.queries.preparing import Options
from migrate.queries.window import Window
from translators.catalog import (
    Catalog,
    Field,
    InJson,
    InLabel,
    LogGroup,
    Matcher,
    MatchOperator,
    RecordKind,
    Shape,
    StreamPart,
)

NOW = 1_772_413_260_000
NAMES = ("/shop/api", "/shop/web")
CATALOG = Catalog(
    tuple(
        LogGroup(
            name,
            (
                Shape(
                    "json",
                    (Matcher("app", MatchOperator.EQUAL, name.rpartition("/")[2]),),
                    RecordKind.JSON,
                    (Field((), InJson(())), Field(("level",), InJson(("level",)))),
                    (StreamPart(place=InLabel("pod")),),
                ),
            ),
        )
        for name in NAMES
    )
)


@dataclass
class ListedLoki:
    """A Loki of one kind of lines, that reads a selector and line filters by text only; it cannot count."""

    lines: list[tuple[int, str, str, str]] = field(default_factory=list)

    def _matching(self, logql: str, start: int, end: int) -> Iterator[tuple[int, str, str, str]]:
        app = re.search(r'app="(\w+)"', logql.replace("`", '"'))
        for line in self.lines:
            if start <= line[0] < end and (app is None or app[1] == line[1]):
                yield line

    def entries(self, request: EntriesRequest) -> Page:
        found = sorted(self._matching(request.logql, request.start, request.end))
        found = found[::-1] if request.direction is Direction.BACKWARD else found
        return Page(
            tuple(
                LokiStream({"app": app, "pod": pod}, (Entry(time, line, {}),))
                for time, app, pod, line in found[: request.limit]
            )
        )

    def instant(self, request: InstantRequest) -> Vector:
        raise LokiLimit("this Loki does not count", "max_query_series")

    def range(self, request: RangeRequest) -> Vector:
        raise LokiLimit("this Loki does not count", "max_query_series")

    def volume(self, selector: str, start: int, end: int) -> Volume:
        return Volume(1, 1, 100, len(self.lines))

    def held(self, selector: str, start: int, end: int) -> int:
        return 100

    def series(self, selector: str, start: int, end: int) -> tuple[Mapping[str, str], ...]:
        return ()


def lines() -> list[tuple[int, str, str, str]]:
    base = (NOW - 60_000) * 1_000_000
    return [
        (
            base + number * 1_000_000_000,
            "api",
            f"pod-{number % 2}",
            f'{{"level":"{"error" if number % 4 == 0 else "info"}","n":{number},"a":{{"b":1}}}}'
            if number % 5
            else f"plain {number}",
        )
        for number in range(20)
    ]


@pytest.fixture
def prompt() -> Prompt:
    options = Options((NAMES[0],), now=NOW)
    question = Question("", Window(NOW - 3_600_000, NOW), options)
    return Prompt(Place(CATALOG, ListedLoki(lines())), question, Span(), clock=lambda: NOW)


@pytest.fixture
def say(prompt: Prompt, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    def answer(text: str) -> str:
        prompt.answer(text)
        captured = capsys.readouterr()
        return captured.out + captured.err

    return answer


def test_a_query_shows_its_rows_and_what_was_read(say: Callable[[str], str]) -> None:
    said = say("fields @timestamp, n | sort @timestamp desc | limit 2")
    assert re.search(r"1\s+2026-03-02 01:00:19.000\s+19", said)
    assert "2 rows" in said
    assert "records received" in said
    assert "scanned" in said
    assert "2026-03-02 00:01:00.000 to 2026-03-02 01:01:00.000 UTC" in said


def test_bins_are_drawn(say: Callable[[str], str]) -> None:
    said = say("stats count(*) as c by bin(10s)")
    assert "20 records matched" in said
    assert re.search(r"2026-03-02 01:00:00 █+ 10", said)
    assert re.search(r"2026-03-02 01:00:10 █+ 10", said)


def test_an_event_whole_and_in_its_stream(say: Callable[[str], str]) -> None:
    say("fields n | sort @timestamp desc | limit 5")
    whole = say("\\show 2")
    assert "@logStream  pod-0" in whole
    assert '  "n": 18' in whole
    context = say("\\context 2 2")
    shown = [line for line in context.splitlines() if "2026" in line]
    assert [line[0] for line in shown] == [" ", " ", ">"]
    assert all("pod" not in line for line in shown)
    assert [re.search(r"01:00:(\d\d)", line)[1] for line in shown] == ["14", "16", "18"]  # type: ignore[index]


def test_fields_have_their_share(say: Callable[[str], str], prompt: Prompt) -> None:
    say("fields @message | filter @message like /./")
    said = say("\\fields")
    assert re.search(r"a\.b\s+80%", said)
    assert "20 events of the query" in said
    assert "a.b" in prompt.fields()


def test_fields_behind_stats_are_those_of_the_log_group(say: Callable[[str], str]) -> None:
    say("stats count(*)")
    assert "of the log group" in say("\\fields")
    assert "no events" in say("\\show 1")


def test_window_and_groups_can_be_changed(say: Callable[[str], str], prompt: Prompt) -> None:
    assert "2026-03-02 00:58:00.000 to 2026-03-02 01:01:00.000" in say("\\window 3m")
    assert "no length of time" in say("\\window 3parsecs")
    assert "the last 3m" in say("\\window")
    assert "2026-03-02 01:00:05.000 to 2026-03-02 01:00:06.000" in say(
        "\\window 2026-03-02T01:00:05Z 2026-03-02T01:00:06Z"
    )
    assert "2 rows" in say("fields n")
    assert "* /shop/web" in say("\\groups /shop/web")
    assert "0 rows" in say("fields n")
    assert "does not know /nowhere" in say("\\groups /nowhere")
    assert prompt.question.options.log_groups == ("/shop/web",)


def test_what_is_wrong_is_told_and_the_prompt_goes_on(say: Callable[[str], str]) -> None:
    assert "insights/" in say("filds n")
    assert "there is no \\nonsense" in say("\\nonsense")
    assert "no query has run yet" in say("\\show 1")
    say("fields n | limit 3")
    assert "there is no event 4" in say("\\show 4")
    assert "is no number" in say("\\show x")
    assert "3 rows" in say("fields n | limit 3")


def test_help_names_every_command(say: Callable[[str], str]) -> None:
    said = say("\\help")
    assert all(f"\\{name}" in said for name in ("fields", "show", "context", "window", "groups", "chart", "quit"))


def test_quit_leaves(prompt: Prompt) -> None:
    with pytest.raises(Leave):
        prompt.answer("\\quit")


def test_keys(prompt: Prompt, capsys: pytest.CaptureFixture[str]) -> None:
    """Queries over two lines, Ctrl-C on a half-typed line, Ctrl-D at last."""
    history = InMemoryHistory()
    with create_pipe_input() as keys:
        keys.send_text("fields n |\rlimit 2\r")
        keys.send_text("stats nonsense\x03")
        keys.send_text("display n\x1b\r| limit 1\r")
        keys.send_text("\x04")
        converse(prompt, history, keys, DummyOutput())
    assert history.get_strings() == ["fields n |\nlimit 2", "display n\n| limit 1"]
    assert "2 rows" in capsys.readouterr().out


def test_the_history_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    history = open_history(history_file())
    history.store_string("fields @message")
    path = tmp_path / "state" / "logmig" / "query-history"
    assert "fields @message" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_state_folder_that_cannot_be_written_keeps_the_history_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = open_history(tmp_path / "file" / "logmig" / "query-history")
    history.append_string("fields @message")
    assert history.get_strings() == ["fields @message"]
    assert (tmp_path / "file").read_text() == ""


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as Python has it; whoever starts tests in the background may have switched it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_asking_at_once() -> None:
    asked = threading.Event()
    stopped: list[bool] = []
    ended = threading.Event()

    def work(loki: Loki) -> None:
        try:
            while True:
                loki.volume("", 0, 0)
                asked.set()
        except Cancelled:
            stopped.append(True)
            raise
        finally:
            ended.set()

    def press() -> None:
        asked.wait(10)
        os.kill(os.getpid(), 2)

    threading.Thread(target=press).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        run_stoppable(ListedLoki(), work)
    assert ended.wait(10)
    assert stopped == [True]
    assert time.monotonic() - started < 10
