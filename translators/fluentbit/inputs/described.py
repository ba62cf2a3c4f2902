"""What ``kubectl describe configmap`` prints: made for people, but the texts of its keys are whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from translators.fluentbit.inputs.objects import KubeObject, objects_of
from translators.fluentbit.yaml_syntax import compose

_HEAD = re.compile(r"Name: +(\S+)\s*\Z")
_KEY = re.compile(r"([\w.-]+):\s*\Z")
_DATA = re.compile(r"(?m)^Name: +\S+[ \t]*\r?$(?s:.){0,20000}?^Data\r?\n====\r?$")
_END = re.compile(r"BinaryData\s*\Z|Events:")
_BLANKS = 2


def is_description(text: str) -> bool:
    return _DATA.search(text) is not None


def objects(name: str, text: str) -> Iterator[KubeObject]:
    """The ConfigMaps of the description. Each line stays where it is, so that places are those of the text."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    starts = [at for at in range(len(lines)) if _HEAD.match(lines[at])]
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        shaped = [("", 0)] * first + list(_shaped(lines[first:end]))
        whole = "\n".join(line for line, _ in shaped) + "\n"
        yield from objects_of(compose(whole, name), name, whole, (*(added for _, added in shaped), 0))


def _shaped(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Each line as YAML, with the number of blanks that were put before it."""
    inside, before = False, ""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        head, key = _HEAD.match(line), _KEY.match(line)
        if head and not before:
            yield f"metadata: {{name: {head[1]}}}", 0
        elif line == "Data" and after == "====":
            yield "kind: ConfigMap", 0
        elif line == "====" and before == "Data":
            inside = True
            yield "data:", 0
        elif inside and key and after == "----":
            yield f" {key[1]}: |{_BLANKS - 1}", 0
        elif _END.match(line):
            inside = False
            yield "", 0
        elif inside and line.strip() and not (line == "----" and _KEY.match(before)):
            yield " " * _BLANKS + line, _BLANKS
        else:
            yield "", 0
        before = line
