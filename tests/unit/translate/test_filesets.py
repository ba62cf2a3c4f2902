"""Sets of files: unions, overlaps, and globs over containers' file names as expressions."""

from __future__ import annotations

import re

import pytest

from translators.pipeline.filesets import FileSet, FilesRead, container_name_regex, overlap, touches_identifier, union

ALL = FileSet(
    ("/var/log/containers/*.log",),
    tuple(f"/var/log/containers/{name}*" for name in ("cloudwatch-agent", "fluent-bit", "aws-node", "kube-proxy")),
)

ERRORS, SHOP = "/var/log/containers/*error*", "/var/log/containers/*_shop_*"


def test_the_three_application_inputs_of_aws_are_all_but_two() -> None:
    joined = union(ALL, FileSet(("/var/log/containers/fluent-bit*",)))
    assert joined is not None
    joined = union(joined, FileSet(("/var/log/containers/cloudwatch-agent*",)))
    assert joined == FileSet(
        ("/var/log/containers/*.log",), ("/var/log/containers/aws-node*", "/var/log/containers/kube-proxy*")
    )


def test_an_exclusion_that_cuts_the_other_set_makes_no_union() -> None:
    assert union(ALL, FileSet(("/var/log/containers/*node*",))) is None


@pytest.mark.parametrize(
    ("first", "second", "meets"),
    [
        (ALL, FileSet(("/var/log/containers/aws-node*",)), False),
        (ALL, FileSet(("/var/log/containers/web*",)), True),
        (FileSet(("/var/log/a.log",)), FileSet(("/var/log/b.log",)), False),
        (FileSet(("/var/log/*.log",)), FileSet(("/var/log/b.log",)), True),
        (ALL.narrowed("/var/log/containers/web*"), ALL.without(("/var/log/containers/web*",)), False),
        (ALL.narrowed("/var/log/containers/web*"), ALL.narrowed("/var/log/containers/shop*"), False),
        (ALL.narrowed(ERRORS).narrowed(SHOP), ALL.narrowed(SHOP).without((ERRORS,)), False),
        (ALL.narrowed("/var/log/containers/web-1*.log"), ALL.without(("/var/log/containers/web-?.log",)), True),
    ],
)
def test_overlap_and_its_index_agree(first: FileSet, second: FileSet, meets: bool) -> None:
    assert overlap(first, second) is meets
    read = FilesRead()
    read.add(first)
    assert read.meets(second) is meets


@pytest.mark.parametrize(
    ("glob", "name", "taken"),
    [
        ("/var/log/containers/fluent-bit*", "fluent-bit-abcde_amazon-cloudwatch_fluent-bit-", True),
        ("/var/log/containers/fluent-bit*", "web-0_shop_fluent-bit-", False),
        ("/var/log/containers/*_kube-system_*.log", "coredns-1_kube-system_coredns-", True),
        ("/var/log/containers/*_kube-system_*.log", "web-0_shop_web-", False),
        ("/var/log/containers/*_istio-proxy-*.log", "web-0_shop_istio-proxy-", True),
        ("/var/log/containers/*.log", "web-0_shop_web-", True),
        ("/var/log/con*_shop_*", "web-0_shop_web-", True),
    ],
)
def test_a_glob_over_container_files_is_an_expression_over_pod_names(glob: str, name: str, taken: bool) -> None:
    regex = container_name_regex(glob)
    assert regex is not None
    assert (re.fullmatch(regex, name) is not None) is taken


def test_a_glob_that_names_the_identifier_cannot_be_asked_of_a_pod() -> None:
    assert container_name_regex("/var/log/containers/web_shop_web-0123.log") is None
    assert touches_identifier("/var/log/containers/*dead*")
    assert not touches_identifier("/var/log/containers/*_kube-system_*")
