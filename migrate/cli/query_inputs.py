"""What the query verbs are given: the catalog, the window, policies, lookup tables, and how to reach Loki."""

from __future__ import annotations

import csv
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.queries.window import Window
from translators.aws_layout import aws_layout
from translators.catalog import Catalog, Shape
from translators.catalog_json import from_json
from translators.diagnostics import Diagnostic, Fidelity, Refused
from translators.insights.evaluate.settings import Table
from translators.insights.parser import Given, parse
from translators.query.policies import Policies, read_policies
from translators.source import Source

if TYPE_CHECKING:
    from migrate.adapters.loki import Endpoint
    from migrate.queries.preparing import Options

ANY_CLUSTER = "CLUSTER"
_GROUP = re.compile(r"/aws/containerinsights/([^/'\"`\s$]+)/")
_LENGTH = re.compile(r"(\d+)(ms|s|m|h|d|w)")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def read_catalog(
    path: Path | None, cluster: str, names: Sequence[str], text: str
) -> tuple[Catalog, tuple[Diagnostic, ...]]:
    """The catalog of the migration; without one the AWS layout of the cluster, which is said."""
    if path is not None:
        file = path / "catalog.json" if path.is_dir() else path
        if not file.is_file():
            raise Refused(
                "catalog/no-such-file", f"{path}: no catalog is there", remedy="write one with `logmig plan --out`"
            )
        return from_json(file.read_bytes().decode("utf-8", "replace"), str(path)), ()
    catalog = any_catalog(None, cluster, (*names, text))
    of = f"the cluster {catalog.cluster}" if catalog.cluster else "whichever cluster's lines are in Loki"
    message = f"no catalog was given: the layout of the AWS manifest is assumed for {of}"
    return catalog, (Diagnostic("query/aws-layout", Fidelity.EXACT, message),)


def read_window(start: str, end: str, since: str, now_ms: int) -> Window:
    """The pinned window, inclusive to the millisecond."""
    if since and (start or end):
        raise Refused("query/window", "--since and --start/--end were given", remedy="give one of them")
    if not start:
        last = read_time(end, now_ms, "--end") if end else now_ms
        return Window(last - read_length(since or "1h"), last)
    first, last = read_time(start, now_ms, "--start"), read_time(end, now_ms, "--end") if end else now_ms
    if last < first:
        message = f"the window ends before it begins: {start} to {end or 'now'}"
        raise Refused("query/window", message, remedy="give --end a later time than --start; both are UTC")
    return Window(first, last)


