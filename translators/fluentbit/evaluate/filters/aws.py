"""Filter aws: what the instance metadata service says of the node."""

from __future__ import annotations

from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.records import Event, Map

_KEYS = (
    ("az", True), ("ec2_instance_id", True), ("ec2_instance_type", False), ("private_ip", False), ("vpc_id", False),
    ("ami_id", False), ("account_id", False), ("hostname", False),
)  # fmt: skip


class Aws(Filter):
    """Without an answer of the metadata service the records pass untouched."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.adds_entity = flag(setting.section, "enable_entity")
        known = setting.world.instance_metadata
        wanted = [key for key, default in _KEYS if flag(setting.section, key, default) and key in known]
        self._added = Map((key.encode(), known[key].encode()) for key in wanted)

    def run(self, batch: Batch) -> list[Event]:
        if not self._added:
            return batch.events
        return [event._replace(record=Map(event.record + self._added)) for event in batch.events]
