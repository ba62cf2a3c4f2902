"""What the translation of a parser or of a runtime claims is what both evaluators give on hostile lines."""

from __future__ import annotations

import io
import json
import random

import pytest

from tests.unit.translate.test_filters_agree import NOW, Sides, output, sides
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Agent, Fidelity, Finding
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.comparison import Reason, Verdict
from translators.pipeline.world import LogFile, World

HELD = (Fidelity.HARMLESS, Fidelity.EXACT, Fidelity.EQUIVALENT)
FILE = "/var/log/app.log"
CONTAINER = f"/var/log/containers/web-1_shop_app-{'a' * 64}.log"
TIMED = "Time_Key time\n    Time_Format %Y-%m-%dT%H:%M:%S.%L%z\n"
PARSERS = {
    "json": f"Format json\n    {TIMED}",
    "json-kept": f"Format json\n    {TIMED}    Time_Keep On\n",
    "json-zone": "Format json\n    Time_Key time\n    Time_Format %Y-%m-%dT%H:%M:%S.%L\n    Time_Zone Asia/Seoul\n",
    "regex": f"Format regex\n    Regex ^(?<time>\\S+) (?<method>[A-Z]+) (?<path>\\S*) ?(?<size>.*)$\n    {TIMED}",
    "repeated": f"Format regex\n    Regex ^(?<time>\\S+) (?:(?<m>GET)|(?<m>POST)) (?<p>\\S*)\n    {TIMED}",
    "none": "Format regex\n    Regex ^(?!#)(?<msg>.*)$\n",
}
ALPHABET = ' abXY019{}":,=\\[]\t.-_/%é한😀\x01\x1b<>()|+*?$^'


def junk(dice: random.Random, longest: int = 20) -> str:
    return "".join(dice.choice(ALPHABET) for _ in range(dice.randrange(longest)))


def stamp(dice: random.Random) -> str:
    odd = ("", "-", "tomorrow", "2026-13-01T00:00:00.1Z", "2026-03-02T24:00:00.1Z")
    fraction = "".join(dice.choice("0123456789") for _ in range(dice.randrange(1, 10)))
    good = f"2026-03-{dice.randrange(1, 29):02d}T{dice.randrange(24):02d}:00:07.{fraction}"
    return good + dice.choice(("Z", "+09:00", "-0530")) if dice.random() < 0.8 else dice.choice(odd)


def line(dice: random.Random) -> str:
    time, text = stamp(dice), junk(dice)
    makers = (
        lambda: json.dumps({"time": time, "level": text, "n": 1.5, "a": {"b": [1, None]}}, ensure_ascii=False),
        lambda: json.dumps({"time": time, "log": text})[: dice.randrange(10, 60)],
        lambda: json.dumps({"msg": text}),
        lambda: f"{time} {dice.choice(('GET', 'POST', 'get'))} /{text}",
        lambda: junk(dice, 40),
    )
    return dice.choice(makers)()


def by_the_same_clock(verdict: Verdict) -> bool:
    """What Fluent Bit gives the time of its reading must get that from the agents, too."""
    record, entry = verdict.record, verdict.entry
    return record is None or entry is None or record.time_ns is not None or entry.time_ns is None


def both(main: str, parsers: str, path: str, content: bytes, first_part_time: bool = False) -> Sides:
    text = "[SERVICE]\n    Parsers_File parsers.conf\n" + main + output("*", "/a")
    reading = read({"fluent-bit.conf": text.encode(), "parsers.conf": parsers.encode()}, ReadOptions(cluster="c"))
    world = World((LogFile(path, path, lambda: io.BytesIO(content)),), now_ns=NOW)
    return sides(reading, world, first_part_time=first_part_time)


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("seed", range(3))
def test_a_parser_that_is_claimed_gives_the_same_entries(name: str, seed: int) -> None:
    dice = random.Random(f"{name} {seed}")
    content = "".join(f"{line(dice)}\n" for _ in range(25)).encode()
    main = f"[INPUT]\n    Name tail\n    Tag app\n    Path {FILE}\n    Read_from_Head On\n    Parser {name}\n"
    for claim, verdicts in both(main, f"[PARSER]\n    Name {name}\n    {PARSERS[name]}", FILE, content).values():
        assert claim in HELD
        assert all(verdict.equal and by_the_same_clock(verdict) for verdict in verdicts)


def docker(text: str, second: float, stream: str = "stdout") -> bytes:
    return json.dumps({"log": text, "stream": stream, "time": f"2026-03-02T01:00:{second:05.2f}Z"}).encode() + b"\n"


@pytest.mark.parametrize(
    ("how", "between"), [("multiline.parser docker", "stderr"), ("Parser docker\n    Docker_Mode On", "")]
)
def test_pieces_of_dockerd_are_joined(how: str, between: str) -> None:
    """multiline.parser keeps the two streams apart, as the agents do; Docker_Mode does not."""
    other = docker("other\n", 3, between) if between else b""
    pieces = (docker("be", 2), other, docker('gin"\\n', 4), docker(" end\n", 5))
    lines = (docker("one\n", 1), *pieces, docker("\n", 6), docker("\ttab é\r\n", 7))
    main = f"[INPUT]\n    Name tail\n    Tag k.*\n    Path {CONTAINER}\n    Read_from_Head On\n    {how}\n"
    made = both(
        main,
        f"[PARSER]\n    Name docker\n    Format json\n    {TIMED}",
        CONTAINER,
        b"".join(lines),
        first_part_time=True,
    )
    for agent in Agent:
        verdicts = made[agent][1]
        assert len(verdicts) == 4 + bool(between)
        assert all(verdict.equal for verdict in verdicts)


