"""What the query verbs print: the table, one JSON document, CSV; errors on their place; the split of --explain."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import typer

from migrate.cli.failures import error_document
from migrate.cli.terminal import console, counted, table
from migrate.errors import Answered, WorldFailed
from migrate.queries.preparing import Manual, Options, prepare_query
from migrate.queries.window import Window
from translators.catalog import Catalog
from translators.diagnostics import Diagnostic, Refused
from translators.insights.evaluate.settings import TooMuch
from translators.insights.evaluate.values import Instant, Value, date_text, json_text
from translators.queries import Translated, translated
from translators.query.plan import Plan
from translators.query.policies import CHOICES, PolicyUse

if TYPE_CHECKING:
    from migrate.queries.run import QueryResult


@dataclass(frozen=True, slots=True)
class Failure:
    """How a failure is told: as a JSON document on stdout too, where the answer would have been one."""

    as_json: bool


@contextmanager
def guarded(failure: Failure) -> Iterator[None]:
    """A wrong query exits with 2, a refusal with 1, Loki's failure with 3; in JSON where JSON was asked for."""
    try:
        yield
    except TooMuch as wrong:
        raise _answer(Answered(wrong.message, wrong.remedy, wrong.rule), failure) from wrong
    except Refused as wrong:
        if not failure.as_json:
            raise
        expected = tuple(getattr(wrong, "expected", ()))
        print_document({"error": error_document(wrong.rule, wrong.message, wrong.remedy, wrong.span, expected)})
        raise typer.Exit(2) from wrong
    except (Answered, WorldFailed) as answer:
        raise _answer(answer, failure) from answer


def _answer(answer: Answered | WorldFailed, failure: Failure) -> Exception:
    """How a refusal or a failure leaves: told here in JSON, else by the command line; a failure of Loki by both."""
    if not failure.as_json:
        return answer
    place = answer.finding.span if isinstance(answer, Manual) else None
    print_document({"error": error_document(answer.rule, answer.message, answer.remedy, place)})
    if isinstance(answer, WorldFailed):
        answer.told = True
    return answer if isinstance(answer, WorldFailed) else typer.Exit(answer.exit_code)


def print_document(document: Any) -> None:
    """One JSON document; the columns' order is the query's, so keys are not sorted."""
    print(json.dumps(document, ensure_ascii=False))


def shown(value: Value) -> Any:
    """A value in JSON: times as text, maps and lists as the text that Insights shows."""
    if isinstance(value, Instant):
        return date_text(value)
    if isinstance(value, dict | list):
        return json_text(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def diagnostic_document(found: Diagnostic) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "fidelity": str(found.fidelity),
        "message": found.message,
        "line": found.span.line if found.span else None,
        "column": found.span.column if found.span else None,
        "remedy": found.remedy,
    }


def policy_document(use: PolicyUse) -> dict[str, str]:
    return {"name": str(use.policy), "value": use.value, "default": use.default, "reason": use.reason}


def print_result(result: QueryResult, notes: Sequence[Diagnostic], form: str) -> None:
    """The rows on stdout; what to know about them on stderr."""
    findings = (*notes, *result.findings)
    rows = [[shown(value) for value in row] for row in result.rows]
    if form == "json":
        print_document(
            {
                "columns": list(result.columns),
                "rows": rows,
                "fidelity": str(result.fidelity),
                "shape": str(result.shape),
                "findings": [diagnostic_document(one) for one in findings],
                "policies": [policy_document(use) for use in result.policies],
                "statistics": {name: getattr(result.statistics, name) for name in result.statistics.__slots__},
            }
        )
        return
    texts = [["" if value is None else str(value) for value in row] for row in rows]
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([list(result.columns), *texts])
    else:
        console().print(table(result.columns, texts))
    _tell(result, findings)


def _tell(result: QueryResult, findings: Sequence[Diagnostic]) -> None:
    statistics = result.statistics
    print(
        f"{counted(len(result.rows), 'row')} · {counted(statistics.records_matched, 'line')} matched, "
        f"{statistics.records_scanned:,} scanned · "
        f"{statistics.bytes_scanned:,} bytes · {statistics.seconds:.1f} s · {result.fidelity}",
        file=sys.stderr,
    )
    for finding in findings:
        print(f"  {finding.fidelity}: {finding.message} [{finding.rule}]", file=sys.stderr)
    for use in result.policies:
        print(f"  policy {use.policy}={use.value}: {use.reason}", file=sys.stderr)


def print_policies(as_json: bool) -> None:
    """What AWS does not document, and what we do about it."""
    if as_json:
        found = [
            {"name": str(policy), "values": list(choice.values), "default": choice.default, "question": choice.question}
            for policy, choice in CHOICES.items()
        ]
        print_document(found)
        return
    rows = [(str(policy), ", ".join(choice.values), choice.question) for policy, choice in CHOICES.items()]
    console().print(table(("policy", "values, the default first", "question"), rows))


@contextmanager
def with_progress(options: Options) -> Iterator[Options]:
    """The options with a progress line on stderr, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield options
        return

    def show(done: int, total: int) -> None:
        print(f"\rreading {done}/{total}", end="", file=sys.stderr, flush=True)

    try:
        yield replace(options, progress=show)
    finally:
        print("\r\033[K", end="", file=sys.stderr)


def print_explanation(plan: Plan, catalog: Catalog, options: Options, window: Window) -> None:
    """The split, as a database explains a query: what is asked of Loki, what is done here."""
    from migrate.queries.explain import explain

    try:
        prepared = prepare_query(plan, catalog, options)
    except Manual as manual:
        print(f"manual: {manual.message} [{manual.rule}]")
        raise typer.Exit(1) from manual
    print("\n".join(explain(prepared, translated(prepared, options.policies, window.milliseconds), window)))


def request_documents(found: Translated) -> list[dict[str, Any]]:
    """The requests of a translation."""
    return [
        {
            "logql": request.logql,
            "kind": str(request.mode),
            "step": None if request.step_ms is None else f"{request.step_ms}ms",
            "limit": request.limit,
            "direction": request.direction,
        }
        for request in found.requests
    ]
