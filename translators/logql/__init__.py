"""LogQL going out: a syntax tree, the one printer, and a parser for round trips."""
