"""What a filter's translation claims is what both evaluators give on lines that were chosen to hurt."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest

from migrate.simulation import comparable, lines_of, records
from translators.alloy.evaluate import evaluate as evaluate_alloy
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Agent, Fidelity, worst
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.pipeline.comparison import Verdict, compare
from translators.pipeline.model import Discovery
from translators.pipeline.world import Container, LogFile, Pod, World
from translators.promtail.evaluate import evaluate as evaluate_promtail

NOW = 1_772_413_200 * 10**9
PATH = "/var/log/app.log"
PARSERS = """[PARSER]
    Name json
    Format json
[PARSER]
    Name words
    Format regex
    Regex ^(?<level>[A-Z]+) (?<text>.*)$
[PARSER]
    Name kv
    Format logfmt
"""
JSON_LINES = (
    '{"log":"boom","level":"error"}', '{"level":"boom","a":{"x":"boom"}}', '{"a":"boom"}', '{"a":["boom"]}', '{"a":""}',
    '{"a":{"x":{"y":"boom"}},"log":5}', '{"log":null,"value":"no"}', "boom plain", "<no value>", "", "  ", '{"log":""}',
)  # fmt: skip
WORD_LINES = ("ERROR boom", "boom", "INFO ", "WARN x boom", "", " ", "no value", "ERR boom boom")


def section(name: str, *lines: str, match: str = "*") -> str:
    return f"[FILTER]\n    Name {name}\n    Match {match}\n" + "".join(f"    {line}\n" for line in lines)


def output(match: str, group: str) -> str:
    options = f"region r\n    log_group_name {group}\n    log_stream_prefix s-\n"
    return f"[OUTPUT]\n    Name cloudwatch_logs\n    Match {match}\n    {options}"


Sides = dict[Agent, tuple[Fidelity, tuple[Verdict, ...]]]


def both_sides(parser: str, filters: str, lines: tuple[str, ...], options: str = "") -> Sides:
    """The fidelity that each agent claims, and what the comparison says."""
    tail = f"[INPUT]\n    Name tail\n    Tag app\n    Path {PATH}\n    Read_from_Head On\n    Parser {parser}\n"
    main = "[SERVICE]\n    Parsers_File parsers.conf\n" + tail + filters
    main += output("app", "/a") + options + output("new*", "/n")
    reading = read({"fluent-bit.conf": main.encode(), "parsers.conf": PARSERS.encode()}, ReadOptions(cluster="c"))
    content = "".join(f"{line}\n" for line in lines).encode()
    return sides(reading, World((LogFile(PATH, PATH, lambda: io.BytesIO(content)),), now_ns=NOW))


def sides(
    reading: Reading,
    world: World,
    discovery: Discovery = Discovery.KUBERNETES,
    about: str = "",
    first_part_time: bool = False,
) -> Sides:
    """The same for any configuration and node; ``about``: the rule whose claim counts, by default all."""
    options = TranslateOptions(cluster="c", discovery=discovery, first_part_time=first_part_time)
    made = translate(reading, options)
    sent = [comparable(one) for one in records(reading.configuration, world, {}) if one.sent.group is not None]
    stored = {
        Agent.PROMTAIL: tuple(evaluate_promtail(made.promtail, world, "n")),
        Agent.ALLOY: tuple(evaluate_alloy(made.alloy, world, "n")),
    }
    return {
        agent: (
            worst(found.fidelity.of(agent) for found in made.findings if not about or found.rule == about),
            compare(sent, stored[agent], made.catalog, lines_of(world)),
        )
        for agent in Agent
    }


HOLDS = (
    section("grep", "Regex log boom"),
    section("grep", "Exclude log boom"),
    section("grep", "Regex log o"),
    section("grep", "Exclude log ^$"),
    section("grep", "Exclude level x*"),
    section("grep", "Regex a ^$"),
    section("grep", "Regex $a['x'] boom"),
    section("grep", "Exclude $a['x']['y'] ^boom$"),
    section("grep", "Regex level ^(?!boom).*$"),
    section("grep", "Logical_Op AND", "Exclude log o", "Exclude text o"),
    section("grep", "Logical_Op OR", "Regex level .*", "Regex $log['any'] plain"),
    section("rewrite_tag", "Rule $log boom new false", match="app"),
    section("rewrite_tag", "Rule level .* new.x false", "Rule $a ^b new.y false", match="app"),
    section("modify", "Condition Key_value_matches log boom", "Add new n"),
    section("modify", "Condition Key_does_not_exist value", "Set new n"),
    section("record_modifier", "Record cluster c", "Remove_key LEVEL"),
    section("record_modifier", "Record cluster c", "Allowlist_key l*"),
    section("record_modifier", "Record note two words"),
    section("modify", "Copy log copy"),
    section("modify", "Hard_copy log copy", "Hard_rename copy other"),
    section("modify", "Condition Key_value_matches log o", "Add new n") + section("modify", "Set new m"),
    "".join(section("modify", f"Condition Key_value_matches log {word}", f"Add new {word}") for word in ("b", "o", "l"))
    + section("modify", "Add new other"),
    section("modify", "Set level v") + section("grep", "Exclude level ^v$"),
    section("modify", "Set level v") + section("grep", "Regex $level['x'] v"),
    section("modify", "Condition Key_value_matches log b", "Add new n") + section("grep", "Exclude new n"),
    section("record_modifier", "Record a v") + section("grep", "Exclude $a o", "Exclude text o"),
    section("record_modifier", "Record b v", match="app")
    + section("rewrite_tag", "Rule $b ^(v)$ new.$1 false", match="app"),
    section("modify", "Remove_regex ^l") + section("grep", "Regex level o"),
    section("modify", "Remove_wildcard lev") + section("grep", "Exclude $level o"),
    section("record_modifier", "Record cluster c", "Remove_key LEVEL") + section("grep", "Regex level o"),
    section("record_modifier", "Record cluster c", "Remove_key lev*") + section("grep", "Regex level o"),
    section("record_modifier", "Record cluster c", "Allowlist_key l*") + section("grep", "Exclude a o"),
)


ROUTED = (
    ("Rule $log ^(\\S+) new.$1.$level false", ("new.boom.*", "*.plain.*", "new.*")),
    ("Rule $log (b)(o+)m(x)? new.$1.$3$2 false", ("new.b.o*",)),
    ("Rule level ^(?<word>[a-z]+)$ new.$1.$TAG[0] false", ("new.error.*", "new.*.app")),
    ("Rule $level .* new.$0 false", ("new.e*", "new.?*")),
    ("Rule $log (o) $1.$TAG false", ("o*",)),
)


@pytest.mark.parametrize("parser", ["json", "words"])
@pytest.mark.parametrize(("rule", "matches"), ROUTED)
def test_the_agents_compute_new_tags_where_a_match_takes_some(parser: str, rule: str, matches: tuple[str, ...]) -> None:
    outputs = "".join(output(match, f"/g{number}") for number, match in enumerate(matches))
    filters = section("rewrite_tag", rule, match="app") + outputs
    for agent, (claim, verdicts) in both_sides(parser, filters, JSON_LINES if parser == "json" else WORD_LINES).items():
        assert claim in (Fidelity.EXACT, Fidelity.EQUIVALENT), agent
        assert [verdict for verdict in verdicts if not verdict.equal] == []


def test_a_copy_names_every_log_group_that_it_went_to() -> None:
    filters = section("rewrite_tag", "Rule $log (b|<) copy.$1 true", match="app")
    filters += output("app", "/b") + output("copy.*", "/all") + output("copy.b*", "/only")
    for _, verdicts in both_sides("json", filters, JSON_LINES).values():
        assert [verdict for verdict in verdicts if not verdict.equal] == []
        labels = {verdict.entry.labels["also"] for verdict in verdicts if verdict.entry is not None}
        assert labels == {"a", "a+all", "a+all+only"}


LOGFMT_LINES = ("level=error a=b", "level=info msg=x", "plain line here", "a=1")


@pytest.mark.parametrize("removal", ["Remove level", "Remove_regex ^l", "Remove_wildcard le", "Rename level severity"])
@pytest.mark.parametrize("condition", ["Regex level o", "Exclude level o"])
def test_keys_taken_out_of_logfmt_are_not_there(removal: str, condition: str) -> None:
    filters = section("modify", removal) + section("grep", condition)
    for agent, (_, verdicts) in both_sides("kv", filters, LOGFMT_LINES).items():
        assert [verdict for verdict in verdicts if not verdict.equal] == [], agent


@pytest.mark.parametrize("parser", ["json", "words"])
@pytest.mark.parametrize("filters", HOLDS)
def test_what_is_claimed_equal_is_equal(parser: str, filters: str) -> None:
    for agent, (claim, verdicts) in both_sides(parser, filters, JSON_LINES if parser == "json" else WORD_LINES).items():
        assert claim in (Fidelity.EXACT, Fidelity.EQUIVALENT), agent
        assert [verdict for verdict in verdicts if not verdict.equal] == []


@pytest.mark.parametrize(
    ("parser", "filters", "fidelity"),
    [
        ("json", section("grep", "Regex $a[0] boom"), Fidelity.MANUAL),
        ("json", section("record_modifier", "Allowlist_key log"), Fidelity.APPROXIMATE),
        ("words", section("record_modifier", "Remove_key log"), Fidelity.APPROXIMATE),
        ("json", section("modify", "Hard_rename level log"), Fidelity.APPROXIMATE),
        ("words", section("modify", "Add log 1"), Fidelity.APPROXIMATE),
        ("json", section("modify", "Copy msg new", "Add new v"), Fidelity.APPROXIMATE),
        ("json", section("modify", "Copy msg a") + section("record_modifier", "Allowlist_key a"), Fidelity.APPROXIMATE),
        ("json", section("modify", "Condition Key_value_equals level error", "Set log no"), Fidelity.APPROXIMATE),
    ],
)
def test_what_differs_is_said(parser: str, filters: str, fidelity: Fidelity) -> None:
    for claim, verdicts in both_sides(parser, filters, JSON_LINES if parser == "json" else WORD_LINES).values():
        assert claim is fidelity
        assert any(not verdict.equal for verdict in verdicts)


@pytest.mark.parametrize("named", [(), ("result_key outcome",)])
def test_marks_of_a_test_tool_are_lost(named: tuple[str, ...]) -> None:
    marked = section("expect", "key_exists log", "action result_key", *named)
    for claim, verdicts in both_sides("words", marked, WORD_LINES).values():
        assert claim is Fidelity.APPROXIMATE
        assert {path for verdict in verdicts for path, _ in verdict.lost} == {("outcome" if named else "matched",)}


PROCESSED = """service:
  parsers_file: parsers.conf
