"""What a collector put into Loki."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from translators.pipeline.world import Origin


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``time_ns`` is None for the wall clock (no time was parsed); ``line`` is bytes, perhaps not UTF-8."""

    labels: Mapping[str, str]
    structured_metadata: Mapping[str, str]
    time_ns: int | None
    line: bytes
    origin: Origin
    job: str = ""
