"""What generated configurations found to be claimed and not so: each shrunk to the least that shows it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import pytest

from tests.unit.translate.test_filters_agree import NOW, Sides, sides
from translators.collection import Collection, TranslateOptions, translate
from translators.diagnostics import Agent, Fidelity
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.pipeline.comparison import Verdict
from translators.pipeline.model import Discovery, ReadFiles
from translators.pipeline.world import Container, JournalEntry, LogFile, Namespace, Pod, World

CONTAINER = f"/var/log/containers/web-1_shop_app-{'a' * 64}.log"
FILE = "/var/log/app.log"
JOURNAL = "[INPUT]\n    Name systemd\n    Tag sys.*\n"
OUTPUT = (
    "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region r\n    log_group_name /a\n    log_stream_prefix s-\n"
)


def tail(path: str, *options: str) -> str:
    kept = "".join(f"    {option}\n" for option in options)
    return f"[INPUT]\n    Name tail\n    Tag app.*\n    Path {path}\n    Read_from_Head On\n{kept}"


def reading(main: str, parsers: str = "") -> Reading:
    service = "[SERVICE]\n    Parsers_File parsers.conf\n"
    return read({"fluent-bit.conf": f"{service}{main}".encode(), "parsers.conf": parsers.encode()}, ReadOptions())


def node(files: Mapping[str, bytes], journal: Iterable[Mapping[str, bytes]] = ()) -> World:
    entries = tuple(
        JournalEntry(tuple(fields.items()), NOW + at * 10**9, f"cursor-{at}") for at, fields in enumerate(journal)
    )
    opened = (LogFile(path, path, partial(io.BytesIO, content)) for path, content in files.items())
    return World(tuple(opened), journal=entries, now_ns=NOW + 3600 * 10**9)


def differing(found: Sides) -> list[Verdict]:
    assert all(verdicts for _, verdicts in found.values())
    return [verdict for _, verdicts in found.values() for verdict in verdicts if not verdict.equal]


def collected(main: str, parsers: str = "") -> Collection:
    return translate(reading(main, parsers), TranslateOptions(cluster="c", discovery=Discovery.FILES))


@pytest.mark.parametrize("beside", ["", tail("/var/log/containers/*.log")])
@pytest.mark.parametrize("option", ["", "    log_key MESSAGE\n"])
def test_entries_of_the_journal_without_a_unit_are_in_their_log_group(beside: str, option: str) -> None:
    world = node({CONTAINER: b"x\n"}, [{"MESSAGE": b"one", "_SYSTEMD_UNIT": b"kubelet.service"}, {"MESSAGE": b"two"}])
    found = sides(reading(JOURNAL + beside + OUTPUT + option), world, Discovery.FILES)
    assert differing(found) == []


def test_a_filter_parser_has_one_finding_for_its_match() -> None:
    names = "[PARSER]\n    Name words\n    Format regex\n    Regex ^(?<level>[A-Z]+) (?<text>.*)$\n"
    some = "[FILTER]\n    Name parser\n    Match_Regex .*shop.*\n    Key_Name log\n    Parser words\n"
    for where in (tail("/var/log/containers/*.log"), JOURNAL):
        made = collected(where + some + OUTPUT, names)
        rules = Counter(finding.span for finding in made.findings if "match" in finding.rule.rpartition("/")[2])
        assert set(rules.values()) == {1}
        assert not any(finding.rule.startswith("fluentbit/parser-match") for finding in made.findings)


@pytest.mark.parametrize(
    ("option", "fidelity"), [("Path_Key log", Fidelity.APPROXIMATE), ("Path_Key file", Fidelity.EXACT)]
)
def test_a_path_under_the_key_of_the_text_is_not_claimed(option: str, fidelity: Fidelity) -> None:
    found = reading(tail(FILE, option) + OUTPUT)
    for claim, verdicts in sides(found, node({FILE: b"one\n"}), Discovery.FILES, "fluentbit/tail-path-key").values():
        assert claim is fidelity
        assert all(verdict.equal for verdict in verdicts)
    fields = collected(tail(FILE, option) + OUTPUT).catalog.groups[0].shapes[0].fields
    assert [field.path for field in fields] == [("file",), ("log",)][fidelity is Fidelity.APPROXIMATE :]


def test_the_map_of_a_namespace_is_known_to_be_gone() -> None:
    filters = "[FILTER]\n    Name kubernetes\n    Match app.*\n    Kube_Tag_Prefix app.var.log.containers.\n"
    found = reading(tail("/var/log/containers/*.log") + filters + "    Namespace_Labels On\n" + OUTPUT)
    pods = (Pod("web-1", "shop", "u", "n", containers=(Container("app", identifier="a" * 64),)),)
    world = replace(node({CONTAINER: b"x\n"}), pods=pods, namespaces=(Namespace("shop", {"team": "a"}),))
    assert differing(sides(found, world, Discovery.FILES)) == []


@pytest.mark.parametrize("options", ["", "    Strip_Underscores On\n", "    Lowercase On\n"])
@pytest.mark.parametrize("rule", ["Regex CONTAINER_NAME web", "Exclude $CONTAINER_NAME web", "Regex UNIT ^a"])
def test_fields_that_a_service_adds_to_the_journal_are_asked_for(options: str, rule: str) -> None:
    kind, key, pattern = rule.split()
    wanted = f"{kind} {key.lower() if 'Lower' in options else key} {pattern}"
    filters = f"[FILTER]\n    Name grep\n    Match *\n    {wanted}\n"
    world = node({}, [{"MESSAGE": b"1", "CONTAINER_NAME": b"web", "UNIT": b"a"}, {"MESSAGE": b"2", "UNIT": b"b"}])
    found = sides(
        reading(JOURNAL + options + filters + OUTPUT), world, Discovery.FILES, f"fluentbit/grep-{kind.lower()}"
    )
    for claim, verdicts in found.values():
        assert claim is Fidelity.EXACT
        assert [
            (verdict.record and verdict.record.fields["message" if "Lower" in options else "MESSAGE"])
            for verdict in verdicts
        ] == ["2" if kind == "Exclude" else "1"]


@pytest.mark.parametrize("left_out", ["*web-1*", "/var/log/containers/web-1*", "*web-1*,/var/log/containers/x*"])
def test_what_a_second_input_leaves_out_is_left_out_by_another_path_too(left_out: str) -> None:
    first = tail("/var/log/containers/*.log").replace("app.*", "one.*")
    second = tail("/var/log/containers/*.log", f"Exclude_Path {left_out}")
    found = sides(reading(first + second + OUTPUT), node({CONTAINER: b"x\n"}), Discovery.FILES)
    assert differing(found) == []


def test_a_label_job_that_a_loki_output_lends_is_on_entries_of_the_journal() -> None:
    lent = "[OUTPUT]\n    Name loki\n    Match *\n    labels job=fluent-bit\n"
    assert differing(sides(reading(JOURNAL + OUTPUT + lent), node({}, [{"MESSAGE": b"1"}]))) == []


def group(name: str, template: str = "") -> str:
    computed = f"    log_group_template {template}\n" if template else ""
    return OUTPUT.replace("log_group_name /a", f"log_group_name {name}") + computed


AS_KUBERNETES = "[FILTER]\n    Name kubernetes\n    Match app.*\n    Kube_Tag_Prefix app.var.log.containers.\n"


@pytest.mark.parametrize(
    "outputs",
    [
        group("/aws/containerinsights/c/app") + group("/other/app"),
        group("/a") + group("/x/app") + group("/y/app"),
        group("/aws/containerinsights/c/app") + group("/plain", "/t/$TAG[0]"),
        group("/a") + group("/b", "/k/$kubernetes['namespace_name']"),
        group("/a", "/k/$kubernetes['namespace_name']") + group("/b"),
        group("/a") + group("/a", "/k/$kubernetes['namespace_name']"),
    ],
)
def test_records_of_several_log_groups_are_found_in_each(outputs: str) -> None:
    found = reading(tail("/var/log/containers/*.log") + AS_KUBERNETES + outputs)
    pods = (Pod("web-1", "shop", "u", "n", "10.0.0.1", containers=(Container("app", identifier="a" * 64),)),)
    world = replace(node({CONTAINER: b"x\n"}), pods=pods)
    for discovery in Discovery:
        rule = "fluentbit/cloudwatch-logs-log-group-template"
        for claim, verdicts in sides(found, world, discovery, rule).values():
            assert claim is Fidelity.APPROXIMATE or all(verdict.equal for verdict in verdicts)


CRIO = r"""[PARSER]
    Name crio
    Format regex
    Regex ^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>P|F) (?<%s>.*)$
