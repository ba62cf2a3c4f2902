"""Facts about the real Loki that our LogQL depends on; a new Loki that changes one of them fails here."""

from __future__ import annotations

import pytest

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.lab.loki import Tenant
from migrate.ports import EntriesRequest, Entry, InstantRequest, LokiRejected, RangeRequest, Series, Stream
from translators.logql.translate.templates import NUMBER

pytestmark = pytest.mark.engine

MS = 1_000_000
START = 1_772_366_400_000
LABELS = {"cluster": "prod", "app": "x"}
S = '{cluster="prod"}'


def pushed(tenant: Tenant, *lines: str, every: int = 1000, metadata: dict[str, str] | None = None) -> HttpLoki:
    """A Loki that has these lines, one each second from START."""
    entries = tuple(Entry((START + index * every) * MS, line, metadata or {}) for index, line in enumerate(lines))
    tenant.push([Stream(LABELS, entries)])
    return HttpLoki(Endpoint(tenant.url, tenant.name))


def at(loki: HttpLoki, logql: str, milliseconds: int = START + 3_600_000) -> tuple[Series, ...]:
    return loki.instant(InstantRequest(logql, milliseconds * MS)).series


def value(loki: HttpLoki, logql: str, milliseconds: int = START + 3_600_000) -> float:
    found = at(loki, logql, milliseconds)
    assert len(found) == 1, found
    return found[0].points[0][1]


def lines(loki: HttpLoki, logql: str) -> list[str]:
    page = loki.entries(EntriesRequest(logql, START * MS, (START + 3_600_000) * MS, 5000))
    return [entry.line for stream in page.streams for entry in stream.entries]


def test_structured_metadata_in_a_selector_silently_selects_nothing(tenant: Tenant) -> None:
    loki = pushed(tenant, "a", metadata={"pod": "p-1"})
    assert lines(loki, '{cluster="prod", pod="p-1"}') == []
    assert lines(loki, S + ' | pod="p-1"') == ["a"]
    assert at(loki, f"sum by (pod) (count_over_time({S} [2h]))")[0].labels == {"pod": "p-1"}


def test_nanoseconds_behind_the_last_millisecond_need_its_whole_length(tenant: Tenant) -> None:
    tenant.push([Stream(LABELS, (Entry(START * MS, "a", {}), Entry((START + 1000) * MS + 999_999, "b", {})))])
    loki = HttpLoki(Endpoint(tenant.url, tenant.name))
    metric = 'sum(count_over_time({cluster="prod"} [1001ms]))'
    exact = loki.instant(InstantRequest(metric, (START + 1001) * MS - 1)).series
    short = loki.instant(InstantRequest(metric, (START + 1000) * MS + 1)).series
    assert exact[0].points[0][1] == 2
    assert short[0].points[0][1] == 1


