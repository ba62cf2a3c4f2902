"""What can go wrong outside of the user's input, by what the caller can do about it."""

from __future__ import annotations


class Answered(Exception):
    """The tool works and the answer is no: manual items, a mismatch, a closed gate, a limit. Exit code 1."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.rule = rule


class WorldFailed(Exception):
    """AWS, the cluster, Loki or an engine did not do what it should. Exit code 3.

    ``told``: its JSON document is on stdout already.
    """

    exit_code = 3
    told = False

    def __init__(self, message: str, remedy: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.rule = rule
