"""What ``prove`` prints and saves: a line a query, differing rows side by side, and the evidence."""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.cli.version import VERSION
from migrate.queries.prove.comparing import RowVerdict
from migrate.queries.prove.evidence import (
    Circumstances,
    document,
    file_name,
    page,
    side_by_side,
    summary,
    text,
)
from migrate.queries.prove.proving import Proof, Sides, Verdict, prove

if TYPE_CHECKING:
    from rich.console import Console

    from translators.query.named import NamedQuery

PRIVATE = 0o600
_STYLES = {
    Verdict.EQUAL: "green",
    Verdict.TOLERATED: "green",
    Verdict.DIFFERENT: "red",
    Verdict.REFUSED: "yellow",
    Verdict.UNPROVEN: "yellow",
}


@dataclass(frozen=True, slots=True)
class Folder:
    """Where evidence goes: a folder a run, so that nothing is written over."""

    parent: Path
    circumstances: Circumstances


def circumstances(
    sides: Sides, loki: tuple[str, str], notes: Sequence[str], inputs: Sequence[tuple[str, str]]
) -> Circumstances:
    """``loki`` is its URL and its version."""
    url, version = loki
    versions = {"logmig": VERSION, "Python": platform.python_version(), "Loki": version or "(does not say)"}
    return Circumstances(sides.believed.name, url, versions, tuple(inputs), tuple(notes))


def proved(queries: Sequence[NamedQuery], sides: Sides, folder: Folder) -> list[Proof]:
    """Prove one after the other, and save each at once: a run that breaks leaves what it saw."""
    from migrate.adapters.atomic import write_atomically

    place = _new_folder(folder.parent)
    proofs: list[Proof] = []
    for number, query in enumerate(queries, 1):
        _progress(number, len(queries))
        proof = prove(query, sides)
        proofs.append(proof)
        made = json.dumps(document(proof, folder.circumstances), ensure_ascii=False, indent=1)
        write_atomically(place / file_name(number), made + "\n", PRIVATE)
        write_atomically(place / "evidence.md", page(proofs, folder.circumstances), PRIVATE)
    _progress(0, 0)
    print(f"evidence: {place / 'evidence.md'}", file=sys.stderr)
    return proofs


def _new_folder(parent: Path) -> Path:
    """Named by the time, private: it holds log lines."""
    stamp = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime())
    for suffix in range(1000):
        place = parent / (f"{stamp}-{suffix}" if suffix else stamp)
        try:
            place.mkdir(parents=True, mode=0o700)
        except FileExistsError:
            continue
        except OSError as failure:
            from translators.diagnostics import Refused

            message = f"{parent}: {failure.strerror or failure}"
            raise Refused("usage/evidence", message, remedy="give --evidence a folder that you may write") from None
        return place
    raise FileExistsError(parent)


def _progress(number: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[Kproving {number}/{total}" if total else "\r\033[K", end="", file=sys.stderr, flush=True)


def is_no(proofs: Sequence[Proof], allow_refused: bool) -> bool:
    """Whether the answer is no: a difference, a refusal, or nothing that was proven at all."""
    verdicts = {proof.verdict for proof in proofs}
    if Verdict.DIFFERENT in verdicts or (Verdict.REFUSED in verdicts and not allow_refused):
        return True
    return Verdict.UNPROVEN in verdicts and not verdicts & {Verdict.EQUAL, Verdict.TOLERATED}


def print_proofs(proofs: Sequence[Proof], seen: Circumstances, form: str, limit: int) -> None:
    if form == "json":
        made: dict[str, Any] = {"summary": summary(proofs), "proofs": [document(proof, seen) for proof in proofs]}
        print(json.dumps(made, ensure_ascii=False))
    elif form == "markdown":
        print(page(proofs, seen), end="")
    else:
        _print_tables(proofs, seen, limit)


def _print_tables(proofs: Sequence[Proof], seen: Circumstances, limit: int) -> None:
    from rich.text import Text

    from migrate.cli.terminal import console, counted, table

    screen = console()
    rows = [
        (
            proof.query.name or proof.query.id,
            Text(str(proof.verdict), style=_STYLES[proof.verdict]),
            *_counts(proof),
            "\n".join((_why(proof), *proof.notes)),
        )
        for proof in proofs
    ]
    screen.print(table(("query", "verdict", "expected", "equal", "tolerated", "different", "why"), rows))
    for proof in proofs:
        if proof.verdict is Verdict.DIFFERENT:
            _print_differences(screen, proof, limit)
    for note in seen.notes:
        print(note, file=sys.stderr)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in summary(proofs).items() if count)
    print(f"{counted(len(proofs), 'query', 'queries')}: {counts}", file=sys.stderr)


def _counts(proof: Proof) -> tuple[str, str, str, str]:
    if proof.tables is None:
        return ("", "", "", "")
    comparison = proof.tables.comparison
    return (
        str(len(proof.tables.answer.table.counted)),
        *(str(comparison.count(verdict)) for verdict in RowVerdict),  # type: ignore[return-value]
    )


def _why(proof: Proof) -> str:
    if proof.refusal is None:
        return proof.reason
    return f"{proof.reason} [{proof.refusal.rule}]"


def _print_differences(screen: Console, proof: Proof, limit: int) -> None:
    """The rows that differ, whole, both sides of each below one another in one line of the table."""
    from rich.text import Text

    from migrate.cli.terminal import table

    assert proof.tables is not None  # noqa: S101
    screen.print()
    screen.print(Text(f"{proof.query.name or proof.query.id}: {proof.reason}", style="bold"))
    cells = list(side_by_side(proof.tables, limit))
    if cells:
        screen.print(table(("where", "expected", "from Loki"), cells))
    more = len(proof.tables.comparison.differing) - limit
    if more > 0:
        screen.print(Text(f"… and {more} more rows (--limit, or the evidence)", style="dim"))
    for index in proof.tables.comparison.disorder[:limit]:
        row = ", ".join(text(cell) for cell in proof.tables.result.rows[index])
        screen.print(Text(f"row {index + 1} from Loki is out of place: {row}"))
