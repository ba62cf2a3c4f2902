"""A real journal through the real agents: what they read of it, and which entries ``matches`` lets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.lab.agents import run_agent
from migrate.lab.gateway import gateway
from migrate.lab.journal import MACHINE, write_journal
from migrate.lab.loki import Tenant
from migrate.lab.node import Node
from translators.diagnostics import Agent

pytestmark = pytest.mark.engine
PUSH = "http://loki-gateway.loki.svc/loki/api/v1/push"
MARCH_US = 1_772_413_200_000_000
PROMTAIL = f"""
positions: {{filename: /run/promtail/positions.yaml}}
clients: [{{url: "{PUSH}"}}]
scrape_configs:
  - job_name: dataplane
    journal:
      path: /var/log/journal
      max_age: 26280h
      matches: _SYSTEMD_UNIT=kubelet.service _SYSTEMD_UNIT=containerd.service
      labels: {{log_type: dataplane}}
    relabel_configs:
      - {{source_labels: [__journal__systemd_unit], target_label: unit}}
"""
ALLOY = f"""
loki.relabel "journal" {{
	forward_to = []

	rule {{
		source_labels = ["__journal__systemd_unit"]
		target_label  = "unit"
	}}
}}

loki.source.journal "dataplane" {{
	path          = "/var/log/journal"
	max_age       = "26280h"
	matches       = "_SYSTEMD_UNIT=kubelet.service _SYSTEMD_UNIT=containerd.service"
	labels        = {{log_type = "dataplane"}}
	relabel_rules = loki.relabel.journal.rules
	forward_to    = [loki.write.default.receiver]
}}

loki.write "default" {{
	endpoint {{
		url = "{PUSH}"
	}}
}}
"""


def export(units: list[str]) -> bytes:
    """Entries of the units, one a second, in systemd's export format."""
    boot = "3d1f0c5a9a7b4c2e8f60123456789abc"
    return b"".join(
        f"__CURSOR=s={boot};i={number + 1:x}\n__REALTIME_TIMESTAMP={MARCH_US + number * 1_000_000}\n"
        f"__MONOTONIC_TIMESTAMP={number + 1}000000\n_BOOT_ID={boot}\n_MACHINE_ID={MACHINE}\n_HOSTNAME=ip-10-0-1-23\n"
        f"_SYSTEMD_UNIT={unit}\nPRIORITY=6\nMESSAGE={number}번째 줄\n\n".encode()
        for number, unit in enumerate(units)
    )


def test_both_agents_read_the_same_entries_of_a_journal(agent: Agent, tenant: Tenant, tmp_path: Path) -> None:
    write_journal(export(["kubelet.service", "sshd.service", "containerd.service", "kubelet.service"]), tmp_path)
    with gateway(PUSH, tenant) as played:
        node = Node(tmp_path, hosts=played.hosts)
        run_agent(agent, PROMTAIL if agent is Agent.PROMTAIL else ALLOY, node)
    found = sorted(
        (entry.nanoseconds // 1000 - MARCH_US, stream.labels["unit"], entry.line)
        for stream in tenant.everything()
        for entry in stream.entries
    )
    assert found == [
        (0, "kubelet.service", "0번째 줄"),
        (2_000_000, "containerd.service", "2번째 줄"),
        (3_000_000, "kubelet.service", "3번째 줄"),
    ]
