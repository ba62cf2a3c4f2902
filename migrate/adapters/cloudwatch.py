"""CloudWatch Logs over AWS's API: the only place that knows boto3, its pages and its errors."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from migrate.ports import CloudWatchRefused, CloudWatchUnreachable, InsightsRows, InsightsRun

DEADLINE_SECONDS = 60 * 60 + 60.0
"""CloudWatch itself gives a query up after 60 minutes."""
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 2.0
_RUNNING = frozenset({"Scheduled", "Running", "Unknown"})
_WAYS_OUT = {
    "NoRegionError": "give --region, or set AWS_REGION",
    "NoCredentialsError": "log in (aws sso login, or aws configure), or set AWS_PROFILE",
    "ProfileNotFound": "correct --profile or AWS_PROFILE; aws configure list-profiles shows which there are",
}
_QUERY_IS_WRONG = frozenset({"MalformedQueryException", "InvalidParameterException", "ResourceNotFoundException"})


@dataclass(frozen=True, slots=True)
class Account:
    """Which account and region; empty: what the environment and the AWS configuration say."""

    region: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """How long to wait for a query."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class AwsCloudWatch:
    """Logs Insights of one account and region."""

    def __init__(self, account: Account | None = None, clock: Clock | None = None) -> None:
        import boto3
        from botocore.config import Config

        account = account or Account()
        self._clock = clock or Clock()
        with _told("AWS cannot be asked"):
            session = boto3.Session(region_name=account.region or None, profile_name=account.profile or None)
            self._logs = session.client("logs", config=Config(retries={"mode": "standard", "max_attempts": 8}))

    def run(self, run: InsightsRun) -> InsightsRows:
        """Start the query and wait for all of its rows. An interrupt stops it in AWS too: it costs by bytes."""
        with _told("the query cannot be run in CloudWatch"):
            groups = {"logGroupNames": list(run.log_groups)} if run.log_groups else {}
            started = self._logs.start_query(startTime=run.start, endTime=run.end, queryString=run.text, **groups)
            query_id: str = started["queryId"]
            try:
                answer = self._finished(query_id)
            except KeyboardInterrupt:
                with suppress(Exception):
                    self._logs.stop_query(queryId=query_id)
                raise
            rows = tuple({cell["field"]: cell.get("value", "") for cell in row} for row in self._rows(query_id, answer))
        return InsightsRows(rows, query_id, answer.get("statistics", {}))

    def _finished(self, query_id: str) -> dict[str, Any]:
        until, wait = self._clock.now() + DEADLINE_SECONDS, _FIRST_WAIT
        while True:
            answer: dict[str, Any] = self._logs.get_query_results(queryId=query_id)
            status = answer.get("status", "Unknown")
            if status == "Complete":
                return answer
            if status not in _RUNNING or self._clock.now() > until:
                raise CloudWatchUnreachable(f"CloudWatch ended query {query_id} as {status}", "run it again")
            self._clock.sleep(wait)
            wait = min(_LONGEST_WAIT, wait * 1.5)

    def _rows(self, query_id: str, answer: dict[str, Any]) -> Iterator[list[dict[str, str]]]:
        """The rows of all pages."""
        while True:
            yield from answer.get("results", ())
            if not answer.get("nextToken"):
                return
            answer = self._logs.get_query_results(queryId=query_id, nextToken=answer["nextToken"])

    def saved_queries(self) -> str:
        """The pages of DescribeQueryDefinitions as one document of the same form."""
        found: list[object] = []
        token: dict[str, str] = {}
        with _told("the saved queries cannot be read from AWS"):
            while True:
                page = self._logs.describe_query_definitions(maxResults=1000, **token)
                found += page.get("queryDefinitions", [])
                if not page.get("nextToken"):
                    return json.dumps({"queryDefinitions": found})
                token = {"nextToken": page["nextToken"]}


@contextmanager
def _told(message: str) -> Iterator[None]:
    """The library's errors in our words."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as failure:
        code = failure.response.get("Error", {}).get("Code", "")
        if code in _QUERY_IS_WRONG:
            raise CloudWatchRefused(f"{message}: {failure}", "", "prove/cloudwatch-refuses") from failure
        raise CloudWatchUnreachable(f"{message}: {failure}", "check the credentials and the region") from failure
    except BotoCoreError as failure:
        remedy = _WAYS_OUT.get(type(failure).__name__, "check the credentials and the region")
        raise CloudWatchUnreachable(f"{message}: {failure}", remedy) from failure
