"""Lines made from a query itself: witnesses of its filters, near misses, nulls, wrong types, and hostile data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.queries_support.composing import FLOW, HOSTILE, escaped, joined, nested, report, unflattened
from tests.queries_support.estate import Estate, Kind, Pod, Written
from tests.queries_support.samples import near, sample
from tests.queries_support.solving import SUBQUERY, Absent, Target, Text, Value, Wish, given, merged, solutions
from translators.query.expressions import Field, InPlan, Or
from translators.query.plan import (
    Aggregate,
    Aggregation,
    Extend,
    Filter,
    GlobPattern,
    Join,
    LogfmtPattern,
    Operator,
    Parse,
    Plan,
    PresencePattern,
    RegexPattern,
    Scan,
    Unnest,
)
from translators.query.tree import expressions, inputs, parts, walk

DAY_START = 1_767_571_200_000
"""2026-01-05 00:00:00 UTC: windows begin on whole buckets of every fixed width up to a day."""
HOUR = 3_600_000
NUMERIC = frozenset(
    {Aggregation.SUM, Aggregation.AVG, Aggregation.PCT, Aggregation.STDDEV, Aggregation.MIN, Aggregation.MAX}
)
_LAMBDA = frozenset(
    {"@duration", "@billedDuration", "@memorySize", "@maxMemoryUsed", "@requestId", "@type", "@initDuration"}
)


@dataclass
class Writer:
    """Makes lines for one plan."""

    plan: Plan
    estate: Estate
    chosen: tuple[str, ...]
    random: Random
    count: int = 0
    tame: bool = False
    used: set[int] = field(default_factory=set)

    @property
    def groups(self) -> list[str]:
        return [name for name, _ in self.estate.groups]

    numeric: frozenset[str] = field(default_factory=frozenset)

    def lines(self) -> list[Written]:
        """Witnesses and near misses of every scan, then what nobody expects."""
        self.numeric = _numeric(self.plan)
        made = list(self._of_plan(self.plan.root, {}))
        for operator in walk(self.plan.root):
            for expression in expressions(operator):
                for part in parts(expression):
                    if isinstance(part, InPlan):
                        (column,) = part.plan.root.columns
                        made += self._of_plan(part.plan.root.input, given(column.expression, Value(SUBQUERY)))
        texts = HOSTILE[:2] if self.tame else HOSTILE
        made += [self._written(text, group, Pod()) for group, _ in self.estate.groups for text in texts]
        return made

    def _of_plan(self, root: Operator, wishes: Mapping[Target, Wish]) -> Iterator[Written]:
        for chain in _chains(root):
            (scan,) = [one for one in chain if isinstance(one, Scan)]
            groups = _groups(scan) or self.chosen or tuple(name for name, _ in self.estate.groups)
            for assignment in self._assignments(chain, wishes):
                yield self._line(assignment, self.random.choice(groups))

    def _assignments(self, chain: list[Operator], wishes: Mapping[Target, Wish]) -> Iterator[dict[Target, Wish]]:
        ways: list[dict[Target, Wish]] = [dict(wishes)]
        for operator in chain:
            if isinstance(operator, Filter):
                found = solutions(operator.predicate, True, self.random) or [{}]
                ways = [merged(before, one) for before in ways for one in found]
                self.random.shuffle(ways)
                ways = ways[:8]
        for way in ways:
            for _ in range(3):
                yield self._settled(way, chain)
        for way in ways[:4]:
            for target in list(way):
                for other in self._others(way[target]):
                    yield self._settled({**way, target: other}, chain)
        for _ in range(4):
            yield self._settled({}, chain)

    def _others(self, wish: Wish) -> list[Wish]:
        """A near miss, nothing, and wrong types."""
        if self.tame:
            return self._tame_others(wish)
        match wish:
            case Text(texts):
                missed = [Text((*texts[:i], near(one, self.random), *texts[i + 1 :])) for i, one in enumerate(texts)]
                return [*missed, Absent(), Value(7), Value(None)]
            case Value(str() as text):
                return [
                    Value(near(text, self.random)),
                    Value(f"{text} "),
                    Absent(),
                    Value(None),
                    Value([text]),
                    Value(""),
                ]
            case Value(bool() as truth):
                return [Value(not truth), Value(str(truth).lower()), Absent(), Value("")]
            case Value(int() | float() as number):
                others = [
                    number + 1,
                    number - 1,
                    str(number),
                    f"{number}.0",
                    float(number) + 0.5,
                    "NaN",
                    "Infinity",
                    True,
                ]
                return [*map(Value, others), Absent(), Value(None), Value([number]), Value(f"{number}x")]
            case _:
                return [Value("here"), Value(None)]

    def _tame_others(self, wish: Wish) -> list[Wish]:
        """Near misses of the same type, and nothing."""
        match wish:
            case Text(texts):
                missed = [Text((*texts[:i], near(one, self.random), *texts[i + 1 :])) for i, one in enumerate(texts)]
                return [*missed, Absent()]
            case Value(str() as text) if text:
                return [Value(near(text, self.random) or "x"), Absent()]
            case Value(int() | float() as number) if not isinstance(number, bool):
                return [Value(number + 1), Value(number - 1), Absent()]
            case _:
                return [Absent()]

    def _settled(self, wishes: Mapping[Target, Wish], chain: list[Operator]) -> dict[Target, Wish]:
        """Wishes about columns become wishes about fields; the chain is from the root down."""
        found = dict(wishes)
        for operator in chain:
            match operator:
                case Extend(_, columns):
                    for column in reversed(columns):
                        for target in [one for one in found if one[:2] == ("c", column.name)]:
                            wish = found.pop(target)
                            found = merged(given(column.expression, nested(target[2:], wish)), found)
                case Parse():
                    found = merged(found, self._parsed(operator, found))
                case Unnest(_, subject, name):
                    for target in [one for one in found if one[:2] == ("c", name)]:
                        wish = nested(target[2:], found.pop(target))
                        value = wish.value if isinstance(wish, Value) else "x"
                        found = merged(found, given(subject, Value([value, "other"])))
                case Aggregate(_, keys):
                    for key in keys:
                        for target in [one for one in found if one[:2] == ("c", key.name)]:
                            found = merged(found, given(key.expression, found.pop(target)))
                case Filter(_, predicate):
                    if self.random.random() < 0.1 and isinstance(predicate, Or):
                        found = merged(found, {})
                case _:
                    pass
            self._fill(operator, found)
        return found

    def _fill(self, operator: Operator, found: dict[Target, Wish]) -> None:
        """Fields that nobody decided have some value, and now and then none."""
        for expression in expressions(operator):
            for part in parts(expression):
                if not isinstance(part, Field) or part.name.startswith("@"):
                    continue
                if not any(one[:2] == ("f", part.name) for one in found):
                    found[("f", part.name)] = self._any(part.name)
        if isinstance(operator, Unnest):
            target = given(operator.subject, Value([{"a": 1}, "x"]))
            for one, wish in target.items():
                if not isinstance(found.get(one), Value) or self.random.random() < 0.2:
                    found[one] = wish

    def _any(self, name: str) -> Wish:
        roll = self.random.random()
        if roll < 0.12:
            return Absent()
        if self.tame:
            return Value(
                self.random.choice([1, 2.5, 250, 40, 7] if name in self.numeric else ["a", "b", "한글", 404, "a"])
            )
        if name in self.numeric:
            odd: list[Any] = ["NaN", "Infinity", "12", "1e3", "abc", True, "", None, [4], -5, 0, "0x10"]
            return Value(self.random.choice(odd) if roll < 0.35 else self.random.choice([1, 2.5, 250, 1000.25, 40, 7]))
        return Value(self.random.choice(["a", "b", "c10", "c9", "한글", "x y", 200, 404, 500, "", "a", "b", True, 2.5]))

    def _parsed(self, parse: Parse, found: dict[Target, Wish]) -> dict[Target, Wish]:
        """Text that the pattern cuts as it is wished."""
        holes = [self._hole(name, found.pop(("c", name), None)) for name in parse.names]
        if self.random.random() < 0.1:
            return {}
        match parse.pattern:
            case GlobPattern(texts):
                text = texts[0] + "".join(f"{hole}{one}" for hole, one in zip(holes, texts[1:], strict=False))
            case RegexPattern(pattern, groups):
                text = sample(pattern, self.random, dict(zip(groups, holes, strict=False))) or ""
            case PresencePattern(words):
                text = words
            case LogfmtPattern():
                text = "a=1 b=x"
        return given(parse.subject, Text((text,)))

    def _hole(self, name: str, wish: Wish | None) -> str:
        match wish:
            case Value(value) if value is not None:
                return value if isinstance(value, str) else json.dumps(value)
            case Text(texts):
                return " ".join(texts)
            case Absent():
                return ""
            case _:
                numbers = ["12", "250.5", "7", "1000", "9"] + ([] if self.tame else ["x", ""])
                return self.random.choice(numbers if name in self.numeric else ["a", "b", "c-3", "12", "한", "a"])

    def _line(self, wishes: Mapping[Target, Wish], group: str) -> Written:
        values: dict[str, Any] = {}
        texts: dict[str, tuple[str, ...]] = {}
        for target, wish in wishes.items():
            if target[0] != "f":
                continue
            match wish:
                case Text(found):
                    texts[target[1]] = found
                case Value("") if self.tame:
                    pass
                case Value(bool()) if self.tame:
                    values[target[1]] = 1
                case Value(value):
                    inner = nested(target[2:], wish)
                    values[target[1]] = inner.value if isinstance(inner, Value) else value
                case Absent():
                    pass
        if dict(self.estate.groups)[group] is Kind.LINES:
            return self._plain(values, texts, group)
        return self._container(values, texts, group)

    def _container(self, values: dict[str, Any], texts: dict[str, tuple[str, ...]], group: str) -> Written:
        pod = Pod()
        names = {
            "pod_name": "name",
            "namespace_name": "namespace",
            "container_name": "container",
            "host": "node",
            "pod_id": "uid",
            "pod_ip": "address",
            "docker_id": "container_id",
            "labels.app": "app",
        }
        for name in [*values, *texts]:
            short = names.get(name.removeprefix("kubernetes."))
            text = joined(texts[name]) if name in texts else str(values[name])
            if name.startswith("kubernetes.") and short and text:
                changed: dict[str, Any] = {short: text.replace("/", "_") if short != "node" else text}
                pod = replace(pod, **changed)
            elif name == "stream":
                pod = replace(pod, stream=text or "stdout")
            elif name == "@logStream":
                pod = replace(pod, node=text)
        inside = {
            name.removeprefix("log_processed."): v for name, v in values.items() if name.startswith("log_processed.")
        }
        inside |= {
            n.removeprefix("log_processed."): joined(v) for n, v in texts.items() if n.startswith("log_processed.")
        }
        written = (*texts.get("@message", ()), *texts.get("log", ()))
        if "log" in values:
            written = (str(values["log"]), *written)
        if inside:
            body = unflattened(inside, None if self.tame else self.random)
            if written:
                body["text"] = joined(written)
            return self._written(json.dumps(body, ensure_ascii=self.random.random() < 0.5), group, pod)
        return self._written(joined(written) or self.random.choice(HOSTILE[:2] if self.tame else HOSTILE), group, pod)

    def _plain(self, values: dict[str, Any], texts: dict[str, tuple[str, ...]], group: str) -> Written:
        stream = joined(texts.pop("@logStream", ())) or str(values.pop("@logStream", f"host-{self.count % 3}"))
        whole = texts.pop("@message", ())
        message = values.pop("@message", None)
        if message is not None:
            whole = (*whole, message if isinstance(message, str) else json.dumps(message))
        system = {name: values.pop(name) for name in list(values) if name.startswith("@") and not name.startswith("@@")}
        system |= {
            name: joined(texts.pop(name)) for name in list(texts) if name.startswith("@") and not name.startswith("@@")
        }
        if system and set(system) & _LAMBDA:
            return self._written(report(system), group, Pod(), stream)
        fields = {**values, **{name: joined(found) for name, found in texts.items()}}
        flows = {name for name, _ in FLOW}
        if not self.tame and len(flows & set(fields)) > 1 and self.random.random() < 0.6:
            return self._written(
                " ".join(str(fields.get(name) or default) for name, default in FLOW), group, Pod(), stream
            )
        if not fields or (whole and not values and self.random.random() < 0.5):
            return self._written(
                joined(whole) or self.random.choice(HOSTILE[:2] if self.tame else HOSTILE), group, Pod(), stream
            )
        return self._written(self._json(fields, whole), group, Pod(), stream)

    def _json(self, fields: dict[str, Any], whole: tuple[str, ...]) -> str:
        body = unflattened(fields, None if self.tame else self.random)
        text = json.dumps(body, ensure_ascii=self.random.random() < 0.3, separators=(",", ":"))
        if whole:
            raw = text[:-1] + "," + ",".join(whole) + "}"
            try:
                json.loads(raw)
                return raw
            except ValueError:
                body["zz"] = joined(whole)
                text = json.dumps(body, ensure_ascii=False)
        roll = 1.0 if self.tame else self.random.random()
        if roll < 0.04:
            return text[: len(text) * 2 // 3]
        if roll < 0.08:
            return f"{text} trailing"
        if roll < 0.14:
            return escaped(text)
        return text

    def _written(self, text: str, group: str, pod: Pod, stream: str = "host-1") -> Written:
        self.count += 1
        return Written(self._time(group), text, group, pod, stream)

    def _time(self, group: str) -> int:
        """Edges of buckets, several lines in one millisecond, fractions of it; never the same nanosecond twice."""
        hour, minute = self.random.choice([0, 10, 23]), self.random.choice([0, 4, 5, 9, 30, 59])
        edge = self.random.choice([0, 0, 1, 29_999, 30_000, 59_999, 41_123])
        edge += self.groups.index(group) * 100
        fraction = self.random.choice([0, 1, 500_000, 998_000]) + self.count
        at = DAY_START + hour * HOUR + minute * 60_000 + edge
        while self.tame and at in self.used:
            at += 1  # Nobody promises an order within a millisecond, and a limit may end there.
        self.used.add(at)
        return at * 1_000_000 + fraction


def _chains(root: Operator) -> list[list[Operator]]:
    """The operators from the root down, for each scan."""
    below = inputs(root)
    if not below:
        return [[root]]
    chains = [[root, *chain] for one in below for chain in _chains(one)]
    if isinstance(root, Join):
        return chains
    return chains


def _groups(scan: Scan) -> tuple[str, ...]:
    from translators.query.plan import Groups

    return tuple(name for source in scan.sources if isinstance(source, Groups) for name in source.names)


def _numeric(plan: Plan) -> frozenset[str]:
    """Names whose values are calculated with."""
    names: set[str] = set()
    for operator in walk(plan.root):
        if isinstance(operator, Aggregate):
            for call in operator.calls:
                if call.function in NUMERIC and call.argument is not None:
                    names |= {one.name for one in parts(call.argument) if hasattr(one, "name")}
        for expression in expressions(operator):
            for part in parts(expression):
                if type(part).__name__ in ("Arithmetic", "Compare"):
                    names |= {one.name for one in parts(part) if hasattr(one, "name")}
    return frozenset(names)
