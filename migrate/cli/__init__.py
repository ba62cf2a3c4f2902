"""One verb, one file; rich and typer live here only."""
