"""Which class is which filter, and what cannot be simulated at all."""

from __future__ import annotations

from collections.abc import Callable

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.aws import Aws
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting, Untouched
from translators.fluentbit.evaluate.filters.checklist import Checklist
from translators.fluentbit.evaluate.filters.expect import Expect
from translators.fluentbit.evaluate.filters.grep import Grep
from translators.fluentbit.evaluate.filters.kubernetes import Kubernetes
from translators.fluentbit.evaluate.filters.lua import LuaFilter
from translators.fluentbit.evaluate.filters.modify import Modify
from translators.fluentbit.evaluate.filters.multiline import JoinPartials, JoinRecords
from translators.fluentbit.evaluate.filters.nest import Nest
from translators.fluentbit.evaluate.filters.parser import ParseKey
from translators.fluentbit.evaluate.filters.record_modifier import RecordModifier
from translators.fluentbit.evaluate.filters.rewrite_tag import RewriteTag
from translators.fluentbit.evaluate.filters.sysinfo import Sysinfo
from translators.fluentbit.evaluate.filters.throttle import Throttle
from translators.fluentbit.evaluate.filters.type_converter import TypeConverter
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.records import Event


def _multiline(setting: Setting) -> Filter:
    partial = setting.section.value("mode", "parser").lower() == "partial_message"
    return JoinPartials(setting) if partial else JoinRecords(setting)


def _log_to_metrics(setting: Setting) -> Filter:
    if flag(setting.section, "discard_logs"):
        return Discard()
    return Untouched()


class Discard(Filter):
    """Takes every record away."""

    def run(self, batch: Batch) -> list[Event]:  # noqa: ARG002
        return []


_MAKERS: dict[str, Callable[[Setting], Filter]] = {
    "aws": Aws,
    "checklist": Checklist,
    "expect": Expect,
    "grep": Grep,
    "kubernetes": Kubernetes,
    "log_to_metrics": _log_to_metrics,
    "lua": LuaFilter,
    "modify": Modify,
    "multiline": _multiline,
    "nest": Nest,
    "parser": ParseKey,
    "record_modifier": RecordModifier,
    "rewrite_tag": RewriteTag,
    "stdout": lambda _: Untouched(),
    "sysinfo": Sysinfo,
    "throttle": Throttle,
    "type_converter": TypeConverter,
}


def make(setting: Setting) -> Filter:
    """The filter of a section; raises Refused for one whose work only its own service or model knows."""
    maker = _MAKERS.get(setting.section.name)
    if maker is None:
        raise Refused(
            "fluentbit/filter-not-simulated",
            f"what filter {setting.section.name} does to a record cannot be known here",
            setting.section.span,
            "leave the filter out of the configuration that is simulated",
        )
    return maker(setting)
