"""An edited catalog is checked before queries depend on it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from translators.aws_layout import aws_layout
from translators.catalog import Catalog, Matcher, MatchOperator
from translators.catalog_check import problems
from translators.catalog_json import to_json

GOOD = aws_layout("prod")


def with_selector(*matchers: Matcher) -> Catalog:
    group = GOOD.groups[0]
    return replace(GOOD, groups=(replace(group, shapes=(replace(group.shapes[0], selector=matchers),)),))


def test_the_layout_of_aws_has_no_problem() -> None:
    assert list(problems(GOOD)) == []


@pytest.mark.parametrize(
    ("matchers", "words"),
    [
        ((), "at least one matcher"),
        ((Matcher("app", MatchOperator.NOT_EQUAL, "x"),), "at least one matcher"),
        ((Matcher("app", MatchOperator.MATCHES, ".*"),), "at least one matcher"),
        ((Matcher("app", MatchOperator.MATCHES, "(?=x)"),), "RE2"),
        ((Matcher("pod-name", MatchOperator.EQUAL, "x"),), "no name of a label"),
    ],
)
def test_selectors_that_loki_refuses_are_named(matchers: tuple[Matcher, ...], words: str) -> None:
    assert any(words in problem for problem in problems(with_selector(*matchers)))


def test_names_that_stand_twice_are_named() -> None:
    twice = replace(GOOD, groups=(*GOOD.groups, GOOD.groups[0]))
    assert [problem for problem in problems(twice) if "stands 2 times" in problem]


def test_the_verb_checks_a_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text(to_json(GOOD))
    for path in (tmp_path, tmp_path / "catalog.json"):
        result = CliRunner().invoke(app, ["catalog", "check", str(path)])
        assert (result.exit_code, "good" in result.stdout) == (0, True)


def test_a_problem_is_an_answer_of_no(tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text(to_json(with_selector()))
    result = CliRunner().invoke(app, ["catalog", "check", str(tmp_path), "--format", "json"])
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["problems"]) == 1


@pytest.mark.parametrize(("columns", "widest"), [("60", 60), ("", 200), ("wide", 200)])
def test_a_table_is_as_wide_as_columns_says(columns: str, widest: int, tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text(to_json(GOOD))
    result = CliRunner().invoke(app, ["catalog", "show", str(tmp_path)], env={"COLUMNS": columns})
    assert 60 <= max(map(len, result.stdout.splitlines())) <= widest
    assert (len(result.stdout.splitlines()) > 10) is (widest == 60)


def test_show_lists_the_streams_of_each_group(tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text(to_json(GOOD))
    result = CliRunner().invoke(app, ["catalog", "show", str(tmp_path), "--format", "json"])
    assert {row["log_group"] for row in json.loads(result.stdout)} == {group.name for group in GOOD.groups}
