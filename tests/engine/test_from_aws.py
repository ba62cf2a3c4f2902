"""The saved queries of an account over AWS's own protocol, page by page; moto does not know query definitions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from migrate.lab.moto import Moto

DEFINITIONS = [
    {
        "queryDefinitionId": f"id-{number}",
        "name": f"shop/errors-{number}",
        "queryString": f"filter log like /E{number}/",
        "logGroupNames": ["/aws/containerinsights/prod/application"],
    }
    for number in range(5)
]
PAGE = 2


class Logs(BaseHTTPRequestHandler):
    """DescribeQueryDefinitions in pages of two; StartQuery whose rows come in pages, after a while."""

    asked: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        action = self.headers["X-Amz-Target"].partition(".")[2]
        self.asked.append((action, body))
        status, answer = self.answer(action, body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer(self, action: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        first = int(body.get("nextToken", "0"))
        more = {"nextToken": str(first + PAGE)} if first + PAGE < len(DEFINITIONS) else {}
        match action:
            case "DescribeQueryDefinitions":
                return 200, {"queryDefinitions": DEFINITIONS[first : first + PAGE], **more}
            case "StartQuery" if "malformed" in body["queryString"]:
                return 400, {"__type": "MalformedQueryException", "message": "unexpected symbol"}
            case "StartQuery":
                return 200, {"queryId": body["queryString"]}
            case "GetQueryResults":
                return 200, self.results(body, first, more)
            case "StopQuery":
                return 200, {"success": True}
        return 400, {"__type": "AccessDeniedException", "message": "no"}

    def results(self, body: dict[str, Any], first: int, more: dict[str, str]) -> dict[str, Any]:
        polls = sum(asked[1].get("queryId") == body["queryId"] for asked in self.asked)
        if body["queryId"] == "fails":
            return {"status": "Failed", "results": []}
        if polls < 3 or body["queryId"] == "never ends":
            return {"status": "Running", "results": []}
        rows = [[{"field": "n", "value": str(number)}] for number in range(len(DEFINITIONS))]
        return {
            "status": "Complete",
            "results": rows[first : first + PAGE],
            "statistics": {"bytesScanned": 7.0},
            **more,
        }

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def logs() -> Iterator[tuple[dict[str, str], list[tuple[str, dict[str, Any]]]]]:
    """The environment that leads any AWS client to it, and what it was asked."""
    asked: list[tuple[str, dict[str, Any]]] = []
    handler = type("Handler", (Logs,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_MAX_ATTEMPTS": "1",
    }
    yield environment, asked
    server.shutdown()
    server.server_close()


def translate(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "migrate.cli.main", "translate-queries", "--from-aws", "--format", "jsonl")
    environment = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def test_all_pages_of_saved_queries_are_translated(
    logs: tuple[dict[str, str], list[tuple[str, dict[str, Any]]]],
) -> None:
    environment, asked = logs
    answer = translate(environment)
    assert answer.returncode == 0, answer.stderr
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [one["id"] for one in found] == [definition["queryDefinitionId"] for definition in DEFINITIONS]
    assert [one["name"] for one in found] == [definition["name"] for definition in DEFINITIONS]
    assert all(one["requests"] for one in found)
    assert [body.get("nextToken") for _, body in asked] == [None, "2", "4"]


def test_an_account_that_does_not_answer_is_the_world_failing() -> None:
    nowhere = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_MAX_ATTEMPTS": "1",
    }
    answer = translate(nowhere)
    assert answer.returncode == 3, answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.engine
def test_a_service_that_lacks_the_operation_is_the_world_failing(moto: Moto) -> None:
    answer = translate({**moto.environment, "AWS_MAX_ATTEMPTS": "1"})
    assert answer.returncode == 3, answer.stderr
    assert "Traceback" not in answer.stderr


class TestRunning:
    """Queries over the same protocol, in this process."""

    @pytest.fixture
    def cloudwatch(
        self,
        logs: tuple[dict[str, str], list[tuple[str, dict[str, Any]]]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> Any:
        from migrate.adapters.cloudwatch import AwsCloudWatch, Clock

        environment, asked = logs
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        times = iter(range(0, 10**9, 60))
        made = AwsCloudWatch(clock=Clock(lambda: float(next(times)), lambda _: None))
        return made, asked

    def test_rows_of_all_pages_after_waiting(self, cloudwatch: Any) -> None:
        from migrate.ports import InsightsRun

        client, asked = cloudwatch
        found = client.run(InsightsRun("some query", ("/a", "/b"), 10, 20))
        assert [row["n"] for row in found.rows] == ["0", "1", "2", "3", "4"]
        assert found.statistics["bytesScanned"] == 7.0
        started = asked[0][1]
        assert (started["startTime"], started["endTime"], started["logGroupNames"]) == (10, 20, ["/a", "/b"])

    def test_a_query_with_source_names_no_groups(self, cloudwatch: Any) -> None:
        from migrate.ports import InsightsRun

        client, asked = cloudwatch
        client.run(InsightsRun("SOURCE '/a' | fields n", (), 10, 20))
        assert "logGroupNames" not in asked[0][1]

    def test_a_query_that_cloudwatch_refuses_is_a_no(self, cloudwatch: Any) -> None:
        from migrate.ports import CloudWatchRefused, InsightsRun

        with pytest.raises(CloudWatchRefused, match="unexpected symbol"):
            cloudwatch[0].run(InsightsRun("malformed", (), 10, 20))

    @pytest.mark.parametrize("text", ["fails", "never ends"])
    def test_a_query_that_does_not_complete_is_the_world_failing(self, cloudwatch: Any, text: str) -> None:
        from migrate.ports import CloudWatchUnreachable, InsightsRun

        with pytest.raises(CloudWatchUnreachable):
            cloudwatch[0].run(InsightsRun(text, (), 10, 20))

    def test_an_interrupt_stops_the_query_in_aws(self, cloudwatch: Any) -> None:
        from migrate.adapters.cloudwatch import AwsCloudWatch, Clock
        from migrate.ports import InsightsRun

        def interrupted(_: float) -> None:
            raise KeyboardInterrupt

        client = AwsCloudWatch(clock=Clock(sleep=interrupted))
        with pytest.raises(KeyboardInterrupt):
            client.run(InsightsRun("never ends", (), 10, 20))
        assert cloudwatch[1][-1] == ("StopQuery", {"queryId": "never ends"})
