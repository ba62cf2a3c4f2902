"""Several jobs on one file, for an agent whose positions know the path alone: each comes to it by a path of its own."""

from __future__ import annotations

from dataclasses import replace

from translators.pipeline.model import Job, ReadFiles, Relabel
from translators.pipeline.stages import Replace, SetLabels

WAY = "/proc/self/root"
"""A process's own root folder: what is behind it is what is behind ``/``, under another path, in every container."""
_NAME = "filename"
_PATH = "__path__"


def by_another_way(job: Job, times: int) -> Job:
    """The job with paths that no other has; its entries name the files as they are called."""
    root = WAY * times
    if not root or not isinstance(job.source, ReadFiles):
        return job
    named = (Replace(f"^({root})", "", _NAME), SetLabels(((_NAME, _NAME),)))
    relabels = tuple(_moved(rule, root) for rule in job.relabels)
    return replace(job, source=replace(job.source, root=root), relabels=relabels, stages=(*named, *job.stages))


def _moved(rule: Relabel, root: str) -> Relabel:
    return replace(rule, replacement=root + rule.replacement) if rule.target_label == _PATH else rule


def split_way(path: str) -> tuple[str, str]:
    """The way before a path, and the path itself."""
    rest = path
    while rest.startswith(WAY + "/"):
        rest = rest[len(WAY) :]
    return path[: len(path) - len(rest)], rest
