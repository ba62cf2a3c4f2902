"""For each policy a few events and a query whose rows show what it decides, and why the default is the default."""

from __future__ import annotations

from dataclasses import dataclass

from translators.query.policies import Policy


@dataclass(frozen=True, slots=True)
class Case:
    """``events`` are messages, a second apart; ``table`` is the CSV of the lookup table TEAMS."""

    query: str
    events: tuple[str, ...]
    why: str
    table: str = ""


_LEVELS = ('{"level":"info","ms":5}', '{"level":"error","ms":7}', '{"ms":9}')
_MIXED = ('{"ms":5}', '{"ms":"slow"}', '{"ms":9}')
_NONE: tuple[str, ...] = ('{"x":1}', '{"x":2}')
CASES: dict[Policy, Case] = {
    Policy.MISSING_NE: Case(
        'filter level != "info" | fields level, ms',
        _LEVELS,
        "People write `!=` to leave something out; an event without the field is not that. Losing it would be silent.",
    ),
    Policy.NULL_GROUP: Case(
        "stats count(*) as n by level | sort level",
        _LEVELS,
        "With the row the counts add up to the number of events.",
    ),
    Policy.EMPTY_AGGREGATE: Case(
        "filter ms > 100 | stats count(*) as n", _LEVELS, "A count over nothing is 0, as in SQL without `group by`."
    ),
    Policy.ALL_MISSING_AGGREGATE: Case(
        "stats sum(ms) as s, max(ms) as m", _NONE, "Nothing is known of a field that no event has: null is not 0."
    ),
    Policy.NONNUMERIC_AGGREGATE: Case(
        "stats avg(ms) as mean, sum(ms) as s",
        _MIXED,
        "A zero for what is no number would drag every mean down.",
    ),
    Policy.NONNUMERIC_COMPARE: Case(
        "filter ms >= 500 | fields ms", ('{"ms":600}', '{"ms":"slow"}'), "Text is no number, so it is not above 500."
    ),
    Policy.STRING_NUMBER_COERCION: Case(
        'filter status = "500" | fields status',
        ('{"status":500}', '{"status":"500"}', '{"status":"0500"}', '{"status":404}'),
        "Fields found in JSON may be numbers or texts, and people write quotes around both.",
    ),
    Policy.JSON_NULL: Case(
        "filter ispresent(level) | fields level, ms", ('{"level":null,"ms":1}', '{"level":"info","ms":2}'),
        "A field whose value is null says as little as one that is not there.",
    ),
    Policy.BOOLEAN_REPR: Case(
        "fields ok", ('{"ok":true}', '{"ok":false}'), "Seen in the console: JSON booleans show as 1 and 0."
    ),
    Policy.BARE_BOOLEAN_FILTER: Case(
        "filter ok | fields ok, n", ('{"ok":true,"n":1}', '{"ok":false,"n":2}', '{"n":3}'),
        "Undocumented, but accepted and written.",
    ),
    Policy.BANG_OPERATOR: Case(
        'filter !(level = "info") | fields level, ms', _LEVELS[:2], "Undocumented, but accepted and written."
    ),
    Policy.UNDOCUMENTED_IF: Case(
        'fields if(level = "error", 1, 0) as bad', _LEVELS[:2], "Undocumented, but seen in production; "
        "it is read and a note says so."
    ),
    Policy.ORDER_BY_SYNONYM: Case("fields ms | order by ms desc", _LEVELS, "Undocumented, but accepted and written."),
    Policy.AND_OR_PRECEDENCE: Case(
        'filter level = "info" or level = "error" and ms > 6 | fields level, ms', _LEVELS,
        "`and` binds tighter in every language that people know.",
    ),
    Policy.REGEX_DOT_NEWLINE: Case(
        "filter @message like /begin.end/ | fields @message", ("begin\nend", "begin end"),
        "Stack traces are one event with many lines, and `.*` is written to reach across them.",
    ),
    Policy.GLOB_LAZINESS: Case(
        'parse @message "* - *" as first, rest | fields first, rest', ("a - b - c",),
        "A `*` before a text takes as little as it can: `user=* ` ends at the first blank.",
    ),
    Policy.ENVELOPE_UNICODE_ESCAPE: Case(
        "", (),
        "Fluent Bit writes non-ASCII as \\uXXXX into the record unless json.escape_unicode is off, so a search for the "
        "character itself finds nothing in CloudWatch. `logmig plan` writes into the catalog which of "
        "the two holds for "
        "each log group (`escape_unicode`), and queries go by that; the policy overrules it for one query. Each query "
        "that looks for such text in `@message` says so: search the line's own field (`log like …`) to find it.",
    ),
    Policy.LIMIT_BEFORE_STATS: Case(
        "limit 1 | stats count(*) as n", _LEVELS, "Commands run in the order in which they are written."
    ),
    Policy.LIMIT_THEN_SORT: Case(
        "fields ms | limit 2 | sort ms asc", _LEVELS,
        "The smaller surprise: whoever writes `limit` before `sort` mostly wants the first rows of the sorted table.",
    ),
    Policy.FILTER_AFTER_STATS_HOIST: Case(
        'stats count(*) as n | filter level = "info"', _LEVELS,
        "The table has no such column; the filter is meant for the events.",
    ),
    Policy.SORT_DEFAULT_DIRECTION: Case(
        "fields ms | sort ms", _LEVELS, "As in SQL."
    ),
    Policy.STDDEV_FORM: Case(
        "stats stddev(ms) as s", ('{"ms":2}', '{"ms":4}'), "AWS does not say which; Loki's "
        "stddev_over_time is this one."
    ),
    Policy.PCT_ALGORITHM: Case(
        "stats pct(ms, 50) as p", ('{"ms":2}', '{"ms":4}'), "AWS does not say which; Loki's "
        "quantile_over_time is this one."
    ),
    Policy.LATEST_OF_NULL: Case(
        "stats latest(level) as l", _LEVELS, "The name says so: the value of the newest event, also when it has none."
    ),
    Policy.CONCAT_MISSING: Case(
        'fields concat(level, "-", ms) as text', _LEVELS,
        "Who joins texts wants to read them: losing the others with the missing one would be silent.",
    ),
    Policy.GREATEST_MISSING: Case(
        "fields greatest(ms, 6) as g", ('{"ms":5}', '{"ms":"slow"}', '{"x":1}'),
        "The largest of those that are there, as max does it over events.",
    ),
    Policy.OBJECT_FIELD: Case(
        "fields request, request.path", ('{"request":{"path":"/a","id":1}}',),
        "Samples of AWS show `requestParameters` whole; that its parts are fields is all that is documented.",
    ),
    Policy.LOOKUP_DUPLICATES: Case(
        "lookup TEAMS level OUTPUT team | fields level, team", ('{"level":"error"}',),
        "The first, as whoever reads the table from the top finds it.",
        "level,team\nerror,blue\nerror,red",
    ),
    Policy.BIN_WEEK: Case(
        "stats count(*) as n by bin(1w) as week", _LEVELS, "Every other bin is a floor of the UTC epoch."
    ),
}  # fmt: skip
