"""Onigmo patterns of real configurations, and what becomes of them in RE2."""

from __future__ import annotations

import pytest

from translators.diagnostics import Fidelity
from translators.fluentbit.onigmo import GroupName, NotRe2, Re2, Usage, to_re2

GROUPS = Usage(groups=True)
SEARCH = Usage()


def pattern_of(pattern: str, usage: Usage = SEARCH) -> tuple[str, bool]:
    found = to_re2(pattern, usage)
    assert isinstance(found, Re2), found
    return found.pattern, found.negated


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^((?!hostname|systemd_unit|message).)*$", ("hostname|systemd_unit|message", True)),
        (r"^(?!foo).*$", ("^foo", True)),
        (r"^(?!.*(?:health|ready)).*$", ("health|ready", True)),
        (r"^(?!.*debug)(?!.*trace)", ("debug|trace", True)),
        (r"^(?=.*ERR).*$", ("ERR", False)),
        (r"^(?=.*a)(?=.*b).*$", ("^[^ab]*(?:b[^a]*a|a[^b]*b)", False)),
        (r"foo(?!bar)", r"foo(?:[^b]|$|b(?:[^a]|$|a(?:[^r]|$)))"),
        (r'(?<!\\)"', r'(?:^|[^\\])"'),
        (r"(?<=a)b(?!c)", "ab(?:[^c]|$)"),
        (r"(?<=\s|^)err(?=\s|$)", r"(?:^|[\s\v])err(?:[\s\v]|$)"),
        (r"/error|warn/i", "(?i)error|warn"),
        (r"/var/log/x", "var/log"),
        (r"/abc/z", "/abc/z"),
        (r"[a-z&&[^aeiou]]", "[bcdfghj-np-tv-z]"),
        (r"\h+\u00e9\R", r"[\dA-Fa-f]+é(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])"),
        (r"a(?i)b|c", "a(?i:b|c)"),
        (r"/a b # c/x", "ab"),
        (r"a{,2}b{3}?", "a{0,2}(?:b{3})?"),
        (r"^\d++\.(?>\w+) ", r"^\d+\.\w+ "),
        (r'^(?>"[^"]*") (?>\d+\.)+;', r'^"[^"]*" (?:\d+\.)+;'),
        (r"(?>(?:\d+\.)) x", r"\d+\. x"),
    ],
)
def test_a_search_keeps_its_language(pattern: str, expected: tuple[str, bool] | str) -> None:
    assert pattern_of(pattern) == (expected if isinstance(expected, tuple) else (expected, False))


def test_the_parser_of_the_aws_manifest_needs_another_spelling_only() -> None:
    syslog = (
        r"^(?<time>[^ ]* {1,2}[^ ]* [^ ]*) (?<host>[^ ]*) (?<ident>[a-zA-Z0-9_\/\.\-]*)"
        r"(?:\[(?<pid>[0-9]+)\])?(?:[^\:]*\:)? *(?<message>.*)$"
    )
    found = to_re2(syslog, GROUPS)
    assert isinstance(found, Re2)
    assert found.fidelity is Fidelity.EXACT
    assert found.pattern == (
        r"^(?P<time>[^ ]* {1,2}[^ ]* [^ ]*) (?P<host>[^ ]*) (?P<ident>[\w\-./]*)(?:\[(?P<pid>\d+)\])?(?:[^:]*:)? *"
        r"(?P<message>.*)$"
    )


def test_the_first_line_parser_of_the_aws_manifest_is_said_without_look_around() -> None:
    found = to_re2(
        r'(?<log>(?<="log":")\S(?!\.).*?)(?<!\\)".*(?<stream>(?<="stream":").*?)"'
        r".*(?<time>\d{4}-\d{1,2}-\d{1,2}T\d{2}:\d{2}:\d{2}\.\w*).*(?=})",
        GROUPS,
    )
    assert isinstance(found, Re2)
    assert found.fidelity is Fidelity.EQUIVALENT
    assert found.pattern == (
        r'"log":"(?P<log>[^\s\v\\]|[^\s\v](?:[^\n.\\]|[^\n.].*?[^\n\\]))"(?:.*"stream":"|stream":")(?P<stream>.*?)"'
        r".*(?P<time>\d{4}-\d{1,2}-\d{1,2}T\d{2}:\d{2}:\d{2}\.\w*).*\}"
    )


def test_groups_behind_a_look_ahead_keep_their_texts() -> None:
    pattern, _ = pattern_of(r"^(?<t>\S+) (?!DEBUG)(?<msg>.*)$", GROUPS)
    assert pattern == (r"^(?P<t>[^\s\v]+) (?P<msg>(?:[^D]|$|D(?:[^E]|$|E(?:[^B]|$|B(?:[^U]|$|U(?:[^G]|$))))).*)$")


def test_names_that_repeat_or_that_go_does_not_take_get_others() -> None:
    found = to_re2(r"(?<a>x)|(?<a>y)|(?<b-c>z)", GROUPS)
    assert isinstance(found, Re2)
    assert found.pattern == "(?P<a>x)|(?P<a__2>y)|(?P<b_c>z)"
    assert found.groups == (GroupName("a", "a"), GroupName("a__2", "a"), GroupName("b_c", "b-c"))


def test_a_relabel_rule_gets_a_pattern_for_the_whole_value() -> None:
    assert pattern_of("/ERROR|fail/i", Usage(whole=True)) == ("(?i).*(?:ERROR|fail).*", False)
    assert pattern_of("^kube-(?:proxy|dns)$", Usage(whole=True)) == ("kube-(?:proxy|dns)", False)


def test_match_regex_begins_at_the_start() -> None:
    assert pattern_of(r"^(?!maybe_json).*", Usage(at_start=True)) == ("^maybe_json", True)
    assert pattern_of(r"kube\.", Usage(at_start=True)) == (r"^kube\.", False)


def test_joined_lines_keep_line_anchors() -> None:
    assert pattern_of(r"error$", Usage(newlines=True)) == ("(?m)error$", False)
    assert pattern_of(r"error\Z", Usage(newlines=True)) == (r"error\n?\z", False)


@pytest.mark.parametrize(
    ("pattern", "reason", "position"),
    [
        (r"(\w+)\s\1", "a back reference cannot be said in RE2", 7),
        (r"(?<a>x)\k<a>", "a back reference cannot be said in RE2", 7),
        (r"a\Kb", "`\\K` (keep) cannot be said in RE2", 1),
        (r"(?<a>x\g<a>?)", "a call of a group cannot be said in RE2", 6),
        (r"(?~ab)", "an absence operator cannot be said in RE2", 0),
        (r"(?P<a>x)", "`(?P` is Python's and Go's spelling: Onigmo knows `(?<name>` only and refuses this pattern", 0),
        (r"a)", "a parenthesis closes that was not opened", 1),
        (r"/[a/i", "a character class is not closed", 1),
        (r"*a", "there is nothing to repeat", 0),
        (r"(?<!a+)b", "Onigmo refuses a look-behind of variable length", 0),
        (r"a{2000}", "RE2 refuses a pattern of this size", 0),
    ],
)
def test_what_re2_cannot_say_is_refused_with_its_place(pattern: str, reason: str, position: int) -> None:
    assert to_re2(pattern, SEARCH) == NotRe2(reason, position)


def test_a_group_behind_a_long_look_ahead_is_refused() -> None:
    found = to_re2(r"^(?=.*level=(?<level>\w+)).*$", GROUPS)
    assert found == NotRe2("this look-around cannot be said in RE2", 1)
