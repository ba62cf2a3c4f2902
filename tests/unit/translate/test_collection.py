"""The translation as a whole: jobs, labels, catalog, findings and texts of small configurations."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from translators.alloy.parse import parse
from translators.alloy.syntax import print_file
from translators.catalog import Field, InMetadata, MatchOperator, Presence
from translators.catalog_json import from_json, to_json
from translators.collection import Collection, TranslateOptions, translate
from translators.diagnostics import Agent, Fidelity, Finding, Refused
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.labels import Kind as LabelKind
from translators.labels import Override
from translators.pipeline.model import Discovery, Job, ReadFiles
from translators.pipeline.stages import DropLabels, JoinLines, SetMetadata, SetText, Stage, When
from translators.source import Source

CORPUS = Path("/work/shared/corpus/fluent-bit")
OUTPUT = """
[OUTPUT]
    Name cloudwatch_logs
    Match *
    region x
    log_group_name /app/logs
    log_stream_prefix app-
"""
CONTAINERS = """
[INPUT]
    Name tail
    Tag kube.*
    Path /var/log/containers/*.log
    multiline.parser docker, cri
    Read_from_Head On
"""
KUBERNETES = """
[FILTER]
    Name kubernetes
    Match kube.*
    Merge_Log On
    Merge_Log_Key log_processed
"""


def reading(text: str, parsers: str = "") -> Reading:
    service = "[SERVICE]\n    Parsers_File parsers.conf\n" if parsers else ""
    files = {"fluent-bit.conf": (service + text).encode()}
    if parsers:
        files["parsers.conf"] = parsers.encode()
    return read(files, ReadOptions())


def translated(text: str, parsers: str = "", **wishes: object) -> Collection:
    return translate(reading(text, parsers), TranslateOptions(cluster="demo", **wishes))  # type: ignore[arg-type]


def finding(collection: Collection, rule: str) -> Finding:
    return next(found for found in collection.findings if found.rule == rule)


def stages_of(stages: tuple[Stage, ...]) -> Iterator[Stage]:
    for stage in stages:
        yield stage
        if isinstance(stage, When):
            yield from stages_of(stage.stages)


def jobs(collection: Collection, agent: Agent = Agent.PROMTAIL) -> tuple[Job, ...]:
    return collection.pipelines[agent].jobs


def test_containers_are_found_by_the_api_only_when_the_kubernetes_filter_asked_it() -> None:
    plain = jobs(translated(CONTAINERS + OUTPUT))[0].source
    asked = jobs(translated(CONTAINERS + KUBERNETES + OUTPUT))[0].source
    assert isinstance(plain, ReadFiles)
    assert isinstance(asked, ReadFiles)
    assert (plain.discovery, asked.discovery) == (Discovery.FILES, Discovery.KUBERNETES)


def test_discovery_by_files_needs_no_api_and_says_what_is_missing() -> None:
    collection = translated(CONTAINERS + KUBERNETES + OUTPUT, discovery=Discovery.FILES)
    assert "kubernetes_sd_configs" not in collection.promtail
    assert "without the API" in finding(collection, "fluentbit/kubernetes").message


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("", "the line is the text itself"),
        ("Name parser\n    Key_Name log\n    Parser own", "a query reads it once more"),
        ("Name modify\n    Rename log text", "no text named log"),
    ],
    ids=["line", "value", "none"],
)
def test_merge_log_says_where_its_keys_are(before: str, said: str) -> None:
    first = f"[FILTER]\n    {before}\n    Match *\n" if before else ""
    parsers = "[PARSER]\n    Name own\n    Format regex\n    Regex ^a (?<log>.*)$\n"
    collection = translated(CONTAINERS + first + KUBERNETES + OUTPUT, parsers)
    assert said in finding(collection, "fluentbit/kubernetes-merge-log").message


def test_merge_parser_keeps_its_fields_beside_the_line() -> None:
    parsers = "[PARSER]\n    Name pairs\n    Format regex\n    Regex ^(?<code>\\d+) (?<rest>.*)$\n"
    collection = translated(CONTAINERS + KUBERNETES + "    Merge_Parser pairs\n" + OUTPUT, parsers)
    (shape,) = collection.catalog.groups[0].shapes
    assert Field(("log_processed", "code"), InMetadata("code"), Presence.PARSED) in shape.fields
    assert "runtime's" in finding(collection, "fluentbit/kubernetes-merge-parser").message


@pytest.mark.parametrize(
    ("tag", "prefix", "found"),
    [
        ("app.*", "app.var.log.containers.", True),
        ("app.var.log.containers.*", "app.var.log.containers.", False),
        ("app.var.log.containers.*", "app.var.log.containers.var.log.containers.", True),
        ("app.*", "application.var.log.containers.", False),
    ],
    ids=["the folder", "the folder twice", "both", "another"],
)
def test_a_pod_is_found_only_where_the_prefix_leaves_the_name_of_its_file(tag: str, prefix: str, found: bool) -> None:
    text = CONTAINERS.replace("kube.*", tag) + KUBERNETES.replace("kube.*", "app.*") + f"    Kube_Tag_Prefix {prefix}\n"
    collection = translated(text + OUTPUT)
    said = finding(collection, "fluentbit/kubernetes-kube-tag-prefix")
    assert (said.fidelity.alloy is Fidelity.EXACT) is found
    assert ("kubernetes_sd_configs" in collection.promtail) is found


def test_a_parser_that_leaves_all_to_queries_leaves_no_stage_that_does_nothing() -> None:
    parsers = "[PARSER]\n    Name pairs\n    Format logfmt\n"
    collection = translated(CONTAINERS + KUBERNETES + "    K8S-Logging.Parser On\n" + OUTPUT, parsers)
    both = [stage for agent in Agent for job in jobs(collection, agent) for stage in stages_of(job.stages)]
    assert "kube-annotated" in {job.name for job in jobs(collection)}
    assert all(stage.drop or stage.stages for stage in both if isinstance(stage, When))


def test_nothing_is_metadata_before_lines_are_joined() -> None:
    joined = "[FILTER]\n    Name multiline\n    Match *\n    multiline.key_content log\n    multiline.parser java\n"
    stages = jobs(translated(CONTAINERS + KUBERNETES + joined + OUTPUT))[0].stages
    kinds = [type(stage) for stage in stages]
    assert kinds.index(JoinLines) < kinds.index(SetMetadata)


def test_metadata_is_the_last_stage_and_every_scratch_label_goes_before() -> None:
    text = CONTAINERS + KUBERNETES + "[FILTER]\n    Name grep\n    Match *\n    Regex $log_processed['level'] ^error$\n"
    job = jobs(translated(text + OUTPUT))[0]
    assert isinstance(job.stages[-1], SetMetadata)
    assert isinstance(job.stages[-2], DropLabels)


def test_the_pod_can_be_a_label() -> None:
    collection = translated(CONTAINERS + KUBERNETES + OUTPUT, pod_label=True)
    last = jobs(collection)[0].stages[-1]
    assert isinstance(last, SetMetadata)
    assert "pod" not in dict(last.values)
    assert '"label": "pod"' in to_json(collection.catalog)


def test_a_label_that_is_switched_off_is_dropped_and_gone_from_the_catalog() -> None:
    collection = translated(CONTAINERS + OUTPUT, overrides=(Override("stream", LabelKind.OFF),))
    dropped = [stage for stage in jobs(collection)[0].stages if isinstance(stage, DropLabels)]
    assert dropped == [DropLabels(("stream",))]
    assert '"label": "stream"' not in to_json(collection.catalog)


def test_a_match_on_some_pods_splits_the_job_without_an_overlap() -> None:
    other = OUTPUT.replace("Match *", "Match kube.var.log.containers.web*").replace("/app/logs", "/app/web")
    collection = translated(CONTAINERS + other + OUTPUT)
    assert [job.name for job in jobs(collection)] == [job.name for job in jobs(collection, Agent.ALLOY)]
    assert len(jobs(collection)) == 2
    names = {group.name: len(group.shapes) for group in collection.catalog.groups}
    assert names == {"/app/web": 1, "/app/logs": 2}


@pytest.mark.parametrize(
    ("matches", "names"),
    [
        (("vault-*", "web-*", "shop-*"), ["vault", "web", "shop"]),
        (("web-*", "web-api-*"), ["web-web-api", "web"]),
        (("*_shop_*", "web-*"), ["shop-web", "shop", "web"]),
    ],
)
def test_each_job_of_a_divided_input_reads_files_that_no_other_reads(
    matches: tuple[str, ...], names: list[str]
) -> None:
    outputs = (OUTPUT.replace("Match *", f"Match kube.var.log.containers.{each}") for each in matches)
    collection = translated(CONTAINERS + "".join(outputs))
    for agent in Agent:
        made = [
            job.name.replace("kube-var-log-containers-", "").removeprefix("kube-") for job in jobs(collection, agent)
        ]
        assert made == names
    assert all(found.rule != "fluentbit/shared-files" for found in collection.findings)


def test_of_two_inputs_on_one_file_promtails_second_comes_by_another_path() -> None:
    one = "[INPUT]\n    Name tail\n    Tag {}\n    Path /var/log/app.log\n    Read_from_Head On\n    Key {}\n"
    collection = translated(one.format("a", "log") + one.format("b", "text") + OUTPUT)
    assert (len(jobs(collection)), len(jobs(collection, Agent.ALLOY))) == (2, 2)
    paths = [line.split("__path__: ")[1] for line in collection.promtail.split("\n") if "__path__:" in line]
    assert paths == ["/var/log/app.log", "/proc/self/root/var/log/app.log"]
    assert "/proc/self" not in collection.alloy
    assert finding(collection, "fluentbit/shared-files").fidelity.promtail is Fidelity.EQUIVALENT


def test_an_output_that_is_not_cloudwatch_keeps_fluent_bit() -> None:
    collection = translated(CONTAINERS + OUTPUT + "[OUTPUT]\n    Name s3\n    Match *\n    bucket b\n    region x\n")
    assert "leave Fluent Bit running" in finding(collection, "fluentbit/s3").message


def test_a_loki_output_lends_its_labels() -> None:
    loki = (
        "[OUTPUT]\n    Name loki\n    Match *\n    Host loki\n    Labels env=prod, team=$kubernetes['namespace_name']\n"
    )
    collection = translated(CONTAINERS + KUBERNETES + loki + OUTPUT)
    assert ("env", "prod") in jobs(collection)[0].labels
    assert any(rule.target_label == "team" for rule in jobs(collection)[0].relabels)


def test_what_only_fluent_bit_reads_stays_with_it_and_comes_with_the_way_out() -> None:
    collection = translated("[INPUT]\n    Name forward\n    Tag app\n" + OUTPUT)
    found = finding(collection, "fluentbit/forward")
    assert found.fidelity.of(Agent.ALLOY) is Fidelity.MANUAL
    assert "Name loki" in found.remedy
    assert jobs(collection) == ()


def test_no_secret_is_shown() -> None:
    text = CONTAINERS + OUTPUT + "[OUTPUT]\n    Name splunk\n    Match *\n    Splunk_Token abcdef-secret\n    host s\n"
    collection = translated(text)
    assert "abcdef-secret" not in "".join(found.subject for found in collection.findings)


def test_multiline_parsers_set_a_limit_of_their_own() -> None:
    text = (
        CONTAINERS
        + "[FILTER]\n    Name multiline\n    Match *\n    multiline.key_content log\n    multiline.parser java\n"
    )
    found = [stage for stage in stages_of(jobs(translated(text + OUTPUT))[0].stages) if isinstance(stage, JoinLines)]
    assert [stage.max_lines > 128 for stage in found] == [True]


@pytest.mark.parametrize(
    ("names", "fidelity"),
    [
        ("java, go", Fidelity.APPROXIMATE),
        ("java, own", Fidelity.APPROXIMATE),
        ("java, ends", Fidelity.MANUAL),
    ],
)
def test_several_multiline_parsers_join_what_any_of_them_goes_on_with(names: str, fidelity: Fidelity) -> None:
    parsers = "[MULTILINE_PARSER]\n    Name own\n    Type regex\n"
    parsers += '    Rule "start_state" "/^>/" "c"\n    Rule "c" "/^\\|/" "c"\n'
    parsers += "[MULTILINE_PARSER]\n    Name ends\n    Type endswith\n    Match_string ;\n"
    join = f"[FILTER]\n    Name multiline\n    Match *\n    multiline.key_content log\n    multiline.parser {names}\n"
    collection = translated(CONTAINERS + join + OUTPUT, parsers)
    assert finding(collection, "fluentbit/multiline-multiline-parser").fidelity.of(Agent.ALLOY) is fidelity
    joins = [stage for stage in jobs(collection)[0].stages if isinstance(stage, JoinLines)]
    assert len(joins) == (fidelity is not Fidelity.MANUAL)


def test_retention_of_a_group_becomes_a_rule_for_its_streams() -> None:
    collection = translated(CONTAINERS + OUTPUT + "    log_retention_days 14\n")
    rules = yaml.safe_load(collection.retention)["limits_config"]["retention_stream"]
    assert [rule["period"] for rule in rules] == ["336h"]
    assert translated(CONTAINERS + OUTPUT).retention == ""


def test_the_end_of_promtail_is_said_once() -> None:
    text = translated(CONTAINERS + OUTPUT).promtail
    assert text.count("end of life") == 1


def configurations() -> list[Path]:
    return sorted(path for path in CORPUS.glob("*") if path.suffix != ".tsv") if CORPUS.is_dir() else []


def every_property(sections: tuple[Section, ...]) -> Iterator[Property]:
    for section in sections:
        yield from section.properties
        yield from every_property(section.groups)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not on this machine")
@pytest.mark.parametrize("path", configurations(), ids=lambda path: path.name)
def test_every_construct_of_a_real_configuration_has_one_finding(path: Path) -> None:
    try:
        found = read({path.name: path.read_bytes()}, ReadOptions(cluster="demo", unknown_as="On"))
    except Refused:
        pytest.skip("this sample is refused by its reader, as it must be")
    collection = translate(found, TranslateOptions(cluster="demo"))
    loaded = found.configuration
    sections = (loaded.inputs, loaded.filters, loaded.outputs, loaded.ignored, loaded.stream_tasks)
    own = tuple(one for one in (*loaded.parsers, *loaded.multiline_parsers) if "of the image" not in one.span.source)
    service = (loaded.service,) if loaded.service else ()
    places = Counter((finding.span, finding.rule) for finding in collection.findings)
    spans = {span for span, _ in places}
    missing = [item for item in every_property((*itertools.chain(*sections), *own, *service)) if item.span not in spans]
    assert missing == []
    assert set(places.values()) <= {1}
    assert all(finding.message for finding in collection.findings)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not on this machine")
def test_at_most_one_finding_in_twenty_needs_a_person() -> None:
    counts: Counter[Fidelity] = Counter()
    for path in configurations():
        try:
            found = read({path.name: path.read_bytes()}, ReadOptions(cluster="demo", unknown_as="On"))
        except Refused:
            continue
        for one in translate(found, TranslateOptions(cluster="demo")).findings:
            counts[one.fidelity.of(Agent.PROMTAIL)] += 1
    assert counts[Fidelity.MANUAL] * 20 <= counts.total()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not on this machine")
@pytest.mark.parametrize("path", configurations(), ids=lambda path: path.name)
def test_the_texts_are_read_back_and_equal_from_run_to_run(path: Path) -> None:
    try:
        found = read({path.name: path.read_bytes()}, ReadOptions(cluster="demo", unknown_as="On"))
    except Refused:
        pytest.skip("this sample is refused by its reader, as it must be")
    first, second = (translate(found, TranslateOptions(cluster="demo")) for _ in range(2))
    assert (first.promtail, first.alloy) == (second.promtail, second.alloy)
    assert len(yaml.safe_load(first.promtail)["scrape_configs"] or ()) == len(jobs(first))
    assert print_file(parse(Source("config.alloy", first.alloy))) == first.alloy
    assert from_json(to_json(first.catalog)) == first.catalog


def test_selectors_of_one_group_exclude_each_other() -> None:
    journal = "[INPUT]\n    Name systemd\n    Tag host.*\n    Systemd_Filter _SYSTEMD_UNIT=kubelet.service\n"
    collection = translated(CONTAINERS + journal + OUTPUT)
    selectors = [shape.selector for group in collection.catalog.groups for shape in group.shapes]
    writers = [matcher.operator for selector in selectors for matcher in selector if matcher.label == "namespace"]
    assert writers == [MatchOperator.NOT_EQUAL, MatchOperator.EQUAL]


CRIO = r"""[PARSER]
    Name crio
    Format regex
    Regex ^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>P|F) (?<log>.*)$
    Time_Key time
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
"""


def test_a_parser_of_ones_own_for_containers_takes_the_header_off() -> None:
    text = "[INPUT]\n    Name tail\n    Tag kube.*\n    Path {}\n    Parser crio\n    Read_from_Head On\n"
    containers = translated(text.format("/var/log/containers/*.log") + OUTPUT, CRIO)
    assert any(isinstance(stage, SetText) for stage in jobs(containers)[0].stages)
    host = translated(text.format("/var/log/host.log") + OUTPUT, CRIO)
    assert not any(isinstance(stage, SetText) for stage in jobs(host)[0].stages)


def test_containers_and_host_files_of_one_input_are_two_jobs() -> None:
    text = "[INPUT]\n    Name tail\n    Tag a.*\n    Path /var/log/containers/*.log, /var/log/host.log\n"
    sources = [job.source for job in jobs(translated(text + OUTPUT))]
    assert [source.include for source in sources if isinstance(source, ReadFiles)] == [
        ("/var/log/containers/*.log",),
        ("/var/log/host.log",),
    ]


def test_groups_that_share_a_name_are_one_field() -> None:
    parser = "[PARSER]\n    Name two\n    Format regex\n    Regex ^(?:a=(?<v>\\S+)|b=(?<v>\\S+))$\n"
    text = "[INPUT]\n    Name tail\n    Tag a\n    Path /var/log/a.log\n    Parser two\n"
    last = jobs(translated(text + OUTPUT, parser))[0].stages[-1]
    assert isinstance(last, SetMetadata)
    assert [name for name, _ in last.values if name == "v"] == ["v"]


def test_a_group_whose_name_needs_the_node_is_found_by_what_labels_tell() -> None:
    template = "    log_group_template app-$kubernetes['host'].$kubernetes['namespace_name']\n"
    catalog = translated(CONTAINERS + KUBERNETES + OUTPUT + template).catalog
    found = catalog.group("app-node-1.shop")
    assert found is not None
    matchers = {(each.label, each.value) for each in found.shapes[0].selector}
    assert {("log_group", "/app/logs"), ("namespace", "shop")} <= matchers


def test_a_group_whose_name_and_template_are_one_text_is_found_by_its_computed_names() -> None:
    """Values of charts often give both keys the same text: the catalog must answer for what it computes."""
    text = "/k8s/$kubernetes['namespace_name']"
    output = OUTPUT.replace("/app/logs", text) + f"    log_group_template {text}\n"
    catalog = translated(CONTAINERS + KUBERNETES + output).catalog
    found = catalog.group("/k8s/shop")
    assert found is not None
    assert ("namespace", "shop") in {(each.label, each.value) for each in found.shapes[0].selector}
    assert catalog.group(text) is not None
