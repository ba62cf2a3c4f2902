"""The tree on the page of the architecture is the tree of the repository: a reader finds each room in one guess."""

from __future__ import annotations

import re

import pytest

from tests.docs.said import ROOT

TREE = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("```\n")[2].partition("```")[0]
_NAME = re.compile(r"[a-z_]+(?:\.py|/)")


def named(folder: str) -> set[str]:
    """The files and folders that the tree names below one of the repository's."""
    rows = TREE.partition(f"{folder}/\n")[2]
    own = re.match(r"(?:  .*\n)*", rows)
    found: set[str] = set()
    for row in own[0].splitlines() if own else ():
        head = re.match(r"  (?! )(?:[a-z_]+(?:\.py|/) *)+", row)
        found |= {name.rstrip("/") for name in _NAME.findall(head[0])} if head else set()
    return found


@pytest.mark.parametrize("folder", ["translators", "migrate"])
def test_the_tree_names_what_is_there(folder: str) -> None:
    present = {
        path.name for path in (ROOT / folder).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert named(folder) == present - {"__init__.py"}


def test_the_tree_names_the_folders_of_tests() -> None:
    words = set(re.findall(r"[a-z_]+", TREE.partition("tests/")[2]))
    present = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert present <= words
