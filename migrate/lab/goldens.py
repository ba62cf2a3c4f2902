"""Golden cases through everything: Fluent Bit's evaluator, the agents', and the real agents into a real Loki."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from migrate.adapters.node_world import read_world
from migrate.errors import Answered, WorldFailed
from migrate.lab.cases import NOW, Case, find_cases
from migrate.lab.golden_table import print_table, verdict_text
from migrate.lab.pairing import Judge, disagreements, entries_of, pair
from migrate.lab.replay import Outcome, Task, running_lab
from migrate.simulation import Record as Simulated
from migrate.simulation import comparable, lines_of, records
from translators.alloy.evaluate import evaluate as evaluate_alloy
from translators.collection import Collection, TranslateOptions, translate
from translators.diagnostics import Agent, Fidelity, Refused, worst
from translators.fluentbit.evaluate import pairs, plain, repeats_a_key
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.comparison import Record, Verdict, compare
from translators.pipeline.entries import Entry
from translators.pipeline.world import World
from translators.promtail.evaluate import evaluate as evaluate_promtail

CLUSTER = "golden"


@dataclass
class Result:
    """What became of one case. ``recorded``: the evaluator gives the recorded records. ``problem``: no translation."""

    case: Case
    problem: str = ""
    recorded: bool | None = None
    claimed: dict[Agent, Fidelity] = field(default_factory=dict)
    evaluated: dict[Agent, tuple[Verdict, ...]] = field(default_factory=dict)
    real: dict[Agent, tuple[Verdict, ...]] = field(default_factory=dict)
    failures: dict[Agent, str] = field(default_factory=dict)
    disagreements: dict[Agent, int] = field(default_factory=dict)

    def broken(self) -> Iterator[str]:
        """What must not be: a claim that does not hold, an engine that failed, a wrong prediction of Fluent Bit."""
        if self.problem:
            yield self.problem
        if self.recorded is False:
            yield "the Fluent Bit evaluator differs from the recording"
        for agent, claim in self.claimed.items():
            if agent in self.failures:
                yield f"{agent}: {self.failures[agent]}"
            if claim in (Fidelity.EXACT, Fidelity.EQUIVALENT):
                for side, verdicts in (("evaluator", self.evaluated), ("engine", self.real)):
                    if not all(verdict.equal for verdict in verdicts.get(agent, ())):
                        yield f"{agent}: claims {claim}, but its {side} differs"


@dataclass
class Prepared:
    """A case after translation and simulation, and what its replays are judged by."""

    result: Result
    collection: Collection
    records: tuple[Simulated, ...]
    predicted: dict[Agent, tuple[Entry, ...]]
    judge: Judge


def prepare(case: Case, scratch: Path) -> Prepared | Result:
    """Translate and evaluate; a result where nothing is left to run."""
    node = scratch / case.name
    case.lay_out(node)
    try:
        reading = read(case.inputs, ReadOptions(environment=case.environment, cluster=CLUSTER))
        collection = translate(reading, TranslateOptions(cluster=CLUSTER))
        world = _world(case, node)
        sent = tuple(records(reading.configuration, world, case.scripts))
        predicted = {agent: tuple(_predict(agent, collection, world, case.hostname)) for agent in Agent}
    except Refused as refusal:
        return Result(case, "" if case.fatal else f"refused: {refusal}")
    if case.fatal:
        return Result(case, "Fluent Bit refuses it and we do not")
    result = Result(case, recorded=same_records(case, sent))
    findings = collection.findings
    result.claimed = {agent: worst(finding.fidelity.of(agent) for finding in findings) for agent in Agent}
    judge = Judge(collection.catalog, lines_of(world))
    taken = [comparable(record) for record in sent if record.sent.group is not None]
    result.evaluated = {
        agent: compare(taken, entries, judge.catalog, judge.raw) for agent, entries in predicted.items()
    }
    return Prepared(result, collection, sent, predicted, judge)


def _predict(agent: Agent, collection: Collection, world: World, hostname: str) -> Iterator[Entry]:
    """What the agent's evaluator makes of the emitted text."""
    if agent is Agent.PROMTAIL:
        return evaluate_promtail(collection.promtail, world, hostname)
    return evaluate_alloy(collection.alloy, world, hostname)


def _world(case: Case, node: Path) -> World:
    pods = case.folder / "pods"
    return read_world(node, pods if pods.is_dir() else None, NOW * 1_000_000_000, arriving=False)


def same_records(case: Case, found: Sequence[Simulated]) -> bool:
    """Whether the evaluator gives the recorded records; times may differ by the nanosecond of a floating point."""
    several = any("output" in record for record in case.records)
    ours = sorted((_row(one, several) for one in found), key=_place)
    theirs = sorted((dict(record) for record in case.records), key=_place)
    ordered = not case.about.get("unordered_keys")
    return len(ours) == len(theirs) and all(_same(one, other, ordered) for one, other in zip(ours, theirs, strict=True))


