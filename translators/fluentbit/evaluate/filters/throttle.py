"""Filter throttle, for lines that all arrive within one interval: a simulation has no clock."""

from __future__ import annotations

from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.records import Event


class Throttle(Filter):
    """Records pass until they are Rate for each pane of the Window."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._rate = _above_one(setting.section.value("rate"), 1.0)
        self._window = int(_above_one(setting.section.value("window"), 5.0))
        self._passed = 0

    def run(self, batch: Batch) -> list[Event]:
        kept = []
        for event in batch.events:
            if self._passed / self._window >= self._rate:
                break
            self._passed += 1
            kept.append(event)
        return kept


def _above_one(text: str, default: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return default
    return number if number > 1 else default
