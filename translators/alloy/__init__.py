"""Grafana Alloy: its language, the components we emit, and what their stages do."""
