"""The saved queries of an AWS account, as its API gives them."""

from __future__ import annotations

import json

from migrate.errors import WorldFailed


def saved_queries(region: str = "") -> str:
    """The pages of DescribeQueryDefinitions as one document of the same form."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    found: list[object] = []
    token: dict[str, str] = {}
    try:
        client = boto3.client("logs", region_name=region or None)
        while True:
            page = client.describe_query_definitions(maxResults=1000, **token)
            found += page.get("queryDefinitions", [])
            if not page.get("nextToken"):
                return json.dumps({"queryDefinitions": found})
            token = {"nextToken": page["nextToken"]}
    except (BotoCoreError, ClientError) as failure:
        raise WorldFailed(f"the saved queries cannot be read from AWS: {failure}") from failure
