"""Promtail: its configuration, as we write it, and what its stages do."""
