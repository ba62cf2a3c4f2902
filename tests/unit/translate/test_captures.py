"""Groups that hold one of a few texts: each text is a rule of its own, and nothing else is taken apart."""

from __future__ import annotations

import pytest

from translators.fluentbit.plugins.captures import choices


def test_each_text_of_the_first_groups_is_a_choice() -> None:
    made = [(choice.pattern, choice.texts) for choice in choices(r"^app-(a|b\.c)_(x)(.*)$")]
    assert made == [(r"^app-(a)_(x)(.*)$", ("a", "x")), (r"^app-(b\.c)_(x)(.*)$", ("b.c", "x"))]


@pytest.mark.parametrize("pattern", ["(a|b)", "^(a|b)+", "^(.*)$", "^(a|b)c|d", "^(?<ns>a|b)$", "^x*(a|b)$"])
def test_what_is_not_surely_one_of_few_texts_stays_whole(pattern: str) -> None:
    assert [(choice.pattern, choice.texts) for choice in choices(pattern)] == [(pattern, ())]
