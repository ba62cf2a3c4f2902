"""The only places that know the world's clients: files, SQLite, AWS, Kubernetes, Loki."""
