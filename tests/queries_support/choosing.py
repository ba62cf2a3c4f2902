"""Which log groups a query of the field reads, and the world made for it."""

from __future__ import annotations

from random import Random

from migrate.queries.window import Window
from tests.queries_support.estate import APPLICATION, Estate, Kind
from tests.queries_support.two_sides import World
from tests.queries_support.witnesses import DAY_START, HOUR, Writer
from translators.insights.evaluate.settings import Table
from translators.queries import fields_of
from translators.query.plan import GroupPrefixes, Groups, Lookup, Plan
from translators.query.tree import scans, walk

DAY = Window(DAY_START, DAY_START + 24 * HOUR - 1)


def world_for(plan: Plan, seed: str, tame: bool = False) -> World:
    """The groups that it names or that its fields tell of, and lines made from it."""
    named = tuple(dict.fromkeys(name for scan in scans(plan.root) for name in _names(plan, scan)))
    names = {field.name for field in fields_of(plan.root)}
    container = any(name.startswith(("kubernetes.", "log_processed")) or name in ("log", "stream") for name in names)
    fallback = APPLICATION if container else "/aws/lambda/orders" if _is_lambda(names) else "/app/lines"
    kinds = {name: _kind(name, container) for name in named}
    if not all(scan.sources for scan in scans(plan.root)):
        kinds[fallback] = Kind.CONTAINER if container else Kind.LINES
    estate = Estate(tuple(kinds.items()))
    chosen = (fallback,) if fallback in kinds else ()
    lines = Writer(plan, estate, chosen, Random(seed), tame=tame).lines()
    return World(estate, lines, DAY, chosen, tables_of(plan), now=DAY.end)


def _names(plan: Plan, scan: object) -> tuple[str, ...]:
    del plan
    found: list[str] = []
    for source in getattr(scan, "sources", ()):
        if isinstance(source, Groups):
            found += source.names
        elif isinstance(source, GroupPrefixes):
            found += [f"{prefix}/application" for prefix in source.prefixes]
    return tuple(found)


def _kind(name: str, container: bool) -> Kind:
    return Kind.CONTAINER if container and "containerinsights" in name else Kind.CONTAINER if container else Kind.LINES


def _is_lambda(names: set[str]) -> bool:
    return bool(names & {"@duration", "@type", "@requestId", "@billedDuration", "@maxMemoryUsed", "@memorySize"})


def tables_of(plan: Plan) -> dict[str, Table]:
    """A table for each lookup, with a row for each of the values that fields are given."""
    found: dict[str, Table] = {}
    for operator in walk(plan.root):
        if isinstance(operator, Lookup):
            columns = tuple(dict.fromkeys((*(key.column for key in operator.keys), *operator.outputs)))
            rows = tuple(
                tuple(text if column in {key.column for key in operator.keys} else word for column in columns)
                for text, word in (("a", "Engineering"), ("b", "x"), ("200", "y"))
            )
            found[operator.table] = Table(columns, rows)
    return found
