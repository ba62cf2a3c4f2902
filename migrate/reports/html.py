"""The report as one HTML file: no scripts, nothing fetched, readable without any style too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from migrate.reports.drawing import draw_column, draw_row
from migrate.reports.elements import Child, Markup, element, join, raw
from migrate.reports.model import SIGNS, WORDS, Kept, Report, Row, grouped
from translators.diagnostics import Agent, Fidelity

STYLE_SHEET = Path(__file__).with_name("report.css")
AGENT_NAMES = {Agent.PROMTAIL: "Promtail", Agent.ALLOY: "Alloy"}
SHOWN = (Fidelity.EXACT, Fidelity.EQUIVALENT, Fidelity.APPROXIMATE, Fidelity.MANUAL)


def print_html(report: Report) -> str:
    """The whole page."""
    title = f"Fluent Bit to {AGENT_NAMES[report.agent]}" + (f": {report.cluster}" if report.cluster else "")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", raw(STYLE_SHEET.read_text(encoding="utf-8"))),
    )
    sections = [section for section in _sections(report) if section.text]
    body = element("body", _top(report, title), element("main", sections), _bottom())
    return "<!doctype html>\n" + element("html", head, body, lang="en").text + "\n"


def _sections(report: Report) -> list[Markup]:
    return [
        _bars(report),
        _headlines(report),
        _pipeline(report),
        _differences(report),
        _labels(report),
        _findings(report),
        _retention(report.kept),
        _steps(report),
        _files(report),
    ]


def _top(report: Report, title: str) -> Markup:
    facts = [("from", report.source), *((name, digest) for name, digest in report.inputs[:4])]
    if len(report.inputs) > 4:
        facts.append((f"and {len(report.inputs) - 4} more files", ""))
    links = (
        ("pipeline", "The pipeline"),
        ("different", "What looks different"),
        ("labels", "Labels"),
        ("findings", "Findings"),
        ("steps", "Next steps"),
    )
    return element(
        "header",
        element("p", "logmig plan", class_="eyebrow"),
        element("h1", title),
        element("ul", (element("li", element("b", name), " ", value) for name, value in facts), class_="facts"),
        element("nav", (element("a", text, href=f"#{anchor}") for anchor, text in links), aria_label="Sections"),
        class_="top",
    )


def _bars(report: Report) -> Markup:
    agents = sorted(Agent, key=lambda agent: agent is not report.agent)
    return element("section", (_bar(report, agent) for agent in agents), class_="bars", aria_label="How faithful it is")


def _bar(report: Report, agent: Agent) -> Markup:
    counts = report.counts(agent)
    total = sum(counts[fidelity] for fidelity in SHOWN)
    parts = [
        element("i", class_=str(fidelity), style=f"flex:{counts[fidelity]}") for fidelity in SHOWN if counts[fidelity]
    ]
    chosen = "the agent of this plan" if agent is report.agent else "the other agent, for comparison"
    legend = (
        element(
            "li",
            element("span", SIGNS[item], class_="sign"),
            f" {counts[item]} {item}",
            class_=str(item),
            title=WORDS[item],
        )
        for item in (*SHOWN, Fidelity.HARMLESS)
    )
    return element(
        "div",
        element(
            "div",
            AGENT_NAMES[agent],
            " ",
            element("span", f"{total} constructs · {chosen}", class_="soft"),
            class_="agent",
        ),
        element("div", parts, class_="bar", role="img", aria_label=_spoken(report, agent)),
        element("ul", legend, class_="legend"),
        class_="card",
    )


def _spoken(report: Report, agent: Agent) -> str:
    counts = report.counts(agent)
    return f"{AGENT_NAMES[agent]}: " + ", ".join(f"{counts[fidelity]} {fidelity}" for fidelity in SHOWN)


def _headlines(report: Report) -> Markup:
    if not report.headlines:
        return join()
    items = (
        element("li", element("b", item.title), element("p", _inline(item.text)), class_=str(item.tone))
        for item in report.headlines
    )
    return element("ul", items, class_="headlines", aria_label="Headlines")


def _pipeline(report: Report) -> Markup:
    figures = []
    for track in report.tracks:
        caption = element("figcaption", element("span", track.source.place, class_="mono"))
        figures.append(element("figure", caption, draw_row(track), draw_column(track), class_="card"))
    more = element("p", f"and {report.tracks_left_out} more inputs of the same kind", class_="soft")
    lead = "Each input, what happens to its records today, and (dashed) the Loki streams that take over."
    return _section("pipeline", "The pipeline", lead, figures, more if report.tracks_left_out else "")


def _differences(report: Report) -> Markup:
    rows = [(item.subject, item.today, item.tomorrow) for item in report.differences]
    if not rows:
        return join()
    table = _table(("", "in CloudWatch today", "in Loki"), rows)
    return _section("different", "What will look different in Loki", "", element("div", table, class_="card"))


def _labels(report: Report) -> Markup:
    if not report.labels:
        return join()
    rows = [(f"`{note.name}`", note.kind, note.source, note.why) for note in report.labels]
    lead = "Labels select streams and stay few; what has many values is structured metadata."
    streams = element("p", report.streams, class_="soft") if report.streams else ""
    table = _table(("name", "kind", "from", "why"), rows)
    return _section("labels", "Labels and structured metadata", lead, element("div", table, streams, class_="card"))


def _findings(report: Report) -> Markup:
    matter, harmless = report.findings_that_matter(), report.harmless()
    lead = "What becomes of each construct, the least faithful first. Every entry names its line in your files."
    done = [row for row in matter if row.finding.fidelity.of(report.agent) is Fidelity.EXACT]
    open_ = [row for row in matter if row.finding.fidelity.of(report.agent) is not Fidelity.EXACT]
    return _section(
        "findings",
        "Findings",
        lead,
        element("div", _fidelity_table(report), class_="card"),
        element("div", (_finding(rows, report.agent) for rows in grouped(open_)), class_="card") if open_ else "",
        _folded(f"{len(done)} constructs move exactly", done, report.agent),
        _folded(f"{len(harmless)} constructs change no entry", harmless, report.agent),
    )


def _fidelity_table(report: Report) -> Markup:
    rows = []
    for item in (*SHOWN, Fidelity.HARMLESS):
        counts = (element("td", str(report.counts(agent)[item]), class_="n") for agent in Agent)
        name = element("td", _badge(item))
        rows.append(element("tr", name, element("td", WORDS[item], class_="soft"), counts))
    heads = (element("th", AGENT_NAMES[agent], class_="n", scope="col") for agent in Agent)
    top = element("tr", element("th", "fidelity", scope="col"), element("th", "means", scope="col"), heads)
    return element("table", element("thead", top), element("tbody", rows))


def _folded(summary: str, rows: Sequence[Row], agent: Agent) -> Child:
    if not rows:
        return ""
    inside = element("div", (_finding(group, agent) for group in grouped(rows)), class_="card")
    return element("details", element("summary", summary), inside)


def _finding(rows: Sequence[Row], agent: Agent) -> Markup:
    """What is said of one construct, at all places where it is said."""
    finding = rows[0].finding
    own, other = finding.fidelity.of(agent), next(item for item in Agent if item is not agent)
    badges = [_badge(own)]
    if finding.fidelity.of(other) is not own:
        badges.append(_badge(finding.fidelity.of(other), f" on {AGENT_NAMES[other]}"))
    what = element(
        "div",
        badges,
        element("code", finding.subject, class_="subject"),
        element("span", ", ".join(str(row.finding.span) for row in rows), class_="place mono"),
        class_="what",
    )
    lines = {row.line.strip(): f"{row.finding.span.line:>4}  {row.line}" for row in reversed(rows) if row.line.strip()}
    return element(
        "div",
        what,
        element("p", _inline(finding.message)),
        element("p", _inline(finding.remedy), class_="remedy") if finding.remedy else "",
        element("pre", element("code", "\n".join(reversed(lines.values())))) if lines else "",
        element("p", finding.rule, class_="place mono"),
        class_="finding",
    )


def _badge(fidelity: Fidelity, more: str = "") -> Markup:
    return element("span", f"{SIGNS[fidelity]} {fidelity}{more}", class_=f"badge {fidelity}")


def _retention(kept: Sequence[Kept]) -> Markup:
    if not kept:
        return join()
    rows = [
        (f"`{item.log_group}`", _days(item.days), " ".join(f"`{text}`" for text in item.selectors)) for item in kept
    ]
    told = any(item.days for item in kept)
    what = "has these as retention streams" if told else "is not written, since nothing that was read says how long"
    lead = f"Loki keeps what its compactor is told to keep: loki/retention.yaml {what}."
    table = _table(("log group", "kept today", "streams in Loki"), rows)
    return _section("retention", "Retention", lead, element("div", table, class_="card"))


def _days(days: int | None) -> str:
    return "never expires, or the configuration does not say" if days is None else f"{days} days"


def _steps(report: Report) -> Markup:
    steps = element("ol", (element("li", _inline(step)) for step in report.next_steps), class_="steps")
    return _section("steps", "Next steps", "", element("div", steps, class_="card")) if report.next_steps else join()


def _files(report: Report) -> Markup:
    if not report.files:
        return join()
    rows = [(f"`{name}`", f"`{digest[:16]}`") for name, digest in report.files]
    inside = element("div", _table(("file", "SHA-256 begins"), rows), class_="card")
    return element("section", element("details", element("summary", "What this folder holds"), inside))


def _section(anchor: str, title: str, lead: str, *children: Child | Iterable[Child]) -> Markup:
    opening = element("p", lead, class_="lead") if lead else ""
    return element("section", element("h2", title), opening, *children, id=anchor)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    head = element("thead", element("tr", (element("th", column, scope="col") for column in columns)))
    body = (
        element("tr", (element("td", _inline(cell), data_label=name) for name, cell in zip(columns, row, strict=True)))
        for row in rows
    )
    return element("table", head, element("tbody", body), class_="wide")


def _inline(text: str) -> Markup:
    """Text in which backticks mark code, as our messages are written."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return join(text)
    return join(element("code", part) if index % 2 else part for index, part in enumerate(parts) if part)


def _bottom() -> Markup:
    return element(
        "footer", element("p", "Written by logmig plan. This file is complete: it loads nothing and runs nothing.")
    )
