"""Every verb and every rule has its page, pages say what the code says, and links lead somewhere."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.cli.verbs import VERBS
from tests.docs import write_options, write_policies, write_rules
from tests.docs.extras import WHERE
from tests.docs.query_pages import DEMO, outcome_of
from tests.docs.said import ROOT, all_said
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Refused
from translators.fluentbit.read import ReadOptions, read
from translators.insights.rules import ERRORS, NOTES

DOCS = ROOT / "docs"
CASES = sorted((ROOT / "tests" / "golden" / "fluent-bit").glob("*/case.json"))
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_PAIR = re.compile(r"```insights\n([^\n]*)\n```\n\n```logql\n([^\n]*)\n```")
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    return write_rules.written()


@pytest.fixture(scope="module")
def kept() -> dict[str, str]:
    return {
        str(path.relative_to(write_rules.RULES)): path.read_text("utf-8") for path in write_rules.RULES.rglob("*.md")
    }


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_page_with_every_option(verb: str) -> None:
    text = (DOCS / "cli" / f"{verb}.md").read_text("utf-8")
    names = [one.opts[0] for one in write_options.parameters(write_options.command_of(verb)) if one.opts[0][0] == "-"]
    assert names
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize("page", sorted((DOCS / "cli").glob("*.md")), ids=lambda page: page.stem)
def test_tables_of_options_are_current(page: Path) -> None:
    text = page.read_text("utf-8")
    assert write_options.filled(text) == text, "run: python -m tests.docs.write_options"


def test_pages_of_rules_are_current(rules: dict[str, str], kept: dict[str, str]) -> None:
    stale = [name for name, text in rules.items() if kept.get(name) != text]
    assert stale == [], "run: python -m tests.docs.write_rules"


def test_no_page_of_a_rule_is_orphaned(rules: dict[str, str], kept: dict[str, str]) -> None:
    assert sorted(set(kept) - set(rules)) == []


def test_every_page_says_why_in_its_own_words(kept: dict[str, str]) -> None:
    """Who says it is no reason for it, and "what the sentence names" is no advice: extras.py has room for both."""
    empty = [name for name, text in kept.items() if any(f"## Why\n\n{where}" in text for where in WHERE.values())]
    assert sorted(empty) == []
    assert sorted(name for name, text in kept.items() if "Correct what the sentence names." in text) == []


def test_every_rule_that_the_code_names_has_a_page(kept: dict[str, str]) -> None:
    named = {said.rule for said in all_said()} | {f"insights/{name}" for name in (*ERRORS, *NOTES)}
    assert len(named) > 200
    assert sorted(rule for rule in named if f"{rule}.md" not in kept) == []


def test_every_refusal_has_a_page_whatever_its_language(kept: dict[str, str]) -> None:
    """The list of languages cannot be trusted to be whole: a new one would have no pages, and nobody would notice."""
    refused = {
        node.args[0].value
        for folder in ("translators", "migrate")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if getattr(node.func, "id", "") in ("Refused", "Diagnostic", "Finding")
    }
    assert len(refused) > 100
    assert sorted(str(rule) for rule in refused if f"{rule}.md" not in kept) == []


def _said_of(files: dict[str, bytes], environment: dict[str, str]) -> Iterator[str]:
    try:
        reading = read(files, ReadOptions(environment=environment, cluster="prod"))
        made = translate(reading, TranslateOptions(cluster="prod"))
    except Refused as failure:
        yield failure.rule
        return
    yield from (finding.rule for finding in (*reading.findings, *made.findings))


def test_every_rule_of_the_recorded_cases_and_the_demo_has_a_page(kept: dict[str, str]) -> None:
    found = set(_said_of({"fluent-bit.yaml": DEMO.read_bytes()}, {}))
    for case in CASES:
        files = {
            path.name: path.read_bytes() for path in case.parent.iterdir() if path.suffix in (".conf", ".yaml", ".lua")
        }
        found |= set(_said_of(files, json.loads(case.read_text("utf-8")).get("env", {})))
    assert len(found) > 100
    assert sorted(rule for rule in found if write_rules.page_of(rule, kept) is None) == []


def test_pages_of_policies_are_what_the_evaluator_gives() -> None:
    kept = {path.name: path.read_text("utf-8") for path in write_policies.POLICIES.glob("*.md")}
    assert kept == write_policies.written(), "run: python -m tests.docs.write_policies"


def _pairs() -> list[tuple[str, str]]:
    return _PAIR.findall((DOCS / "insights-for-loki-users.md").read_text("utf-8"))


def test_the_page_for_newcomers_has_pairs() -> None:
    assert len(_pairs()) >= 8


@pytest.mark.parametrize(("query", "logql"), _pairs())
def test_the_pairs_for_newcomers_are_what_is_translated(query: str, logql: str) -> None:
    assert "\n".join(request.panel for request in outcome_of(query).translation.requests) == logql


def test_every_relative_link_leads_to_a_file() -> None:
    pages = [*DOCS.rglob("*.md"), ROOT / "README.md"]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in _LINK.findall(_FENCED.sub("", page.read_text("utf-8")))
        if not (page.parent / link).exists()
    ]
    assert broken == []
