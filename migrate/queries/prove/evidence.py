"""What a proof leaves behind: a document a query, and a page that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migrate.queries.prove.comparing import Match
from migrate.queries.prove.proving import Proof, Tables, Verdict
from migrate.queries.window import Window
from translators.insights.evaluate.evaluate import Cell
from translators.insights.evaluate.values import date_text, number_text

MOST_SHOWN = 20
AROUND, LONGEST_CELL = 30, 300
"""Characters before the first difference of two texts, and of a text, that a person is shown; the JSON has all."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is the same for all proofs of a run. ``inputs`` are (name, sha256)."""

    believed: str
    loki: str
    versions: Mapping[str, str]
    inputs: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()


def document(proof: Proof, circumstances: Circumstances) -> dict[str, Any]:
    """Everything that was seen of one query."""
    translation = proof.translation
    made: dict[str, Any] = {
        "id": proof.query.id,
        "name": proof.query.name,
        "source": proof.query.source,
        "query": proof.query.text,
        "verdict": str(proof.verdict),
        "reason": proof.reason,
        "notes": list(proof.notes),
        "refusal": _refusal(proof),
        "window": window_document(proof.window),
        "log_groups": list(proof.log_groups),
        "fidelity": str(translation.fidelity) if translation else None,
        "shape": str(translation.shape) if translation else None,
        "translation": [request.logql for request in translation.requests] if translation else [],
        "policies": [
            {"name": str(use.policy), "value": use.value, "default": use.default, "reason": use.reason}
            for use in proof.policies
        ],
        "believed": circumstances.believed,
        "loki": circumstances.loki,
        "versions": dict(circumstances.versions),
        "inputs": [{"name": name, "sha256": digest} for name, digest in circumstances.inputs],
        "run_notes": list(circumstances.notes),
    }
    if proof.tables is not None:
        made |= _tables(proof.tables)
    return made


def window_document(window: Window) -> dict[str, Any]:
    return {
        "start": window.start,
        "end": window.end,
        "closed": True,
        "start_utc": date_text(window.start),
        "end_utc": date_text(window.end),
    }


def _refusal(proof: Proof) -> dict[str, str] | None:
    refusal = proof.refusal
    if refusal is None:
        return None
    return {"rule": refusal.rule, "message": refusal.message, "remedy": refusal.remedy}


def _tables(tables: Tables) -> dict[str, Any]:
    comparison, expected, result = tables.comparison, tables.answer.table, tables.result
    statistics = result.statistics
    return {
        "expected": {"columns": list(expected.columns), "rows": [list(row) for row in expected.counted]},
        "actual": {
            "columns": list(result.columns),
            "rows": [list(row) for row in result.rows],
            "statistics": {name: getattr(statistics, name) for name in statistics.__slots__},
        },
        "rows": [row_document(tables, match) for match in comparison.matches],
        "order_differs_at": [index + 1 for index in comparison.disorder],
        "tolerances": [
            {"name": one.name, "relative": one.relative, "reason": one.reason}
            for one in {one.name: one for one in comparison.tolerances}.values()
        ],
    }


def row_document(tables: Tables, match: Match) -> dict[str, Any]:
    """The verdict on one row; numbers of rows count from 1, and expected rows are of those that the limit keeps."""
    expected = tables.answer.table
    first = max(0, len(expected.rows) - expected.most) if expected.tail else 0
    return {
        "verdict": str(match.verdict),
        "expected": None if match.expected is None else match.expected - first + 1,
        "actual": None if match.actual is None else match.actual + 1,
    }


def side_by_side(tables: Tables, most: int = MOST_SHOWN) -> Iterator[tuple[str, str, str]]:
    """For each cell that differs in the first rows that differ: (column, expected, actual)."""
    expected, result = tables.answer.table, tables.result
    for match in tables.comparison.differing[:most]:
        wanted = None if match.expected is None else expected.rows[match.expected]
        got = None if match.actual is None else result.rows[match.actual]
        if wanted is None or got is None:
            row = got if wanted is None else wanted
            whole = ", ".join(f"{n}={_piece(text(v), 0)}" for n, v in zip(result.columns, row or (), strict=False))
            yield ("(whole row)", "(no such row)" if wanted is None else whole, whole if wanted is None else "(none)")
            continue
        for name, one, other in zip(result.columns, wanted, got, strict=True):
            if one != other and text(one) != text(other):
                yield (f"{name}{_which(result.columns, wanted, name)}", *where_they_part(text(one), text(other)))