def _row(one: Simulated, several: bool) -> dict[str, object]:
    sent = one.sent
    row: dict[str, object] = {"tag": sent.tag, "time_ns": sent.time_ns, "record": plain(sent.record)}
    if repeats_a_key(sent.record):
        row["pairs"] = pairs(sent.record)
    if sent.metadata:
        row["metadata"] = plain(sent.metadata)
    return row | ({"output": sent.output} if several else {})


def _place(row: dict[str, object]) -> tuple[str, str]:
    return _text(row, ordered=False), str(row["time_ns"])


def _text(row: dict[str, object], *, ordered: bool) -> str:
    """The row without its time; where ``ordered``, the order of the record's keys counts."""
    parts = [row["tag"], row.get("output"), row.get("metadata"), row["record"], row.get("pairs")]
    return json.dumps(parts, sort_keys=not ordered)


def _same(ours: dict[str, object], theirs: dict[str, object], ordered: bool) -> bool:
    if _text(ours, ordered=ordered) != _text(theirs, ordered=ordered):
        return False
    mine, yours = ours["time_ns"], theirs["time_ns"]
    return mine == yours or (isinstance(mine, int) and isinstance(yours, int) and abs(mine - yours) <= 1)


def tasks_of(prepared: Prepared, agents: Sequence[Agent]) -> Iterator[Task]:
    """The case through each agent. It is not done before it has begun to read what its evaluator says it reads."""
    for agent in agents:
        text = prepared.collection.promtail if agent is Agent.PROMTAIL else prepared.collection.alloy
        paths = frozenset(extent.path for entry in prepared.predicted[agent] for extent in entry.origin.extents)
        url = prepared.collection.pipelines[agent].client.url
        yield Task(prepared.result.case, agent, text, url, frozenset(path for path in paths if path.startswith("/")))


def judge(prepared: Prepared, outcome: Outcome) -> None:
    """Put what Loki holds beside what Fluent Bit recorded, and beside what the agent's evaluator says."""
    agent = outcome.task.agent
    if outcome.failure:
        prepared.result.failures[agent] = outcome.failure
        return
    found = entries_of(outcome.streams)
    outputs: dict[str, list[Record]] = {}
    for record in prepared.records:
        if record.sent.group is not None:
            outputs.setdefault(record.sent.output, []).append(comparable(record))
    prepared.result.real[agent] = pair(outputs.values(), found, prepared.judge)
    prepared.result.disagreements[agent] = max(map(len, disagreements(prepared.predicted[agent], found)))


def run(cases: Sequence[Case], agents: Sequence[Agent]) -> list[Result]:
    """Everything for all cases; no agent runs where ``agents`` is empty."""
    with tempfile.TemporaryDirectory(prefix="logmig-goldens-") as scratch:
        (Path(scratch) / "evaluated").mkdir()
        made = [prepare(case, Path(scratch) / "evaluated") for case in cases]
        prepared = {one.result.case.name: one for one in made if isinstance(one, Prepared)}
        tasks = [task for one in prepared.values() for task in tasks_of(one, agents)]
        if tasks:
            with running_lab(Path(scratch)) as lab:
                for outcome in lab.replay(tasks):
                    judge(prepared[outcome.task.case.name], outcome)
                    _tell(f"{outcome.task.case.name} through {outcome.task.agent}")
    return [one.result if isinstance(one, Prepared) else one for one in made]


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _details(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        for agent in result.claimed:
            for side, verdicts in (("evaluator", result.evaluated), ("engine", result.real)):
                for verdict in verdicts.get(agent, ()):
                    if not verdict.equal:
                        yield f"{result.case.name} {agent} {side}: {verdict_text(verdict)}"


def main(arguments: list[str]) -> int:
    """Exit status 0 when every claim holds, 1 when one does not, 3 when the lab could not run."""
    parser = argparse.ArgumentParser(prog="make goldens", description=__doc__)
    parser.add_argument("cases", type=Path, help="a folder of case folders, or one case")
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    parser.add_argument("--no-engines", action="store_true", help="the evaluators alone")
    parser.add_argument("--details", action="store_true", help="print every difference")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        cases = [case for case in find_cases(options.cases) if options.only in case.name]
        results = run(cases, () if options.no_engines else tuple(Agent))
    except (Answered, WorldFailed) as failure:
        print(f"{failure.message}\n{failure.remedy}".strip(), file=sys.stderr)
        return failure.exit_code
    print_table(results)
    if options.details:
        print("\n".join(_details(results)))
    print(f"{len(results)} cases in {time.monotonic() - started:.0f} s")
    return 1 if any(list(result.broken()) for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
