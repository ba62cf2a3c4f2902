"""One operator of the plan a module: an iterable of rows in, one out, its memory named."""
