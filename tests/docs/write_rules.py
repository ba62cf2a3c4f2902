"""Writes docs/rules: ``python -m tests.docs.write_rules`` after a rule or its sentence changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tests.docs import command_pages, fluentbit_pages, query_pages, workload_pages
from tests.docs.extras import EXTRAS, WHERE
from tests.docs.pages import Extra, page, sentence
from tests.docs.query_cases import CASES, READ, REFUSED
from tests.docs.said import ROOT, Said, all_said
from translators.insights.rules import ERRORS, NOTES

RULES = ROOT / "docs" / "rules"


def written() -> dict[str, str]:
    """The text of every page by its path below docs/rules, the index too."""
    generated = (fluentbit_pages, query_pages, workload_pages, command_pages)
    made = {**said_pages(), **{rule: text for part in generated for rule, text in part.pages().items()}}
    files = {f"{rule}.md": text for rule, text in made.items()}
    return {**files, "README.md": _index(made)}


def said_pages() -> Mapping[str, str]:
    """Pages of rules that no configuration or query alone makes appear: they have the code's own sentences."""
    found: dict[str, list[Said]] = defaultdict(list)
    for said in all_said():
        found[said.rule].append(said)
    for name in (*ERRORS, *NOTES):
        found.setdefault(f"insights/{name}", [])
    return {rule: _said_page(rule, places) for rule, places in sorted(found.items())}


def _said_page(rule: str, places: list[Said]) -> str:
    extra, language = EXTRAS.get(rule, Extra()), rule.partition("/")[0]
    case = CASES.get(rule)
    sentences = [place.sentences for place in places if place.sentences]
    says = list(dict.fromkeys(f"- {texts[0].strip()}" for texts in sentences))
    todo = list(dict.fromkeys(sentence(texts[-1]) for texts in sentences if len(texts) > 1))
    return page(
        rule,
        {
            "": [query_pages.summary(rule) or WHERE[language]],
            "What logmig says": [
                "`…` stands for what was found:" if says and "…" in "".join(says) else "",
                "\n".join(says),
            ],
            "Why": [(case.why if case else "") or extra.why or _why(rule)],
            "What to do": [
                (case.todo if case else "") or extra.todo or "\n".join(todo) or "Correct what the sentence names."
            ],
        },
    )


def _why(rule: str) -> str:
    language, _, name = rule.partition("/")
    if language == "insights":
        return READ if name in NOTES else REFUSED
    return WHERE[language]


def _index(made: Mapping[str, str]) -> str:
    by_language: dict[str, list[str]] = defaultdict(list)
    for rule in sorted(made):
        by_language[rule.partition("/")[0]].append(rule)
    parts = [
        "# Rules",
        "The name in brackets behind a finding is its page here: `[fluentbit/tail-db]` is "
        "[fluentbit/tail-db.md](fluentbit/tail-db.md). A rule of a key of a plugin that stays with Fluent Bit "
        "(`fluentbit/es-index`) is on its plugin's page ([fluentbit/es.md](fluentbit/es.md)), and "
        "`fluentbit/ignored-…` on [fluentbit/ignored-section.md](fluentbit/ignored-section.md).",
        "Written by `python -m tests.docs.write_rules` from what logmig really does; do not edit these pages by hand.",
    ]
    for language, rules in by_language.items():
        parts += [f"## {language}", " · ".join(f"[{rule.partition('/')[2]}]({rule}.md)" for rule in rules)]
    return "\n\n".join(parts) + "\n"


def page_of(rule: str, files: Mapping[str, str]) -> str | None:
    """The file that has the rule: its own, or its plugin's that lists it."""
    if f"{rule}.md" in files:
        return f"{rule}.md"
    if rule.startswith("fluentbit/ignored-"):
        return "fluentbit/ignored-section.md"
    words = rule.split("-")
    shorter = ("-".join(words[:count]) + ".md" for count in range(len(words) - 1, 0, -1))
    return next((name for name in shorter if f"`{rule}`" in files.get(name, "")), None)


def main() -> None:
    files = written()
    for path in RULES.rglob("*.md"):
        if str(path.relative_to(RULES)) not in files:
            path.unlink()
    for name, text in files.items():
        _write(RULES / name, text)
    print(f"{len(files)} pages in {RULES.relative_to(ROOT)}")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
