"""What an evaluation is given besides the plan: policies, pinned times, limits of memory, and where rows come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from translators.diagnostics import Refused
from translators.insights.evaluate.event import Event, Row
from translators.insights.evaluate.values import Value
from translators.query.plan import Operator, Scan
from translators.query.policies import Policies, Policy, PolicyUse


@dataclass(frozen=True, slots=True)
class Moment:
    """The pinned times, all in epoch milliseconds; now() says the whole seconds of ``now``."""

    start: int = 0
    end: int = 0
    now: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """How much each operator may keep in memory, in its own unit."""

    sorted_rows: int = 2_000_000
    groups: int = 2_000_000
    distinct_values: int = 10_000_000
    percentile_values: int = 20_000_000
    dedup_keys: int = 5_000_000
    joined_rows: int = 2_000_000
    subquery_values: int = 5_000_000
    patterns: int = 200_000


class TooMuch(Refused):
    """An operator would need more memory than it may have. ``cap`` is the field of Caps."""

    def __init__(self, cap: str, limit: int) -> None:
        what = cap.replace("_", " ")
        remedy = "narrow the window or the filter"
        super().__init__("insights/memory", f"the query needs more than {limit:,} {what}", None, remedy)
        self.cap = cap
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Table:
    """A lookup table: its columns and its rows, all text."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def _no_events(scan: Scan) -> Iterable[Event]:
    raise LookupError(f"no events are given for scan {scan.id}")


@dataclass(slots=True)
class Counting:
    """How many rows came out of some operators of a plan, which are told apart by identity."""

    operators: tuple[Operator, ...]
    rows: int = 0

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            yield row


@dataclass(frozen=True, slots=True)
class Sources:
    """Where rows come from. ``events`` gives those of a scan, its window and shift applied, in any order.

    ``given`` are the rows of each Given leaf, by its id; ``tables`` those of ``lookup``, by name; ``counting`` counts
    rows on their way.
    """

    events: Callable[[Scan], Iterable[Event]] = _no_events
    given: Mapping[int, Iterable[Mapping[str, Value]]] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    counting: Counting | None = None


@dataclass(slots=True)
class Uses:
    """The policies that the rows really depended on, each with the first reason."""

    policies: Policies
    found: dict[Policy, PolicyUse] = field(default_factory=dict)

    def note(self, policy: Policy, reason: str) -> None:
        if policy not in self.found:
            self.found[policy] = self.policies.use(policy, reason)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to evaluate."""

    policies: Policies = field(default_factory=Policies)
    moment: Moment = field(default_factory=Moment)
    caps: Caps = field(default_factory=Caps)
