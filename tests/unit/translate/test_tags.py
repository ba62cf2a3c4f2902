"""Tag patterns: how they meet a Match, and how paths become tags."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translators.pipeline.tags import Meeting, compose, covers, meet, overlaps

GLOBS = st.text(alphabet="ab.*", max_size=8)


def language(glob: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), text, re.DOTALL) is not None


@pytest.mark.parametrize(
    ("match", "tags", "met"),
    [
        ("application.*", "application.var.log.containers.*.log", Meeting.ALWAYS),
        ("*", "host.dmesg", Meeting.ALWAYS),
        ("host.*", "application.*", Meeting.NEVER),
        ("APP.*", "app.*", Meeting.NEVER),
        ("kube.var.log.containers.web*", "kube.var.log.containers.*.log", Meeting.PARTLY),
        ("c*t", "const", Meeting.ALWAYS),
        ("app", "app.*", Meeting.NEVER),
        ("**", "host", Meeting.ALWAYS),
    ],
)
def test_a_match_takes_all_tags_none_or_some(match: str, tags: str, met: Meeting) -> None:
    assert meet(match, tags) is met


@given(GLOBS, GLOBS, st.text(alphabet="ab.", max_size=6))
def test_meeting_never_contradicts_a_single_tag(match: str, tags: str, tag: str) -> None:
    if not language(tags, tag):
        return
    met = meet(match, tags)
    assert met is not Meeting.NEVER or not language(match, tag)
    assert met is not Meeting.ALWAYS or language(match, tag)


@given(GLOBS)
def test_a_glob_covers_itself_and_what_it_covers_it_overlaps(glob: str) -> None:
    assert covers(glob, glob)
    assert overlaps(glob, glob)


@pytest.mark.parametrize(
    ("tag", "path", "composed"),
    [
        ("application.*", "/var/log/containers/*.log", "application.var.log.containers.*.log"),
        ("app.*", "/var/log/My App/x.log", "app.var.log.My App.x.log"),
        ("const", "/var/log/x.log", "const"),
        ("pre.*.post", "/var/log/mid.log", "pre.var.log.mid.log.post"),
        ("*", "/var/log/x.log", "var.log.x.log"),
        ("a.*", "/var/log/[ab]?.log", "a.var.log.*.log"),
    ],
)
def test_a_path_becomes_a_tag_as_fluent_bit_composes_it(tag: str, path: str, composed: str) -> None:
    assert compose(tag, path) == composed
