"""Positions that real Fluent Bit wrote, handed over: the real agents go on where it stopped and lose nothing."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.agents import run_agent
from migrate.lab.gateway import gateway
from migrate.lab.journal import write_journal
from migrate.lab.loki import Tenant
from migrate.lab.node import Node
from migrate.planning.document import print_plan
from migrate.planning.model import Destination, Plan, Source
from translators.diagnostics import Agent
from translators.positions import FileReader, JournalReader

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.unit.positions.node import WRITTEN, copy_state, cri, make_tree

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("agents")]
PUSH = "http://loki-gateway.loki.svc/loki/api/v1/push"
OUT = {Agent.PROMTAIL: "/var/lib/promtail/positions.yaml", Agent.ALLOY: "/var/lib/alloy/data/positions.yaml"}
PROMTAIL = f"""
positions: {{filename: {OUT[Agent.PROMTAIL]}}}
clients: [{{url: "{PUSH}"}}]
scrape_configs:
  - job_name: application
    static_configs: [{{labels: {{log_type: application, __path__: /var/log/containers/*.log}}}}]
    pipeline_stages: [{{cri: {{}}}}]
  - job_name: host
    static_configs: [{{labels: {{log_type: host, __path__: /var/log/messages}}}}]
  - job_name: dataplane
    journal:
      path: /var/log/journal
      max_age: 26280h
      matches: _SYSTEMD_UNIT=kubelet.service
      labels: {{log_type: dataplane}}
"""
ALLOY = f"""
loki.source.file "application" {{
	targets               = [{{__path__ = "/var/log/containers/*.log", log_type = "application"}}]
	legacy_positions_file = "{OUT[Agent.ALLOY]}"
	forward_to            = [loki.process.cri.receiver]

	file_match {{
		enabled = true
	}}
}}

loki.process "cri" {{
	stage.cri {{ }}
	forward_to = [loki.write.default.receiver]
}}

loki.source.file "host" {{
	targets               = [{{__path__ = "/var/log/messages", log_type = "host"}}]
	legacy_positions_file = "{OUT[Agent.ALLOY]}"
	forward_to            = [loki.write.default.receiver]
}}

loki.source.journal "dataplane" {{
	path       = "/var/log/journal"
	max_age    = "26280h"
	matches    = "_SYSTEMD_UNIT=kubelet.service"
	labels     = {{log_type = "dataplane"}}
	forward_to = [loki.write.default.receiver]
}}

loki.write "default" {{
	endpoint {{
		url = "{PUSH}"
	}}
}}
"""
READERS = (
    FileReader("application", ("/var/log/containers/*.log",)),
    FileReader("host", ("/var/log/messages",), joins_partials=False),
    JournalReader("dataplane", ("/var/fluent-bit/state/systemd.db",)),
)


def write_plan(folder: Path, agent: Agent) -> Path:
    folder.mkdir()
    plan = Plan("prod", Source("classic", "5.1.1", ()), Destination(agent, PUSH), readers=READERS)
    (folder / "plan.json").write_text(print_plan(plan))
    return folder


def cursor_of(root: Path, message: str) -> str:
    command = ["journalctl", f"--directory={root / 'var/log/journal'}", "--output=json", "--all"]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    return next(str(entry["__CURSOR"]) for entry in map(json.loads, lines) if entry["MESSAGE"] == message)


def stand_in_journal(state: Path, cursor: str) -> None:
    """A journal that was written anew has other identifiers: put the cursor of the same entry into the row."""
    with closing(sqlite3.connect(state / "systemd.db")) as connection, connection:
        connection.execute("UPDATE in_systemd_cursor SET cursor = ?", (cursor,))


def go_on_writing(root: Path) -> None:
    """What the node logs after the hand-over: the rest of the cut line, new lines, a new file."""
    with (root / "var/log/pods/shop_job-9_bbbb/job/0.log").open("a") as file:
        file.write(cri(2, " and the rest") + cri(3, "after"))
    with (root / "var/log/pods/shop_web-1_aaaa/web/0.log").open("a") as file:
        file.write(cri(13, "new 13"))
    with (root / "var/log/messages").open("a") as file:
        file.write(" now\nMar  2 01:00:03 ip kernel: c\n")


@pytest.mark.parametrize(("partials", "first"), [("repeat", "half a and the rest"), ("skip", " and the rest")])
def test_the_agent_goes_on_where_fluent_bit_stopped(
    agent: Agent, partials: str, first: str, tenant: Tenant, tmp_path: Path
) -> None:
    root = tmp_path / "node"
    make_tree(root)
    write_journal((WRITTEN / "journal.export").read_bytes(), root)
    state = copy_state(root, tmp_path / "state")
    stand_in_journal(state, cursor_of(root, "line 4 of kubelet.service"))
    arguments = ["positions", str(state), "--plan", str(write_plan(tmp_path / "plan", agent)), "--root", str(root)]
    node = Node(root)
    node.prepare()
    result = CliRunner().invoke(app, [*arguments, "--out", str(node.inside(OUT[agent])), "--partials", partials])
    assert result.exit_code == 0, result.output
    go_on_writing(root)
    with gateway(PUSH, tenant) as played:
        run_agent(agent, PROMTAIL if agent is Agent.PROMTAIL else ALLOY, Node(root, hosts=played.hosts))
    found = sorted(
        (stream.labels["log_type"], entry.line) for stream in tenant.everything() for entry in stream.entries
    )
    assert found == sorted(
        [
            ("application", first),
            ("application", "after"),
            ("application", "new 13"),
            ("dataplane", "line 4 of kubelet.service"),  # both agents begin with the cursor's own entry
            ("host", "Mar  2 01:00:02 no end now"),
            ("host", "Mar  2 01:00:03 ip kernel: c"),
        ]
    )
