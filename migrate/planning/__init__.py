"""The plan as data: what was read, decided and written, and the hashes that make a stale plan visible."""
