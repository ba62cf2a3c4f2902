"""Which log groups of a catalog a query reads: by name, ARN, prefix and account."""

from __future__ import annotations

import pytest

from translators.catalog import Catalog, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.bind import NotInLoki, groups_of
from translators.query.tree import scans
from translators.source import Source

ONE, TWO = "111122223333", "444455556666"


def group(name: str, account: str = "") -> LogGroup:
    selector = (Matcher("app", MatchOperator.EQUAL, f"{account}{name}"),)
    return LogGroup(name, (Shape("lines", selector, RecordKind.JSON, ()),), account)


CATALOG = Catalog((group("/app/a", ONE), group("/app/a", TWO), group("/app/b", TWO), group("/app/c")))


def read(text: str, *chosen: str) -> list[tuple[str, str]]:
    """The account and the name of each group."""
    (scan,) = scans(normalise(parse(Source("q", text))).root)
    return [(bound.group.account, bound.group.name) for bound in groups_of(scan, chosen, CATALOG)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SOURCE logGroups() | limit 1", [(ONE, "/app/a"), (TWO, "/app/a"), (TWO, "/app/b"), ("", "/app/c")]),
        (f"SOURCE logGroups(accountIdentifiers: ['{ONE}']) | limit 1", [(ONE, "/app/a"), ("", "/app/c")]),
        (f"SOURCE logGroups(accountIdentifier: ['{TWO}'], namePrefix: ['/app/a']) | limit 1", [(TWO, "/app/a")]),
        ("SOURCE logGroups(namePrefix: ['/app/a'], class: ['STANDARD']) | limit 1", [(ONE, "/app/a"), (TWO, "/app/a")]),
        ("SOURCE '/app/a' | limit 1", [(ONE, "/app/a"), (TWO, "/app/a")]),
        (f"SOURCE 'arn:aws:logs:us-east-1:{TWO}:log-group:/app/a:*' | limit 1", [(TWO, "/app/a")]),
        (f"SOURCE '{ONE}:/app/a' | SOURCE '/app/c' | SOURCE '/app/c' | limit 1", [(ONE, "/app/a"), ("", "/app/c")]),
    ],
)
def test_a_source_means_the_groups_of_its_accounts(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


def test_a_chosen_group_may_name_its_account() -> None:
    assert read("limit 1", f"{TWO}:/app/b", "/app/b") == [(TWO, "/app/b")]


@pytest.mark.parametrize(
    "text",
    [
        f"SOURCE logGroups(accountIdentifiers: ['{ONE}'], namePrefix: ['/app/b']) | limit 1",
        f"SOURCE 'arn:aws:logs:us-east-1:{ONE}:log-group:/app/b' | limit 1",
        "SOURCE logGroups(class: ['INFREQUENT_ACCESS']) | limit 1",
        "SOURCE logGroups(tags: ['team']) | limit 1",
        "SOURCE logGroups(namePrefix: ['/other']) | limit 1",
    ],
)
def test_what_the_catalog_does_not_know_is_not_in_loki(text: str) -> None:
    with pytest.raises(NotInLoki):
        read(text)


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("/app/bb", "did you mean /app/b? Else add it to catalog.json"),
        ("/aws/containerinsights/prod/performance", "these are metrics, and belong to Prometheus"),
        ("zzz", "add it to catalog.json with the selector of its streams"),
    ],
)
def test_a_group_that_the_catalog_lacks_has_a_way_out(name: str, way_out: str) -> None:
    with pytest.raises(NotInLoki) as absent:
        read("limit 1", name)
    assert absent.value.remedy.startswith(way_out)
