"""Filter sysinfo: what Fluent Bit knows of itself, as far as it is the same everywhere."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.records import Event, Map
from translators.fluentbit.versions import REFERENCE

_KNOWN = (("fluentbit_version_key", REFERENCE.encode()), ("os_name_key", b"linux"))


class Sysinfo(Filter):
    """Appends the version and the name of the system under the keys that are named for them."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        for option in ("hostname_key", "os_version_key", "kernel_version_key"):
            item = setting.section.last(option)
            if item is not None:
                raise Refused(
                    "fluentbit/filter-not-simulated", f"what {option} of filter sysinfo adds only the node knows",
                    item.span, "leave the option out of the configuration that is simulated",
                )  # fmt: skip
        self._added = Map((setting.key(option), value) for option, value in _KNOWN if setting.section.value(option))

    def run(self, batch: Batch) -> list[Event]:
        return [event._replace(record=Map(event.record + self._added)) for event in batch.events]
