"""Which verbs there are, without importing any of them."""

VERBS: dict[str, tuple[str, str]] = {
    "plan": ("migrate.cli.plan", "Plan the move: a folder with the new agents' set-up, a report and the catalog."),
    "translate-pipeline": ("migrate.cli.translate_pipeline", "Print a Fluent Bit configuration as Promtail or Alloy."),
    "simulate": ("migrate.cli.simulate", "Show what both sides make of your own log files, and what differs."),
    "positions": ("migrate.cli.positions", "Convert Fluent Bit's read positions into the agent's."),
    "catalog": ("migrate.cli.catalog", "Check a catalog.json that you edited."),
    "translate-queries": ("migrate.cli.translate_queries", "Translate Logs Insights queries into LogQL."),
    "query": ("migrate.cli.query", "Run a Logs Insights query on Loki."),
    "prove": ("migrate.cli.prove", "Run queries on both sides and compare the rows."),
    "doctor": ("migrate.cli.doctor", "Say what this machine has and what to install."),
}
