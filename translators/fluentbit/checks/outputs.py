"""What the outputs refuse when they start."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.checks import properties
from translators.fluentbit.checks.definitions import compiles
from translators.fluentbit.checks.inputs import with_variable
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.evaluate.accessor import BadAccessor, read_template

_CLASSES = ("STANDARD", "INFREQUENT_ACCESS")


def check(instance: Instance) -> None:
    """Raise what stops the output."""
    regex = instance.section.last("match_regex")
    if regex is not None and regex.value and not compiles(regex.value):
        raise Refused(
            "fluentbit/broken-regex",
            f"[output] {instance.name}: Match_Regex is no regular expression",
            regex.span,
            "Correct it (Onigmo, the syntax of Ruby); with it Fluent Bit sends nothing to this output.",
        )
    properties.check(instance)
    if instance.section.name == "cloudwatch_logs":
        _check_cloudwatch_logs(instance)


def _check_cloudwatch_logs(instance: Instance) -> None:
    section = instance.section
    if not section.value("log_group_name"):
        raise _fails(instance, "log_group_name", "'log_group_name' is a required field", "Add log_group_name.")
    streams = [item for item in section.properties if item.key in ("log_stream_name", "log_stream_prefix")]
    if len({item.key for item in streams if item.value}) != 1:
        key = streams[-1].key if streams else "name"
        raise _fails(
            instance, key, "Either 'log_stream_name' or 'log_stream_prefix' is required", "Give exactly one of the two."
        )
    for key in ("log_group_template", "log_stream_template"):
        _check_template(instance, key)
    if not section.value("region"):
        raise _fails(instance, "region", "'region' is a required field", "Add region.")
    kind = section.value("log_group_class")
    created = section.value("auto_create_group").lower() in ("on", "true", "yes")
    if created and kind and not kind.startswith(_CLASSES):
        raise _fails(
            instance,
            "log_group_class",
            "The valid values for log_group_class are {STANDARD, INFREQUENT_ACCESS}. Invalid input was " + kind,
            "Write STANDARD or INFREQUENT_ACCESS.",
        )


def _check_template(instance: Instance, key: str) -> None:
    try:
        read_template(instance.section.value(key).encode("utf-8", "surrogateescape"))
    except BadAccessor as error:
        refusal = _fails(
            instance, key, f"Could not parse `{key}`", "Put a dot or a comma, not a slash, behind an accessor."
        )
        raise Refused(refusal.rule, f"{error}\n{refusal.message}", refusal.span, refusal.remedy) from error


def _fails(instance: Instance, key: str, text: str, remedy: str) -> Refused:
    item = instance.section.last(key)
    span = item.span if item else instance.section.span
    lines = f"{text}\nInitialization failed"
    return instance.fails("fluentbit/cloudwatch-logs-options", lines, span, with_variable(item or key, remedy))
