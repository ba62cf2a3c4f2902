"""The user's files, folders and stdin as texts by name: the only place that opens a Fluent Bit configuration."""

from __future__ import annotations

import glob
import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from translators.diagnostics import Refused
from translators.fluentbit.files import MAXIMUM_BYTES
from translators.fluentbit.inputs.kustomize import is_kustomization, references
from translators.source import Span

Inputs = dict[str, bytes]
"""The bytes of each input by the name that the user gave, includes by their own path."""

STDIN = "-"
_SUFFIXES = (".conf", ".yaml", ".yml", ".json", ".lua", ".txt", ".tf", ".tpl")
_SKIPPED = frozenset(("node_modules", "__pycache__", "input", "pods"))
_FILE_LIMIT = 1000
_NAMED = re.compile(
    rb"(?im)^(?:@include[ ]|[ \t]*(?:parsers_file|streams_file|plugins_file|script)[ :\t])[ \t]*(\S[^\r\n]*)"
)
_LISTED = re.compile(rb"(?m)^[ \t]*-[ \t]+(\S+\.(?:ya?ml|conf))[ \t]*\r?$")


def load_inputs(paths: Iterable[str], stdin: BinaryIO | None = None) -> Inputs:
    """Read the paths: files with the files that they name, folders with what looks like configuration, ``-``.

    Raises ``Refused`` for what is not there, is too large or cannot be read.
    """
    inputs: Inputs = {}
    for path in paths:
        if path == STDIN:
            inputs[STDIN] = _from_stream(stdin)
        elif not path:
            raise Refused(
                "fluentbit/not-readable", "an empty path was given", remedy="A variable of the shell may be empty."
            )
        elif os.path.isdir(path):
            _add_folder(inputs, path)
        else:
            _add_file(inputs, path, posixpath.dirname(path))
    return inputs


def _from_stream(stdin: BinaryIO | None) -> bytes:
    data = stdin.read(MAXIMUM_BYTES + 1) if stdin is not None else b""
    if len(data) > MAXIMUM_BYTES:
        raise _too_large(STDIN, len(data))
    return data


def _add_folder(inputs: Inputs, folder: str) -> None:
    found = sorted(_configuration_files(folder))
    if not found:
        raise Refused(
            "fluentbit/empty-folder",
            f"the folder {folder} holds no {', '.join(_SUFFIXES[:4])} file",
            Span(folder, 1, 1),
            "Name the folder, or the file, that holds the configuration.",
        )
    if len(found) > _FILE_LIMIT:
        raise Refused(
            "fluentbit/too-many-files",
            f"the folder {folder} holds {len(found)} files; Fluent Bit reads {_FILE_LIMIT} at most",
            Span(folder, 1, 1),
            "Name the main file itself; its includes and parsers are found from it.",
        )
    for path in found:
        inputs[path] = _read(path)
    for path in found:
        if is_kustomization(path):
            _add_referenced(inputs, path)


def _add_referenced(inputs: Inputs, kustomization: str) -> None:
    """What a kustomization names and the folder did not show: bases elsewhere, files of any suffix."""
    known = {posixpath.normpath(name) for name in inputs}
    for path in references(inputs[kustomization].decode("utf-8", "replace"), kustomization):
        if path in known or len(inputs) > _FILE_LIMIT:
            continue
        if os.path.isfile(path):
            inputs[path] = _read(path)
        elif os.path.isdir(path) and not any(name.startswith(f"{path}/") for name in known):
            _add_folder(inputs, path)


def _configuration_files(folder: str) -> Iterator[str]:
    """Files by their suffix, without hidden folders and without logs; a folder that cannot be read is refused."""
    for here, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _SKIPPED]
        for path in (Path(here, name) for name in names if not name.startswith(".")):
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                yield path.as_posix()


def _refuse_folder(problem: OSError) -> None:
    raise _not_readable(str(problem.filename), problem)


def _add_file(inputs: Inputs, path: str, folder: str) -> None:
    """One file and, from it on, the files that it includes or names as its parsers."""
    if any(posixpath.normpath(path) == posixpath.normpath(name) for name in inputs):
        return
    inputs[path] = _read(path)
    if len(inputs) > _FILE_LIMIT:
        return
    for name in _named(inputs[path]):
        for found in _resolve(name, folder):
            if len(inputs) <= _FILE_LIMIT:
                _add_file(inputs, found, folder)


def _named(data: bytes) -> Iterator[str]:
    for expression in (_NAMED, _LISTED):
        for match in expression.finditer(data):
            yield match[1].decode("utf-8", "replace").strip()


def _resolve(name: str, folder: str) -> Iterator[str]:
    """The files on this machine that a name means: beside the main file; an absolute name may lose its folders."""
    base = Path(folder or ".")
    candidates = [name] if not name.startswith("/") else ["/".join(name.strip("/").split("/")[i:]) for i in range(9)]
    for candidate in candidates:
        if not candidate:
            continue
        found = _matching(base, candidate)
        if found:
            yield from (posixpath.normpath(posixpath.join(folder, each)) for each in found)
            return


def _matching(base: Path, name: str) -> list[str]:
    if "*" not in name:
        return [name] if (base / name).is_file() else []
    return sorted(found for found in glob.glob(name, root_dir=base) if (base / found).is_file())


def _read(path: str) -> bytes:
    try:
        size = Path(path).stat().st_size
        if size > MAXIMUM_BYTES:
            raise _too_large(path, size)
        with Path(path).open("rb") as file:
            return file.read(MAXIMUM_BYTES + 1)
    except OSError as problem:
        raise _not_readable(path, problem) from None


def _not_readable(path: str, problem: OSError) -> Refused:
    return Refused(
        "fluentbit/not-readable",
        f"cannot read {path}: {problem.strerror or problem}",
        Span(path, 1, 1),
        "Check the path and its permissions.",
    )


def _too_large(name: str, size: int) -> Refused:
    return Refused(
        "fluentbit/too-large",
        f"{size / 1e6:.0f} MB is no Fluent Bit configuration; the limit is {MAXIMUM_BYTES // 2**20} MiB",
        Span(name, 1, 1),
        "Give the configuration itself, not the logs: the ConfigMap, the manifest or the .conf file.",
    )