"""
HEADED = b'2026-03-02T01:00:00.5Z stdout F {"level":"boom"}\n2026-03-02T01:00:01.5Z stderr F two words\n'


@pytest.mark.parametrize("key", ["log", "message"])
@pytest.mark.parametrize(
    "filters",
    [
        "    Name grep\n    Exclude stream err\n",
        "    Name grep\n    Regex stream ^stdout$\n",
        "    Name rewrite_tag\n    Rule $stream ^(std.*)$ new.$1 false\n",
        "    Name kubernetes\n    Kube_Tag_Prefix app.var.log.containers.\n    Merge_Log On\n"
        "    Match app.*\n[FILTER]\n    Name grep\n    Exclude level o\n",
        "    Name parser\n    Key_Name log\n    Parser words\n    Reserve_Data On\n",
    ],
)
def test_filters_behind_a_header_of_ones_own_do_what_they_do(key: str, filters: str) -> None:
    words = "[PARSER]\n    Name words\n    Format regex\n    Regex ^(?<one>\\w+) (?<two>\\w+)$\n"
    match = "app.*" if "rewrite_tag" in filters else "*"
    main = tail("/var/log/containers/*.log", "Parser crio") + f"[FILTER]\n{filters}    Match {match}\n" + OUTPUT
    found = sides(reading(main, CRIO % key + words), node({CONTAINER: HEADED}), Discovery.FILES)
    assert differing(found) == []


def test_a_group_that_stands_twice_has_no_value_where_the_line_does_not_fit() -> None:
    twice = "[PARSER]\n    Name p\n    Format regex\n    Regex ^(?:(?<method>GET)|(?<method>POST)) (?<path>.*)$\n"
    lines = node({FILE: b"GET /a\nPOST /b\nother\n"})
    kept = "[FILTER]\n    Name grep\n    Match *\n    Regex log .\n"
    for filters in ("", kept):
        found = sides(reading(tail(FILE, "Parser p") + filters + OUTPUT, twice), lines)
        assert differing(found) == []
        stored = [verdict.entry for _, verdicts in found.values() for verdict in verdicts]
        assert {entry.structured_metadata.get("method") for entry in stored if entry} <= {"GET", "POST", None}


def test_a_joined_text_has_the_key_that_its_parser_names() -> None:
    parser = "[MULTILINE_PARSER]\n    Name m\n    Type regex\n    Key_Content message\n"
    rules = '    Rule "start_state" "/^\\d/" "cont"\n    Rule "cont" "/^(?!\\d)/" "cont"\n'
    found = reading(tail(FILE, "multiline.parser m") + OUTPUT, parser + rules)
    assert differing(sides(found, node({FILE: b"1 a\n b\n2 c\n"}))) == []


def test_a_stream_of_two_groups_is_found() -> None:
    twice = CRIO.replace("(?<stream>stdout|stderr)", "(?:(?<stream>stdout)|(?<stream>stderr))") % "log"
    grep = "[FILTER]\n    Name grep\n    Match *\n    Exclude stream err\n"
    found = reading(tail("/var/log/containers/*.log", "Parser crio") + grep + OUTPUT, twice)
    assert differing(sides(found, node({CONTAINER: HEADED}), Discovery.FILES)) == []


@pytest.mark.parametrize("rule", ["Regex log .*", "Exclude log .*", "Regex log x*", "Regex log ^"])
def test_a_pattern_that_every_text_fits_keeps_or_drops_them_all(rule: str) -> None:
    filters = f"[FILTER]\n    Name grep\n    Match *\n    {rule}\n"
    made = collected(tail(FILE) + filters + OUTPUT)
    found = sides(reading(tail(FILE) + filters + OUTPUT), node({FILE: b"one\n"}), Discovery.FILES)
    assert [verdict for _, verdicts in found.values() for verdict in verdicts if not verdict.equal] == []
    assert "drop:\n          drop_counter_reason" not in made.promtail


def test_a_key_that_the_journal_may_lack_is_not_taken_for_certain() -> None:
    filters = "[FILTER]\n    Name record_modifier\n    Match *\n    Allowlist_key LEVEL\n"
    for claim, _ in sides(
        reading(JOURNAL + filters + OUTPUT),
        node({}, [{"MESSAGE": b"1"}]),
        about="fluentbit/record-modifier-allowlist-key",
    ).values():
        assert claim is Fidelity.APPROXIMATE


@pytest.mark.parametrize(
    "behind",
    [
        "[FILTER]\n    Name grep\n    Match new*\n    Exclude $kubernetes['namespace_name'] shop\n" + OUTPUT,
        "[FILTER]\n    Name grep\n    Match app.*\n    Exclude $kubernetes['namespace_name'] shop\n" + OUTPUT,
        group("/b", "/k/$kubernetes['namespace_name']").replace("Match *", "Match app.*")
        + group("/aws/containerinsights/c/new").replace("Match *", "Match new*"),
        group("/b").replace("Match *", "Match app.*")
        + group("/c", "/k/$kubernetes['namespace_name']").replace("Match *", "Match new*"),
    ],
)
def test_what_one_route_does_is_not_done_to_the_others(behind: str) -> None:
    rule = "[FILTER]\n    Name rewrite_tag\n    Match app.*\n    Rule $log boom new.x false\n"
    found = reading(tail("/var/log/containers/*.log") + AS_KUBERNETES + rule + behind)
    pods = (Pod("web-1", "shop", "u", "n", "10.0.0.1", containers=(Container("app", identifier="a" * 64),)),)
    world = replace(node({CONTAINER: b"boom\nother\n"}), pods=pods)
    rule = "fluentbit/cloudwatch-logs-log-group-template"
    for claim, verdicts in sides(found, world, about=rule).values():
        assert claim is Fidelity.APPROXIMATE or [verdict for verdict in verdicts if not verdict.equal] == []
        assert len(verdicts) == (1 if "grep" in behind else 2)


def test_what_a_second_parser_does_not_find_is_not_taken_from_the_first() -> None:
    timed = "    Time_Key time\n    Time_Format %Y-%m-%dT%H:%M:%S.%L{}\n    Time_Keep {}\n"
    parsers = CRIO % "log" + timed.format("%z", "On")
    parsers += "[PARSER]\n    Name inner\n    Format json\n" + timed.format("", "Off")
    inner = "[FILTER]\n    Name parser\n    Match *\n    Key_Name log\n    Parser inner\n    Reserve_Data On\n"
    lines = b'2026-03-02T10:00:00.5+09:00 stdout F {"a":"b"}\n2026-03-02T10:00:01.5+09:00 stdout F text\n'
    found = reading(tail("/var/log/containers/*.log", "Parser crio") + inner + OUTPUT, parsers)
    assert differing(sides(found, node({CONTAINER: lines}), Discovery.FILES)) == []


def test_promtail_looks_for_what_it_leaves_out_below_its_own_folder() -> None:
    """It lists the files of __path_exclude__ each time: a glob without a folder would walk the whole node."""
    made = collected(tail("/var/log/app/*.log", "Exclude_Path *debug*,*/app/x*,/opt/*,*log*") + OUTPUT)
    (job,) = made.pipelines[Agent.PROMTAIL].jobs
    assert isinstance(job.source, ReadFiles)
    assert all(glob.startswith("/var/log/app/") for glob in job.source.exclude)
    some = collected(tail("/var/log/*.log", "Exclude_Path *debug*") + OUTPUT)
    assert "__path_exclude__: '/var/log/{*,*/**/*}debug{*,*/**/*}'" in some.promtail


DOCKERD = b'{"log":"ERROR boom\\n","stream":"stdout","time":"2026-03-02T01:00:44.7Z"}\n'


def test_a_parser_of_texts_that_end_in_a_newline_finds_what_it_finds_in_fluent_bit() -> None:
    words = "[PARSER]\n    Name words\n    Format regex\n    Regex ^(?<level>[A-Z]+) (?<text>.+)$\n"
    parse = "[FILTER]\n    Name parser\n    Match *\n    Key_Name log\n    Parser words\n"
    found = reading(tail("/var/log/containers/*.log", "multiline.parser docker") + parse + OUTPUT, words)
    assert differing(sides(found, node({CONTAINER: DOCKERD}), Discovery.FILES)) == []


def test_a_pattern_that_newlines_break_is_not_claimed_for_texts_that_end_in_one() -> None:
    drop = "[FILTER]\n    Name grep\n    Match *\n    Exclude log ^.{0,3}$\n"
    found = reading(tail("/var/log/containers/*.log", "multiline.parser docker") + drop + OUTPUT)
    for claim, _ in sides(found, node({CONTAINER: DOCKERD}), Discovery.FILES, "fluentbit/grep-exclude").values():
        assert claim is Fidelity.APPROXIMATE


@pytest.mark.parametrize(
    ("key", "parser", "fidelity"),
    [("log", "", Fidelity.EQUIVALENT), ("msg", "    Parser json\n", Fidelity.APPROXIMATE)],
)
def test_an_event_that_is_a_part_of_the_line_is_said_to_differ(key: str, parser: str, fidelity: Fidelity) -> None:
    parsers = "[PARSER]\n    Name json\n    Format json\n"
    made = collected(tail(FILE) + parser + OUTPUT + f"    log_key {key}\n", parsers)
    claims = [one.fidelity for one in made.findings if one.rule == "fluentbit/cloudwatch-logs-log-key"]
    assert [claim.promtail for claim in claims] == [fidelity]


@pytest.mark.parametrize("reserves", ["On", "Off"])
@pytest.mark.parametrize("preserves", ["On", "Off"])
@pytest.mark.parametrize("key", ["log", "$log"])
def test_a_filter_behind_a_parser_sees_the_key_that_it_preserved(key: str, preserves: str, reserves: str) -> None:
    parser = f"[FILTER]\n    Name parser\n    Match *\n    Key_Name {key}\n    Parser p\n"
    options = f"    Preserve_Key {preserves}\n    Reserve_Data {reserves}\n"
    grep = "[FILTER]\n    Name grep\n    Match *\n    Exclude log ^a\n"
    parsers = "[PARSER]\n    Name p\n    Format regex\n    Regex ^(?<word>\\w+) (?<rest>.*)$\n"
    lines = b"a b\nb c\nalone\nother\n"
    found = sides(reading(tail(FILE) + parser + options + grep + OUTPUT, parsers), node({FILE: lines}))
    assert differing(found) == []


@pytest.mark.parametrize("labels", [{"app": "a", "tier": ""}, {"app": "a"}, {"tier": "front"}, {}])
@pytest.mark.parametrize("condition", ["Key_exists", "Key_does_not_exist"])
@pytest.mark.parametrize("label", ["app", "tier"])
def test_whether_a_pod_has_a_label_is_asked_of_its_discovery(
    label: str, condition: str, labels: dict[str, str]
) -> None:
    asked = f"    Condition {condition} $kubernetes['labels']['{label}']\n    Add told yes\n"
    filters = f"[FILTER]\n    Name modify\n    Match *\n{asked}"
    found = reading(tail("/var/log/containers/*.log") + AS_KUBERNETES + filters + OUTPUT)
    pods = (Pod("web-1", "shop", "u", "n", "10.0.0.1", labels, containers=(Container("app", identifier="a" * 64),)),)
    world = replace(node({CONTAINER: b"x\n"}), pods=pods)
    holds = (label in labels) is (condition == "Key_exists")
    for discovery in Discovery:
        for claim, verdicts in sides(found, world, discovery, "fluentbit/modify-condition").values():
            (one,) = verdicts
            assert one.record is not None
            assert ("told" in one.record.fields) is holds
            assert claim is Fidelity.APPROXIMATE or [item for item in one.differences if item.path == ("told",)] == []
        assert claim is (Fidelity.EQUIVALENT if discovery is Discovery.KUBERNETES else Fidelity.APPROXIMATE)
