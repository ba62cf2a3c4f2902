"""Fluent Bit: its configuration languages in, what it means for a collector out, and what it does with log lines."""
