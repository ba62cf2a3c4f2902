"""Hub 1: what a log collector does, whatever language says it."""
