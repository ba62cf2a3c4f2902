"""Runs a query on Loki: pages, windows, limits, pinned times."""
