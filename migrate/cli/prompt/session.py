"""The interactive prompt: reads a query, runs it, shows it; its own commands begin with a backslash."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rich.text import Text

from migrate.cli.failures import blamed
from migrate.cli.prompt.cancelling import Cancelled, run_stoppable
from migrate.cli.prompt.chart import axis_of, bars
from migrate.cli.query_inputs import now_milliseconds, read_window
from migrate.cli.query_output import shown
from migrate.cli.terminal import console, table
from migrate.errors import Answered, WorldFailed
from migrate.queries import looking
from migrate.queries.limits import ends_of
from migrate.queries.looking import Place, Question, Seen
from migrate.queries.preparing import prepare_query, read_query
from migrate.queries.run import QueryResult, run_query
from migrate.queries.window import Window
from translators.catalog import Catalog
from translators.diagnostics import Refused
from translators.insights.evaluate.values import date_text

MOST_ROWS = 200
CONTEXT = 5
HELP = """\
Type a Logs Insights query and press Enter. A line that ends with | or , goes on; Alt-Enter begins a new line anywhere.
  \\window 3h            the window ends now and is so long (now {window})
  \\window START END     a fixed window; times as --start and --end take them
  \\groups NAME ...      the log groups to read; without a name: which there are
  \\fields               the fields of the events of the last query, with the share of events that have them
  \\show N               event N of the last result, whole
  \\context N [LINES]    event N among its neighbours in its log stream
  \\chart                the last result as bars again
  \\help                 this text
  \\quit                 leave (also Ctrl-D); Ctrl-C stops a query"""


@dataclass(frozen=True, slots=True)
class Span:
    """The window that the user chose: ``since`` is counted from now at each query, else it is fixed."""

    start: str = ""
    end: str = ""
    since: str = ""

    def window(self, now: int) -> Window:
        return read_window(self.start, self.end, self.since, now)

    def __str__(self) -> str:
        return f"{self.start} to {self.end or 'now'}" if self.start else f"the last {self.since or '1h'}"


class Leave(Exception):
    """The user wants to go."""


@dataclass
class Prompt:
    """What one session knows. ``question`` and ``result`` are of the last query that ran."""

    place: Place
    question: Question
    span: Span
    clock: Callable[[], int] = now_milliseconds
    result: QueryResult | None = None
    found: dict[str, None] = field(default_factory=dict)

    @property
    def catalog(self) -> Catalog:
        return self.place.catalog

    def fields(self) -> Iterator[str]:
        """The names to complete: what results have shown, then what the catalog says."""
        yield from self.found
        yield from looking.known_fields(self.catalog, self.question.options.log_groups)

    def groups(self) -> Iterator[str]:
        return (group.name for group in self.catalog.groups)

    def answer(self, line: str) -> None:
        """One input. Tells what is wrong with it; raises Leave."""
        text = line.strip()
        if not text:
            return
        try:
            self._own(text) if text.startswith("\\") else self._query(text)
        except (Cancelled, KeyboardInterrupt):
            _say("cancelled")
        except (Refused, Answered, WorldFailed) as wrong:
            _say(f"{wrong}" + (f" [{wrong.rule}]" if wrong.rule else ""))
            for blamed_line in blamed(wrong):
                _say(f"  {blamed_line}")
            if wrong.remedy:
                _say(f"  {wrong.remedy}")

    def _own(self, text: str) -> None:
        try:
            word, *arguments = shlex.split(text[1:])
        except ValueError:
            word, *arguments = text[1:].split()
        command = COMMANDS.get(word)
        if command is None:
            raise Refused("query/prompt", f"there is no \\{word}", remedy="\\help lists what there is")
        command(self, arguments)

    def _query(self, text: str) -> None:
        now = self.clock()
        options = replace(self.question.options, now=now)
        question = Question(text, self.span.window(now), options)
        result = run_stoppable(
            self.place.loki, lambda loki: run_query(text, self.catalog, loki, question.window, options)
        )
        self.question, self.result = question, result
        plan = read_query(text, options)
        self.found |= dict.fromkeys(looking.fields_in(plan, result.rows))
        self._show_rows(result)
        self.chart([])
        self._tell(result)

    def _show_rows(self, result: QueryResult) -> None:
        rows = [
            (str(number), *("" if cell is None else str(shown(cell)) for cell in row))
            for number, row in enumerate(result.rows[:MOST_ROWS], 1)
        ]
        console().print(table(("#", *result.columns), rows))
        if len(result.rows) > MOST_ROWS:
            print(f"… {len(result.rows) - MOST_ROWS:,} more rows: add a limit, or run `logmig query` with --format csv")

    def _tell(self, result: QueryResult) -> None:
        statistics = result.statistics
        window = self.question.window
        matched = self._matched(result)
        print(
            f"{len(result.rows):,} rows · {matched} · {statistics.records_scanned:,} scanned · "
            f"{statistics.bytes_scanned:,} bytes · {statistics.seconds:.1f} s · {result.fidelity}"
        )
        print(f"{date_text(window.start)} to {date_text(window.end)} UTC")
        for one in result.findings:
            print(f"  {one.fidelity}: {one.message} [{one.rule}]")
        for use in result.policies:
            print(f"  policy {use.policy}={use.value}: {use.reason}")

    def _matched(self, result: QueryResult) -> str:
        """How many records passed the filters, as far as it is known without counting once more."""
        received = result.statistics.records_received
        if not received and result.rows:
            return "matches were counted by Loki"
        plan = read_query(self.question.text, self.question.options)
        prepared = prepare_query(plan, self.catalog, self.question.options)
        if ends_of(plan) is not None:
            return f"{received:,} records received"
        exact = all(part.exact for part in prepared.parts)
        return f"{received:,} records matched" if exact else f"at most {received:,} records matched"

    def _last(self) -> QueryResult:
        if self.result is None:
            raise Refused("query/prompt", "no query has run yet", remedy="type one")
        return self.result

    def chart(self, _: Sequence[str]) -> None:
        """The last result as bars, where it has a time bucket and a number."""
        result = self.result
        if result is None:
            return
        axis = axis_of(read_query(self.question.text, self.question.options), result.rows)
        if axis is None:
            return
        print(f"{result.columns[axis.value]} by {result.columns[axis.time]}")
        screen = console()
        for line in bars(result.rows, axis, min(screen.width, 120)):
            print(line)

    def show_fields(self, _: Sequence[str]) -> None:
        """What the events have."""
        question = self._asked()
        events, own = run_stoppable(
            self.place.loki, lambda loki: looking.sample(question, replace(self.place, loki=loki))
        )
        if not events:
            print("no events in this window")
            return
        shares = looking.field_shares(events)
        self.found |= dict.fromkeys(name for name, _ in shares)
        of = "of the query" if own else "of the log group, since the rows of the query are no events"
        console().print(table(("field", "in events"), [(name, f"{share:.0%}") for name, share in shares]))
        print(f"{len(events):,} events {of}")

    def _asked(self) -> Question:
        """The last query; before the first one, everything."""
        if self.result is not None:
            return self.question
        now = self.clock()
        text = "fields @timestamp, @message"
        return Question(text, self.span.window(now), replace(self.question.options, now=now))

    def show(self, arguments: Sequence[str]) -> None:
        """One event, whole."""
        event, number = self._event(arguments)
        print(f"event {number}  {event.time}")
        print(f"@log        {event.log}\n@logStream  {event.stream}\n")
        print("\n".join(looking.pretty(event.message)))

    def _event(self, arguments: Sequence[str]) -> tuple[Seen, int]:
        self._last()
        number = _number(arguments[0] if arguments else "1")
        question = self.question
        events = run_stoppable(
            self.place.loki, lambda loki: looking.events_of(question, replace(self.place, loki=loki))
        )
        if not 1 <= number <= len(events):
            raise Refused("query/prompt", f"there is no event {number}", remedy=f"the result has {len(events)}")
        return events[number - 1], number

    def context(self, arguments: Sequence[str]) -> None:
        """One event among its neighbours."""
        event, _ = self._event(arguments)
        count = _number(arguments[1]) if len(arguments) > 1 else CONTEXT
        question = self.question
        events, at = run_stoppable(
            self.place.loki, lambda loki: looking.around(event, count, question, replace(self.place, loki=loki))
        )
        print(f"{event.log} {event.stream or '(its log stream is not known: the whole log group)'}")
        screen = console()
        for index, one in enumerate(events):
            mark = ">" if index == at else " "
            screen.print(
                Text(f"{mark} {one.time}  {looking.line_of(one.message)}", style="bold" if index == at else "")
            )

    def choose_window(self, arguments: Sequence[str]) -> None:
        """Another window for the queries to come."""
        if arguments:
            single = len(arguments) == 1
            span = Span(since=arguments[0]) if single else Span(arguments[0], " ".join(arguments[1:]))
            span.window(self.clock())
            self.span = span
        window = self.span.window(self.clock())
        print(f"{self.span}: {date_text(window.start)} to {date_text(window.end)} UTC")

    def choose_groups(self, arguments: Sequence[str]) -> None:
        """Other log groups for the queries to come."""
        unknown = [name for name in arguments if self.catalog.group(name) is None]
        if unknown:
            message = f"the catalog does not know {', '.join(unknown)}"
            raise Refused("query/prompt", message, remedy="\\groups lists those that it knows")
        if arguments:
            options = replace(self.question.options, log_groups=tuple(arguments))
            self.question, self.result = replace(self.question, options=options), None
        chosen = self.question.options.log_groups
        for name in dict.fromkeys((*chosen, *self.groups())):
            print(f"{'*' if name in chosen else ' '} {name}")

    def help(self, _: Sequence[str]) -> None:
        print(HELP.format(window=self.span))

    def leave(self, _: Sequence[str]) -> None:
        raise Leave


COMMANDS: dict[str, Callable[[Prompt, Sequence[str]], None]] = {
    "fields": Prompt.show_fields,
    "show": Prompt.show,
    "context": Prompt.context,
    "window": Prompt.choose_window,
    "groups": Prompt.choose_groups,
    "chart": Prompt.chart,
    "help": Prompt.help,
    "quit": Prompt.leave,
    "q": Prompt.leave,
}


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise Refused("query/prompt", f"{text} is no number", remedy="write \\show 3")
    return int(text)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
