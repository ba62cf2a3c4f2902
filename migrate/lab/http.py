"""Plain HTTP to engines of this machine: one request, one answer, no proxy, no retries."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

_DIRECT = urllib.request.ProxyHandler({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 when nothing did."""

    status: int
    body: bytes

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """A server and the headers of every request to it."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    seconds: float = 60.0

    def get(self, path: str, **parameters: object) -> Answer:
        """A GET with the parameters that are not None."""
        query = urlencode({name: value for name, value in parameters.items() if value is not None})
        return self.send("GET", f"{path}?{query}" if query else path)

    def post(self, path: str, value: object) -> Answer:
        """A POST of a value as JSON."""
        return self.send("POST", path, json.dumps(value).encode(), "application/json")

    def send(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        headers = {**self.headers, **({"Content-Type": kind} if kind else {})}
        request = urllib.request.Request(self.url + path, data=body, headers=headers, method=method)  # noqa: S310
        opener = urllib.request.build_opener(_DIRECT, urllib.request.HTTPSHandler(context=self.tls))
        try:
            with opener.open(request, timeout=self.seconds) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, refused.read())
        except OSError as silence:
            return Answer(0, str(silence).encode())
