"""Runs queries on both sides and compares the rows."""
