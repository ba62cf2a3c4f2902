"""Docker's daemon and what it stands on: they run pods on the real cluster and build its images."""

from __future__ import annotations

from migrate.lab.engines.engine import DebianPackage, Engine

DOCKER = Engine("docker", "20.10", DebianPackage("docker.io"))
DOCKERD = Engine("dockerd", "20.10", DebianPackage("docker.io"))
CONTAINERD = Engine("containerd", "1.6", DebianPackage("docker.io"))
CTR = Engine("ctr", "1.6", DebianPackage("docker.io"))
IPTABLES = Engine("iptables", "1.8", DebianPackage("iptables"))
JOURNAL_REMOTE = Engine("systemd-journal-remote", "252", DebianPackage("systemd-journal-remote"))