@pytest.mark.parametrize("runtime", ["docker", "cri"])
def test_a_joined_line_has_the_time_of_its_last_part_or_on_request_of_its_first(runtime: str) -> None:
    """The option's whole effect: nothing but the time of the joined line differs without it, and nothing with it."""
    parts = docker("be", 2), docker("gin", 3), docker(" end\n", 4), docker("whole\n", 5)
    flags = zip("PPFF", parts, strict=True)
    content = b"".join(parts if runtime == "docker" else (as_cri(flag, part) for flag, part in flags))
    main = f"[INPUT]\n    Name tail\n    Path {CONTAINER}\n    Read_from_Head On\n    multiline.parser {runtime}\n"
    for _, verdicts in both(main, "", CONTAINER, content).values():
        joined, whole = verdicts
        assert whole.equal
        assert {one.reason for one in joined.differences} <= {Reason.TIME, Reason.FIELD}
        assert joined.record is not None
        assert joined.entry is not None
        assert joined.record.time_ns is not None
        assert joined.entry.time_ns is not None
        assert joined.entry.time_ns - joined.record.time_ns == 2_000_000_000
    for _, verdicts in both(main, "", CONTAINER, content, first_part_time=True).values():
        assert [verdict.equal for verdict in verdicts] == [True, True]


def as_cri(flag: str, line: bytes) -> bytes:
    """The same as containerd writes it."""
    read = json.loads(line)
    return f"{read['time']} {read['stream']} {flag} {read['log'].rstrip()}\n".encode()


FIRST = '[PARSER]\n    Name first\n    Format regex\n    Regex (?<log>(?<="log":")\\S(?!\\.).*?)(?<!\\\\)".*\n'
WORDS = "[PARSER]\n    Name words\n    Format regex\n    Regex ^(?<log>.*)$\n"
JSON = "[PARSER]\n    Name json\n    Format json\n"
PIECES = docker("one\n", 1) + docker("first half, ", 2) + docker("second half\n", 3) + docker(" third\n", 4)


@pytest.mark.parametrize(
    ("path", "how", "rules"),
    [
        (CONTAINER, "Docker_Mode On", {"tail-docker-mode"}),
        (CONTAINER, "Parser nobody\n    Docker_Mode On", {"tail-docker-mode"}),
        (CONTAINER, "Parser words\n    Docker_Mode On", {"tail-docker-mode"}),
        (FILE, "Parser json\n    Docker_Mode On", {"tail-docker-mode"}),
        (
            CONTAINER,
            "Docker_Mode On\n    Docker_Mode_Parser first",
            {"tail-docker-mode", "tail-docker-mode-parser", "parser", "parser-format", "parser-regex"},
        ),
    ],
)
def test_docker_mode_that_joins_nothing_on_the_agents_says_so(path: str, how: str, rules: set[str]) -> None:
    main = f"[INPUT]\n    Name tail\n    Tag k.*\n    Path {path}\n    Read_from_Head On\n    {how}\n"
    for agent, (claim, verdicts) in both(main, FIRST + WORDS + JSON, path, PIECES).items():
        assert claim is Fidelity.APPROXIMATE
        assert not all(verdict.equal for verdict in verdicts), agent
    assert {found.rule for found in findings(main) if found.fidelity.promtail is Fidelity.APPROXIMATE} == {
        f"fluentbit/{rule}" for rule in rules
    }


@pytest.mark.parametrize("how", ["Docker_Mode Off", "Docker_Mode_Parser first", "Parser words\n    Docker_Mode Off"])
def test_docker_mode_off_keeps_the_claim(how: str) -> None:
    main = f"[INPUT]\n    Name tail\n    Tag k.*\n    Path {CONTAINER}\n    Read_from_Head On\n    {how}\n"
    for claim, verdicts in both(main, FIRST + WORDS, CONTAINER, PIECES).values():
        assert claim in HELD
        assert len(verdicts) == 4
        assert all(verdict.equal for verdict in verdicts)
    told = {found.message for found in findings(main) if found.rule.startswith("fluentbit/tail-docker-mode")}
    assert told == {"Docker_Mode is off: Fluent Bit joins no lines by it, and none are joined"}


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("", "Multiline is off: Fluent Bit reads no option of its mode, and joins no lines by it"),
        ("    multiline.parser cri\n", "Fluent Bit ignores it beside multiline.parser"),
    ],
)
def test_options_of_a_mode_that_is_off_are_read_by_nobody(how: str, told: str) -> None:
    keys = {"parser_firstline": "json", "parser_1": "json", "multiline_flush": "5"}
    main = f"[INPUT]\n    Name tail\n    Tag k.*\n    Path {FILE}\n{how}"
    main += "".join(f"    {key} {value}\n" for key, value in keys.items())
    rules = {f"fluentbit/tail-{key.replace('_', '-')}" for key in keys}
    judged = {found.rule: found.message for found in findings(main) if found.rule in rules}
    assert judged == dict.fromkeys(rules, told)


def findings(main: str) -> tuple[Finding, ...]:
    text = "[SERVICE]\n    Parsers_File parsers.conf\n" + main + output("*", "/a")
    files = {"fluent-bit.conf": text.encode(), "parsers.conf": (FIRST + WORDS + JSON).encode()}
    return translate(read(files, ReadOptions(cluster="c")), TranslateOptions(cluster="c")).findings
