"""Several inputs on one file: Promtail comes to it by a path for each, and no entry shows by which."""

from __future__ import annotations

from tests.unit.translate.test_collection import CONTAINERS, KUBERNETES, OUTPUT, jobs, translated
from tests.unit.translate.test_filters_agree import sides
from tests.unit.translate.test_tail_agree import node
from translators.diagnostics import Agent, Fidelity
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.model import ReadFiles
from translators.pipeline.other_ways import WAY, split_way

INPUT = "[INPUT]\n    Name tail\n    Tag {0}\n    Path {1}\n    Read_from_Head On\n    Path_Key {2}\n"
THREE = (
    INPUT.format("one", "/var/log/*.log", "file")
    + INPUT.format("two", "/var/log/bb.log", "path")
    + INPUT.format("three", "/var/log/*.log,/var/log/app/*.txt", "name")
)


def roots(text: str, parsers: str = "") -> list[str]:
    sources = (job.source for job in jobs(translated(text, parsers)))
    return [source.root for source in sources if isinstance(source, ReadFiles)]


def test_each_input_of_a_file_has_a_way_of_its_own() -> None:
    assert roots(THREE + OUTPUT) == ["", WAY, WAY * 2]


def test_inputs_of_different_files_need_no_other_way() -> None:
    apart = INPUT.format("one", "/var/log/a*.log", "file") + INPUT.format("two", "/var/log/b*.log", "file")
    assert roots(apart + OUTPUT) == ["", ""]


def test_jobs_of_annotated_pods_go_the_way_of_their_input() -> None:
    parsers = "[PARSER]\n    Name own\n    Format regex\n    Regex ^(?<level>\\w+)\n"
    twice = CONTAINERS + CONTAINERS.replace("kube.*", "other.*")
    filters = KUBERNETES + "    K8S-Logging.Parser On\n" + KUBERNETES.replace("kube.*", "other.*")
    both = filters + "    Kube_Tag_Prefix other.var.log.containers.\n    K8S-Logging.Parser On\n"
    assert roots(twice + both + OUTPUT, parsers) == ["", "", WAY, WAY]


def test_both_sides_have_the_same_entries_under_the_files_own_names() -> None:
    reading = read({"fluent-bit.conf": (THREE + OUTPUT).encode()}, ReadOptions())
    found = sides(reading, node())
    assert set(found) == set(Agent)
    for claimed, verdicts in found.values():
        assert claimed is Fidelity.EQUIVALENT
        assert all(verdict.equal for verdict in verdicts)


def test_a_path_knows_its_way() -> None:
    assert split_way(f"{WAY}{WAY}/var/log/x") == (WAY * 2, "/var/log/x")
    assert split_way("/proc/self/rooted/x") == ("", "/proc/self/rooted/x")
