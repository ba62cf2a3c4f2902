"""The table of golden cases: a row a case, and the totals per agent and claimed fidelity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from translators.diagnostics import Agent, Fidelity
from translators.pipeline.comparison import Difference, Verdict

if TYPE_CHECKING:
    from migrate.lab.goldens import Result

SHOWN = 110


def print_table(results: Sequence[Result]) -> None:
    """Print the rows, what is broken, and the totals."""
    width = max((len(result.case.name) for result in results), default=0)
    heads = [f"{agent} claims     evaluator  real" for agent in Agent]
    print(f"{'case':{width}}  fluent-bit  " + "  ".join(f"{head:38}" for head in heads))
    for result in results:
        print(f"{result.case.name:{width}}  {_recorded(result):10}  " + "  ".join(_cells(result)))
    for result in results:
        for reason in result.broken():
            print(f"BROKEN {result.case.name}: {reason[:1500]}")
    print()
    for line in totals(results):
        print(line)


def _recorded(result: Result) -> str:
    if result.problem:
        return "problem"
    if result.case.fatal:
        return "refused"
    return "equal" if result.recorded else "DIFFERS"


def _cells(result: Result) -> Iterator[str]:
    for agent in Agent:
        if agent not in result.claimed:
            continue
        engine = "FAILED" if agent in result.failures else _count(result.real.get(agent))
        strange = f" ≠{result.disagreements[agent]}" if result.disagreements.get(agent) else ""
        cell = f"{result.claimed[agent]:15} {_count(result.evaluated.get(agent)):10} {engine}{strange}"
        yield f"{cell:38}"


def _count(verdicts: Sequence[Verdict] | None) -> str:
    if verdicts is None:
        return "–"
    equal = sum(verdict.equal for verdict in verdicts)
    return f"{equal}/{len(verdicts)}" if equal < len(verdicts) else f"all {equal}"


def totals(results: Sequence[Result]) -> Iterator[str]:
    """How many cases are equal as a whole: for each agent and each claim, by its evaluator and by the real one."""
    judged = [result for result in results if result.recorded is not None]
    yield f"fluent-bit evaluator: {sum(bool(result.recorded) for result in judged)} of {len(judged)} equal"
    fatal = [result for result in results if result.case.fatal]
    yield f"fatal configurations: {sum(not result.problem for result in fatal)} of {len(fatal)} refused"
    for agent in Agent:
        for claim in Fidelity:
            claiming = [result for result in judged if result.claimed.get(agent) is claim]
            if claiming:
                yield f"{agent} {claim}: {', '.join(_sides(agent, claiming))}"
        agreeing = [result.disagreements[agent] == 0 for result in judged if agent in result.disagreements]
        if agreeing:
            yield f"{agent}: evaluator and engine agree on {sum(agreeing)} of {len(agreeing)} cases"


def _sides(agent: Agent, results: Sequence[Result]) -> Iterator[str]:
    for side, verdicts in (
        ("evaluator", [result.evaluated.get(agent) for result in results]),
        ("real", [result.real.get(agent) for result in results]),
    ):
        known = [one for one in verdicts if one is not None]
        equal = sum(all(verdict.equal for verdict in one) for one in known)
        reasons = Counter(str(item.reason) for one in known for item in _differences(one))
        told = f" ({', '.join(f'{count} {reason}' for reason, count in sorted(reasons.items()))})" if reasons else ""
        yield f"{side} {equal} of {len(known)} cases equal{told}"


def _differences(verdicts: Iterable[Verdict]) -> Iterator[Difference]:
    for verdict in verdicts:
        yield from verdict.differences


def verdict_text(verdict: Verdict) -> str:
    """One line for a verdict that is not equal."""
    told = "; ".join(
        f"{item.reason} {'.'.join(item.path)} expected {item.expected!r:.{SHOWN}} found {item.found!r:.{SHOWN}}"
        for item in verdict.differences
    )
    entry = f" [{verdict.entry.line!r:.{SHOWN}}]" if verdict.entry else ""
    record = f" [{dict(verdict.record.fields)!r:.{SHOWN}}]" if verdict.record else ""
    return told + record + entry
