"""Prints Kubernetes objects as YAML that every reader takes alike: texts are quoted wherever one might not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml
from yaml.emitter import ScalarAnalysis

Plain = str | int | float | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]
PLAIN_TEXT = re.compile(
    r"[A-Za-z_/.][A-Za-z0-9_./@${}=+-]*(?: [A-Za-z0-9_./@${}=+()-]+)*(?::[A-Za-z0-9_./@${}=+-]+)*\Z"
)
OTHER_TYPES = re.compile(
    r"(?:y|n|yes|no|on|off|true|false|null|~|\.inf|\.nan|[-+.0-9][-+.0-9eExXoO_]*)\Z", re.IGNORECASE
)


def print_objects(objects: Iterable[Mapping[str, Plain]], comment: str = "") -> str:
    """The objects as one file of several documents; keys in the order given, so that people find what they expect."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + "---\n".join(print_value(item) for item in objects)


def print_value(value: Plain) -> str:
    """One document."""
    return yaml.dump(
        _listed(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10_000
    )


def _listed(value: Plain) -> object:
    """Tuples and mappings as what the dumper knows."""
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    if isinstance(value, str) or not isinstance(value, Sequence):
        return value
    return [_listed(item) for item in value]


class _Dumper(yaml.SafeDumper):
    """Sequences are indented below their key, as kubectl's own output has them; nothing is an alias."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the library's signature
        return True

    def analyze_scalar(self, scalar: str) -> ScalarAnalysis:
        """What ``_fits_block`` has found needs no second look, which takes seconds for a long configuration."""
        if "\n" in scalar and _fits_block(scalar) and scalar.replace("\n", "").isprintable():
            return ScalarAnalysis(scalar, False, True, False, False, False, True, True)
        return super().analyze_scalar(scalar)

    def write_literal(self, text: str) -> None:
        """Line by line, where the library goes character by character."""
        hints = self.determine_block_hints(text)
        self.write_indicator(f"|{hints}", True)
        self.open_ended = hints.endswith("+")
        self.write_line_break()
        for line in text.removesuffix("\n").split("\n"):
            if line:
                self.write_indent()
                self.stream.write(line)
            self.write_line_break()


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if PLAIN_TEXT.match(text) and not OTHER_TYPES.match(text) else '"'
    if "\n" in text and _fits_block(text):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _fits_block(text: str) -> bool:
    """A block keeps the bytes unless a line ends in blanks, the text starts with one, or has odd characters."""
    lines = text.split("\n")
    return not text[0].isspace() and all(
        line == line.rstrip() and (line.isprintable() or "\t" in line) for line in lines
    )


_Dumper.add_representer(str, _text)
