"""An AWS account of our own: moto's server over TLS, since Fluent Bit's CloudWatch output speaks nothing else."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.lab.engines.moto import MOTO
from migrate.lab.engines.provide import provide_binary
from migrate.lab.http import Client
from migrate.lab.process import Process, free_port


@dataclass(frozen=True)
class Moto:
    """A running moto server; ``authority`` is the file that clients must trust."""

    url: str
    authority: Path
    region: str = "ap-northeast-2"

    @property
    def client(self) -> Client:
        return Client(self.url, tls=ssl.create_default_context(cafile=str(self.authority)))

    @property
    def environment(self) -> dict[str, str]:
        """What makes any AWS client talk to it. The credentials are moto's own example."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(self.authority),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }

    def reset(self) -> None:
        """Forget everything that was put into it."""
        self.client.send("POST", "/moto-api/reset", b"")


@contextmanager
def running_moto(folder: Path) -> Iterator[Moto]:
    """An empty account, ready; its certificate and log are in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = _certificate(folder)
    port = free_port()
    moto = Moto(f"https://127.0.0.1:{port}", certificate)
    flags = ("-H", "127.0.0.1", "-p", str(port), "-s", "-c", str(certificate), "-k", str(key))
    with Process("moto", (*provide_binary(MOTO).command, *flags), folder / "moto.log") as process:
        process.wait_until(lambda: moto.client.get("/moto-api/").good, "answer")
        yield moto


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "moto.crt", folder / "moto.key"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    command = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=moto", "-addext")
    files = ("-keyout", str(key), "-out", str(certificate))
    try:
        subprocess.run((*command, names, *files), check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        raise WorldFailed(f"moto's certificate could not be made: {failure}", "install openssl") from failure
    return certificate, key
