"""From the text of a query to what will be asked of Loki, before anything is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from migrate.errors import Answered
from migrate.queries.events import Progress
from translators.catalog import Catalog
from translators.diagnostics import Diagnostic, Fidelity
from translators.insights.errors import InsightsError
from translators.insights.evaluate.settings import Table
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import Given, SavedQuery, parse
from translators.queries import Prepared, prepare
from translators.query.bind import NotInLoki
from translators.query.plan import Plan
from translators.query.policies import Policies
from translators.query.split.scans import Reads
from translators.query.tree import scans
from translators.source import Source


@dataclass(frozen=True, slots=True)
class Options:
    """How to run a query. ``limit_bytes`` None: read what it takes. ``now`` in milliseconds."""

    log_groups: tuple[str, ...] = ()
    policies: Policies = field(default_factory=Policies)
    tables: Mapping[str, Table] = field(default_factory=dict)
    limit_bytes: int | None = None
    threads: int = 4
    page: int = 5000
    now: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, SavedQuery] = field(default_factory=dict)
    progress: Progress | None = None
    clock: Callable[[], float] = time.monotonic


class Manual(Answered):
    """The query is right and Loki cannot answer it; ``findings`` say why."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message, finding.remedy, finding.rule)
        self.finding = finding


def read_query(text: str, options: Options, name: str = "query") -> Plan:
    """The plan of a query's text; raises Refused with the place of what is wrong."""
    try:
        return normalise(parse(Source(name, text), Given(options.parameters, options.saved)), options.policies)
    except InsightsError as wrong:
        if wrong.unsupported:
            raise Manual(Diagnostic(wrong.rule, Fidelity.MANUAL, wrong.message, wrong.span, wrong.remedy)) from wrong
        if wrong.span and wrong.span.source == name:
            wrong.text = text
        raise


def ask_for_groups(plan: Plan, options: Options) -> None:
    """Raises Manual when neither the query nor who runs it says which log groups are read: a guess could be wrong."""
    if options.log_groups or all(scan.sources for scan in scans(plan.root)):
        return
    message, remedy = "the query does not say which log groups it reads", "name them with --log-group, or in SOURCE"
    raise Manual(Diagnostic("query/no-log-group", Fidelity.MANUAL, message, None, remedy))


def prepare_query(plan: Plan, catalog: Catalog, options: Options, reads: Reads | None = None) -> Prepared:
    """What will be asked. Raises Manual when what the query needs is not in Loki. ``reads`` as ``prepare`` takes it."""
    try:
        prepared = prepare(plan, catalog, options.log_groups, options.policies, reads)
    except NotInLoki as absent:
        finding = Diagnostic("query/not-in-loki", Fidelity.MANUAL, absent.message, None, absent.remedy)
        raise Manual(finding) from absent
    for finding in prepared.findings:
        if finding.fidelity is Fidelity.MANUAL:
            raise Manual(finding)
    return prepared
