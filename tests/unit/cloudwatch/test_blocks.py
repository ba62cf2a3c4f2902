"""Texts that hold several queries, and runbooks of every kind."""

from __future__ import annotations

import pytest

from translators.cloudwatch.blocks import split_queries
from translators.cloudwatch.saved_queries import read_queries
from translators.query.named import QueryLanguage, Window

ONE = [
    "fields a\n\n| filter b = 1\n",
    "fields a |\n\nfilter b = 1",
    "stats count(*) as n,\n\nsum(b) as s by c",
    "# what it is for\n\nfields a\n| limit 3",
    "SOURCE '/g' | SOURCE '/h'\n\nfields a",
    "fields a\nfilter b = 1",
    "fields a\n\n# filter b = 1\n| limit 3",
    "filter a\n\n= 1 and\n\nstats = 2",
]


@pytest.mark.parametrize("text", ONE)
def test_an_empty_line_inside_of_a_query_does_not_end_it(text: str) -> None:
    assert list(split_queries(text)) == [(0, text)]


def test_an_empty_line_before_a_command_without_a_bar_begins_another_query() -> None:
    text = "# first\nfields a\n| limit 3\n\n# second\nstats count(*) by b\n\n\nFILTER c = 1\n"
    assert [piece.strip() for _, piece in split_queries(text)] == [
        "# first\nfields a\n| limit 3",
        "# second\nstats count(*) by b",
        "FILTER c = 1",
    ]
    first, second, third = read_queries("notes.txt", text)
    assert [each.id for each in (first, second, third)] == ["notes-1", "notes-2", "notes-3"]
    assert second.source == "notes.txt:5:1"


@pytest.mark.parametrize(
    ("info", "body", "count"),
    [
        ("", "fields a", 1),
        ("bash", "fields @timestamp, a\n| limit 3", 1),
        ("CloudWatch LogInsights", "filter !isempty(a)", 1),
        ("sql", "-- slow ones\nfilter ms > 5\n| limit 3", 1),
        ("sql", "SELECT a FROM b", 0),
        ("bash", 'source "$DIR/lib.sh"\nparse x', 0),
        ("bash", "source lib.sh | sort", 0),
        ("python", "fields = [1]\nfilter(a)", 0),
        ("text", "fields a\n\nfields b", 2),
        ("logs-insights", "limit 5", 1),
    ],
)
def test_a_fence_is_a_query_by_its_words_or_its_beginning(info: str, body: str, count: int) -> None:
    assert len(list(read_queries("a.md", f"# T\n```{info}\n{body}\n```\n"))) == count


def test_queries_of_one_fence_have_their_own_lines() -> None:
    text = "# T\n\n> ```\n> fields a\n>\n> # two\n> fields b\n> ```\n"
    assert [query.source for query in read_queries("a.md", text)] == ["a.md:4:1", "a.md:6:1"]


QUERY = "editorString~'fields*20*40timestamp*0a*7c*20filter*20log*20like*20*2fa!*2f"
DETAIL = f"~(end~0~start~-30~timeType~'RELATIVE~tz~'UTC~unit~'minutes~{QUERY}~source~(~'*2fg)~lang~'CWLI)"


@pytest.mark.parametrize(
    "link",
    [
        f"https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:logs-insights$3FqueryDetail$3D{DETAIL}",
        f"https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#logsV2:logs-insights?queryDetail={DETAIL}",
        f"https://cn-north-1.console.amazonaws.cn/cloudwatch/home#logs-insights:queryDetail={DETAIL}",
        "https://corp.awsapps.com/start/#/console?account_id=1&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fcloudwatch"
        "%2Fhome%23logsV2%3Alogs-insights%243FqueryDetail%243D" + DETAIL.replace("~", "%7E").replace("'", "%27"),
        "https://console.aws.amazon.com/cloudwatch/home$2523logsV2$253Alogs-insights$253FqueryDetail$253D"
        + DETAIL.replace("~", "$257E").replace("(", "$2528").replace(")", "$2529").replace("'", "$2527"),
        f"https://console.aws.amazon.com/x#logsV2:logs-insights$3FqueryDetail$3D{DETAIL.replace(chr(39), '&#39;')}",
    ],
)
def test_a_link_of_any_partition_and_encoding_is_its_query(link: str) -> None:
    (query,) = read_queries("a.md", f"see [this]({link}) and more")
    assert query.text == "fields @timestamp\n| filter log like /a$/"
    assert query.log_groups == ("/g",)
    assert query.window == Window(1800, 0, relative=True)


def test_a_link_says_which_language_its_query_is_in() -> None:
    link = f"https://console.aws.amazon.com/x#logsV2:logs-insights?queryDetail={DETAIL.replace('CWLI', 'PPL')}"
    (query,) = read_queries("mail.txt", link)
    assert query.language is QueryLanguage.PPL


COMMANDS = """# Errors
> ```bash
> aws --profile x logs start-query \\
>   --log-group-names "/a" '/b' \\
>   --query-string 'fields log
>     | limit 20'
> aws logs put-query-definition --name "Slow ones" --query-string "filter log like \\"a\\" | limit $N"
> aws logs tail /a
> ```
"""


def test_commands_for_the_aws_command_line_hold_queries() -> None:
    first, second = read_queries("a.md", COMMANDS)
    assert (first.name, first.text, first.log_groups) == ("Errors", "fields log\n    | limit 20", ("/a", "/b"))
    assert (first.source, first.unresolved) == ("a.md:3:1", ())
    assert (second.name, second.text, second.unresolved) == ("Slow ones", 'filter log like "a" | limit $N', ("$N",))
    assert second.source == "a.md:7:1"
