"""From the text of a time to nanoseconds, as Fluent Bit's parsers go: strptime, a fraction as a double, offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from translators.fluentbit.evaluate.strptime import Moment, strptime

_FRACTION = re.compile(rb"\d+(?:[eE][-+]?\d+)?")
_TWO_DIGITS = re.compile("[0-5][0-9]")
_ISO = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,9})Z")
_ISO_LAYOUTS = (b"%Y-%m-%dT%H:%M:%S.%L%z", b"%Y-%m-%dT%H:%M:%S.%LZ", b"%Y-%m-%dT%H:%M:%S.%L")
_EPOCH = datetime(1970, 1, 1)
_CACHED_SECONDS = 4096
NANOSECONDS = 1_000_000_000


class BadTime(ValueError):
    """The text does not fit and Time_Strict is on: the record gets the read time.

    ``fraction`` is what was read of the second before the misfit.
    """

    def __init__(self, fraction: float = 0.0) -> None:
        super().__init__(fraction)
        self.fraction = fraction


@dataclass(frozen=True, slots=True)
class TimeLayout:
    """A parser's Time_Format with the options around it.

    ``today`` (year, month from 0, day) fills in what a format without a year lacks; ``zone`` counts where the format
    reads none, and then ``offset`` does not. ``by_system``: the zone that the text names does not count, only that of
    the node, which is UTC (Time_System_Timezone, ``flb_parser_tm2time``).
    """

    layout: bytes
    offset: int = 0
    strict: bool = True
    today: tuple[int, int, int] = (1970, 0, 1)
    zone: tzinfo | None = None
    by_system: bool = False
    _seconds: dict[bytes, int] = field(default_factory=dict, compare=False, repr=False)

    def read(self, text: bytes) -> int:
        """Nanoseconds since 1970; raises BadTime. Without strictness a misfit gives what was read so far."""
        if self.layout in _ISO_LAYOUTS and (found := _ISO.fullmatch(text)):
            return self.read_iso(found[1], found[2])
        if len(text) > 63 or (not self._has_year() and len(text) + 6 >= 64):
            raise BadTime
        moment, fraction = self._read(text)
        return self._epoch(moment) * NANOSECONDS + int(fraction * NANOSECONDS)

    def _epoch(self, moment: Moment) -> int:
        seconds = moment.epoch() + (moment.offset if self.by_system else 0)
        if self.zone is None or self._has_zone():
            return seconds
        return seconds - _zone_offset(self.zone, _EPOCH + timedelta(seconds=seconds))

    def read_iso(self, second: bytes, fraction: bytes) -> int:
        """The most frequent layouts in UTC, with the seconds remembered. Only for those layouts."""
        seconds = self._seconds.get(second)
        if seconds is None:
            moment, found = self._read(second + b".5Z")
            seconds = self._epoch(moment)
            if not found:
                return seconds * NANOSECONDS
            if len(self._seconds) >= _CACHED_SECONDS:
                self._seconds.clear()
            self._seconds[second] = seconds
        return seconds * NANOSECONDS + int(float(b"0." + fraction) * NANOSECONDS)

    def _has_year(self) -> bool:
        return any(mark in self.layout for mark in (b"%Y", b"%y", b"%s"))

    def _has_zone(self) -> bool:
        return any(mark in self.layout for mark in (b"%z", b"%Z", b"%SZ", b"%S.%LZ"))

    def _read(self, text: bytes) -> tuple[Moment, float]:
        text, layout = text.partition(b"\0")[0], self.layout
        moment, fraction = Moment(), 0.0
        if not self._has_year():
            text, layout = b"%d %s" % (self.today[0], text), b"%Y " + layout
            moment.month, moment.day = self.today[1:]
        head, has_fraction, tail = layout.partition(b"%L")
        taken = strptime(text, head, moment)
        if taken is None:
            return self._misfit(moment, fraction)
        if has_fraction:
            digits = _FRACTION.match(text[taken : taken + 9])
            if digits is None:
                return self._misfit(moment, fraction)
            fraction = float(b"0." + digits[0])
            if strptime(text[taken + digits.end() :], tail, moment) is None:
                return self._misfit(moment, fraction)
        if not self._has_zone() and self.zone is None:
            moment.offset = self.offset
        return moment, fraction

    def _misfit(self, moment: Moment, fraction: float) -> tuple[Moment, float]:
        if self.strict:
            raise BadTime(fraction)
        return moment, fraction


def is_event_time(time_ns: int | None) -> bool:
    """Whether a record can have that time: from 1970 to what 32 bits of seconds hold. None is the read time."""
    return time_ns is None or 0 <= time_ns < 2**32 * NANOSECONDS


def _zone_offset(zone: tzinfo, local: datetime) -> int:
    """Seconds of the zone at a local time. Of the times that a clock shows twice the first counts.

    A time that the clock leaves out gets the offset that holds at that moment of UTC, as in Fluent Bit.
    """
    offset = local.replace(tzinfo=zone).utcoffset() or timedelta()
    moment = (local - offset).replace(tzinfo=UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        offset = local.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds())


def read_offset(text: str) -> int:
    """Seconds of a Time_Offset such as +0900 or -05:30; raises ValueError where Fluent Bit makes no parser."""
    if text[:1] == "Z" or not text:
        return 0
    colon = len(text) == 6 and text[3] == ":"
    hours, minutes = text[1:3], text[4:6] if colon else text[3:5]
    if text[0] not in "+-" or not _TWO_DIGITS.fullmatch(hours) or not _TWO_DIGITS.fullmatch(minutes):
        raise ValueError(text)
    seconds = int(hours) * 3600 + int(minutes) * 60
    return -seconds if text[0] == "-" else seconds


def is_offset(text: str) -> bool:
    """Whether Fluent Bit takes the text for a Time_Offset."""
    try:
        read_offset(text)
    except ValueError:
        return False
    return True


def zone_of(name: str) -> tzinfo | None:
    """The zone of the IANA database; None when it has none of that name."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
