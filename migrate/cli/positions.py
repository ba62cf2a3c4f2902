"""The verb ``positions``: the agent goes on reading where Fluent Bit stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from migrate.adapters.atomic import write_atomically
from migrate.adapters.node_files import choose_root, look
from migrate.adapters.positions_database import State, read_state
from migrate.cli.terminal import Format, console, print_json, table
from migrate.errors import WorldFailed
from migrate.planning.folder import read_plan
from translators.diagnostics import Agent, Refused
from translators.positions import (
    CURSOR_KEY,
    Fate,
    Partials,
    Row,
    Sight,
    TailRow,
    Vanished,
    Verdict,
    alloy_component,
    hand_over,
    positions,
    print_alloy_journal,
    print_positions,
)

LONGEST = 20
STYLES = {
    Fate.CARRIED: "green",
    Fate.STEPPED_BACK: "green",
    Fate.FROM_START: "yellow",
    Fate.LEFT_OUT: "dim",
    Fate.LOST: "red",
}


def command(
    state: Annotated[
        list[Path], typer.Argument(metavar="STATE_DIR|DB...", help="Fluent Bit's state folder, or its databases.")
    ],
    plan: Annotated[Path, typer.Option(metavar="DIR", help="The folder that `logmig plan` wrote.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The positions file to write; replaced as a whole.")],
    root: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the node's / is mounted, to look at the files themselves.")
    ] = None,
    agent: Annotated[Agent | None, typer.Option(help="The agent; by default the plan's.")] = None,
    partials: Annotated[
        Partials, typer.Option(help="repeat: nothing is lost; skip: nothing comes twice.")
    ] = Partials.REPEAT,
    format: Annotated[Format, typer.Option(help="What to print.")] = Format.TEXT,
) -> None:
    """Convert Fluent Bit's SQLite positions (tail and journald) into the agent's, and say what becomes of every row.

    Stop Fluent Bit on the node first: a position that moves on is stale at once. The databases are only read.

    Example: logmig positions /var/fluent-bit/state --plan ./plan --root /host --out /var/lib/promtail/positions.yaml
    """
    decided = read_plan(plan)
    chosen = agent or decided.destination.agent
    _refuse_folders(root, out)
    try:
        found = read_state(state)
        mount = choose_root(found.rows, root)
        seen = [(row, look(mount, row)) for row in found.rows]
        verdicts = hand_over(seen, decided.readers, partials)
        write_atomically(out, print_positions(positions(verdicts)))
        if chosen is Agent.ALLOY:
            _write_journals(out.parent, positions(verdicts))
    except OSError as error:
        raise WorldFailed(f"{error.filename or out}: {error.strerror or error}") from error
    remarks = [*_remarks(found, mount is not None, chosen, verdicts), *_about_root(root, seen)]
    if format is Format.JSON:
        print_json(_as_json(verdicts, remarks, chosen, out))
    else:
        _show(verdicts, remarks, out)


def _refuse_folders(root: Path | None, out: Path) -> None:
    """A mistyped root would look like a node from which every file is gone."""
    if root is not None and not root.is_dir():
        remedy = "give the folder where the node's / is mounted"
        raise Refused("positions/no-such-path", f"--root {root}: no such folder", remedy=remedy)
    if out.is_dir():
        raise Refused("cli/path", f"--out {out}: this is a folder", remedy=f"give a file: {out / 'positions.yaml'}")


def _about_root(root: Path | None, seen: Sequence[tuple[Row, Sight]]) -> list[str]:
    files = [sight for row, sight in seen if isinstance(row, TailRow)]
    if root is None or not files or not all(isinstance(sight, Vanished) for sight in files):
        return []
    return [f"None of the files is below {root}: is the node's / mounted there? Without positions each is read whole."]


def _write_journals(storage: Path, values: Mapping[str, str]) -> None:
    """The cursors where Alloy itself looks for them: in its component's folder below the storage path."""
    for key, cursor in values.items():
        if key.startswith(CURSOR_KEY):
            job = key.removeprefix(CURSOR_KEY)
            write_atomically(storage / alloy_component(job) / "positions.yml", print_alloy_journal(job, cursor))


def _remarks(state: State, looked: bool, agent: Agent, verdicts: Sequence[Verdict]) -> list[str]:
    remarks = []
    if state.busy:
        names = ", ".join(state.busy)
        remarks.append(
            f"Fluent Bit still runs, or was killed (write-ahead log of {names}): stop it, then convert again."
        )
    if state.chunks:
        remarks.append(
            f"{state.chunks} chunks wait in Fluent Bit's own buffer: they reach CloudWatch when it runs again."
        )
    if not looked:
        remarks.append("The files were not looked at: give --root for the checks of inode, size and unfinished lines.")
    unread = sum(verdict.unread for verdict in verdicts)
    if unread:
        remarks.append(f"{unread} bytes in rotated files were read by nobody; the table names the files.")
    if agent is Agent.ALLOY:
        remarks.append(
            "Alloy reads this file once, through legacy_positions_file, while it has no positions of its own. "
            "The journal's cursors lie beside it in loki.source.journal.*: --out belongs into Alloy's storage folder."
        )
        if any(verdict.fate is Fate.FROM_START for verdict in verdicts):
            remarks.append("Alloy takes position 0 for none: a job with tail_from_end begins at such a file's end.")
    return remarks


def _show(verdicts: Sequence[Verdict], remarks: Sequence[str], out: Path) -> None:
    screen = console()
    rows = [
        (
            verdict.row.database,
            _subject(verdict.row),
            _brief(_from(verdict.row)),
            _fate(verdict),
            _brief(verdict.value),
            verdict.why,
        )
        for verdict in verdicts
    ]
    screen.print(table(("database", "path", "Fluent Bit", "what becomes of it", "agent", "why"), rows))
    screen.print()
    counted = Counter(verdict.fate for verdict in verdicts)
    screen.print(Text(f"{out}: {len(positions(verdicts))} positions; rows: " + _tally(counted)))
    for remark in remarks:
        screen.print(Text(f"! {remark}", style="yellow"))


def _brief(position: str) -> str:
    """A cursor is long and says little: its beginning tells it apart; --format json has all of it."""
    return position if len(position) <= LONGEST else f"{position[:LONGEST]}…"


def _tally(counted: Counter[Fate]) -> str:
    return ", ".join(f"{counted[fate]} {fate}" for fate in Fate if counted[fate]) or "none"


def _fate(verdict: Verdict) -> Text:
    return Text(str(verdict.fate), style=STYLES[verdict.fate])


def _subject(row: Row) -> str:
    return row.path if isinstance(row, TailRow) else "(journal)"


def _from(row: Row) -> str:
    return str(row.offset) if isinstance(row, TailRow) else row.cursor


def _as_json(verdicts: Sequence[Verdict], remarks: Sequence[str], agent: Agent, out: Path) -> dict[str, Any]:
    return {
        "agent": str(agent),
        "out": str(out),
        "positions": dict(positions(verdicts)),
        "remarks": list(remarks),
        "rows": [
            {
                "database": verdict.row.database,
                "path": _subject(verdict.row),
                "position": _from(verdict.row),
                "fate": str(verdict.fate),
                "keys": list(verdict.keys),
                "value": verdict.value,
                "why": verdict.why,
                "unread_bytes": verdict.unread,
            }
            for verdict in verdicts
        ],
    }
