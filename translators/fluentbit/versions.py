"""Which Fluent Bit is deployed, and where it is known to differ from v5.1.1, whose semantics we translate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from translators.diagnostics import Fidelity, Finding, PerAgent
from translators.fluentbit.configuration import Configuration, Section
from translators.fluentbit.workload import Workload

REFERENCE = "5.1.1"
_TAG = re.compile(r"(?:^|[^0-9.])v?(\d+)\.(\d+)(?:\.(\d+))?")
_AWS = (
    ((3, 0), (4, 0), "4.x"),
    ((2, 28), (1, 9), "1.9"),
    ((2, 21), (1, 8), "1.8"),
    ((2, 11), (1, 7), "1.7"),
    ((2, 3), (1, 5), "1.5 or 1.6"),
    ((0, 0), (1, 3), "1.4 or older"),
)
"""The image aws-for-fluent-bit counts for itself: its version from, the Fluent Bit that it has at least, its name."""

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Deployed:
    """The Fluent Bit of an image. ``lowest`` is the least version that it can be; None when the tag says nothing."""

    image: str
    name: str
    lowest: Version | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that versions before ``since`` do otherwise, wherever ``used`` finds it."""

    since: Version
    words: str
    used: Callable[[Configuration], Section | None]


def of_workload(workload: Workload | None) -> str:
    """The deployed version as far as the image's tag says it (``1.9``, ``4.x``, ``3.1.9``), or an empty text."""
    return _deployed(workload.image).name if workload is not None else ""


def check(version: str, workload: Workload | None, configuration: Configuration) -> list[Finding]:
    """One finding that names the version, and one for each known difference that this configuration meets."""
    if workload is None or not workload.image:
        return []
    deployed = _deployed(workload.image)
    span = workload.image_span or workload.span
    if deployed.lowest is None:
        told = f"The image's tag does not say which Fluent Bit it has; what v{REFERENCE} does is translated."
        remedy = "Look at the first line of its log (kubectl logs), and compare if it is older than 3.0."
        return [
            Finding("fluentbit/image-version", span, workload.image, PerAgent.same(Fidelity.EQUIVALENT), told, remedy)
        ]
    found = list(_differences(deployed, configuration))
    same = deployed.lowest >= (5, 0)
    told = f"This image has Fluent Bit {version}; what v{REFERENCE} does is translated. " + (
        "No difference is known." if same else _general(bool(found))
    )
    fidelity = Fidelity.HARMLESS if same else Fidelity.EQUIVALENT
    return [Finding("fluentbit/image-version", span, workload.image, PerAgent.same(fidelity), told), *found]


def _general(has_findings: bool) -> str:
    known = "Known differences are reported below." if has_findings else "Nothing used here is known to differ."
    return f"{known} Older versions were not measured beyond that."


def _deployed(image: str) -> Deployed:
    name, _, tag = image.rpartition("/")[2].partition("@")[0].partition(":")
    match = _TAG.search(tag)
    if match is None:
        return Deployed(image, "", None)
    version = (int(match[1]), int(match[2]))
    if "aws" in name or "amazon" in name:
        for since, lowest, words in _AWS:
            if version >= since:
                return Deployed(image, words, lowest)
    return Deployed(image, ".".join(part for part in match.groups() if part), version)


def _differences(deployed: Deployed, configuration: Configuration) -> Iterator[Finding]:
    for difference in _DIFFERENCES:
        if deployed.lowest is None or deployed.lowest >= difference.since:
            continue
        section = difference.used(configuration)
        if section is not None:
            since = ".".join(map(str, difference.since))
            yield Finding(
                "fluentbit/version-difference",
                section.span,
                f"Fluent Bit {deployed.name}",
                PerAgent.same(Fidelity.APPROXIMATE),
                f"{difference.words} (since {since}); the deployed version may behave otherwise.",
                "Compare with what CloudWatch receives today, or update the image.",
            )


def _sections(configuration: Configuration) -> tuple[Section, ...]:
    return (*configuration.inputs, *configuration.filters, *configuration.outputs)


def _with_key(*keys: str) -> Callable[[Configuration], Section | None]:
    def find(configuration: Configuration) -> Section | None:
        return next((each for each in _sections(configuration) if any(each.last(key) for key in keys)), None)

    return find


def _with_default(configuration: Configuration) -> Section | None:
    return next(
        (
            each
            for each in _sections(configuration)
            if any(":-" in item.raw and "${" in item.raw for item in each.properties)
        ),
        None,
    )


def _with_processors(configuration: Configuration) -> Section | None:
    return next((each for each in _sections(configuration) if each.groups), None)


def _with_log_key(configuration: Configuration) -> Section | None:
    return next((each for each in configuration.outputs if each.last("log_key")), None)


_DIFFERENCES = (
    Difference((5, 0), "`${NAME:-default}` gives the default", _with_default),
    Difference((2, 1), "Processors are known", _with_processors),
    Difference((1, 8), "`multiline.parser` is known", _with_key("multiline.parser")),
    Difference(
        (1, 9), "Templates of group and stream names are known", _with_key("log_stream_template", "log_group_template")
    ),
    Difference((2, 1), "`Logical_Op` of grep is known", _with_key("logical_op")),
    Difference((1, 9), "`Use_Kubelet` caches as it does today", _with_key("use_kubelet")),
    Difference((4, 0), "`Truncate_Long_Lines` is known", _with_key("truncate_long_lines")),
    Difference((2, 0), "A map under `log_key` is sent as JSON", _with_log_key),
)
