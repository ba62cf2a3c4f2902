"""The report as Markdown, for reviews and for people who read in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from migrate.reports.html import AGENT_NAMES
from migrate.reports.model import SIGNS, WORDS, Node, Report, Row, Track, grouped
from translators.diagnostics import Agent, Fidelity


def print_markdown(report: Report) -> str:
    """The whole report."""
    sections = [
        _title(report),
        _headlines(report),
        _pipeline(report),
        _differences(report),
        _labels(report),
        _findings(report),
        _retention(report),
        _steps(report),
        _files(report),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _title(report: Report) -> str:
    of = f": {report.cluster}" if report.cluster else ""
    lines = [f"# Fluent Bit to {AGENT_NAMES[report.agent]}{of}", "", f"Read: {report.source}."]
    lines += [f"- {_code(name)} {digest}" for name, digest in report.inputs]
    return "\n".join(lines)


def _headlines(report: Report) -> str:
    return "\n".join(f"- **{item.title}.** {item.text}" for item in report.headlines)


def _pipeline(report: Report) -> str:
    lines = ["## The pipeline", "", *(line for track in report.tracks for line in _track(track))]
    if report.tracks_left_out:
        lines.append(f"\nand {report.tracks_left_out} more inputs of the same kind")
    return "\n".join(lines) if report.tracks else ""


def _track(track: Track) -> Iterable[str]:
    yield f"- {_node(track.source)}"
    yield from (f"  - filter {_node(node)}" for node in track.filters)
    yield from (f"  - today to {_node(node)}" for node in track.outputs)
    yield f"  - in Loki {_node(track.destination)}"


def _node(node: Node) -> str:
    sign = f"{SIGNS[node.fidelity]} {node.fidelity} " if node.fidelity else ""
    detail = f" {_code(node.detail)}" if node.detail else ""
    return f"{sign}{_code(node.title)}{detail}" + (f" ({node.place})" if node.place else "")


def _differences(report: Report) -> str:
    rows = [(item.subject, item.today, item.tomorrow) for item in report.differences]
    return _table("What will look different in Loki", ("", "in CloudWatch today", "in Loki"), rows)


def _labels(report: Report) -> str:
    rows = [(_code(note.name), note.kind, note.source, note.why) for note in report.labels]
    text = _table("Labels and structured metadata", ("name", "kind", "from", "why"), rows)
    return f"{text}\n\n{report.streams}" if text and report.streams else text


def _findings(report: Report) -> str:
    counted = [
        (f"{SIGNS[item]} {item}", WORDS[item], *(str(report.counts(agent)[item]) for agent in Agent))
        for item in Fidelity
    ]
    heads = ("fidelity", "means", *(AGENT_NAMES[agent] for agent in Agent))
    parts = [_table("Findings", heads, counted)]
    parts += [_finding(rows, report.agent) for rows in grouped(report.findings_that_matter())]
    harmless = report.harmless()
    if harmless:
        inside = "\n\n".join(_finding(rows, report.agent) for rows in grouped(harmless))
        parts.append(
            f"<details><summary>{len(harmless)} constructs change no entry</summary>\n\n{inside}\n\n</details>"
        )
    return "\n\n".join(parts)


def _finding(rows: Sequence[Row], agent: Agent) -> str:
    finding = rows[0].finding
    own, other = finding.fidelity.of(agent), next(item for item in Agent if item is not agent)
    differs = "" if finding.fidelity.of(other) is own else f", {finding.fidelity.of(other)} on {AGENT_NAMES[other]}"
    places = ", ".join(str(row.finding.span) for row in rows)
    lines = [
        f"- {SIGNS[own]} **{own}**{differs}: {_code(finding.subject)} ({places})",
        f"  {finding.message} [{finding.rule}]",
    ]
    if finding.remedy:
        lines.append(f"  → {finding.remedy}")
    shown = dict.fromkeys(row.line.strip() for row in rows if row.line.strip())
    if shown:
        lines += ["  ```", *(f"  {line}" for line in shown), "  ```"]
    return "\n".join(lines)


def _retention(report: Report) -> str:
    rows = [
        (
            _code(item.log_group),
            "unknown or for ever" if item.days is None else f"{item.days} days",
            " ".join(_code(selector) for selector in item.selectors),
        )
        for item in report.kept
    ]
    return _table("Retention", ("log group", "kept today", "streams in Loki"), rows)


def _steps(report: Report) -> str:
    steps = [f"{number}. {step}" for number, step in enumerate(report.next_steps, 1)]
    return "\n".join(["## Next steps", "", *steps]) if steps else ""


def _files(report: Report) -> str:
    return _table("Files", ("file", "SHA-256 begins"), [(_code(name), digest[:16]) for name, digest in report.files])


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [f"## {title}", "", _line(columns), _line("---" for _ in columns), *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _code(text: str) -> str:
    """A code span, with more backticks around it than it holds in a row."""
    if not text:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{blank}{text}{blank}{fence}".replace("\n", " ")
