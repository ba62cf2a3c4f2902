"""What is measured with: the seed's manifest where it is, else the demo's; log lines as pods write them; a pod."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from migrate.lab.demo.real import MANIFEST, PODS
from translators.fluentbit.read import Reading, ReadOptions, read

ROOT = Path(__file__).parents[2]
SEED = ROOT.parent / "shared" / "seed" / "eks-logging-blog.txt"
CLUSTER = "bench"
NODE = "ip-10-0-1-23"
POD = "web-7d9c5b6f4-x2x9k"
VALUES = {
    "READ_FROM_HEAD": "On",
    "READ_FROM_TAIL": "Off",
    "AWS_REGION": "ap-northeast-2",
    "HTTP_SERVER": "Off",
    "HTTP_PORT": "2020",
}
FIRST = datetime(2026, 3, 2, 1, tzinfo=UTC)
LEVELS = ("info", "info", "info", "debug", "warn", "error")
MESSAGES = ("order placed", "slow upstream", "결제 실패: 카드 한도 초과", "cache miss for key user")


def manifest() -> tuple[str, bytes]:
    """The seed's manifest, or the demo's where the seed is not beside the repository."""
    path = SEED if SEED.exists() else MANIFEST
    return path.name, path.read_bytes()


def manifest_reading() -> tuple[Reading, str]:
    """The manifest as it was read, and the cluster's name."""
    name, data = manifest()
    return read({name: data}, ReadOptions(environment=VALUES, cluster=CLUSTER)), CLUSTER


def pod_manifest() -> dict[str, Any]:
    """The pod whose lines these are."""
    pods: list[dict[str, Any]] = json.loads(PODS.read_text("utf-8"))["items"]
    return next(pod for pod in pods if pod["metadata"]["name"] == POD)


def json_line(number: int) -> str:
    """One line of an application that logs JSON."""
    fields = {
        "level": LEVELS[number % len(LEVELS)],
        "msg": MESSAGES[number % len(MESSAGES)],
        "status": 500 if number % 6 == 5 else 200,
        "ms": number * 7 % 1000,
        "path": f"/orders/{number % 97}",
        "request_id": f"{number:032x}",
    }
    return json.dumps(fields, ensure_ascii=False)


def cri_line(number: int) -> str:
    """The same as containerd writes it."""
    moment = FIRST + timedelta(milliseconds=number)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}{number % 1000:03}Z stdout F {json_line(number)}\n"
