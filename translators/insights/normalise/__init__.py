"""From what was written to what it means: names resolved, commands in the order that AWS gives them."""
