"""What ``prove`` is given: queries, exported events or an AWS account, the window, and the digests of all files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.cli.query_files import file_bytes, text_of
from migrate.cli.query_inputs import read_catalog, read_time, read_window
from migrate.queries.window import Window
from translators.diagnostics import Refused

if TYPE_CHECKING:
    from migrate.queries.preparing import Options
    from migrate.queries.prove.sides import Believed
    from translators.catalog import Catalog
    from translators.query.named import NamedQuery


@dataclass
class Files:
    """Reads files, and remembers what was in them."""

    digests: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        data = file_bytes(name)
        self.digests.append((name, hashlib.sha256(data).hexdigest()))
        return text_of(name, data)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The window as the user wrote it."""

    start: str
    end: str
    since: str
    now: int


def check_sides(events: Sequence[Path], aws: bool) -> None:
    """Exactly one side is believed."""
    if bool(events) == aws:
        message = "both --events and --aws were given" if aws else "it is not said which rows are the right ones"
        raise Refused("usage/sides", message, remedy="give --events FILE.jsonl, or --aws with --start and --end")


def read_named(names: Sequence[str], files: Files) -> list[NamedQuery]:
    """The queries of all files."""
    from translators.cloudwatch.saved_queries import read_queries

    found = [query for name in names for query in read_queries(name, files.text(name))]
    if not found:
        raise Refused("queries/none", "there is no query in these files", remedy="give files that hold queries")
    return found


def of_aws(wanted: Wanted, region: str, profile: str) -> tuple[Believed, Window, tuple[str, ...]]:
    """CloudWatch, and the window in the whole seconds that StartQuery takes."""
    from migrate.adapters.cloudwatch import Account, AwsCloudWatch
    from migrate.queries.prove.sides import Aws

    if not (wanted.since or (wanted.start and wanted.end)):
        raise Refused("usage/window", "--aws needs a closed window", remedy="give --start and --end, or --since 3h")
    window = read_window(wanted.start, wanted.end, wanted.since, wanted.now)
    whole = Window(-(-window.start // 1000) * 1000, window.end // 1000 * 1000)
    if whole.end < whole.start:
        raise Refused("usage/window", "the window holds no whole second", remedy="StartQuery takes whole seconds")
    notes = () if whole == window else ("the window was narrowed to whole seconds: StartQuery takes no others",)
    return Aws(AwsCloudWatch(Account(region, profile))), whole, notes


def of_events(
    paths: Sequence[Path], wanted: Wanted, options: Options, files: Files
) -> tuple[Believed, Window, tuple[str, ...], Options]:
    """The exported events, and the window that they span unless another was given."""
    from migrate.queries.prove.exported import read_events
    from migrate.queries.prove.sides import Recorded

    if wanted.since:
        raise Refused("usage/window", "--since counts from now, and events are of the past", remedy="give --start")
    group = options.log_groups[0] if len(options.log_groups) == 1 else ""
    events = [event for path in paths for event in read_events(str(path), files.text(str(path)), group)]
    if not events:
        message = "there is no event in these files: they would prove nothing"
        raise Refused("prove/no-events", message, remedy="export a window in which the log group has events")
    first, last = min(event.timestamp for event in events), max(event.timestamp for event in events)
    first = read_time(wanted.start, wanted.now, "--start") if wanted.start else first
    last = read_time(wanted.end, wanted.now, "--end") if wanted.end else last
    if last < first:
        message = "the window ends before it begins"
        raise Refused("query/window", message, remedy="give --start and --end, or leave out both: the events decide")
    notes = () if wanted.start and wanted.end else ("the window is that of the events",)
    groups = options.log_groups or tuple(dict.fromkeys(event.log_group for event in events))
    return Recorded(events), Window(first, last), notes, replace(options, log_groups=groups)


def catalog_of(
    path: Path | None, cluster: str, options: Options, queries: Sequence[NamedQuery], files: Files
) -> tuple[Catalog, tuple[str, ...]]:
    """The catalog, and what was assumed without one."""
    if path is not None:
        file = path / "catalog.json" if path.is_dir() else path
        if file.is_file():
            files.text(str(file))
    names = (*options.log_groups, *(group for query in queries for group in query.log_groups))
    known, found = read_catalog(path, cluster, names, "\n".join(query.text for query in queries))
    return known, tuple(one.message for one in found)
