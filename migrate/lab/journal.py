"""Journals as journald writes them, made of entries in the export format by systemd's own tool."""

from __future__ import annotations

import subprocess
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.lab.engines.containers import JOURNAL_REMOTE
from migrate.lab.engines.provide import provide_binary

MACHINE = "0123456789abcdef0123456789abcdef"
"""The machine of our journals, by the name that a folder of journals must have."""


def write_journal(export: bytes, root: Path) -> Path:
    """Put the entries into the journal of the node whose root this is, where agents look for it."""
    folder = root / "var/log/journal" / MACHINE
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / "system.journal"
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/machine-id").write_text(f"{MACHINE}\n")
    command = (*provide_binary(JOURNAL_REMOTE).command, f"--output={journal}", "-")
    answer = subprocess.run(command, input=export, capture_output=True, check=False)
    if answer.returncode:
        raise WorldFailed(f"the journal was not written: {answer.stderr.decode('utf-8', 'replace').strip()}")
    return journal
