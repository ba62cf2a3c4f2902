"""Real engines of the field: what each one is, and how to get it on this machine."""