pipeline:
  inputs:
    - name: tail
      tag: app
      path: /var/log/app.log
      read_from_head: on
      parser: %s
      processors:
        logs:
%s
  outputs:
    - {name: cloudwatch_logs, match: app, region: r, log_group_name: /a, log_stream_prefix: s-}
"""


@pytest.mark.parametrize(
    ("parser", "steps", "fidelity"),
    [
        ("words", ("action: rename, key: a, value: log",), Fidelity.EQUIVALENT),
        ("json", ("action: rename, key: a, value: log",), Fidelity.APPROXIMATE),
        ("words", ("action: insert, key: log, value: v",), Fidelity.APPROXIMATE),
        ("nobody", ("action: insert, key: log, value: v",), Fidelity.EQUIVALENT),
        ("words", ("action: rename, key: text, value: v", "action: upsert, key: text, value: v"), Fidelity.EQUIVALENT),
    ],
)
def test_what_a_processor_does_to_a_key_is_told_as_it_is(
    parser: str, steps: tuple[str, ...], fidelity: Fidelity
) -> None:
    rows = "\n".join(f"          - {{name: content_modifier, {step}}}" for step in steps)
    inputs = {"fluent-bit.yaml": (PROCESSED % (parser, rows)).encode(), "parsers.conf": PARSERS.encode()}
    reading = read(inputs, ReadOptions(cluster="c"))
    content = "".join(f"{line}\n" for line in (JSON_LINES if parser == "json" else WORD_LINES)).encode()
    world = World((LogFile(PATH, PATH, lambda: io.BytesIO(content)),), now_ns=NOW)
    for claim, verdicts in sides(reading, world).values():
        assert claim is fidelity
        assert fidelity is Fidelity.APPROXIMATE or all(verdict.equal for verdict in verdicts)


def test_a_filter_that_would_leave_nothing_of_any_record_leaves_them_all() -> None:
    raw = section("record_modifier", "Remove_key log")
    for claim, verdicts in both_sides("nobody", raw, ("one", "two")).values():
        assert claim is not Fidelity.MANUAL
        assert all(verdict.equal for verdict in verdicts)


@pytest.mark.parametrize("seed", range(3))
def test_random_filters_hold_their_claims(seed: int) -> None:
    draw = random.Random(seed)
    keys, patterns = ("log", "level", "a", "$a['x']", "text"), ("boom", "o", "^$", ".*", "^(?!b).*$", "[A-Z]", "x*")
    for _ in range(12):
        parser = draw.choice(("json", "words"))
        made = []
        for _ in range(draw.randint(1, 2)):
            kind = draw.choice(("Regex", "Exclude"))
            operator = draw.choice(("legacy", "and", "or"))
            rules = [f"{kind} {draw.choice(keys)} {draw.choice(patterns)}" for _ in range(draw.randint(1, 3))]
            made.append(section("grep", f"Logical_Op {operator}", *rules))
        for claim, verdicts in both_sides(
            parser, "".join(made), JSON_LINES if parser == "json" else WORD_LINES
        ).values():
            if claim in (Fidelity.EXACT, Fidelity.EQUIVALENT):
                assert [verdict for verdict in verdicts if not verdict.equal] == [], made


PODS = (
    Pod("web-1", "shop", "u1", "n", "10.0.0.1", {"app": "web", "app.kubernetes.io/name": "w"}, {"team": "a"}),
    Pod("api-2", "shop", "u2", "n", "10.0.0.2", {"tier": "back"}),
    Pod("empty-3", "kube-system", "u3", "n", "10.0.0.3", {"app": ""}, {"team": "b"}),
)
WORDS = (b"boom", b"other", b"x", b"ERROR boom")
ANEW = section("parser", "Key_Name log", "Parser words")
IN_PODS = (
    section("grep", "Regex $kubernetes['labels']['app'] ^web"),
    section("grep", "Exclude $kubernetes['labels']['app.kubernetes.io/name'] w"),
    section("grep", "Exclude $kubernetes['labels']['app'] ^$"),
    section("grep", "Regex $kubernetes['annotations']['team'] ^(?!b).*$"),
    section("grep", "Logical_Op OR", "Regex $kubernetes['labels']['tier'] .", "Regex log o"),
    section("rewrite_tag", "Rule $kubernetes['labels']['tier'] . new.x false", match="kube.*"),
    section("rewrite_tag", "Rule $log boom new.y false", match="kube.*")
    + section("grep", "Exclude $kubernetes['namespace_name'] shop", match="kube.*"),
    section("rewrite_tag", "Rule $log boom new.y false", match="kube.*")
    + section("grep", "Exclude $kubernetes['labels']['app'] web", match="kube.*"),
    section("rewrite_tag", "Rule $kubernetes['labels']['app'] ^(.*)$ own-$0 false", match="kube.*")
    + output("own-w*", "/w"),
    section("rewrite_tag", "Rule $log o own.$kubernetes['labels']['tier'] false", match="kube.*")
    + output("own.b*", "/b"),
    section("rewrite_tag", "Rule $log ^(\\S+) $1.x false", match="kube.*") + output("o*", "/o"),
)


def in_pods(filters: str, discovery: Discovery, about: str) -> Sides:
    tail = "[INPUT]\n    Name tail\n    Tag kube.*\n    Path /var/log/containers/*.log\n    multiline.parser cri\n"
    head = f"[SERVICE]\n    Parsers_File parsers.conf\n{tail}    Read_from_Head On\n{section('kubernetes')}"
    template = "    log_group_template /k/$kubernetes['namespace_name']\n" if about.endswith("template") else ""
    main = f"{head}{filters}{output('kube.*', '/a')}{template}{output('new*', '/n')}"
    pods, files = [], []
    for number, pod in enumerate(PODS):
        identifier = f"{number:064d}"
        pods.append(replace(pod, containers=(Container("app", "image:1", "", identifier),)))
        path = f"/var/log/containers/{pod.name}_{pod.namespace}_app-{identifier}.log"
        content = b"".join(b"2026-03-02T01:00:00.5Z stdout F %s\n" % word for word in WORDS)
        files.append(LogFile(path, path, lambda content=content: io.BytesIO(content)))
    reading = read({"fluent-bit.conf": main.encode(), "parsers.conf": PARSERS.encode()}, ReadOptions(cluster="c"))
    return sides(reading, World(tuple(files), tuple(pods), now_ns=NOW), discovery, about)


@pytest.mark.parametrize("filters", IN_PODS)
def test_discovery_is_asked_for_labels_and_annotations(filters: str) -> None:
    rule = "fluentbit/rewrite-tag-rule" if "rewrite_tag" in filters else "fluentbit/grep-regex"
    rule = "fluentbit/grep-exclude" if rule.endswith("regex") and "Exclude" in filters else rule
    for agent, (claim, verdicts) in in_pods(filters, Discovery.KUBERNETES, rule).items():
        assert claim in (Fidelity.EXACT, Fidelity.EQUIVALENT), agent
        assert [verdict for verdict in verdicts if not verdict.equal] == []


def test_without_the_api_labels_are_manual_and_names_are_not() -> None:
    labels = in_pods(IN_PODS[0], Discovery.FILES, "fluentbit/grep-regex")
    assert {claim for claim, _ in labels.values()} == {Fidelity.MANUAL}
    for kept in ("Regex $kubernetes['namespace_name'] ^shop$", "Regex $kubernetes['pod_name'] -[12]$"):
        for claim, verdicts in in_pods(section("grep", kept), Discovery.FILES, "fluentbit/grep-regex").values():
            assert claim is Fidelity.EXACT
            assert [verdict for verdict in verdicts if not verdict.equal] == []


@pytest.mark.parametrize(
    ("rule", "filters"),
    [
        ("grep-exclude", section("grep", "Exclude $kubernetes['namespace_name'] ^shop$")),
        ("grep-regex", section("grep", "Regex $kubernetes['pod_name'] -[12]$")),
        ("grep-regex", section("grep", "Regex stream out")),
        ("modify-add", section("modify", "Condition Key_value_equals stream stdout", "Add x y")),
        ("rewrite-tag-rule", section("rewrite_tag", "Rule stream ^(s.*)$ new.$1 false", match="kube.*")),
    ],
)
def test_what_a_parser_filter_takes_away_is_not_asked_of_the_labels(rule: str, filters: str) -> None:
    for claim, verdicts in in_pods(ANEW + filters, Discovery.KUBERNETES, f"fluentbit/{rule}").values():
        assert claim in (Fidelity.EXACT, Fidelity.EQUIVALENT)
        assert [verdict for verdict in verdicts if not verdict.equal] == []


def test_labels_of_the_pod_that_only_unparsed_records_have_are_not_asked_for() -> None:
    filters = ANEW + section("grep", "Exclude $kubernetes['labels']['app'] web")
    for claim, _ in in_pods(filters, Discovery.KUBERNETES, "fluentbit/grep-exclude").values():
        assert claim is Fidelity.MANUAL


def test_a_group_named_by_what_a_parser_filter_takes_away_is_said_to_differ() -> None:
    rule = "fluentbit/cloudwatch-logs-log-group-template"
    for claim, verdicts in in_pods(ANEW, Discovery.KUBERNETES, rule).values():
        assert claim is Fidelity.APPROXIMATE
        assert any(not verdict.equal for verdict in verdicts)
    for claim, verdicts in in_pods(
        ANEW.replace("words", "words\n    Reserve_Data On"), Discovery.KUBERNETES, rule
    ).values():
        assert claim is Fidelity.EQUIVALENT
        assert all(verdict.equal for verdict in verdicts)


@pytest.mark.parametrize("key", ["", "    Merge_Log_Key data\n"])
def test_what_merge_log_takes_of_a_line_that_queries_cannot_read_is_a_condition(key: str) -> None:
    """Fluent Bit merges ``{"a":1}trailing``, in which ``| json`` finds nothing."""
    tail = "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Parser cri\n    Tag kube.*\n"
    text = f"{tail}{section('kubernetes', 'Merge_Log On')}{key}{output('*', '/a')}"
    found = translate(read({"fluent-bit.conf": text.encode()}, ReadOptions()), TranslateOptions(cluster="c")).findings
    claims = [one for one in found if one.rule == "fluentbit/kubernetes-merge-log"]
    assert [one.fidelity.promtail for one in claims] == [Fidelity.EQUIVALENT]
    assert "nothing stands behind its object" in claims[0].message
