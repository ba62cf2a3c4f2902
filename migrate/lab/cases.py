"""Golden cases: a Fluent Bit configuration, a node's files and pods, and what a real Fluent Bit made of them."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from migrate.errors import Answered

CONFIGURATION = (".conf", ".yaml", ".yml")
CONTAINER_LOG = re.compile(r"(?P<pod>[^_/]+)_(?P<namespace>[^_/]+)_(?P<container>.+)-[0-9a-z]{64}\.log\Z")
PodKey = tuple[str, str]
NOW = 1_772_500_000
"""The wall clock of a replay, in seconds: the day after the times in the cases' lines."""


@dataclass(frozen=True)
class Case:
    """A folder as ``record.py`` beside the goldens describes it."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What case.json says."""
        read: Mapping[str, Any] = json.loads((self.folder / "case.json").read_text("utf-8"))
        return read

    @property
    def fatal(self) -> bool:
        """Whether Fluent Bit refuses to start with it."""
        return "fatal" in self.about

    @property
    def inputs(self) -> dict[str, bytes]:
        """The configuration's files by their path in the case, the main file first."""
        files = [path for path in sorted(self.folder.rglob("*")) if path.suffix in CONFIGURATION and path.is_file()]
        own = [path for path in files if path.relative_to(self.folder).parts[0] not in ("input", "pods")]
        own.sort(key=lambda path: path.stem != "fluent-bit" or path.parent != self.folder)
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in own}

    @property
    def scripts(self) -> dict[str, bytes]:
        """Files beside the configuration that it names: Lua scripts and lists."""
        known = {"case.json", "records.jsonl", "events.jsonl"}
        files = {path.relative_to(self.folder): path for path in sorted(self.folder.rglob("*")) if path.is_file()}
        return {
            name.as_posix(): path.read_bytes()
            for name, path in files.items()
            if name.parts[0] not in ("input", "pods", *known) and path.suffix not in CONFIGURATION
        }

    @property
    def environment(self) -> dict[str, str]:
        """On a node the logs are at the root; the rest are places that only a recording needs."""
        return {"ROOT": "", "CASE_DIR": "/case", "STATE": "/var/fluent-bit/state", **self.about.get("env", {})}

    @cached_property
    def pods(self) -> list[dict[str, Any]]:
        """The Pods of the node, as the API returned them."""
        files = sorted((self.folder / "pods").glob("*")) if (self.folder / "pods").is_dir() else []
        answers = [json.loads(path.read_text("utf-8")) for path in files]
        return [answer for answer in answers if answer.get("kind", "Pod") == "Pod"]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """What the real Fluent Bit gave each output."""
        path = self.folder / "records.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line] if path.exists() else []

    @property
    def hostname(self) -> str:
        """The node that its pods run on."""
        names = [pod.get("spec", {}).get("nodeName", "") for pod in self.pods]
        return max(names, key=names.count, default="") or str(self.about.get("env", {}).get("HOST_NAME", "node-1"))

    @property
    def claims(self) -> dict[PodKey, str]:
        """What it needs the API to say of each pod that its files or its pods name; empty text: no such pod."""
        logs = self.folder / "input/var/log/containers"
        found = map(CONTAINER_LOG.match, os.listdir(logs) if logs.is_dir() else ())
        absent = {(name["namespace"], name["pod"]): "" for name in found if name}
        present = {(pod["metadata"]["namespace"], pod["metadata"]["name"]): json.dumps(pod) for pod in self.pods}
        return absent | present

    def lay_out(self, root: Path) -> None:
        """Make ``root`` the node's root, with the case's files and links."""
        root.mkdir(parents=True)
        source = self.folder / "input"
        if source.is_dir():
            shutil.copytree(source, root, symlinks=True, dirs_exist_ok=True)
        for folder, _, files in os.walk(root):
            os.chmod(folder, 0o755)  # noqa: S103 (a node's log folders are like this)
            for file in files:
                if not os.path.islink(os.path.join(folder, file)):
                    os.chmod(os.path.join(folder, file), 0o644)
        for link, target in self.about.get("symlinks", {}).items():
            place = root / link
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(os.path.relpath(root / target, place.parent))


def find_cases(folder: Path) -> list[Case]:
    """The folder's cases by name; the folder may be one case itself."""
    if (folder / "case.json").exists():
        return [Case(folder)]
    found = [Case(path.parent) for path in sorted(folder.glob("*/case.json"))]
    if not found:
        raise Answered(f"{folder}: no case (a folder with case.json) is there", rule="lab/no-cases")
    return found


def waves(cases: Iterable[Case]) -> list[list[Case]]:
    """The cases in groups whose pods can be in one API server at the same time."""
    made: list[tuple[list[Case], dict[PodKey, str]]] = []
    for case in cases:
        for members, taken in made:
            if all(taken.get(key, claim) == claim for key, claim in case.claims.items()):
                members.append(case)
                taken.update(case.claims)
                break
        else:
            made.append(([case], dict(case.claims)))
    return [members for members, _ in made]
