"""Logs Insights: its text in, what it means out, and what it means for events."""
