"""A query for each rule of the query languages, and what a person says about the rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """A query of the demo's application log group that makes the rule appear, and the reader's next questions."""

    query: str
    why: str = ""
    todo: str = ""


REFUSED = "Logs Insights refuses such a query too: there is no meaning to translate."
READ = "CloudWatch accepts it, and people write it; so it is read as they mean it, and said."
_ERRORS = {
    "after-dedup": Case("dedup kubernetes.pod_name | filter stream = 'stderr'", todo="Filter before `dedup`."),
    "aggregate-in-by": Case("stats count(*) by max(log_processed.ms)", todo="Group by a field or by `bin(...)`."),
    "aggregate-outside-stats": Case("fields count(*)", todo="Write `stats count(*)`."),
    "arity": Case("fields strlen(log, stream)", todo="Give the function the arguments that its documentation names."),
    "bin-after-stats": Case(
        "stats avg(log_processed.ms) as ms by bin(5m) | stats max(ms) by bin(1h)",
        "After `stats` there is no `@timestamp`, only the columns of the table.",
        "Name the first bucket (`bin(5m) as t`) and round that: `datefloor(t, 1h)`.",
    ),
    "empty-query": Case(
        " ", todo="Write at least one command; `fields @timestamp, @message` is the console's default."
    ),
    "join-alias": Case("join type=inner left=a right=a where a.x=a.y (SOURCE '/x')", todo="Give each side its own."),
    "join-condition": Case("join type=inner left=a right=b where a.x=a.y (SOURCE '/x')", todo="Compare `a.x = b.y`."),
    "join-type": Case("join type=outer left=a right=b where a.x=b.x (SOURCE '/x')", todo="Write inner or left."),
    "limit-range": Case("limit 200000", todo="Write a smaller number, or narrow the window."),
    "missing-parameter": Case(
        "filter stream = <stream>",
        "A query with a placeholder is one that somebody has to finish.",
        "Write the value in its place, or write `{{stream}}` and give `--parameter stream=stderr`.",
    ),
    "mixed-having": Case("stats count(*) as n by stream | filter n > 1 or log = 'x'", todo="Write two filters."),
    "nested-subquery": Case(
        "filter stream in (fields stream | filter log in (fields log))", todo="Put the inner query's result in a list."
    ),
    "not-an-aggregate": Case("stats log", todo="Put the field behind `by`, or take `latest(log)`."),
    "number-range": Case("filter log_processed.ms > 1e999", todo="Write a number that a computer can hold."),
    "parse-without-names": Case("parse log /a=(b)/", todo="Name the group: `(?<b>b)`."),
    "percentile": Case("stats pct(log_processed.ms, 101)", todo="Write a number from 0 to 100."),
    "period": Case("stats count(*) by bin(5x)", todo="Write ms, s, m, h, d, w, mo, q or y."),
    "ppl": Case(
        "source = x | where stream = 'stderr'",
        "Logs Insights also runs OpenSearch PPL and SQL; they are other languages with other functions.",
        "Write the query in Logs Insights QL, or in LogQL.",
    ),
    "regex": Case(
        "filter log like /(?=x)y/",
        "Logs Insights and Loki both use engines without look-around and back-references.",
        "Say it with two filters: one `like`, one `not like`.",
    ),
    "relevantfields": Case(
        "relevantfields",
        "The ranking is a model of AWS; no data in Loki gives the same.",
        "Look at `detected fields` in Grafana's Explore.",
    ),
    "sort-between-stats": Case("stats count(*) as n by stream | sort n | stats max(n)", todo="Take the `sort` out."),
    "source": Case(
        "SOURCE logGroups(prefix: ['/aws']) | limit 5", todo="Write namePrefix, class or accountIdentifiers."
    ),
    "sql": Case(
        "SELECT log FROM x",
        "Logs Insights also runs OpenSearch SQL and PPL; they are other languages with other functions.",
        "Write the query in Logs Insights QL, or in LogQL.",
    ),
    "subquery-columns": Case("", todo="End the subquery in one field."),
    "syntax": Case("fields log, stream log"),
    "too-deep": Case("filter " + "(" * 300 + "stream = 'x'" + ")" * 300, todo="Fewer parentheses."),
    "too-many-stats": Case(
        "stats count(*) as a by stream | stats max(a) as b | stats max(b)", todo="Do the third step in Grafana."
    ),
    "unexpected-character": Case("fields log, §", todo="Take it out, or put the name in backticks."),
    "unknown-command": Case("fileds log", todo="Correct the command's name."),
    "unknown-function": Case("fields foo(log)", todo="Correct the function's name."),
    "unknown-saved-query": Case("$mine()", todo="Translate the saved query together with this one."),
    "unterminated-name": Case("fields `log", todo="Close it."),
    "unterminated-regex": Case("filter log like /x", todo="Close it; write a slash inside as `\\/`."),
    "unterminated-string": Case("filter log like 'x", todo="Close it; write a quotation mark inside as `\\'`."),
}
_NOTES = {
    "anomaly": Case(
        "pattern log | anomaly",
        "CloudWatch compares patterns with what it learnt of the log group; logmig only sees the rows of the query.",
        "Take it as a hint. For alerts use a metric query on the pattern you know.",
    ),
    "bang-operator": Case("filter !(stream = 'stderr')"),
    "bare-count": Case("stats count by stream"),
    "bare-url": Case(
        "filter log_processed.referrer = http://shop.example/ | limit 5", todo="Put it in quotation marks."
    ),
    "bin-cap": Case(
        "stats count(*) by bin(300s)",
        "AWS caps each unit: ms at 1000, s and m at 60, h at 24. Above the cap the cap is used.",
        "Write `bin(5m)` if five minutes were meant: the numbers in CloudWatch were per minute.",
    ),
    "bin-of-timestamp": Case("stats count(*) by bin(@timestamp, 1h)"),
    "dash-comment": Case("-- who is slow\nfields log"),
    "date-floor": Case("stats count(*) by date_floor(@timestamp, 1h)"),
    "double-pipe": Case("fields log || limit 5"),
    "exists": Case("filter stream exists"),
    "filter-after-limit": Case(
        "limit 5 | filter stream = 'stderr'", "CloudWatch runs filters first wherever they stand."
    ),
    "filter-after-stats": Case(
        "stats count(*) by stream | filter log like /x/",
        "The table of `stats` has no such column; CloudWatch applies the filter to the events before.",
        "Write the filter in front of `stats`. See "
        "[filter-after-stats-hoist](../../policies/filter-after-stats-hoist.md).",
    ),
    "glob-count": Case("parse log 'a=* b=*' as a"),
    "glob-without-wildcard": Case("parse log 'abc' as a"),
    "head-tail": Case(
        "head 5",
        "AWS calls both deprecated. `head` is `limit`; `tail` is the oldest rows of the window.",
        "Write `limit`, with `sort @timestamp asc` for `tail`.",
    ),
    "list-parentheses": Case("filter stream in ('stdout', 'stderr')"),
    "missing-stats": Case("count(*) as n by stream", todo="Write `stats` before it."),
    "missing-pipe": Case("fields log\nlimit 5"),
    "operator-spelling": Case("filter stream == 'stderr'"),
    "order-by-synonym": Case("fields log | order by @timestamp desc"),
    "parse-without-as": Case("parse log 'a=*' a"),
    "pattern": Case(
        "pattern log",
        "CloudWatch's patterns come from a model; here numbers, hashes, addresses and the like are masked.",
        "Compare counts, not the texts of the patterns. Loki has `/loki/api/v1/patterns` of its own.",
    ),
    "percentile-name": Case("stats percentile(log_processed.ms, 95)", todo="Write `pct(field, 95)`."),
    "period-as-field": Case(
        "stats count(*) by datefloor(@timestamp + 9h, 1d)",
        "AWS documents lengths of time as arguments of bin, datefloor and dateceil only; elsewhere `9h` is a name like "
        "any other, and no event has such a field.",
        "Write milliseconds: `datefloor(@timestamp + 32400000, 1d)`.",
    ),
    "period-blank": Case("stats count(*) by bin(5 m)"),
    "regex-operator": Case("filter log ~= /x/"),
    "slash-comment": Case("fields log // the text"),
    "sort-before-stats": Case("sort @timestamp | stats count(*) by stream"),
    "source-window": Case(
        "SOURCE '/aws/containerinsights/shop-prod/application' START=-3600s END=0s | fields log",
        "The console writes the window of its screen into the text that it copies.",
        "Nothing, if it is the window that you mean; else `--since 1h`, or `--start` and `--end`.",
    ),
    "stray-pipe": Case("fields log, | stream"),
    "string-alias": Case("fields log as 'text'"),
    "trailing-comma": Case("fields log, | limit 5"),
    "trailing-pipe": Case("fields log |"),
    "undocumented-if": Case("fields if(stream = 'stderr', 1, 0) as bad"),
    "unknown-column": Case("stats count(*) as n by stream | sort m desc", todo="Correct the name."),
    "unmask": Case(
        "unmask @message",
        "Masking is a data protection policy of the log group; Loki has none, so lines stand there as written.",
        "Check who may read these lines in Loki before you move them.",
    ),
}
_NO_WORDS = "LogQL has no words for it; `logmig query` computes it from the lines that Loki returns."
_RUN = "Run it with `logmig query`. In Grafana there is no panel for it."
_LOGQL = {
    "aggregates": Case(
        "stats " + ", ".join(f"pct(log_processed.ms, {share})" for share in range(27)),
        "Each number of a panel is a query of its own, with a letter from A to Z for its name.",
        "Show at most 26 numbers, or run it with `logmig query`.",
    ),
    "aggregate": Case("stats sortsFirst(log_processed.level) by stream", _NO_WORDS, _RUN),
    "arithmetic": Case("fields log_processed.ms ^ 2 as p", _NO_WORDS, _RUN),
    "calendar-bucket": Case(
        "stats count(*) by bin(1mo)", "A range in LogQL has a fixed length; a month has none.", _RUN
    ),
    "command": Case("pattern log", _NO_WORDS, _RUN),
    "condition": Case("", _NO_WORDS, _RUN),
    "cut-json": Case(
        "filter log_processed.level = 'error' | limit 5",
        "Fluent Bit's parser takes a line only if all of it is JSON; Loki's takes what it can.",
        "Nothing, unless your applications write half lines of JSON.",
    ),
    "dedup": Case("stats count(*) as n by stream | dedup stream", _NO_WORDS, _RUN),
    "dedup-null": Case("dedup log_processed.level | limit 5"),
    "edge-buckets": Case(
        "stats count(*) by bin(5m)",
        "A panel asks Loki at whole steps; Insights cuts the first and last bucket at the window's ends.",
        "Choose a window of whole buckets when you compare both sides. `logmig query` cuts as Insights does.",
    ),
    "empty-text": Case(
        "fields if(stream = 'stderr', log_processed.level, '') as y | filter y = '' | limit 5",
        "In Loki a label with an empty value is no label: to ask for the empty text would find nothing, or every line "
        "without the value. For a field of a JSON line the line itself is looked into.",
        "Run it with `logmig query`. Where a missing value counts as well, write `isempty(y)`: that has a panel.",
    ),
    "empty-is-missing": Case(
        "stats count(*) by log_processed.status", "In Loki a label with an empty value is no label."
    ),
    "envelope": Case(
        "filter @message like /shop/ | limit 5",
        "A panel shows the line that the application wrote, and filters it; the record around it is not in Loki.",
        "Name the field you mean: `filter log like /shop/`, `filter kubernetes.namespace_name = 'shop'`. "
        "`logmig query` rebuilds the record.",
    ),
    "expression": Case("", _NO_WORDS, _RUN),
    "extreme-of-text": Case("stats max(log_processed.ms)"),
    "function": Case("fields sqrt(log_processed.ms) as a | stats avg(a) by bin(5m)", _NO_WORDS, _RUN),
    "having": Case("stats count(*) as n, max(log_processed.ms) as m by stream | filter n > m", _NO_WORDS, _RUN),
    "json-as-written": Case(
        "fields jsonParse(log) as j | fields j.level",
        "Insights writes what it parsed anew; a panel shows the line, where all of it is JSON.",
        "Name the columns that you mean: `| display j.level`.",
    ),
    "json-values": Case(
        "filter log_processed.level = 'error' | limit 5",
        "Loki's `json` keeps the text of a value; Insights shows booleans as 1 and 0 and numbers in its own way.",
        "Nothing, unless you compare booleans or floats with exponents.",
    ),
    "limit-before-stats": Case("limit 5 | stats count(*)", "Loki applies a limit last.", _RUN),
    "missing-in-second-stats": Case(
        "stats avg(log_processed.ms) as a by stream, kubernetes.pod_name as p | stats sum(a) by stream",
        "Grafana's groupBy sums nothing to 0, and a label that is missing is the empty text in its table.",
        "Ask for the values first: `filter ispresent(log_processed.ms)`.",
    ),
    "second-stats-of-nothing": Case(
        "stats count(*) as n by stream | stats max(n), avg(n)",
        "Grafana's groupBy makes a row of each value that is there.",
        "Nothing, or read no row as zero.",
    ),
    "newest-of-several": Case(
        "stats latest(log_processed.level) by stream",
        "Which of two lines with the same time is the newest, neither side says.",
    ),
    "number-spelling": Case("stats count(*) by log_processed.status"),
    "order": Case("stats count(*) as n by stream | parse stream 'std*' as s", _NO_WORDS, _RUN),
    "over-aggregates": Case("stats bin(5m) as b, count(*) by bin(5m)", _NO_WORDS, _RUN),
    "parse-mode": Case("parse log logfmt as m | fields m.level", _NO_WORDS, _RUN),
    "points-limit": Case(
        "stats count(*) by bin(1s)",
        "A range query of Loki has at most 11,000 steps, and a panel makes one query of its whole window.",
        "Choose longer buckets or a shorter window. `logmig query` splits the window.",
    ),
    "policy": Case(
        "",
        "What AWS does not document is a policy of logmig. A panel can only do what Loki does, which is the default.",
        "Run it with `logmig query`, which follows the policy, or leave the policy at its default.",
    ),
    "row-cap": Case(
        "fields @timestamp, log",
        "Loki returns at most `max_entries_limit_per_query` lines to one request, and a panel makes one request.",
        "Narrow the query, or run it with `logmig query`, which pages.",
    ),
    "second-stats": Case("stats count(*) as n by stream | stats pct(n, 95)", _NO_WORDS, _RUN),
    "series-limit": Case(
        "stats count(*) by kubernetes.pod_name",
        "Each group is a series, and Loki refuses a query with more than `max_query_series` (500).",
        "Group by less, raise the limit, or run it with `logmig query`, which counts lines where it must.",
    ),
    "several-selectors": Case("SOURCE logGroups(namePrefix: ['/aws']) | limit 5", _NO_WORDS, _RUN),
    "sort": Case("fields log | sort strlen(log) desc | limit 5", _NO_WORDS, _RUN),
    "sort-as-text": Case(
        "stats count(*) as n by log_processed.status | sort log_processed.status",
        "A label has no type: Grafana puts 1000 before 200.",
    ),
    "nulls-last": Case(
        "stats count(*) as n, max(log_processed.ms) as m by stream | sort m desc",
        "Insights puts a missing value first when it sorts ascending; Grafana puts it last in both directions.",
    ),
    "tail": Case("stats count(*) by stream | tail 5", _NO_WORDS, _RUN),
    "ties-at-limit": Case(
        "stats count(*) as n by stream | sort n desc | limit 1",
        "Which of two equal rows stands in front, neither side promises.",
        "Sort by a second field, if it matters.",
    ),
    "time-as-text": Case(
        "fields strlen(bin(5m)) as n, log | limit 5",
        "Insights shows a time as a date, and functions of texts see that date; LogQL has only its milliseconds.",
        _RUN,
    ),
    "window-edge": Case(
        "stats count(*) by kubernetes.pod_name",
        "Grafana's ranges open at the start; Insights' windows are closed at both ends.",
        "Nothing. `logmig query` asks for the closed window.",
    ),
    "unspeakable": Case("", _NO_WORDS, _RUN),
}
_QUERY = {
    "envelope": Case(
        "filter @message like /shop/",
        "In CloudWatch the event is Fluent Bit's whole record with the pod's metadata; in Loki the line is what the "
        "application wrote, and the metadata are labels.",
        "Name the field you mean: `filter kubernetes.namespace_name = 'shop'`, `filter log like /shop/`.",
    ),
    "field-gone": Case(
        "filter kubernetes.docker_id = 'x'",
        "The agents do not know this value, or the label scheme leaves it out.",
        "Keep it as metadata with a labels file, if you need it, and plan again.",
    ),
    "field-not-in-record": Case(
        "filter nosuch = 1",
        "The catalog lists the fields of this log group's records, and this one is not among them.",
        "Correct the name; `logmig catalog show` lists shapes.",
    ),
    "not-in-loki": Case(
        "SOURCE '/aws/lambda/checkout' | limit 5",
        "Only log groups that Fluent Bit filled are in Loki; the others stay in CloudWatch.",
        "Ask CloudWatch for this one.",
    ),
    "system-field": Case("fields @ingestionTime, @ptr", "Loki keeps no such value.", "Leave the field out."),
    "never": Case(
        "filter nosuch like /x/ | limit 5",
        "The catalog shows that no entry can satisfy the filter, so Loki is not asked.",
        "Check the names in the filter.",
    ),
    "unknown-column": Case(
        "fields jsonParse(log_processed.order) as o | filter o like /a/ | limit 3",
        "LogQL reads JSON of the line only; a map that was made of another text has no name there.",
        "Run it with `logmig query`, or correct the name.",
    ),
    "discovered-field": Case(""),
    "parameter": Case(
        "filter stream = '{{stream}}'",
        "A saved query may have parameters; those without a default are asked when it runs.",
        "Add a variable of that name to the dashboard, or give `--parameter stream=stderr`.",
    ),
}
CASES: dict[str, Case] = {
    **{f"insights/{name}": case for name, case in (_ERRORS | _NOTES).items()},
    **{f"logql/{name}": case for name, case in _LOGQL.items()},
    **{f"query/{name}": case for name, case in _QUERY.items()},
}
