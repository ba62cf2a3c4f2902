"""What a person adds to the generated pages: reasons and advice that no finding can hold."""

from __future__ import annotations

from tests.docs.pages import Extra

REFERENCES = {
    "output/cloudwatch_logs": "cloudwatch",
    "output/cloudwatch": "cloudwatch",
    "output/es": "elasticsearch",
    "filter/aws": "aws-metadata",
    "filter/multiline": "multiline-stacktrace",
    "filter/ecs": "ecs-metadata",
    "processor/content_modifier": "content-modifier",
}
"""The name of a plugin's page in Fluent Bit's manual, where it is not the plugin's own."""
EXTRAS: dict[str, Extra] = {}
WHERE = {
    "fluentbit": "logmig says this while it reads, translates or simulates a Fluent Bit configuration.",
    "workload": "logmig says this when it carries the settings of Fluent Bit's pod over to the agent's.",
    "labels": "logmig says this of the labels file (`--labels`).",
    "positions": "`logmig positions` says this when it cannot use Fluent Bit's position databases.",
    "plan": "logmig says this of a plan folder.",
    "catalog": "logmig says this of catalog.json.",
    "simulate": "`logmig simulate` says this of the logs or the pods that it was given.",
    "insights": "logmig says this of a Logs Insights query.",
    "logql": "logmig says this when a query cannot become LogQL as it stands.",
    "query": "logmig says this of a query that is to run on Loki.",
    "prove": "`logmig prove` says this of the events or the answers that it compares.",
    "promtail": "The evaluator of Promtail's configuration says this: it stops rather than guess.",
    "alloy": "The evaluator of Alloy's configuration says this: it stops rather than guess.",
    "cli": "logmig says this of an option on the command line.",
    "usage": "logmig says this of an option on the command line.",
    "lab": "The engines of `make demo` and `make test` say this.",
}
"""Who speaks in a rule's language."""
