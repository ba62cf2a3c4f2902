"""Random queries of the language, weighted like those of the field."""

from __future__ import annotations

from random import Random

NUMBERS = ("status", "ms", "bytes")
TEXTS = ("level", "user", "path", "req.id", "msg")
CONTAINER = ("kubernetes.pod_name", "kubernetes.namespace_name", "kubernetes.container_name", "stream", "log")
WORDS = ("error", "timeout", "한글", "a.b", "GET /api", "user=7", 'say "hi"', "x+y", "100%", "a\\\\b")
PATTERNS = (
    *(r"err.*", r"^GET", r"\d+ms$", r"(?i)Error", r"time(out)?", r"[a-c]{2}", r"한.", r"a|b", r"\bfoo\b", r"x\/y"),
    *(r"time|timeout|use|user", r"(?i)err|error", r"(ti|er)(me|ro)(out|r)", r"GET .*(api|orders)", r"error|errors"),
)


class Grammar:
    """Queries over plain JSON lines, or over the records of containers."""

    def __init__(self, random: Random, container: bool) -> None:
        self.random = random
        prefix = "log_processed." if container else ""
        self.numbers = [prefix + name for name in NUMBERS]
        self.texts = [prefix + name for name in TEXTS] + (list(CONTAINER) if container else [])
        self.whole = "log" if container else "@message"

    def query(self) -> str:
        commands = [self._filter() for _ in range(self.random.choice([0, 1, 1, 1, 2]))]
        if self.random.random() < 0.25:
            commands.insert(self.random.randrange(len(commands) + 1), self._parse())
        if self.random.random() < 0.2:
            commands.append(f"fields {self._computed()} as made")
        commands += self._stats() if self.random.random() < 0.55 else self._rows()
        return "\n| ".join(commands)

    def _filter(self) -> str:
        return f"filter {self.predicate(2)}"

    def predicate(self, depth: int) -> str:
        roll = self.random.random()
        if depth and roll < 0.2:
            return f"({self.predicate(depth - 1)} and {self.predicate(depth - 1)})"
        if depth and roll < 0.38:
            return f"({self.predicate(depth - 1)} or {self.predicate(depth - 1)})"
        if depth and roll < 0.45:
            return f"not ({self.predicate(depth - 1)})"
        return self._leaf()

    def _leaf(self) -> str:
        pick = self.random.choice
        text, number = pick([*self.texts, self.whole]), pick(self.numbers)
        return pick(
            [
                f"{text} = {self._word()}",
                f"{text} != {self._word()}",
                f"{text} like {self._word()}",
                f"{text} not like {self._word()}",
                f"{text} like /{pick(PATTERNS)}/",
                f"{self.whole} like /{pick(PATTERNS)}/",
                f"{self.whole} like {self._word()}",
                f"{text} not like /{pick(PATTERNS)}/",
                f"{number} {pick(['=', '!=', '<', '<=', '>', '>='])} {pick([0, 1, 200, 500, 2.5, -3])}",
                f"{number} >= 100 and {number} < 400",
                f"{text} in [{self._word()}, {self._word()}]",
                f"{text} in ['error', 'errors', 'time', 'timeout']",
                f"{text} {pick(['=', '!='])} ''",
                f"{text} in ['', {self._word()}]",
                f"coalesce({text}, {number}, 0)",
                f"@timestamp >= datefloor(@timestamp, {pick(['1h', '5m'])})",
                f"{number} not in [200, 404]",
                f"ispresent({pick([text, number])})",
                f"isempty({text})",
                f"strcontains({text}, {self._word()})",
                f"tolower({text}) = 'error'",
                f"{number} * 2 > 100",
            ]
        )

    def _word(self) -> str:
        word = self.random.choice(WORDS)
        return f"'{word}'" if '"' in word else f'"{word}"'

    def _parse(self) -> str:
        source = self.random.choice([self.whole, self.random.choice(self.texts)])
        return self.random.choice(
            [
                f'parse {source} "user=* id=*" as p1, p2',
                f'parse {source} "took * ms" as p1',
                f"parse {source} /user=(?<p1>\\w+)/",
                f"parse {source} /(?<p1>[A-Z]+) (?<p2>\\S+)/",
                f'parse {source} "*: *" as p1, p2',
            ]
        )

    def _computed(self) -> str:
        text, number = self.random.choice(self.texts), self.random.choice(self.numbers)
        return self.random.choice(
            [
                f"{number} / 10",
                f"{number} + 1",
                f"toupper({text})",
                f"strlen({text})",
                f"substr({text}, 1, 3)",
                f"coalesce({text}, 'none')",
                f"concat({text}, '-', {text})",
                f"replace({text}, 'a', 'b')",
                f"{number} > 100",
                "substr(@timestamp, 0, 13)",
                f"datefloor(@timestamp + {self.random.choice([0, 1, 3_600_000])}, 30m)",
                f"dateceil(@timestamp, {self.random.choice(['1h', '5m'])})",
                f"fromMillis({number} * 1000 + 86400000)",
                f"floor({number})",
                f"if({number} > 100, 'slow', 'fast')",
            ]
        )

    def _aggregate(self) -> str:
        text, number = self.random.choice(self.texts), self.random.choice(self.numbers)
        return self.random.choice(
            [
                "count(*)",
                "count(*)",
                f"count({text})",
                f"sum({number})",
                f"avg({number})",
                f"min({number})",
                f"max({number})",
                f"pct({number}, 90)",
                f"stddev({number})",
                f"count_distinct({text})",
                f"sum({number} > 100)",
                f"sum({number}) / count(*)",
                "max(@timestamp)",
            ]
        )

    def _stats(self) -> list[str]:
        count = self.random.choice([1, 1, 2, 3])
        aggregates = [f"{self._aggregate()} as v{index}" for index in range(count)]
        keys = self.random.sample(self.texts, self.random.choice([0, 1, 1, 2]))
        bucket = [f"{self._bucket()} as t"] if self.random.random() < 0.4 else []
        by = [*bucket, *keys]
        commands = [f"stats {', '.join(aggregates)}" + (f" by {', '.join(by)}" if by else "")]
        if self.random.random() < 0.2:
            commands.append(f"filter {self._having(count)}")
        if keys and self.random.random() < 0.15:
            commands.append(f"filter {self.random.choice(['ispresent({})', '{} like /e/'])}".format(keys[0]))
        if keys and self.random.random() < 0.2:
            return [*commands, self._again(count, keys)]
        by = ["t" if key in bucket else key for key in by]
        if by and self.random.random() < 0.4:
            commands.append(f"sort {', '.join(f'{one} {self._direction()}' for one in ['v0', *by])}")
            if self.random.random() < 0.4:
                commands.append(f"limit {self.random.choice([1, 2, 5])}")
        return commands

    def _bucket(self) -> str:
        plain = [f"bin({width})" for width in ("1m", "5m", "1h", "30s")]
        return self.random.choice([*plain, "dateceil(@timestamp, 1h)", "datefloor(@timestamp + 32400000, 1d)"])

    def _having(self, count: int) -> str:
        compared = [
            f"v{index} {self.random.choice(['>', '>=', '<', '='])} {self.random.choice([0, 1, 2])}"
            for index in range(count)
        ]
        return self.random.choice([compared[0], " or ".join(compared), "ispresent(v0)"])

    def _again(self, count: int, keys: list[str]) -> str:
        """A second stats over the first."""
        name = self.random.choice(["sum", "avg", "max", "min", "stddev", "count"])
        other = f"count_distinct({keys[0]})" if self.random.random() < 0.3 else f"sum(v{count - 1} * 2)"
        by = f" by {keys[-1]}" if self.random.random() < 0.6 else ""
        return f"stats {name}(v0) as w0, {other} as w1, count(*) as w2{by}"

    def _rows(self) -> list[str]:
        shown = self.random.sample([*self.texts, *self.numbers], 3)
        commands = [f"fields @timestamp, {', '.join(shown)}, @message"]
        roll = self.random.random()
        if roll < 0.4:
            commands.append(f"sort @timestamp {self._direction()}")
        elif roll < 0.55:
            commands.append(f"sort {self.random.choice(self.numbers)} {self._direction()}, @timestamp desc")
        if self.random.random() < 0.4:
            commands.append(f"limit {self.random.choice([1, 3, 10, 100])}")
        if roll > 0.9:
            commands.append(f"dedup {self.random.choice(self.texts)}")
        return commands

    def _direction(self) -> str:
        return self.random.choice(["asc", "desc"])
