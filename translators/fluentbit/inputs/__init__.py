"""The forms in which users have their Fluent Bit configuration, one form a file."""
