"""Hub 2: what a log query means."""
