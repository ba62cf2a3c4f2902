"""What the printer writes is read back as the same tree, and looks as ``alloy fmt`` wants it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translators.alloy.parse import parse
from translators.alloy.syntax import Attribute, Block, Comment, Map, Raw, is_identifier, print_file, quote_interpreted
from translators.diagnostics import Refused
from translators.source import Source

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(is_identifier)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12)
SCALARS = (
    TEXTS
    | st.booleans()
    | st.none()
    | st.integers(-5, 1000)
    | st.floats(0, 10, allow_nan=False)
    | st.sampled_from([Raw("loki.write.default.receiver"), Raw('coalesce(sys.env("HOSTNAME"), constants.hostname)')])
)
KEYS = NAMES | TEXTS.filter(lambda name: name != "" and quote_interpreted(name) == f'"{name}"')
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.lists(st.tuples(KEYS, inner), max_size=4).map(lambda p: Map(tuple(p)))
    ),
    max_leaves=8,
)
STATEMENTS = st.recursive(
    st.builds(Attribute, NAMES, VALUES),
    lambda inner: st.builds(
        Block,
        st.sampled_from(["stage.cri", "rule", "loki.process"]),
        st.sampled_from(["", "default"]),
        st.lists(inner, max_size=5).map(tuple),
    ),
    max_leaves=10,
)


@given(st.lists(STATEMENTS, max_size=6).map(tuple))
def test_what_is_printed_is_read_back(body: tuple[Attribute | Block, ...]) -> None:
    assert parse(Source("config.alloy", print_file(body))) == body


def test_it_looks_as_alloy_fmt_wants_it() -> None:
    body = (
        Comment("Reads the application's files."),
        Block(
            "loki.process",
            "application",
            (
                Attribute("forward_to", (Raw("loki.write.default.receiver"),)),
                Block("stage.cri"),
                Block("stage.regex", "", (Attribute("expression", r'(?P<a>\d+)"'), Attribute("source", "é\n"))),
                Block("stage.static_labels", "", (Attribute("values", Map((("a", "1"), ("with-dash", "2")))),)),
            ),
        ),
    )
    assert (
        print_file(body)
        == """// Reads the application's files.
loki.process "application" {
	forward_to = [loki.write.default.receiver]

	stage.cri { }

	stage.regex {
		expression = `(?P<a>\\d+)"`
		source     = "é\\n"
	}

	stage.static_labels {
		values = {
			a           = "1",
			"with-dash" = "2",
		}
	}
}
"""
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("loki.write {\n  url = \n}", "config.alloy:2:9", "the end of the line"),
        ("a = [1 2]", "config.alloy:1:8", "`,` or `]`"),
        ("block {", "config.alloy:1:8", "the end of the file"),
        ("a = 'x'", "config.alloy:1:5", "cannot read"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(text: str, place: str, message: str) -> None:
    with pytest.raises(Refused, match=message) as refused:
        parse(Source("config.alloy", text))
    assert str(refused.value.span) == place


def test_comments_and_go_escapes_are_read() -> None:
    text = '// first\na = "\\u00e9\\x41\\t" // behind\n/* more\n lines */ b = 1 + 2\n'
    assert parse(Source("x", text)) == (Attribute("a", "éA\t"), Attribute("b", Raw("1 + 2")))


def test_a_key_that_alloy_cannot_read_back_is_not_written() -> None:
    with pytest.raises(ValueError, match="cannot write the key"):
        print_file((Attribute("a", Map((('"', 1),))),))
