"""What each Fluent Bit plugin means for a collector: one plugin, one file."""
