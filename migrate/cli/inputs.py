"""The options that every verb over a Fluent Bit configuration has, and how they become a reading."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from translators.diagnostics import Refused
from translators.pipeline.model import Discovery

if TYPE_CHECKING:
    from translators.fluentbit.read import Reading
    from translators.source import Span

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...|-",
        help="A manifest, ConfigMap, folder, .conf, YAML, chart values, or - for stdin.",
        show_default=False,
    ),
]
Environment = Annotated[
    list[str] | None, typer.Option("--env", metavar="KEY=VALUE", help="A variable of Fluent Bit's pod; may be empty.")
]
EnvironmentFile = Annotated[
    Path | None,
    typer.Option("--env-file", metavar="FILE", help="KEY=VALUE lines, as `docker run --env-file` reads them."),
]
Cluster = Annotated[str, typer.Option("--cluster", metavar="NAME", help="The cluster's name (cluster.name).")]
LabelsFrom = Annotated[Discovery, typer.Option(help="Where labels come from.")]
PodLabel = Annotated[bool, typer.Option("--pod-label", help="Make the pod a stream label.")]
LabelsFile = Annotated[Path | None, typer.Option(metavar="FILE", help="YAML that changes the label scheme.")]
FirstPartTime = Annotated[
    bool,
    typer.Option(
        "--first-part-time",
        help="A container's line over 16 KiB keeps the time of its first part, as with Fluent Bit; costs CPU.",
    ),
]
Lenient = Annotated[bool, typer.Option("--lenient", help="Read a .conf without its indentation too.")]


def load(paths: Sequence[str]) -> dict[str, bytes]:
    """The user's inputs by the names under which messages show them."""
    from migrate.adapters.local_files import load_inputs

    return load_inputs(paths, sys.stdin.buffer)


def read_inputs(
    inputs: Mapping[str, bytes],
    paths: Sequence[str],
    cluster: str,
    environment: Mapping[str, str],
    lenient: bool = False,
) -> Reading:
    """What the inputs say. Raises ``Refused``."""
    from translators.fluentbit.read import ReadOptions, read

    in_order = not any(Path(path).is_dir() for path in paths)
    try:
        return read(inputs, ReadOptions(environment=environment, cluster=cluster, lenient=lenient, in_order=in_order))
    except Refused as refused:
        refused.text = _blamed_text(inputs, refused.span)
        raise


def _blamed_text(inputs: Mapping[str, bytes], span: Span | None) -> str | None:
    """The text that the place is in, without what looks like a secret in that line."""
    from translators.fluentbit.secrets import masked

    held = inputs.get(span.source) if span else None
    if span is None or held is None or b"\0" in held:
        return None
    lines = held.decode("utf-8", "replace").split("\n")
    if 0 < span.line <= len(lines):
        lines[span.line - 1] = masked(lines[span.line - 1], ())
    return "\n".join(lines)


def environment_of(pairs: Iterable[str] | None, file: Path | None) -> dict[str, str]:
    """The variables of a file, then those of the command line, which win."""
    return {**(_environment_in(file) if file is not None else {}), **dict(map(_pair, pairs or ()))}


def _environment_in(file: Path) -> dict[str, str]:
    """As ``docker run --env-file`` reads it: blanks behind a value are its own, quotes too."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file}: cannot be read ({getattr(error, 'strerror', '') or error})"
        raise Refused("cli/env-file", message, remedy="give a text file of KEY=VALUE lines") from error
    found: dict[str, str] = {}
    for number, row in enumerate(text.split("\n"), 1):
        line = row.lstrip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name or any(letter.isspace() for letter in name):
            raise _no_pair(file, number)
        found[name] = value
    return found


def _no_pair(file: Path, number: int) -> Refused:
    """The line itself is not shown: it may hold a secret."""
    from translators.source import Span

    place = Span(str(file), number, 1)
    return Refused("cli/env-file", "this line is not KEY=VALUE", place, "write KEY=VALUE, or KEY= for an empty one")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Refused(
            "cli/env", f"--env {text}: not KEY=VALUE", remedy="write --env KEY=VALUE, or --env KEY= for an empty one"
        )
    return name, value


def short_names(inputs: Mapping[str, bytes], paths: Sequence[str]) -> dict[str, bytes]:
    """The inputs by names that do not depend on where they lie: a plan of the same files has the same bytes."""
    found: dict[str, bytes] = {}
    for name, data in inputs.items():
        base = _base(name, paths)
        short = posixpath.relpath(name, base) if base else name
        while short in found:
            short = f"{posixpath.basename(base.rstrip('/')) or 'input'}/{short}"
        found[short] = data
    return found


def _base(name: str, paths: Sequence[str]) -> str:
    """The folder of the path that brought the input in, as a kustomization its bases; empty for stdin."""
    for path in paths:
        folder = path.rstrip("/") if Path(path).is_dir() else posixpath.dirname(path) or "."
        if name == path or posixpath.normpath(name).startswith(f"{posixpath.normpath(folder)}/"):
            return "" if name == "-" else folder
    folders = [path.rstrip("/") for path in paths if Path(path).is_dir()]
    return "" if name == "-" else folders[0] if folders else posixpath.dirname(name) or "."
