"""Commands of the tutorial, the runbooks and the pages of verbs are run, and print what the page shows.

Those of ``query`` and ``prove`` need a Loki: tests/engine/test_pages_of_queries.py runs them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.said import ROOT
from tests.docs.shown import check, commands

PAGES = [
    ROOT / "docs" / "tutorial.md",
    *sorted((ROOT / "docs" / "runbooks").glob("*.md")),
    *(path for path in sorted((ROOT / "docs" / "cli").glob("*.md")) if path.stem not in ("query", "prove")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    (tmp_path / "migrate").symlink_to(ROOT / "migrate")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "errors.insights").write_text("filter log like /ERROR/ | limit 20\n")
    shown = list(commands(page))
    assert shown
    for command, lines in shown:
        check(command, lines, tmp_path)
