"""Links into Grafana's Explore view, for runbooks that pointed into the CloudWatch console."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from translators.query.named import Window


def explore_link(grafana: str, datasource: str, expressions: tuple[str, ...], window: Window | None) -> str:
    """The URL that opens these expressions in the same window; ``grafana`` is the base URL (empty: relative)."""
    targets = [
        {
            "refId": chr(ord("A") + number),
            "expr": expression,
            "queryType": "range",
            "datasource": {"type": "loki", "uid": datasource},
        }
        for number, expression in enumerate(expressions)
    ]
    pane = {"datasource": datasource, "queries": targets, "range": _range(window)}
    panes = json.dumps({"logmig": pane}, ensure_ascii=False, separators=(",", ":"))
    return f"{grafana.rstrip('/')}/explore?" + urlencode({"schemaVersion": 1, "panes": panes, "orgId": 1})


def _range(window: Window | None) -> dict[str, str]:
    if window is None:
        return {"from": "now-1h", "to": "now"}
    if not window.relative:
        return {"from": str(window.start), "to": str(window.end)}
    return {"from": f"now-{window.start}s", "to": f"now-{window.end}s" if window.end else "now"}
