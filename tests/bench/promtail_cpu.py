"""What Promtail's CPU costs with the translated application job, against the Helm chart's default pipeline."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from migrate.lab.agents import running_agent
from migrate.lab.control_plane import ControlPlane, running_control_plane
from migrate.lab.node import Node
from tests.bench.measure import Ratio, table
from tests.bench.samples import NODE, POD, cri_line, manifest_reading, pod_manifest
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Agent
from translators.pipeline.model import Client

LINES = int(os.environ.get("BENCH_LINES", "1000000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
LIMIT = 1.15
TICKS = os.sysconf("SC_CLK_TCK")


def measure() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory(prefix="logmig-bench-") as scratch, _sink() as url:
        folder = Path(scratch)
        log = _write_log(folder / "lines.log")
        with running_control_plane(folder / "control-plane") as plane:
            plane.place([pod_manifest()])
            bench = Bench(folder, log, plane)
            ours, theirs = _application_job(url), _chart_default(url)
            pairs = [(bench.run(f"ours-{n}", ours), bench.run(f"chart-{n}", theirs)) for n in range(RUNS)]
    best = min(one for one, _ in pairs), min(other for _, other in pairs)
    note = f"{LINES:,} lines, best of {RUNS}"
    yield Ratio("Promtail, application job : chart's default pipeline", *best, LIMIT, note, "CPU s")


@dataclass(frozen=True)
class Bench:
    """One log file, given to a fresh node for each run."""

    folder: Path
    log: Path
    plane: ControlPlane

    def run(self, name: str, configuration: str) -> float:
        """CPU seconds until Promtail has sent every line."""
        root = self.folder / name
        containers = root / "var/log/containers"
        pods = root / f"var/log/pods/shop_{POD}_{pod_manifest()['metadata']['uid']}/web"
        for place, file in ((containers, f"{POD}_shop_web-{'0' * 64}.log"), (pods, "0.log")):
            place.mkdir(parents=True)
            os.link(self.log, place / file)
        (root / "var/log/journal").mkdir()
        node = Node(root, NODE, {}, self.plane.access)
        with running_agent(Agent.PROMTAIL, configuration, node) as running:
            running.process.wait_until(lambda: _sent(running.client.get("/metrics").text) >= LINES, "all lines", 300)
            return _cpu_seconds(running.process.pid)


def _sent(metrics: str) -> int:
    values = (
        line.rpartition(" ")[2] for line in metrics.splitlines() if line.startswith("promtail_sent_entries_total{")
    )
    return int(sum(map(float, values)))


def _cpu_seconds(pid: int) -> float:
    """User and system time of the process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _write_log(path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(cri_line(number) for number in range(LINES))
    return path


@contextmanager
def _sink() -> Iterator[str]:
    """A Loki that takes everything and keeps nothing, so that only the agent is measured."""

    class Take(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/loki/api/v1/push"
    finally:
        server.shutdown()
        server.server_close()


def _application_job(url: str) -> str:
    """The emitted configuration with nothing but the job of the pods' logs."""
    reading, cluster = manifest_reading()
    document = yaml.safe_load(translate(reading, TranslateOptions(cluster, client=Client(url))).promtail)
    jobs = [job for job in document["scrape_configs"] if job["job_name"].startswith("application")]
    if len(jobs) != 1:
        raise ValueError(f"one application job was expected, not {[job['job_name'] for job in jobs]}")
    return yaml.safe_dump({**document, "scrape_configs": jobs}, sort_keys=False)


def _chart_default(url: str) -> str:
    """What grafana/promtail's values.yaml makes by default (chart 6.17)."""
    name = "__meta_kubernetes_pod_"
    two = "^;*([^;]+)(;.*)?$"
    relabel = [
        _relabel([f"{name}controller_name"], "__tmp_controller_name", "([0-9a-z-.]+?)(-[0-9a-f]{8,10})?"),
        _relabel(
            [f"{name}label_app_kubernetes_io_name", f"{name}label_app", "__tmp_controller_name", f"{name}name"],
            "app",
            two,
        ),
        _relabel([f"{name}label_app_kubernetes_io_instance", f"{name}label_instance"], "instance", two),
        _relabel([f"{name}label_app_kubernetes_io_component", f"{name}label_component"], "component", two),
        _relabel([f"{name}node_name"], "node_name"),
        _relabel(["__meta_kubernetes_namespace"], "namespace"),
        {**_relabel(["namespace", "app"], "job"), "separator": "/", "replacement": "$1"},
        _relabel([f"{name}name"], "pod"),
        _relabel([f"{name}container_name"], "container"),
        {**_relabel([f"{name}uid", f"{name}container_name"], "__path__"), **_PATH},
        {
            **_relabel(
                [
                    f"{name}annotationpresent_kubernetes_io_config_hash",
                    f"{name}annotation_kubernetes_io_config_hash",
                    f"{name}container_name",
                ],
                "__path__",
                "true/(.*)",
            ),
            **_PATH,
        },
    ]
    job = {
        "job_name": "kubernetes-pods",
        "pipeline_stages": [{"cri": {}}],
        "kubernetes_sd_configs": [{"role": "pod"}],
        "relabel_configs": relabel,
    }
    clients = [{"url": url}]
    positions = {"filename": "/run/promtail/positions.yaml"}
    return yaml.safe_dump({"clients": clients, "positions": positions, "scrape_configs": [job]}, sort_keys=False)


_PATH = {"separator": "/", "replacement": "/var/log/pods/*$1/*.log"}


def _relabel(sources: list[str], target: str, regex: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"action": "replace", "source_labels": sources, "target_label": target}
    return {**made, "regex": regex} if regex else made


if __name__ == "__main__":
    print(table(list(measure())))
