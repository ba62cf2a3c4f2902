"""Grafana out: panels, transformations, links to Explore."""
