"""A command for each rule that the query verbs say of their options and of the files that hold queries and events."""

from __future__ import annotations

from collections.abc import Mapping

from tests.docs.command_cases import Command

_GROUP = "/aws/containerinsights/prod/application"
_QUERY = f"query --loki http://localhost:3100 --log-group {_GROUP}"
_ASKED = {"errors.insights": "filter log like /ERROR/ | limit 20\n"}
_EVENT = '{"timestamp": 1772452800000, "message": "hello"}\n'
_PROVE = "prove errors.insights --events events.jsonl --loki http://localhost:3100"

_QUERIES = {
    "query/lookup-file": Command(
        (f"{_QUERY} 'lookup users log OUTPUT city' --lookup users=users.csv",),
        "The table of `--lookup` cannot be read.",
        "`lookup` joins the rows with a table; without it there is nothing to join.",
    ),
    "query/no-log-group": Command(
        ("query --loki http://localhost:3100 'limit 5'",),
        "The query does not say which log groups it reads.",
        "A query in the console has its log groups beside it; a text alone does not.",
        todo="Name them with `--log-group`, or begin the query with `SOURCE`.",
    ),
    "query/two-sources": Command(
        (f"""{_QUERY} 'SOURCE "{_GROUP}" | limit 5'""",),
        "Log groups were named in the query and beside it.",
        "CloudWatch refuses it too: which of the two is meant cannot be known.",
        todo="Leave out one: `--log-group`, or `SOURCE` in the query.",
    ),
    "query/unknown-policy": Command(
        (f"{_QUERY} --policy missing=never 'limit 5'",),
        "`--policy` names no policy of logmig, or a value that the policy does not have.",
        "A policy decides what AWS does not document; see [policies](../../policies/README.md).",
    ),
    "query/window": Command(
        (f"{_QUERY} --start 2026-03-02T12:00:00Z --end 2026-03-02T11:00:00Z 'limit 5'",),
        "The window is none: its times cannot be read, contradict each other, or are the wrong way round.",
        "Every query has one closed window; without options it is the last hour.",
    ),
    "insights/lookup-table": Command(
        (f"{_QUERY} 'lookup users log OUTPUT city'",),
        "The query looks something up in a table that was not given.",
        "In CloudWatch the table is uploaded; logmig reads a CSV file.",
        todo="Give it: `--lookup users=users.csv`. Its first line names the columns.",
    ),
    "insights/lookup-column": Command(
        (f"{_QUERY} 'lookup users log OUTPUT city' --lookup users=users.csv",),
        "The lookup table has no column of this name.",
        "CloudWatch refuses it too.",
        {"users.csv": "log,town\nhello,Seoul\n"},
        "Correct the name in the query, or the first line of the table.",
    ),
    "usage/loki": Command(
        (f"query --loki loki:3100 --log-group {_GROUP} 'limit 5'",),
        "`--loki` (or LOGMIG_LOKI, LOKI_ADDR) is no URL.",
        "A host alone does not say whether to speak TLS.",
    ),
    "usage/option": Command(
        (f"{_QUERY} --policy missing-ne 'limit 5'",),
        "An option wants a pair.",
        "`--policy`, `--parameter` and `--lookup` take NAME=VALUE.",
    ),
    "usage/secret-file": Command(
        (f"{_QUERY} --username reader --password-file password 'limit 5'",),
        "The file of a password or token cannot be read.",
        "Secrets come from files or from the environment, never from the command line, where `ps` shows them.",
    ),
    "usage/file": Command(
        ("translate-queries nightly.insights",),
        "A file is not there, cannot be read, or is no text.",
        "Queries are text in UTF-8, or in UTF-16 with a byte order mark; also compressed with gzip.",
    ),
    "usage/sides": Command(
        ("prove errors.insights --loki http://localhost:3100",),
        "`logmig prove` was not told which rows are the right ones, or was told twice.",
        "It compares Loki with exactly one side: exported events (`--events`), or CloudWatch itself (`--aws`).",
        _ASKED,
    ),
    "usage/window": Command(
        ("prove errors.insights --aws --loki http://localhost:3100",),
        "The window of `logmig prove` is not closed, or does not fit the side that it compares with.",
        "Both sides must read the same events: a window that is still open gets more of them between two questions.",
        _ASKED,
    ),
    "usage/evidence": Command(
        (f"{_PROVE} --log-group {_GROUP} --evidence notes.txt",),
        "The folder for the evidence cannot be made.",
        "Each run keeps what it compared, so that a difference can be looked at later.",
        {**_ASKED, "notes.txt": "a file\n", "events.jsonl": _EVENT},
    ),
}
_EVENTS = {
    "prove/broken-events": (
        '{"timestamp": 1, "message": \n',
        "The events are no JSON.",
        "`aws logs filter-log-events` prints JSON, and logmig also reads one object a line.",
    ),
    "prove/no-event": (
        '["hello"]\n',
        "An entry of the file is no event.",
        "An event is an object with `timestamp` and `message`, as CloudWatch prints it.",
    ),
    "prove/no-events": (
        "",
        "The files hold no event.",
        "Two empty tables are equal, and would prove nothing.",
    ),
    "prove/no-log-group": (
        _EVENT,
        "The events do not say which log group they are of.",
        "`aws logs filter-log-events` does not repeat the name in its output; the catalog needs it.",
    ),
    "prove/no-message": (
        '{"timestamp": 1772452800000}\n',
        "An event without a message.",
        "The message is the text that CloudWatch has; without it there is nothing to compare.",
    ),
    "prove/no-timestamp": (
        '{"message": "hello"}\n',
        "An event without a time.",
        "The window is compared to the millisecond.",
    ),
    "prove/unknown-events": (
        "hello\n",
        "The file is neither JSON nor what an export task writes.",
        "An export task writes one line an event that begins with its time: `2026-03-02T12:00:00.000Z hello`.",
    ),
}
_PROOFS = {
    rule: Command(
        (_PROVE if rule == "prove/no-log-group" else f"{_PROVE} --log-group {_GROUP}",),
        summary,
        why,
        {**_ASKED, "events.jsonl": text},
    )
    for rule, (text, summary, why) in _EVENTS.items()
}
_TRANSLATED = {
    "queries/broken-json": (
        "saved.json",
        '{"queryDefinitions": [\n',
        "The file is no JSON.",
        "A file that ends in `.json`, or begins like JSON, is read as what `aws` or Terraform prints.",
    ),
    "queries/broken-yaml": (
        "template.yaml",
        "Resources: [\n",
        "The template is no YAML.",
        "A file that ends in `.yaml` is read as a CloudFormation template.",
    ),
    "queries/broken-dashboard": (
        "dashboard.json",
        '{"DashboardName": "shop", "DashboardBody": "${file(\\"body.json\\")}"}\n',
        "The body of the dashboard is no JSON.",
        "`aws cloudwatch get-dashboard` prints the body as a JSON text; a template holds what becomes one later.",
    ),
    "queries/empty-file": (
        "nightly.insights",
        "\n",
        "The file holds no query.",
        "An empty file would be counted as a query that needs nothing.",
    ),
    "queries/none": (
        "notes.md",
        "# Runbook\n\nNo query here.\n",
        "None of the files holds a query.",
        "A run that translates nothing looks like one that has no problems.",
    ),
    "queries/terraform-source": (
        "main.tf",
        'resource "aws_cloudwatch_query_definition" "errors" {}\n',
        "A file in Terraform's own language.",
        "Variables, modules and functions of the language are known to Terraform only; its state has the result.",
    ),
    "queries/too-deep": (
        "saved.json",
        '{"queryDefinitions": ' * 2000 + "1" + "}" * 2000 + "\n",
        "The document is nested deeper than any that people write.",
        "Reading it would need more memory than it is worth.",
    ),
    "queries/unknown-document": (
        "deployment.json",
        '{"kind": "Deployment"}\n',
        "A document in which no queries are known to stand.",
        "Queries are found in saved queries, CloudFormation templates, dashboards and Terraform's state.",
    ),
}
_DOCUMENTS = {
    rule: Command((f"translate-queries {name}",), summary, why, {name: text})
    for rule, (name, text, summary, why) in _TRANSLATED.items()
}
CASES: Mapping[str, Command] = {**_QUERIES, **_PROOFS, **_DOCUMENTS}
