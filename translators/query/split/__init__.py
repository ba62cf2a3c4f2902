"""Splits a plan into what Loki is asked and what is finished here."""