def where_they_part(one: str, other: str) -> tuple[str, str]:
    """Long texts from a little before their first difference on."""
    part = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    first = part - AROUND if part > 2 * AROUND else 0
    return _piece(one, first), _piece(other, first)


def _piece(whole: str, first: int) -> str:
    behind = first + LONGEST_CELL
    return f"{'…' if first else ''}{whole[first:behind]}{'…' if behind < len(whole) else ''}"


def _which(columns: Sequence[str], row: Sequence[Cell], name: str) -> str:
    """The first other cell of the row, so that a person finds it."""
    first = next(((n, v) for n, v in zip(columns, row, strict=True) if n != name and v is not None), None)
    return "" if first is None else f" where {first[0]} is {text(first[1])}"


def text(cell: Cell) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return "(missing)"
    return cell if isinstance(cell, str) else number_text(cell)


def summary(proofs: Sequence[Proof]) -> dict[str, int]:
    """How many queries of each verdict."""
    return {str(verdict): sum(proof.verdict is verdict for proof in proofs) for verdict in Verdict}


def page(proofs: Sequence[Proof], circumstances: Circumstances) -> str:
    """``evidence.md``."""
    return "\n".join(_page(proofs, circumstances)) + "\n"


def _page(proofs: Sequence[Proof], circumstances: Circumstances) -> Iterator[str]:
    yield from ("# Evidence", "")
    yield f"Believed: {circumstances.believed}. Proved against: Loki at {circumstances.loki}."
    if proofs:
        window = proofs[0].window
        yield f"Window, both ends included: {date_text(window.start)} to {date_text(window.end)} UTC."
    yield from (f"Note: {note}." for note in circumstances.notes)
    yield ""
    yield from (f"- {count} {verdict}" for verdict, count in summary(proofs).items() if count)
    yield from ("", "| query | verdict | why | fidelity | file |", "|---|---|---|---|---|")
    for number, proof in enumerate(proofs, 1):
        fidelity = proof.translation.fidelity if proof.translation else ""
        cells = (proof.query.name or proof.query.id, proof.verdict, proof.reason, fidelity, file_name(number))
        yield f"| {' | '.join(_cell(str(cell)) for cell in cells)} |"
    for proof in proofs:
        yield from _section(proof)
    yield from ("", "## Inputs", "", "| input | sha256 |", "|---|---|")
    yield from (f"| {_cell(name)} | `{digest}` |" for name, digest in circumstances.inputs)
    yield ""
    yield from (f"- {name} {version}" for name, version in circumstances.versions.items())


def _section(proof: Proof) -> Iterator[str]:
    yield from ("", f"## {proof.query.name or proof.query.id}: {proof.verdict}", "", proof.reason, "")
    yield from _fenced("insights", proof.query.text.rstrip())
    for request in proof.translation.requests if proof.translation else ():
        yield from _fenced("logql", request.logql)
    if proof.refusal is not None:
        yield f"- refused by [{proof.refusal.rule}]. {proof.refusal.remedy}".rstrip()
    yield from (f"- {note}" for note in proof.notes)
    yield from (f"- policy {use.policy}={use.value}: {use.reason}" for use in proof.policies)
    if proof.tables is None:
        return
    yield from (f"- tolerance {one.name}: {one.reason}" for one in proof.tables.comparison.tolerances)
    differing = list(side_by_side(proof.tables))
    if differing:
        yield from ("", "| | expected | from Loki |", "|---|---|---|")
        yield from (f"| {' | '.join(map(_cell, row))} |" for row in differing)
        more = len(proof.tables.comparison.differing) - MOST_SHOWN
        if more > 0:
            yield from ("", f"and {more} more rows, in the JSON document of this query.")


def _fenced(language: str, content: str) -> Iterator[str]:
    """A fence that is longer than any in the text."""
    fence = "```"
    while fence in content:
        fence += "`"
    yield from (f"{fence}{language}", content, fence)


def _cell(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|").replace("\r", " ").replace("\n", "<br>")


def file_name(number: int) -> str:
    """The document of the query with this number, from 1."""
    return f"query-{number:04d}.json"
