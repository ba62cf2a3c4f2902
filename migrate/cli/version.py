"""The version, in a module of its own so that ``logmig --version`` imports nothing else."""

VERSION = "0.1.0"
