"""Globs of files: what doublestar takes (measured with v4.9), and that it takes what Fluent Bit's glob(3) takes."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from translators.fluentbit.evaluate.globs import in_glob
from translators.pipeline.globs import behind, folder_of, from_glob, matches


@pytest.mark.parametrize(
    ("glob", "path", "taken"),
    [
        ("/a/[bc].log", "/a/b.log", True),
        ("/a/[!bc].log", "/a/b.log", False),
        ("/a/[^bc].log", "/a/d.log", True),
        ("/a/[a-c].log", "/a/b.log", True),
        ("/a/[a-]x", "/a/-x", True),
        ("/a/[!a]", "/a//", True),
        ("/a/[[]x", "/a/[x", True),
        (r"/a/[\]]x", "/a/]x", True),
        ("/a/?.log", "/a/b.log", True),
        ("/a/?.log", "/a//.log", False),
        ("/a/*.log", "/a/b/c.log", False),
        ("/a/*", "/a/.x", True),
        ("/a/**/c.log", "/a/c.log", True),
        ("/a/**/c.log", "/a/b/d/c.log", True),
        ("/a/**", "/a/b/c", True),
        ("/a/b**c", "/a/bxxc", True),
        ("/a/b**c", "/a/b/c", False),
        ("**/b", "b", True),
        ("/a/{b,c*}.log", "/a/cd.log", True),
        ("/a/{b,{c,d}}x", "/a/dx", True),
        ("/a/{,b}x", "/a/x", True),
        (r"/a/\*.log", "/a/*.log", True),
        (r"/a/\*.log", "/a/b.log", False),
    ],
)
def test_doublestar(glob: str, path: str, taken: bool) -> None:
    assert matches(glob, path) is taken


@pytest.mark.parametrize("glob", ["/a/[]a].log", "/a/[a.log", "/a/{b.log", "/a/{b,[c}"])
def test_a_glob_that_doublestar_refuses_takes_nothing(glob: str) -> None:
    assert not matches(glob, glob)
    assert not matches(glob, glob.replace("[", "").replace("{", ""))


@pytest.mark.parametrize(
    ("glob", "doublestar"),
    [
        ("/var/log/containers/*_shop_*.log", "/var/log/containers/*_shop_*.log"),
        ("/var/log/**/app.log", "/var/log/*/app.log"),
        ("/var/log/{a", r"/var/log/\{a"),
        ("/var/log/[a.log", r"/var/log/\[a.log"),
        ("/var/log/[]a].log", r"/var/log/[\]a].log"),
        ("/var/log/[!a].log", "/var/log/[!a/].log"),
        (r"/var/log/\*.log", r"/var/log/\*.log"),
    ],
)
def test_a_path_of_fluent_bit_becomes_a_glob_of_the_agents(glob: str, doublestar: str) -> None:
    assert from_glob(glob) == doublestar


@example("[]", "[]")
@example("[!]", "[!]")
@given(st.text("ab*?[]{}!^/", max_size=10), st.text("ab[]{}!^*/", max_size=8))
def test_it_takes_the_same_paths(glob: str, path: str) -> None:
    """A class with a slash in it is none to glob(3), which nobody writes."""
    inside = "/" in "".join(part.partition("]")[0] for part in glob.split("[")[1:])
    assert inside or matches(from_glob(glob), path) == in_glob(glob, path)


@given(st.text("*ab/?", max_size=6), st.text("ab/", max_size=4), st.text("ab/", min_size=1, max_size=4))
@example("*log*", "/var/log", "x")
@example("/o/*", "/v", "x")
def test_what_is_left_of_a_glob_behind_a_folder_takes_the_rest_of_the_path(glob: str, start: str, rest: str) -> None:
    assert any(fnmatchcase(rest, left) for left in behind(glob, start)) is fnmatchcase(start + rest, glob)


def test_the_folder_of_a_glob_is_what_is_written_out() -> None:
    assert folder_of("/var/log/*/a.log") == "/var/log/"
    assert folder_of("/var/log/a[12].log") == "/var/log/"
    assert folder_of("/a.log") == "/"
