"""[FILTER] aws: facts of the instance that a line came from."""

from __future__ import annotations

from translators.catalog import Field, IsGone
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Options, approximate, harmless, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.parsers import is_on

PLUGIN = "aws"
_GONE = "the same for every line of a node: node_name says which node it was"
_FACTS = {
    "az": ("az", True),
    "ec2_instance_id": ("ec2_instance_id", True),
    "ec2_instance_type": ("ec2_instance_type", False),
    "private_ip": ("private_ip", False),
    "vpc_id": ("vpc_id", False),
    "ami_id": ("ami_id", False),
    "account_id": ("account_id", False),
    "hostname": ("hostname", False),
}
_LOST = approximate(
    "facts of the instance are not copied to each entry; node_name says which node it was",
    "look the node up with `kubectl get node -o wide`, its labels have zone and instance type",
)
_OPTIONS: Options = {
    **COMMON,
    **dict.fromkeys((*_FACTS, "tags_enabled", "tags_include", "tags_exclude"), _LOST),
    "imds_version": harmless("how Fluent Bit asks the instance"),
    "retry_interval_s": harmless("how Fluent Bit asks the instance"),
    "enable_entity": harmless("only CloudWatch's entity of a log event is made of it"),
}


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow, its record with the fields that only the instance tells."""
    desk.ledger.section(PLUGIN, section, _LOST)
    judge_options(desk.ledger, PLUGIN, section, _OPTIONS)
    record = flow.record
    for option, (key, default) in _FACTS.items():
        if is_on(section, option, default):
            record = record.put(Field((key,), IsGone(_GONE)))
    return flow.knowing(record)
