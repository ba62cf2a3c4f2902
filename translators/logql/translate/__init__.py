"""Says a plan in LogQL as far as LogQL goes: stages for rows, metric queries for aggregates."""