def read_length(text: str) -> int:
    """``3h``, ``1d12h`` in milliseconds."""
    pieces = _LENGTH.findall(text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        raise Refused("query/window", f"{text!r} is no length of time", remedy="write it like 90m, 3h or 1d12h")
    return sum(int(number) * _UNITS[unit] for number, unit in pieces)


def written_window(text: str, options: Options) -> Window | None:
    """The window that START and END behind SOURCE give, with both ends relative to now or not."""
    found = dict(parse(Source("query", text), Given(options.parameters, options.saved)).window)
    if "start" not in found:
        return None
    start, end = (_moment(found.get(name, "now"), options.now, name.upper()) for name in ("start", "end"))
    if end < start:
        raise Refused("query/window", "START lies behind END", remedy="give the window with --start and --end")
    return Window(start, end)


def _moment(text: str, now_ms: int, flag: str) -> int:
    relative = re.fullmatch(r"([-+]?)(\d+)(ms|s|m|h|d|w)", text)
    if relative is None:
        return read_time(text.strip("'\""), now_ms, flag)
    sign, count, unit = relative.groups()
    return now_ms + (-1 if sign == "-" else 1) * int(count) * _UNITS[unit]


def read_time(text: str, now_ms: int, flag: str) -> int:
    """Epoch seconds, epoch milliseconds, ISO 8601 (UTC unless it says otherwise), or ``now``."""
    if text == "now":
        return now_ms
    if re.fullmatch(r"\d{1,11}", text):
        return int(text) * 1000
    if re.fullmatch(r"\d{12,14}", text):
        return int(text)
    if re.fullmatch(r"\d{1,11}\.\d{1,9}", text):
        seconds, fraction = text.split(".")
        return int(seconds) * 1000 + int(fraction.ljust(3, "0")[:3])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            "query/window",
            f"{flag}: {text!r} is no time",
            remedy="write epoch seconds, milliseconds, or 2026-11-22T10:00:00Z",
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * 1000 + moment.microsecond // 1000


def chosen_policies(settings: Sequence[str]) -> Policies:
    return read_policies(dict(_pair(setting, "--policy", "NAME=VALUE") for setting in settings))


def _pair(text: str, flag: str, form: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name:
        raise Refused("usage/option", f"{flag} {text}: expected {form}", remedy=f"write {flag} {form}")
    return name, value


def lookup_tables(settings: Sequence[str]) -> dict[str, Table]:
    """The tables of ``lookup``; the first line of each file names its columns."""
    return {name: _table(Path(path)) for name, path in (_pair(one, "--lookup", "NAME=FILE.csv") for one in settings)}


def _table(path: Path) -> Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [tuple(row) for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as failure:
        message = f"{path}: {getattr(failure, 'strerror', '') or failure}"
        remedy = "give a CSV file in UTF-8 whose first line names the columns"
        raise Refused("query/lookup-file", message, remedy=remedy) from None
    if not rows:
        raise Refused("query/lookup-file", f"{path} is empty", remedy="its first line names the columns")
    width = len(rows[0])
    return Table(rows[0], [(*row, *[""] * width)[:width] for row in rows[1:]])


def parameters(settings: Sequence[str]) -> dict[str, str]:
    return dict(_pair(setting, "--parameter", "NAME=VALUE") for setting in settings)


def text_of_stdin() -> str:
    """The query that stdin is, whatever wrote it."""
    from migrate.cli.query_files import bounded, text_of

    return text_of("-", bounded("-"))


def now_milliseconds() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach Loki, but for secrets and certificates."""

    url: str
    tenant: str
    username: str
    insecure: bool
    timeout: float


def endpoint(reach: Reach, files: Mapping[str, Path | None]) -> Endpoint:
    """Where Loki is. Secrets come from files or from logcli's variables, never from arguments."""
    from migrate.adapters.loki import Credentials, Endpoint

    environment = os.environ
    url = reach.url or environment.get("LOGMIG_LOKI", "") or environment.get("LOKI_ADDR", "")
    if not url:
        remedy = "give --loki http://loki.logging.svc:3100, or set LOGMIG_LOKI or LOKI_ADDR"
        raise Refused("usage/loki", "no Loki was named", remedy=remedy)
    if not re.match(r"https?://", url):
        raise Refused("usage/loki", f"--loki {url!r} is no URL", remedy="write --loki http://loki.logging.svc:3100")
    password = _secret(files.get("password"), "LOKI_PASSWORD", "LOKI_PASSWORD_FILE")
    bearer = _secret(files.get("bearer"), "LOKI_BEARER_TOKEN", "LOKI_BEARER_TOKEN_FILE")
    certificate, key = (
        _path(files.get("cert"), "LOKI_CLIENT_CERT_PATH"),
        _path(files.get("key"), "LOKI_CLIENT_KEY_PATH"),
    )
    username = reach.username or environment.get("LOKI_USERNAME", "")
    return Endpoint(
        url,
        reach.tenant or environment.get("LOKI_ORG_ID", ""),
        Credentials(username, password, bearer, certificate, key),
        _path(files.get("ca"), "LOKI_CA_CERT_PATH"),
        not (reach.insecure or environment.get("LOKI_TLS_SKIP_VERIFY", "").lower() == "true"),
        reach.timeout,
    )


def _secret(file: Path | None, variable: str, file_variable: str) -> str:
    path = file or (Path(os.environ[file_variable]) if os.environ.get(file_variable) else None)
    if path is None:
        return os.environ.get(variable, "")
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as failure:
        message = f"{path}: {getattr(failure, 'strerror', '') or 'it is no UTF-8 text'}"
        raise Refused("usage/secret-file", message, remedy="give a file that holds nothing but the secret") from None


def _path(file: Path | None, variable: str) -> str:
    found = str(file) if file else os.environ.get(variable, "")
    if found and not Path(found).is_file():
        remedy = f"correct the option, or the variable {variable}"
        raise Refused("usage/file", f"{found}: there is no such file", remedy=remedy)
    return found


def any_catalog(path: Path | None, cluster: str, names: Sequence[str]) -> Catalog:
    """The catalog; without one, and where no name tells the cluster, the AWS layout of whichever cluster there is."""
    if path is not None:
        return read_catalog(path, "", (), "")[0]
    clusters = tuple(
        dict.fromkeys((*((cluster,) if cluster else ()), *(hit for name in names for hit in _clusters(name))))
    )
    if clusters:
        layouts = tuple(map(aws_layout, clusters))
        return Catalog(tuple(group for layout in layouts for group in layout.groups), ", ".join(clusters))
    anywhere = aws_layout(ANY_CLUSTER)
    return Catalog(tuple(replace(group, shapes=tuple(map(_of_any_cluster, group.shapes))) for group in anywhere.groups))


def _clusters(text: str) -> list[str]:
    return _GROUP.findall(text)


def _of_any_cluster(shape: Shape) -> Shape:
    return replace(shape, selector=tuple(one for one in shape.selector if one.value != ANY_CLUSTER))
