"""Generated configurations over generated lines: no crash, one finding a construct, and what is claimed equal is equal.

The lines hold the conditions that findings state: a difference here is a claim that does not hold.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from tests.unit.translate.test_claims_hold import node, reading
from tests.unit.translate.test_filters_agree import PARSERS as COMMON_PARSERS
from tests.unit.translate.test_filters_agree import sides
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Fidelity, Refused
from translators.fluentbit.read import Reading
from translators.pipeline.model import Discovery
from translators.pipeline.world import World

HELD = (Fidelity.HARMLESS, Fidelity.EXACT, Fidelity.EQUIVALENT)
CASES = 60
CONTAINER = f"/var/log/containers/web-1_shop_app-{'b' * 64}.log"
PARSERS = (
    COMMON_PARSERS
    + r"""[PARSER]
    Name crio
    Format regex
    Regex ^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[^ ]*) (?<log>.*)$
    Time_Key time
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
[MULTILINE_PARSER]
    Name starts
    Type regex
    Rule "start_state" "/^[A-Z]/" "cont"
    Rule "cont" "/^[^A-Z]/" "cont"
"""
)
KEYS = (
    "log",
    "level",
    "text",
    "a",
    "b",
    "stream",
    "message",
    "$a['x']",
    "$log",
    "MESSAGE",
    "_SYSTEMD_UNIT",
    "CONTAINER_NAME",
)
PATTERNS = ("boom", "o", "^$", ".*", "^(?!b).*$", "[A-Z]", "x*", "std(out|err)", "a|b", "kubelet")
TEXTS = {
    "json": (
        '{"level":"boom","a":{"x":"o"}}',
        '{"a":"boom","b":1}',
        '{"log":5,"text":""}',
        "boom plain",
        '{"a":[1,"o"]}',
    ),
    "words": ("ERROR boom", "INFO a b", "boom", "WARN x", "로그"),
    "kv": ("level=boom a=b", "text=o b", 'a="x y"'),
    "starts": ("ERROR boom", " at x", "INFO b", "more", "\tx"),
}


class Drawn:
    """A configuration and what is on its node, by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        inputs: tuple[Callable[[], tuple[str, str]], ...] = (self._pods, self._host, self._journal)
        chosen = self._random.sample(inputs, self._random.choice((1, 1, 2)))
        self.files: dict[str, bytes] = {}
        self.journal: list[dict[str, bytes]] = []
        made = [one() for one in chosen]
        self.tags = tuple(tag for tag, _ in made)
        filters = "".join(self._filter() for _ in range(self._random.choice((0, 1, 1, 2, 3))))
        self.text = "".join(text for _, text in made) + filters + self._outputs()

    def reading(self) -> Reading:
        return reading(self.text, PARSERS)

    def world(self) -> World:
        return node(self.files, self.journal)

    def _pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _lines(self, kind: str) -> list[str]:
        return [self._random.choice(TEXTS[kind]) for _ in range(self._random.randint(1, 5))]

    def _pods(self) -> tuple[str, str]:
        kind = self._pick("json", "words", "kv")
        header = "2026-03-02T01:00:00.{:03d}Z {} F {}\n"
        lines = (header.format(at, self._pick("stdout", "stderr"), text) for at, text in enumerate(self._lines(kind)))
        self.files[CONTAINER] = "".join(lines).encode()
        tail = "[INPUT]\n    Name tail\n    Tag kube.*\n    Path /var/log/containers/*.log\n    Read_from_Head On\n"
        return "kube.*", f"{tail}    Parser crio\n"

    def _host(self) -> tuple[str, str]:
        kind = self._pick("json", "words", "kv", "starts")
        self.files["/var/log/app.log"] = "".join(f"{text}\n" for text in self._lines(kind)).encode()
        reader = "multiline.parser" if kind == "starts" else "Parser"
        named = f"    {reader} {kind}\n" if self._random.random() < 0.8 else ""
        path_key = "    Path_Key file\n" if self._random.random() < 0.2 else ""
        tail = "[INPUT]\n    Name tail\n    Tag host.*\n    Path /var/log/app*.log\n    Read_from_Head On\n"
        return "host.*", tail + named + path_key

    def _journal(self) -> tuple[str, str]:
        units: tuple[dict[str, bytes], ...] = ({"_SYSTEMD_UNIT": b"kubelet.service"}, {}, {"CONTAINER_NAME": b"boom"})
        texts = self._lines("words")
        self.journal = [{"MESSAGE": text.encode(), **self._random.choice(units)} for text in texts]
        kept = "[FILTER]\n    Name modify\n    Match sys.*\n    Remove_regex ^(?!MESSAGE|_SYSTEMD_UNIT).*\n"
        return "sys.*", f"[INPUT]\n    Name systemd\n    Tag sys.*\n{kept if self._random.random() < 0.7 else ''}"

    def _filter(self) -> str:
        name, *options = self._random.choice((self._grep, self._modify, self._modifier, self._parser, self._route))()
        match = self._random.choice(self.tags) if name == "rewrite_tag" else self._pick("*", *self.tags, "new*")
        return f"[FILTER]\n    Name {name}\n    Match {match}\n" + "".join(f"    {option}\n" for option in options)

    def _grep(self) -> list[str]:
        operator = self._pick("legacy", "and", "or")
        kind = self._pick("Regex", "Exclude")
        rules = [f"{kind} {self._pick(*KEYS)} {self._pick(*PATTERNS)}" for _ in range(self._random.randint(1, 2))]
        return ["grep", f"Logical_Op {operator}", *rules]

    def _modify(self) -> list[str]:
        key, new = self._pick(*KEYS[:7]), self._pick("new", "other", "level")
        rules = (f"Add {new} v", f"Set {new} v", f"Copy {key} {new}", f"Rename {key} {new}", f"Remove {key}")
        condition = (
            [f"Condition Key_value_matches {key} {self._pick(*PATTERNS)}"] if self._random.random() < 0.3 else []
        )
        return ["modify", *condition, self._pick(*rules)]

    def _modifier(self) -> list[str]:
        return [
            "record_modifier",
            self._pick("Record cluster c", "Record level v", "Remove_key level", "Remove_key l*"),
        ]

    def _parser(self) -> list[str]:
        kept = f"Reserve_Data {self._pick('On', 'Off')}"
        return [
            "parser",
            f"Key_Name {self._pick('log', 'text', 'MESSAGE')}",
            f"Parser {self._pick('json', 'words')}",
            kept,
        ]

    def _route(self) -> list[str]:
        key, new = self._pick("$log", "$level", "$stream"), self._pick("new", "new.$1", "new.$TAG[0]")
        return [
            "rewrite_tag",
            f"Rule {key} {self._pick('(o)', '^(.+)$', 'boom')} {new} {self._pick('false', 'false', 'true')}",
        ]

    def _outputs(self) -> str:
        made = ""
        for at in range(self._random.choice((1, 2, 2))):
            match = self._pick("*", *self.tags, "new*") if at else "*"
            name = self._pick("/a", "/x/a", f"/g{at}", "/aws/containerinsights/c/a")
            template = self._pick("", "", "    log_group_template /t/$TAG[0]\n", "    log_group_template /k/$level\n")
            made += f"[OUTPUT]\n    Name cloudwatch_logs\n    Match {match}\n    region r\n    log_group_name {name}\n"
            made += f"    log_stream_prefix s-\n{template}"
        return made


@pytest.mark.parametrize("seed", range(4))
def test_generated_configurations_hold_their_claims(seed: int) -> None:
    held = 0
    for number in range(CASES):
        drawn = Drawn(seed * 1000 + number)
        try:
            found = sides(drawn.reading(), drawn.world(), Discovery.FILES)
        except Refused:
            continue
        for claim, verdicts in found.values():
            if claim in HELD:
                held += 1
                assert [verdict for verdict in verdicts if not verdict.equal] == [], drawn.text
    assert held > CASES // 4


@pytest.mark.parametrize("seed", range(2))
def test_generated_constructs_have_one_finding_each(seed: int) -> None:
    for number in range(CASES):
        found = Drawn(seed * 1000 + number).reading()
        made = translate(found, TranslateOptions(cluster="c", discovery=Discovery.FILES))
        rules = Counter(finding.span for finding in made.findings)
        configuration = found.configuration
        for section in (*configuration.inputs, *configuration.filters, *configuration.outputs):
            assert all(rules[item.span] == 1 for item in section.properties[1:]), section
            assert rules[section.properties[0].span] >= 1
