"""The text view of a simulation: what stands in CloudWatch today beside what will stand in Loki, differences first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from migrate.cli.terminal import console, counted, table
from migrate.simulation import Simulation
from translators.diagnostics import Agent, Fidelity, Finding
from translators.pipeline.comparison import Difference, Reason, Verdict
from translators.render import visible

LONGEST, LONGEST_METADATA = 180, 90
"""Characters of a text that are shown; the rest is counted."""
MOST_LOST = 12


def show(simulation: Simulation, limit: int) -> None:
    """Print the totals, then the records side by side, then what the plan says about differences."""
    screen = console()
    _totals(screen, simulation)
    for agent, verdicts in simulation.verdicts.items():
        twin = _told_already(simulation, agent)
        if twin is not None:
            screen.print(f"\n{agent}: the same as {twin}, entry by entry", style="bold")
            continue
        screen.print()
        _pairs(screen, agent, verdicts, limit)
        _lost(screen, verdicts)
        _reasons(screen, simulation.findings, agent, verdicts)


def _totals(screen: Console, simulation: Simulation) -> None:
    outputs = {record.sent.output for record in simulation.records}
    events = sum(len(record.messages) for record in simulation.records)
    screen.print(
        f"Fluent Bit sends {counted(len(simulation.records), 'record')} to {counted(len(outputs), 'output')}; "
        f"{events} become CloudWatch events"
    )
    for name, count in simulation.summary()["agents"].items():
        line = Text(f"{name} puts {counted(count['entries'], 'entry', 'entries')} into ")
        line.append(f"{counted(count['streams'], 'stream')} of Loki: ")
        line.append(f"{count['equal']} equal", style="green")
        line.append(", ")
        line.append(f"{count['different']} different", style="yellow" if count["different"] else "")
        reasons = ", ".join(f"{reason}: {number}" for reason, number in count["reasons"].items())
        line.append(f" ({reasons})" if reasons else "")
        screen.print(line)


def _told_already(simulation: Simulation, agent: Agent) -> Agent | None:
    """An agent before this one whose entries and verdicts are the same."""
    own = [(one.identifier, one.entry) for one in simulation.stored[agent]]
    for other, stored in simulation.stored.items():
        if other is agent:
            return None
        same_verdicts = _spoken(simulation.verdicts[other]) == _spoken(simulation.verdicts[agent])
        if own == [(one.identifier, one.entry) for one in stored] and same_verdicts:
            return other
    return None


def _spoken(verdicts: Iterable[Verdict]) -> list[tuple[Difference, ...]]:
    return [verdict.differences for verdict in verdicts]


def _pairs(screen: Console, agent: Agent, verdicts: Sequence[Verdict], limit: int) -> None:
    chosen = sorted(verdicts, key=lambda verdict: verdict.equal)[:limit]
    rows = [
        (Text("=" if item.equal else "≠", style="green" if item.equal else "yellow"), *_cells(item)) for item in chosen
    ]
    if rows:
        screen.print(table(("", "Fluent Bit → CloudWatch Logs", f"{agent} → Loki"), rows))
    if len(verdicts) > len(chosen):
        screen.print(f"… and {len(verdicts) - len(chosen)} more (--limit, or --format jsonl for all)", style="dim")


def _cells(verdict: Verdict) -> tuple[Text, Text]:
    left, right = Text(), Text()
    if verdict.record is not None:
        record = verdict.record
        left.append(f"{_in_one_row(record.group)}\n", style="bold")
        left.append(f"{_time(record.time_ns)}\n", style="dim")
        left.append(_short(", ".join(f"{key}={_brief(value)}" for key, value in record.fields.items())))
    else:
        left.append("(nothing)", style="dim")
    if verdict.entry is not None:
        entry = verdict.entry
        labels = ", ".join(f'{name}="{value}"' for name, value in sorted(entry.labels.items()))
        right.append("{" + labels + "}\n", style="bold")
        right.append(f"{_time(entry.time_ns)}\n", style="dim")
        right.append(_short(_in_one_row(entry.line.decode("utf-8", "replace"))) + "\n")
        metadata = " ".join(f"{name}={value}" for name, value in sorted(entry.structured_metadata.items()))
        right.append(_short(_in_one_row(metadata), LONGEST_METADATA), style="dim")
    else:
        right.append("(nothing)", style="dim")
    for difference in verdict.differences:
        right.append(f"\n≠ {_in_one_row(_words(difference))}", style="yellow")
    return left, right


def _brief(value: object) -> str:
    """A field's value: text as it is, anything else as JSON; bytes that are not UTF-8 show as a sign."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _in_one_row(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _in_one_row(text: str) -> str:
    """The text as it can stand in a cell: a line end of it is a sign as well."""
    return visible(text).replace("\n", "\u240a")


def _time(time_ns: int | None) -> str:
    if time_ns is None:
        return "(the wall clock)"
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z"
    except (OverflowError, ValueError, OSError):
        return f"{time_ns} ns"


def _short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… (+{len(text) - longest})"


def _words(difference: Difference) -> str:
    match difference.reason:
        case Reason.MISSING:
            return "Loki gets nothing of these lines"
        case Reason.EXTRA:
            return "Fluent Bit sends no event of these lines"
        case Reason.UNKNOWN_GROUP:
            return f"the catalog does not know {difference.expected}"
        case Reason.STREAM:
            return f"{difference.found} is no stream of {difference.expected}"
        case Reason.LINE:
            return f"the line should be {_short(difference.expected)!r}"
        case Reason.TIME:
            return f"the time should be {_time(int(difference.expected))}"
        case Reason.FIELD:
            return f"{'.'.join(difference.path)} should be {_short(difference.expected)!r}: {_short(difference.found)}"


def _lost(screen: Console, verdicts: Iterable[Verdict]) -> None:
    """Fields that the plan gives up on purpose, once each."""
    lost = dict.fromkeys((".".join(path), reason) for verdict in verdicts for path, reason in verdict.lost)
    if not lost:
        return
    screen.print("\nNot kept, as the plan says:", style="bold")
    by_reason: dict[str, list[str]] = {}
    for name, reason in list(lost)[:MOST_LOST]:
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        screen.print(Text(f"  {', '.join(names)}: {reason}"))
    if len(lost) > MOST_LOST:
        screen.print(f"  and {counted(len(lost) - MOST_LOST, 'field')} more; the plan's report has all")


def _reasons(screen: Console, findings: Sequence[Finding], agent: Agent, verdicts: Sequence[Verdict]) -> None:
    """Why entries differ: the findings that say so."""
    if all(verdict.equal for verdict in verdicts):
        return
    told = [item for item in findings if item.fidelity.of(agent) in (Fidelity.APPROXIMATE, Fidelity.MANUAL)]
    if told:
        screen.print("\nWhy they may differ:", style="bold")
    reasons: dict[str, list[str]] = {}
    for item in told:
        reasons.setdefault(_reason(item, agent), []).append(str(item.span))
    for reason, places in reasons.items():
        screen.print(Text(f"  {', '.join(dict.fromkeys(places))}: {reason}"), soft_wrap=True)


def _reason(finding: Finding, agent: Agent) -> str:
    return visible(f"{finding.fidelity.of(agent)}: {finding.subject}: {finding.message} [{finding.rule}]")
