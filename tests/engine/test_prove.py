"""``logmig prove``: both sides on real engines, and that a difference is seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.lab.loki import Tenant
from migrate.lab.moto import Moto
from migrate.ports import Entry, InsightsRows, InsightsRun, Stream
from migrate.queries.preparing import Options, read_query
from migrate.queries.prove.proving import Sides, Verdict
from migrate.queries.prove.proving import prove as prove_one
from migrate.queries.prove.sides import Aws
from migrate.queries.window import Window
from translators.aws_layout import aws_layout
from translators.catalog import Catalog, Field, InJson, LogGroup, Matcher, MatchOperator, RecordKind, Shape, StreamPart
from translators.catalog_json import to_json
from translators.insights.evaluate.evaluate import evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Settings, Sources
from translators.query.named import NamedQuery
from translators.query.policies import Policies, read_policies

pytestmark = pytest.mark.engine
GROUP = "/shop/api"
START = 1_772_413_200_000
LATELY = int(time.time() - 3600) * 1000
"""CloudWatch takes no events that are older than 14 days."""
MILLISECOND = 1_000_000
LINES = [
    {
        "level": "error" if n % 3 == 0 else "info",
        "status": 500 if n % 3 == 0 else 200,
        "ms": n * 1.25,
        "user": f"u{n % 4}",
    }
    for n in range(30)
]
CATALOG = Catalog(
    (
        LogGroup(
            GROUP,
            (
                Shape(
                    "api",
                    (Matcher("app", MatchOperator.EQUAL, "api"),),
                    RecordKind.JSON,
                    (Field((), InJson(())),),
                    (StreamPart("web-1"),),
                ),
            ),
        ),
        *aws_layout("prod").groups,
    )
)
"""The groups of a cluster stand beside it: whoever forgets which group is asked finds nothing."""


def exported(start: int = START) -> list[dict[str, Any]]:
    """As `aws logs filter-log-events` gives them."""
    return [
        {"timestamp": start + n * 1000, "message": json.dumps(line), "logStreamName": "web-1", "eventId": str(n)}
        for n, line in enumerate(LINES)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "catalog.json").write_text(to_json(CATALOG))
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in exported()))
    return tmp_path


def push(tenant: Tenant, events: list[dict[str, Any]]) -> None:
    entries = tuple(Entry(event["timestamp"] * MILLISECOND, event["message"], {}) for event in events)
    tenant.push([Stream({"app": "api"}, entries)])


def prove(
    folder: Path, tenant: Tenant, queries: dict[str, str], *more: str, environment: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], str]:
    """The exit code, the JSON document, and what was said on stderr."""
    (folder / "queries").mkdir(exist_ok=True)
    files = []
    for name, text in queries.items():
        path = folder / "queries" / f"{name}.insights"
        path.write_text(text)
        files.append(str(path))
    where = ("--loki", tenant.url, "--tenant", tenant.name, "--catalog", str(folder), "--log-group", GROUP)
    side = () if "--aws" in more else ("--events", str(folder / "events.jsonl"))
    saved = ("--evidence", str(folder / "evidence"), "--format", "json")
    command = (sys.executable, "-m", "migrate.cli.main", "prove", *files, *where, *side, *saved, *more)
    answer = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **(environment or {})}
    )
    return answer.returncode, json.loads(answer.stdout) if answer.stdout else {}, answer.stderr


def verdicts(document: dict[str, Any]) -> dict[str, str]:
    return {proof["name"]: proof["verdict"] for proof in document["proofs"]}


def test_what_holds_is_equal_row_by_row(folder: Path, tenant: Tenant) -> None:
    push(tenant, exported())
    code, document, said = prove(
        folder,
        tenant,
        {
            "errors": 'fields @timestamp, status, user | filter level = "error" | sort @timestamp desc | limit 4',
            "by-user": "stats count(*) as n, avg(ms), pct(ms, 90) by user",
            "bins": "stats sum(ms) by bin(10s)",
            "top": "fields ms, user | sort status desc | limit 5",
            "raw": "fields @message, @logStream",
        },
    )
    assert code == 0, said
    assert set(verdicts(document).values()) <= {"equal", "equal within tolerance"}
    errors = document["proofs"][0]
    assert [row["verdict"] for row in errors["rows"]] == ["equal"] * 4
    assert errors["expected"]["rows"][0] == ["2026-03-02 01:00:27.000", 500, "u3"]
    assert errors["window"]["start"] == START
    assert errors["window"]["end"] == START + 29_000


def test_lines_that_differ_are_shown_side_by_side(folder: Path, tenant: Tenant) -> None:
    events = exported()
    events[3] = {**events[3], "message": events[3]["message"].replace("500", "503")}
    push(tenant, events[:-1])
    queries = {
        "errors": 'fields @timestamp, status | filter level = "error"',
        "count": "stats count(*)",
        "infos": 'fields @timestamp | filter level = "info" | sort @timestamp | limit 3',
    }
    code, document, _ = prove(folder, tenant, queries)
    assert code == 1
    assert verdicts(document) == {"errors": "different", "count": "different", "infos": "equal"}
    errors = document["proofs"][0]
    differing = [row for row in errors["rows"] if row["verdict"] == "different"]
    assert [
        (errors["expected"]["rows"][row["expected"] - 1], errors["actual"]["rows"][row["actual"] - 1])
        for row in differing
    ] == [(["2026-03-02 01:00:03.000", 500], ["2026-03-02 01:00:03.000", 503])]
    (page,) = (folder / "evidence").glob("*/evidence.md")
    assert "| status where @timestamp is 2026-03-02 01:00:03.000 | 500 | 503 |" in page.read_text()


def test_refusals_and_empty_answers_prove_nothing(folder: Path, tenant: Tenant) -> None:
    push(tenant, exported())
    empty = {"none": 'filter level = "fatal"'}
    code, document, _ = prove(folder, tenant, empty)
    assert (code, verdicts(document)) == (1, {"none": "nothing proven"})
    wrong = {"wrong": "fields @timestamp | filer level = 1", "right": "stats count(*)", **empty}
    code, document, _ = prove(folder, tenant, wrong)
    assert (code, verdicts(document)) == (1, {"wrong": "refused", "right": "equal", "none": "nothing proven"})
    assert document["proofs"][0]["refusal"]["rule"].startswith("insights/")
    assert prove(folder, tenant, wrong, "--allow-refused")[0] == 0


def test_the_evidence_names_its_inputs_and_is_private(folder: Path, tenant: Tenant) -> None:
    push(tenant, exported())
    prove(folder, tenant, {"count": "stats count(*)"})
    (saved,) = (folder / "evidence").iterdir()
    document = json.loads((saved / "query-0001.json").read_text())
    assert {Path(one["name"]).name for one in document["inputs"]} == {"count.insights", "events.jsonl", "catalog.json"}
    assert all(len(one["sha256"]) == 64 for one in document["inputs"])
    assert saved.stat().st_mode & 0o077 == 0
    assert document["translation"]
    assert document["versions"]["Loki"].startswith("3.")


def test_a_loki_that_is_not_there_is_the_world_failing(folder: Path) -> None:
    nowhere = Tenant("http://127.0.0.1:9", "x")
    code, document, said = prove(folder, nowhere, {"count": "stats count(*)"})
    assert (code, set(document)) == (3, {"error"}), said
    assert "cannot be reached" in document["error"]["message"]


def test_cloudwatch_itself_against_loki(folder: Path, tenant: Tenant, moto: Moto) -> None:
    """What moto runs of Logs Insights: fields, sort and limit. Its times are epoch milliseconds."""
    moto.reset()
    push(tenant, exported(LATELY))
    _put(moto, exported(LATELY))
    window = ("--aws", "--start", str(LATELY), "--end", str(LATELY + 29_000))
    queries = {
        "newest": "fields @timestamp, @message, @logStream | sort @timestamp desc | limit 7",
        "oldest": "fields @timestamp, @message | sort @timestamp asc | limit 30",
    }
    code, document, said = prove(folder, tenant, queries, *window, environment=moto.environment)
    assert code == 0, said
    assert verdicts(document) == dict.fromkeys(queries, "equal within tolerance")
    assert [one["name"] for one in document["proofs"][0]["tolerances"]] == ["epoch-time"]
    assert len(document["proofs"][1]["expected"]["rows"]) == 30


def test_a_lost_event_is_seen_against_cloudwatch(folder: Path, tenant: Tenant, moto: Moto) -> None:
    moto.reset()
    push(tenant, exported(LATELY)[:12] + exported(LATELY)[13:])
    _put(moto, exported(LATELY))
    window = ("--aws", "--start", str(LATELY), "--end", str(LATELY + 29_000))
    query = {"all": "fields @timestamp, @message | sort @timestamp asc | limit 100"}
    code, document, _ = prove(folder, tenant, query, *window, environment=moto.environment)
    assert code == 1
    (lost,) = [row for row in document["proofs"][0]["rows"] if row["verdict"] == "different"]
    assert (lost["expected"], lost["actual"]) == (13, None)


def test_a_log_group_that_cloudwatch_lacks_is_a_refusal(folder: Path, tenant: Tenant, moto: Moto) -> None:
    moto.reset()
    window = ("--aws", "--start", str(LATELY), "--end", str(LATELY + 29_000))
    code, document, _ = prove(folder, tenant, {"all": "fields @message"}, *window, environment=moto.environment)
    assert (code, document["proofs"][0]["refusal"]["rule"]) == (1, "prove/cloudwatch-refuses")


def test_an_account_that_does_not_answer_is_the_world_failing(folder: Path, tenant: Tenant, moto: Moto) -> None:
    silent = {**moto.environment, "AWS_ENDPOINT_URL": "https://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    window = ("--aws", "--start", str(LATELY), "--end", str(LATELY + 29_000))
    code, _, said = prove(folder, tenant, {"all": "fields @message"}, *window, environment=silent)
    assert code == 3, said


class EvaluatedCloudWatch:
    """CloudWatch by our evaluator, text as its API gives it, with an answer of its own to an open question."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies

    def run(self, run: InsightsRun) -> InsightsRows:
        plan = read_query(run.text, Options(policies=self.policies))
        events = [Event(one["timestamp"], one["message"], one["logStreamName"], GROUP) for one in exported()]
        result = evaluate(plan, Sources(lambda _: events), Settings(self.policies))
        rows = tuple(
            {name: str(cell) for name, cell in zip(result.columns, row, strict=True) if cell is not None}
            | {"@ptr": "pointer"}
            for row in result.rows
        )
        return InsightsRows(rows, "id", {})

    def saved_queries(self) -> str:
        return json.dumps({"queryDefinitions": []})


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("stats count(*) as n, avg(ms) by user, bin(10s) | sort n desc, user", Verdict.EQUAL),
        ("stats stddev(ms), pct(ms, 75), count_distinct(user) by level", Verdict.EQUAL),
        ("fields @timestamp, @message, nothing | filter status >= 500 | sort ms desc | limit 3", Verdict.EQUAL),
        ("fields user, concat('a', {{suffix}}) as x | filter user = 'u1'", Verdict.EQUAL),
        ("fields user | filter level = 'error' | dedup user", Verdict.EQUAL),
        ("stats sum(ms) by nothing", Verdict.EQUAL),
        ("filter level = 'fatal'", Verdict.UNPROVEN),
        ("filter level = 'fatal' | stats count(*) as n, sum(ms) as s", Verdict.UNPROVEN),
        (
            f"filter level in (SOURCE '{GROUP}' | filter level = 'fatal' | fields level) | stats count()",
            Verdict.UNPROVEN,
        ),
        ("fields nothing, nowhere", Verdict.UNPROVEN),
        ("stats count(nothing) as n", Verdict.EQUAL),
        (f"filter user in (SOURCE '{GROUP}' | filter level = 'error' | fields user) | stats count(*)", Verdict.EQUAL),
    ],
)
def test_text_from_the_api_is_compared_by_what_it_means(tenant: Tenant, text: str, verdict: Verdict) -> None:
    push(tenant, exported())
    proof = prove_one(NamedQuery("id", "name", text, "here"), _sides(tenant, EvaluatedCloudWatch(Policies())))
    assert proof.verdict is verdict, proof


