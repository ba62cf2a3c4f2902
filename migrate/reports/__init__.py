"""A plan told to people: one set of data, printed as Markdown and as a single HTML file."""
