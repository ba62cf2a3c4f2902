"""The pages of Fluent Bit's rules: each one shows a real translation of a minimal configuration."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.docs.extras import EXTRAS, REFERENCES
from tests.docs.fluentbit_cases import CASES
from tests.docs.fluentbit_samples import Sample, samples
from tests.docs.pages import TODO, WHY, Extra, block, page, refused, sentence, told, worst_of
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Finding, Refused
from translators.fluentbit.read import ReadOptions, read

SAMPLE_OPTIONS = TranslateOptions(cluster="prod")
OWN_PAGES = frozenset(("tail", "systemd", "cloudwatch_logs", "cloudwatch", "loki", "content_modifier"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A sample and what really becomes of it."""

    sample: Sample
    finding: Finding
    emitted: str


def pages() -> Mapping[str, str]:
    """Text by rule. Plugins all of whose keys share one fate have one page; its rules are listed on it."""
    by_subject: dict[str, list[Shown]] = defaultdict(list)
    for sample in samples():
        shown = _shown(sample)
        if shown:
            by_subject[sample.subject].append(shown)
    made: dict[str, str] = {}
    for subject, group in by_subject.items():
        if _one_fate(subject, group):
            made[group[0].sample.rule] = _plugin_page(subject, group)
        else:
            made.update({shown.sample.rule: _option_page(shown) for shown in group})
    for rule, files in CASES.items():
        made[rule] = _case_page(rule, files)
    return made


def _one_fate(subject: str, group: list[Shown]) -> bool:
    kind, _, plugin = subject.partition("/")
    return kind in ("input", "output") and plugin not in OWN_PAGES


def _shown(sample: Sample) -> Shown | None:
    findings, emitted = _translated(sample.files)
    before = _translated(sample.without)[1] if sample.without != sample.files else emitted
    finding = next((one for one in findings if one.rule == sample.rule), None)
    return Shown(sample, finding, _difference(before, emitted)) if finding else None


def _translated(files: Mapping[str, bytes]) -> tuple[tuple[Finding, ...], str]:
    reading = read(files, ReadOptions(cluster="prod"))
    made = translate(reading, SAMPLE_OPTIONS)
    return (*reading.findings, *made.findings), made.promtail


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=1)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def _option_page(shown: Shown) -> str:
    finding, rule = shown.finding, shown.sample.rule
    fidelity, extra = worst_of(finding), EXTRAS.get(shown.sample.rule, Extra())
    language = "yaml" if shown.sample.subject.startswith("processor") else "ini"
    return page(
        rule,
        {
            "": [sentence(finding.message)],
            "Example in": [block(language, shown.sample.section)],
            "Example out": [block("text", told(finding)), *_emitted(shown)],
            "Why": [extra.why or WHY[fidelity]],
            "What to do": [sentence(finding.remedy) or extra.todo or TODO[fidelity]],
            "See also": [_reference(shown.sample.subject)],
        },
    )


def _emitted(shown: Shown) -> Iterator[str]:
    if shown.emitted:
        yield "What it changes in Promtail's configuration (Alloy's says the same in its own words):"
        yield block("diff", shown.emitted)


def _plugin_page(subject: str, group: list[Shown]) -> str:
    first = group[0]
    fidelity, rule = worst_of(first.finding), first.sample.rule
    extra = EXTRAS.get(rule, Extra())
    fates: dict[str, list[str]] = defaultdict(list)
    for shown in group[1:]:
        fates[sentence(shown.finding.message)].append(f"`{shown.sample.rule}`")
    keys = [f"{message} {worst}: {', '.join(rules)}" for message, rules in fates.items() for worst in [""]]
    return page(
        rule,
        {
            "": [sentence(first.finding.message)],
            "Example in": [block("ini", first.sample.section)],
            "Example out": [block("text", told(first.finding))],
            "Why": [extra.why or WHY[fidelity]],
            "What to do": [sentence(first.finding.remedy) or extra.todo or TODO[fidelity]],
            "Its keys": [text.replace(" :", "", 1) for text in keys],
            "See also": [_reference(subject)],
        },
    )


def _case_page(rule: str, files: Mapping[str, str]) -> str:
    data = {name: text.encode("latin-1" if rule.endswith("not-utf-8") else "utf-8") for name, text in files.items()}
    extra = EXTRAS.get(rule, Extra())
    examples = [f"`{name}`:\n\n{block(_language(name), text)}" for name, text in files.items()]
    try:
        findings, _ = _translated(data)
    except Refused as failure:
        if failure.rule != rule:
            raise
        title, out, todo = failure.message, refused(failure), failure.remedy
        why = "logmig refuses what it, or Fluent Bit, cannot use: exit code 2, and nothing is written."
    else:
        finding = next(one for one in findings if one.rule == rule)
        title, out, todo = finding.message, told(finding), finding.remedy
        why = WHY[worst_of(finding)]
    return page(
        rule,
        {
            "": [sentence(title.split("\n")[0])],
            "Example in": examples,
            "Example out": [block("text", out)],
            "Why": [extra.why or why],
            "What to do": [extra.todo or sentence(todo) or "Nothing."],
        },
    )


def _language(name: str) -> str:
    return "yaml" if name.endswith((".yaml", ".yml")) else "ini"


def _reference(subject: str) -> str:
    kind, _, plugin = subject.partition("/")
    base = "https://docs.fluentbit.io/manual/"
    if kind == "service":
        return f"[SERVICE] in Fluent Bit's manual: <{base}administration/configuring-fluent-bit>"
    if kind == "parser":
        return f"Parsers in Fluent Bit's manual: <{base}data-pipeline/parsers>"
    name = REFERENCES.get(subject, plugin.replace("_", "-"))
    return f"`{plugin}` in Fluent Bit's manual: <{base}data-pipeline/{kind}s/{name}>"