def test_what_cloudwatch_answers_to_an_open_question_is_said(tenant: Tenant) -> None:
    push(tenant, exported())
    cloudwatch = EvaluatedCloudWatch(read_policies({"stddev-form": "sample"}))
    proof = prove_one(NamedQuery("id", "name", "stats stddev(ms) by user", "here"), _sides(tenant, cloudwatch))
    assert proof.verdict is Verdict.DIFFERENT
    assert [note for note in proof.notes if "--policy stddev-form=sample" in note]


def test_an_order_by_what_is_not_shown_is_not_claimed(tenant: Tenant) -> None:
    push(tenant, exported())
    query = NamedQuery("id", "name", "fields user | sort ms desc", "here")
    proof = prove_one(query, _sides(tenant, EvaluatedCloudWatch(Policies())))
    assert proof.verdict is Verdict.EQUAL
    assert ["not proven" in note for note in proof.notes] == [True]


def _sides(tenant: Tenant, cloudwatch: EvaluatedCloudWatch) -> Sides:
    window = Window(START, START + 29_000)
    options = Options((GROUP,), now=START + 60_000, parameters={"suffix": '"b"'})
    loki = HttpLoki(Endpoint(tenant.url, tenant.name))
    return Sides(Aws(cloudwatch), loki, CATALOG, window, options)


def _put(moto: Moto, events: list[dict[str, Any]]) -> None:
    client = boto3.client(
        "logs",
        region_name=moto.region,
        endpoint_url=moto.url,
        verify=str(moto.authority),
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName="web-1")
    put = [{"timestamp": event["timestamp"], "message": event["message"]} for event in events]
    answer = client.put_log_events(logGroupName=GROUP, logStreamName="web-1", logEvents=put)
    assert "rejectedLogEventsInfo" not in answer
