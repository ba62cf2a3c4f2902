"""The timestamp stage: layouts, locations, and what the agents do with a text that they cannot read."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from translators.pipeline.go_time import NANOSECONDS, Unreadable, days_since_1970, has_year, read
from translators.pipeline.run_line import Line, Setting
from translators.pipeline.stages import TimeFailure

RFC3339_NANO = "RFC3339Nano"
_NAMED = {
    "ANSIC": "Mon Jan _2 15:04:05 2006",
    "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
    "RubyDate": "Mon Jan 02 15:04:05 -0700 2006",
    "RFC822": "02 Jan 06 15:04 MST",
    "RFC822Z": "02 Jan 06 15:04 -0700",
    "RFC850": "Monday, 02-Jan-06 15:04:05 MST",
    "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST",
    "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700",
    "RFC3339": "2006-01-02T15:04:05Z07:00",
    RFC3339_NANO: "2006-01-02T15:04:05.999999999Z07:00",
}
_UNIX = {"UnixMs": 1_000_000, "UnixUs": 1_000, "UnixNs": 1}
_INTEGER = re.compile(r"[+-]?\d+\Z", re.ASCII)
_FIXED = re.compile(r"Etc/GMT([+-]\d{1,2})\Z")
_FAST = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{1,9})Z", re.ASCII)


class Times:
    """Reads times for one stage and keeps the last one of each stream."""

    def __init__(
        self,
        layouts: tuple[str, ...],
        location: str,
        on_failure: TimeFailure,
        setting: Setting,
        *,
        fudges_duplicates: bool,
    ) -> None:
        self._layouts = layouts
        self._offset_at = offsets(location)
        self._fudges = on_failure is TimeFailure.FUDGE
        self._fudges_duplicates = fudges_duplicates
        self._now = datetime.fromtimestamp(setting.now_ns // NANOSECONDS, UTC)
        self._last: dict[tuple[tuple[str, str], ...], tuple[int, int]] = {}
        self._days: dict[tuple[str, str, str], int] = {}

    def apply(self, line: Line, text: str | None) -> None:
        """Sets the line's time. Fudged is one nanosecond behind the last time of the same labels."""
        parsed = None if text is None else self.read(text)
        if parsed is None:
            if self._fudges and (last := self._last.get(line.stream)):
                line.time_ns = last[1] + 1
                self._last[line.stream] = (last[0], last[1] + 1)
            return
        line.time_ns = parsed
        if self._fudges_duplicates and (last := self._last.get(line.stream)) and last[0] == parsed:
            line.time_ns = last[1] + 1
        if self._fudges or self._fudges_duplicates:
            self._last[line.stream] = (parsed, line.time_ns)

    def read(self, text: str) -> int | None:
        """Nanoseconds since 1970 by the first layout that fits."""
        for layout in self._layouts:
            found = self._fast(text) if layout == RFC3339_NANO else None
            found = self._by(layout, text) if found is None else found
            if found is not None:
                return found
        return None

    def _fast(self, text: str) -> int | None:
        """What containerd writes, with its days remembered."""
        found = _FAST.fullmatch(text)
        if found is None:
            return None
        year, month, day, hour, minute, second, fraction = found.groups()
        if hour > "23" or minute > "59" or second > "59":
            return None
        days = self._days.get((year, month, day))
        if days is None:
            try:
                days = read("2006-01-02", f"{year}-{month}-{day}").seconds // 86400
            except Unreadable:
                return None
            self._days[year, month, day] = days
        seconds = days * 86400 + int(hour) * 3600 + int(minute) * 60 + int(second)
        return seconds * NANOSECONDS + int(fraction.ljust(9, "0"))

    def _by(self, layout: str, text: str) -> int | None:
        if layout == "Unix":
            return _unix(text)
        if layout in _UNIX:
            return int(text) * _UNIX[layout] if _INTEGER.match(text) else None
        try:
            if layout in _NAMED:
                return read(_NAMED[layout], text).in_location(_utc)
            if has_year(layout):
                return read(layout, text).in_location(self._offset_at)
            return self._without_year(layout, text)
        except Unreadable:
            return None

    def _without_year(self, layout: str, text: str) -> int | None:
        """The year of now, or the one beside it when now is in the month beside New Year.

        Go adds years to a date of the year 0, which is a leap year: 29 February of a common year is 1 March.
        """
        moment = read(layout, text)
        if moment.year != 0:
            return None
        plain = datetime(2000, 1, 1) + timedelta(seconds=moment.seconds - days_since_1970(0, 1, 1) * 86400)
        year = self._now.year
        if plain.month == 12 and self._now.month == 1:
            year -= 1
        elif plain.month == 1 and self._now.month == 12:
            year += 1
        day = days_since_1970(year, plain.month, 1) + plain.day - 1
        seconds = day * 86400 + plain.hour * 3600 + plain.minute * 60 + plain.second
        offset = self._offset_at(seconds) if moment.offset is None else moment.offset
        return (seconds - offset) * NANOSECONDS + moment.nanosecond


def _unix(text: str) -> int | None:
    if text.count(".") == 1:
        seconds, fraction = text.split(".")
        if not _INTEGER.match(seconds) or not _INTEGER.match(fraction):
            return None
        return int(seconds) * NANOSECONDS + int(float(int(fraction)) * 10.0 ** (9 - len(fraction)))
    return int(text) * NANOSECONDS if _INTEGER.match(text) else None


def _utc(_seconds: int) -> int:
    return 0


def offsets(location: str) -> Callable[[int], int]:
    """Seconds east of Greenwich for local seconds. ``Local`` counts as UTC: the agents' containers have no other."""
    if location in ("", "UTC", "Local"):
        return _utc
    fixed = _FIXED.match(location)
    if fixed is not None:
        seconds = -int(fixed[1]) * 3600
        return lambda _seconds: seconds
    zone = zoneinfo.ZoneInfo(location)

    def at(seconds: int) -> int:
        local = datetime(1970, 1, 1) + timedelta(seconds=seconds)
        found = zone.utcoffset(local)
        return int(found.total_seconds()) if found else 0

    return at
