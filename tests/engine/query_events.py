"""Random events of a cluster, hostile ones among them, in CloudWatch's form and in Loki's."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.lab.loki import Tenant
from migrate.ports import Entry, Stream
from migrate.queries.preparing import Options, read_query
from migrate.queries.run import QueryResult, run_query
from migrate.queries.window import Window
from translators.aws_layout import aws_layout
from translators.catalog import Catalog, InLabel, LogGroup, Matcher, MatchOperator, RecordKind, Shape, StreamPart
from translators.insights.evaluate.evaluate import Result, evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Moment, Settings, Sources
from translators.query.rebuild import Rebuilder

START = 1_772_366_400_000
HOUR = 3_600_000
WINDOW = Window(START, START + HOUR - 1)
APPLICATION = "/aws/containerinsights/prod/application"
RAW = "/app/raw"
_RAW_SHAPE = Shape(
    "raw",
    (Matcher("app", MatchOperator.EQUAL, "rawapp"),),
    RecordKind.JSON,
    (),
    (StreamPart(place=InLabel("host")),),
)
CATALOG = Catalog((*aws_layout("prod").groups, LogGroup(RAW, (_RAW_SHAPE,))), "prod")
TEXTS = (
    "2024 ERROR/MainProcess failed",
    "GET /api 500 12ms",
    "timeout",
    "\timeout x",
    "한글 텍스트",
    'plain "quoted" \\ text',
    "user=alice action=login ip=10.0.0.1",
    '{"level":"error","msg":"cut off he',
    '{"level":"error"} trailing',
    '{"level":"err\\u006fr","status":500}',
    "",
)


def random_line(chance: random.Random, hostile: bool = True) -> str:
    if hostile and chance.random() < 0.4:
        return chance.choice(TEXTS)
    record = {
        "level": chance.choice(["error", "info", "warn", "ERROR", "debug"]),
        "status": chance.choice([200, 404, 500, 503, "abc", None]),
        "msg": chance.choice(["timeout after 5s", "ok", "한글 오류", "user=bob id=7", "GET /health 200"]),
        "ms": chance.choice([1, 2.5, "3", None, "NaN", "Infinity", 7]),
        "user": chance.choice(["a", "b", None]),
    }
    if chance.random() < 0.3:
        del record["user"]
    compact = (",", ":") if chance.random() < 0.5 else None
    return json.dumps(record, ensure_ascii=chance.random() < 0.5, separators=compact)


@dataclass
class World:
    """The same events on both sides."""

    tenant: Tenant
    events: dict[str, list[Event]] = field(default_factory=dict)

    def add(self, group: str, labels: Mapping[str, str], entries: tuple[Entry, ...]) -> None:
        """Push a stream and remember what CloudWatch would have had of it."""
        ordered = tuple(sorted({(one.nanoseconds, one.line) for one in entries}))
        metadata = entries[0].metadata
        self.tenant.push([Stream(labels, tuple(Entry(at, line, metadata) for at, line in ordered))])
        found = CATALOG.group(group)
        assert found is not None
        origin = Rebuilder(found.shapes[0]).origin(labels, metadata)
        known = self.events.setdefault(group, [])
        known += [Event(at // 1_000_000, origin.message(at, line), origin.log_stream, group) for at, line in ordered]
        known.sort(key=lambda event: event.timestamp)

    def loki(self) -> HttpLoki:
        return HttpLoki(Endpoint(self.tenant.url, self.tenant.name))

    def expected(self, query: str, group: str, window: Window = WINDOW) -> Result:
        """What Insights would answer."""
        options = Options((group,), now=START)
        events = [one for one in self.events.get(group, []) if window.start <= one.timestamp <= window.end]
        moment = Moment(window.start, window.end, START)
        return evaluate(read_query(query, options), Sources(lambda _scan: events), Settings(options.policies, moment))

    def answered(self, query: str, group: str, window: Window = WINDOW, page: int = 5000) -> QueryResult:
        """What we answer."""
        return run_query(query, CATALOG, self.loki(), window, Options((group,), now=START, page=page))


def random_world(tenant: Tenant, seed: int, hostile: bool = True, lines: int = 150) -> World:
    chance = random.Random(seed)
    world = World(tenant)

    def entries(metadata: Mapping[str, str]) -> tuple[Entry, ...]:
        times = [(START + chance.randrange(HOUR)) * 1_000_000 + chance.randrange(1_000_000) for _ in range(lines)]
        edges = [START * 1_000_000, (START + HOUR) * 1_000_000 - 1]
        return tuple(Entry(at, random_line(chance, hostile), metadata) for at in (*times, *edges))

    for pod in range(3):
        labels = {
            "cluster": "prod",
            "log_type": "application",
            "namespace": ("shop", "pay", "shop")[pod],
            "app": f"web{pod}",
            "container": ("notify-celery", "web", "notify-api")[pod],
            "stream": ("stdout", "stderr", "stdout")[pod],
        }
        name = f"/var/log/containers/web{pod}-abc_shop_web-{'a' * 64}.log"
        metadata = {"pod": f"web{pod}-abc", "node_name": f"ip-{pod}", "pod_uid": f"u{pod}", "filename": name}
        world.add(APPLICATION, labels, entries(metadata))
    world.add(RAW, {"app": "rawapp", "host": "h1"}, entries({}))
    return world
