"""What runs pods on the real cluster, and what writes journals: programs that Debian ships."""

from __future__ import annotations

from migrate.lab.engines.engine import DebianPackage, Engine

CONTAINERD = Engine("containerd", "1.6", DebianPackage("containerd"))
CTR = Engine("ctr", "1.6", DebianPackage("containerd"))
RUNC = Engine("runc", "1.1", DebianPackage("runc"))
IPTABLES = Engine("iptables", "1.8", DebianPackage("iptables"))
POD_NETWORK = Engine("host-local", "1.1", DebianPackage("containernetworking-plugins"))
JOURNAL_REMOTE = Engine("systemd-journal-remote", "252", DebianPackage("systemd-journal-remote"))
