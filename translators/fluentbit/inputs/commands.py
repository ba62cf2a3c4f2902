"""``kubectl create configmap`` lines of a guide: values that no manifest holds."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_ASSIGNMENT = re.compile(r"(?<![\w.-])([A-Za-z_]\w*)=('[^']*'|\"[^\"$`]*\"|[^\s$`'\"|&;()]+)")
_CHOICE = re.compile(
    r"\[\[?\s+(?:(?P<empty>-z)\s+)?\"?\$\{?(?P<asked>\w+)\}?\"?\s*(?:==?\s*(?P<text>'[^']*'|\"[^\"]*\"|\w+)\s*)?\]\]?"
    r"\s*&&\s*(?P<then>\w+=\S+?)\s*\|\|\s*(?P<otherwise>\w+=\S+)"
)
"""``[[ $A = 'On' ]] && B='Off' || B='On'``, as AWS's quick start has it."""
_SHELL_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


@dataclass(slots=True)
class Created:
    """What the commands put into ConfigMaps. ``hints`` are values of shell variables that the text itself sets once."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)


def find(lines: Iterable[tuple[int, str]], given: Mapping[str, str]) -> Created:
    """Read the commands among the lines; a shell variable is unknown unless the user gives it."""
    created = Created()
    commands = list(_joined(line for _, line in lines))
    assigned = _assigned(commands)
    for command in commands:
        if re.search(r"\bkubectl\s+create\s+(?:configmap|cm)\b", command):
            _read(command, given, assigned, created)
    return created


def _assigned(commands: list[str]) -> dict[str, str]:
    """Shell variables to which the text gives one value, those of a choice between two by what it asks for."""
    values: dict[str, set[str]] = {}
    choices = []
    for command in commands:
        if "kubectl" in command:
            continue
        choice = _CHOICE.search(command)
        if choice:
            choices.append(choice)
            continue
        for name, value in _ASSIGNMENT.findall(command):
            values.setdefault(name, set()).add(value.strip("'\""))
    known = {name: next(iter(found)) for name, found in values.items() if len(found) == 1}
    for choice in choices:
        if choice["asked"] in known:
            found, text = known[choice["asked"]], (choice["text"] or "").strip("'\"")
            holds = not found if choice["empty"] else found == text
            name, _, value = choice["then" if holds else "otherwise"].partition("=")
            known[name] = value.strip("'\"")
    return known


def _joined(lines: Iterable[str]) -> Iterator[str]:
    held = ""
    for line in lines:
        if line.endswith("\\"):
            held += line[:-1] + " "
        else:
            yield held + line
            held = ""
    if held:
        yield held


def _read(command: str, given: Mapping[str, str], assigned: Mapping[str, str], created: Created) -> None:
    try:
        words = shlex.split(command[command.index("kubectl") :])
    except ValueError:
        return
    names = [word for word in words[3:] if not word.startswith("-")]
    for index, word in enumerate(words):
        literal = word.removeprefix("--from-literal=")
        if word == "--from-literal" and index + 1 < len(words):
            literal = words[index + 1]
            names = [name for name in names if name != literal]
        if literal != word or word == "--from-literal":
            key, _, value = literal.partition("=")
            _keep(names[0] if names else "", key, value, (given, assigned), created)


def _keep(
    name: str, key: str, value: str, known: tuple[Mapping[str, str], Mapping[str, str]], created: Created
) -> None:
    given, assigned = known
    variables = [braced or bare for braced, bare in _SHELL_VARIABLE.findall(value)]
    if all(variable in given for variable in variables):
        created.values[name, key] = _SHELL_VARIABLE.sub(lambda match: given[match[1] or match[2]], value)
    elif all(variable in given or variable in assigned for variable in variables):
        both = {**assigned, **given}
        created.hints[key] = _SHELL_VARIABLE.sub(lambda match: both[match[1] or match[2]], value)
