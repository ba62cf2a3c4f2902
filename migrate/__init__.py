"""Everything of logmig that touches the world: files, clusters, AWS, Loki, the terminal."""
