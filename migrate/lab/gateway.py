"""The address that an emitted configuration pushes to, played here: requests go on to one tenant of a Loki."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import urlsplit

from migrate.errors import WorldFailed
from migrate.lab.engines.engine import Unavailable
from migrate.lab.loki import Tenant

LOOPBACKS = count(2)
NOT_FORWARDED = frozenset(
    {"host", "connection", "x-scope-orgid", "content-length", "transfer-encoding", "authorization"}
)


@dataclass
class Gateway:
    """Where the name of Loki leads to. ``tenants`` are those that clients named, ``refusals`` what Loki refused."""

    host: str
    address: str
    port: int
    tenant: Tenant
    requests: int = 0
    tenants: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def hosts(self) -> dict[str, str]:
        """The line that a hosts file needs."""
        return {self.host: self.address}


@contextmanager
def gateway(push_url: str, tenant: Tenant) -> Iterator[Gateway]:
    """Listen where ``push_url`` leads, on a loopback address of our own, until the block ends."""
    parts = urlsplit(push_url)
    if parts.scheme != "http" or not parts.hostname:
        raise WorldFailed(f"the lab can only play http addresses, not {push_url}")
    server = _bound(parts.port or 80)
    played = Gateway(parts.hostname, str(server.server_address[0]), parts.port or 80, tenant)
    server.RequestHandlerClass = _handler(played)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def _bound(port: int) -> _Server:
    """A listener on a loopback address that nobody uses with that port."""
    import os

    for number in LOOPBACKS:
        address = f"127.{1 + os.getpid() % 250}.{number // 250 % 250}.{1 + number % 250}"
        try:
            return _Server((address, port), BaseHTTPRequestHandler)
        except PermissionError as refused:
            remedy = "run as root, or: sysctl -w net.ipv4.ip_unprivileged_port_start=80"
            raise Unavailable(f"port {port} is for root only here: {refused}", remedy) from refused
        except OSError:
            continue
    raise AssertionError("unreachable: the count of addresses has no end")


def _handler(played: Gateway) -> type[BaseHTTPRequestHandler]:
    target = urlsplit(played.tenant.url)

    class Forward(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._forward(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def do_GET(self) -> None:
            self._forward(b"")

        def _forward(self, body: bytes) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_FORWARDED}
            onward = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
            try:
                onward.request(self.command, self.path, body, {**headers, "X-Scope-OrgID": played.tenant.name})
                answer = onward.getresponse()
                status, text = answer.status, answer.read()
            except OSError as failure:
                status, text = 503, str(failure).encode()
            finally:
                onward.close()
            self._note(status, text)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _note(self, status: int, text: bytes) -> None:
            with played.lock:
                played.requests += 1
                played.tenants.add(self.headers.get("X-Scope-OrgID", ""))
                if status >= 400:
                    played.refusals.append(f"{status}: {text.decode('utf-8', 'replace').strip()}")

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: what matters is in the gateway."""

    return Forward
