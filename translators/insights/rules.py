"""Every rule of this language in a sentence: what a page of the documentation begins with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "after-dedup": "Only limit can follow dedup.",
        "aggregate-in-by": "An aggregate cannot be a group of stats.",
        "aggregate-outside-stats": "An aggregate can only stand in stats.",
        "arity": "A function has too few or too many arguments.",
        "bin-after-stats": "bin rounds @timestamp, which stats does not keep.",
        "empty-query": "There is no command.",
        "join-alias": "Both sides of a join have the same alias.",
        "join-condition": "A condition of a join must compare a field of each side.",
        "join-type": "A join is inner or left.",
        "limit-range": "AWS returns 100,000 rows at most.",
        "lookup-column": "The lookup table has no such column.",
        "lookup-table": "The lookup table was not given.",
        "memory": "An operator needs more memory than it may have.",
        "missing-parameter": "A parameter or a placeholder has no value.",
        "mixed-having": "One condition asks for an aggregate and for a field that stats drops.",
        "nested-subquery": "A subquery cannot hold a subquery.",
        "not-an-aggregate": "A column of stats is neither an aggregate nor computed of some.",
        "number-range": "A number is too long or too large.",
        "parse-without-names": "The regular expression of parse names no group.",
        "percentile": "A percentile is a number from 0 to 100.",
        "period": "A period is a whole number above zero and a unit.",
        "ppl": "The query is written in OpenSearch PPL.",
        "regex": "RE2 does not accept the regular expression.",
        "relevantfields": "The command ranks fields by machine learning of AWS.",
        "sort-between-stats": "sort and limit cannot stand between two stats.",
        "source": "The log groups are chosen in a way, or at a place, that cannot be used here.",
        "sql": "The query is written in OpenSearch SQL.",
        "subquery-columns": "A subquery must give the one field that is looked for.",
        "syntax": "Something else should stand here.",
        "too-deep": "The query is nested deeper than any that people write.",
        "too-many-stats": "A query can have two stats commands at most.",
        "unexpected-character": "No part of a query begins with this character.",
        "unknown-command": "There is no such command.",
        "unknown-function": "There is no such function.",
        "unknown-saved-query": "There is no such saved query, or a saved query calls another.",
        "unterminated-name": "A name has no closing backtick.",
        "unterminated-regex": "A regular expression has no closing slash.",
        "unterminated-string": "A string has no closing quotation mark.",
    }
)
"""What makes a query unusable."""

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "anomaly": "Unusual patterns are marked by how rare or new they are; AWS learns them.",
        "bang-operator": "`!x` is read as `not x`.",
        "bare-count": "`count` is read as `count()`.",
        "bare-url": "An address without quotation marks is read as a text.",
        "bin-cap": "AWS caps a period by its unit: bin(300s) is 60 seconds.",
        "bin-of-timestamp": "`bin(@timestamp, 1h)` is read as `datefloor(@timestamp, 1h)`.",
        "dash-comment": "`--` at the beginning of a line begins a comment.",
        "date-floor": "`date_floor` is read as `datefloor`.",
        "double-pipe": "Two `|` in a row are read as one.",
        "exists": "`f exists` is read as `ispresent(f)`.",
        "filter-after-limit": "A filter behind a limit is applied before it.",
        "filter-after-stats": "A filter behind stats on what stats drops is applied before it.",
        "glob-count": "A glob has fewer or more `*` than names.",
        "glob-without-wildcard": "A glob without `*` tests for its text.",
        "head-tail": "`head` and `tail` are deprecated.",
        "list-parentheses": "A list in parentheses is read as one in brackets.",
        "missing-stats": "`stats` is missing before an aggregate.",
        "missing-pipe": "A `|` is missing between two lines.",
        "operator-spelling": "`==` is read as `=`, `<>` as `!=`.",
        "order-by-synonym": "`order by`, `order` and `sort by` are read as `sort`.",
        "parse-without-as": "`as` is missing before the names of parse.",
        "pattern": "Patterns are found by masking what varies; AWS learns them.",
        "percentile-name": "`median`, `percentile` and `pctile` are read as `pct`.",
        "period-as-field": "`9h` in a calculation is read as the name of a field.",
        "period-blank": "A period with a blank is read as one word.",
        "regex-operator": "`~=` is read as `like`.",
        "slash-comment": "`//` begins a comment.",
        "sort-before-stats": "A sort before an aggregation changes nothing.",
        "source-window": "`START` and `END` behind SOURCE count where no window is given.",
        "stray-pipe": "A `|` in the middle of a list is ignored.",
        "string-alias": "A name in quotation marks is read as one in backticks.",
        "trailing-comma": "A comma behind the last item is ignored.",
        "trailing-pipe": "A `|` behind the last command is ignored.",
        "undocumented-if": "`if(condition, a, b)` is not documented.",
        "unknown-column": "A name behind stats is none of its columns: it is null.",
        "unmask": "Nothing is masked outside of CloudWatch.",
    }
)
"""What is said of a query that is read."""