def test_buckets_begin_where_insights_begins_them(tenant: Tenant) -> None:
    edges = (START * MS, (START + 300_000) * MS - 1, (START + 300_000) * MS, (START + 599_999) * MS + 5)
    tenant.push([Stream(LABELS, tuple(Entry(each, f"line {each}", {}) for each in edges))])
    loki = HttpLoki(Endpoint(tenant.url, tenant.name))

    def buckets(offset: str) -> dict[int, float]:
        metric = f"sum(count_over_time({S} [5m]{offset}))"
        found = loki.range(RangeRequest(metric, START * MS, (START + 600_000) * MS, 300_000 * MS)).series
        return {(stamp // MS - START) // 1000: number for series in found for stamp, number in series.points}

    assert buckets(" offset -299999999999ns") == {0: 2, 300: 2}
    assert buckets(" offset -299999ms") != {0: 2, 300: 2}
    assert buckets("") != {0: 2, 300: 2}
    assert buckets(" offset 1ns") == {}


def test_a_line_that_json_was_cut_off_in_still_has_fields(tenant: Tenant) -> None:
    cut, trailing = '{"level":"error","msg":"cut off he', '{"level":"error"} trailing'
    loki = pushed(tenant, cut, trailing, '{"level":"info"}')
    assert lines(loki, S + ' | json level="level" | level="error"') == [cut, trailing]


def test_an_escape_hides_a_text_from_a_line_filter(tenant: Tenant) -> None:
    line = '{"level":"err\\u006fr"}'
    loki = pushed(tenant, line)
    assert lines(loki, S + ' |= "error" | json level="level" | level="error"') == []
    assert lines(loki, S + ' |= "error" or `\\u00` | json level="level" | level="error"') == [line]


def test_text_that_go_reads_as_a_number_needs_the_guard(tenant: Tenant) -> None:
    loki = pushed(tenant, *(f'{{"v":{v}}}' for v in ('"Infinity"', '"0x1F4p0"', '"NaN"', "600", '"abc"', "null")))
    loose = lines(loki, S + ' | json v="v" | v!="" | v>=500 | __error__=""')
    guarded = lines(loki, S + f' | json v="v" | v=~"{NUMBER}" | v>=500')
    assert len(loose) == 3
    assert guarded == ['{"v":600}']
    summed = f'sum(sum_over_time({S} | json v="v" | v=~"{NUMBER}" | unwrap v [2h]))'
    assert value(loki, summed) == 600


def test_a_numeric_filter_keeps_what_it_cannot_read_and_fails_a_metric_query(tenant: Tenant) -> None:
    loki = pushed(tenant, '{"v":"abc"}', '{"v":1}')
    assert lines(loki, S + ' | json v="v" | v>5') == ['{"v":"abc"}']
    with pytest.raises(LokiRejected):
        at(loki, f'sum(count_over_time({S} | json v="v" | v>5 [2h]))')


def test_a_missing_key_is_one_group_once_it_is_folded(tenant: Tenant) -> None:
    loki = pushed(tenant, "text", '{"a":1}', '{"user":"x"}', '{"user":""}')
    stages = 'json user="user" | drop __error__, __error_details__ | label_format user=`{{.user}}`'
    found = at(loki, f"sum by (user) (count_over_time({S} | {stages} [2h]))")
    assert {series.labels.get("user"): series.points[0][1] for series in found} == {None: 3, "x": 1}


def test_a_sum_over_a_count_is_the_average_of_what_is_a_number(tenant: Tenant) -> None:
    loki = pushed(tenant, '{"v":10,"i":1}', '{"v":20,"i":2}', *(f"text {i}" for i in range(6)))
    right = (
        f'sum(sum_over_time({S} | json v="v" | v=~"{NUMBER}" | unwrap v [2h]))'
        f' / sum(count_over_time({S} | json v="v" | v=~"{NUMBER}" [2h]))'
    )
    assert value(loki, right) == 15


def test_an_address_filter_keeps_a_line_without_the_address(tenant: Tenant) -> None:
    loki = pushed(tenant, "plain text", '{"src":"10.1.1.1"}', '{"src":"11.1.1.1"}')
    assert "plain text" in lines(loki, S + ' | json src="src" | src=ip("10.0.0.0/8")')
    cured = lines(loki, S + ' | json src="src" | src!="" | src=ip("10.0.0.0/8") | __error__=""')
    assert cured == ['{"src":"10.1.1.1"}']


def test_a_capture_named_like_a_label_gets_another_name(tenant: Tenant) -> None:
    loki = pushed(tenant, "app=inner")
    page = loki.entries(EntriesRequest(S + " | regexp `app=(?P<app>\\w+)`", START * MS, (START + 1) * MS, 10))
    parsed = {name: text for stream in page.streams for name, text in stream.labels.items()}
    assert parsed["app"] == "x"


def test_letters_are_cut_whole_only_by_regular_expressions(tenant: Tenant) -> None:
    loki = pushed(tenant, "한글 텍스트")
    template = '{{ regexReplaceAll "(?s)^.{0,1}(.{0,2}).*$" __line__ "${1}" }}'
    assert lines(loki, S + f" | line_format `{template}`") == ["글 "]
    assert lines(loki, S + ' | line_format `{{ count "(?s)." __line__ }}`') == ["6"]


def test_identical_entries_are_one(tenant: Tenant) -> None:
    tenant.push([Stream(LABELS, (Entry(START * MS, "same", {}),) * 3)])
    loki = HttpLoki(Endpoint(tenant.url, tenant.name))
    assert value(loki, f"sum(count_over_time({S} [2h]))") == 1


def test_a_metric_query_forgets_a_line_format_that_only_a_template_needs(tenant: Tenant) -> None:
    loki = pushed(tenant, "a long line", metadata={"pod": "p"})
    swapped = (
        f"sum(sum_over_time({S} | label_format line_=`{{{{__line__}}}}` | line_format `{{{{.pod}}}}` | regexp "
        '`(?P<a>.)` | line_format `{{.line_}}` | label_format n_=`{{ count "(?s)." %s }}` | unwrap n_ [2h]))'
    )
    assert value(loki, swapped % "__line__") != 11
    assert value(loki, swapped % ".line_") == 11


def test_a_dot_of_a_line_filter_stops_at_a_newline(tenant: Tenant) -> None:
    loki = pushed(tenant, "a\nb")
    assert lines(loki, S + " |~ `a.b`") == []
    assert lines(loki, S + " |~ `(?s)a.b`") == ["a\nb"]


def test_and_binds_tighter_than_or_in_label_filters(tenant: Tenant) -> None:
    loki = pushed(tenant, "a")
    assert lines(loki, S + ' | app="x" or app="x" and app="y"') == ["a"]


def test_the_series_of_a_window_that_was_asked_for_are_those_that_are_there_now(tenant: Tenant) -> None:
    loki = pushed(tenant, "a")
    for at in (START * MS, START * MS + 5):
        tenant.push([Stream({**LABELS, "host": str(at)}, (Entry(at, "b", {}),))])
        for _ in range(3):
            found = [labels.get("host") for labels in loki.series(S, at, at + 1)]
            assert str(at) in found
