"""What CloudFormation's functions give as far as the template alone knows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from translators.cloudwatch.documents import Document, mapping, sequence, text_of

_VARIABLE = re.compile(r"\$\{(!?)([^{}]*)\}")
_NAMES = {
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::EKS::Cluster": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Serverless::Function": "FunctionName",
}
"""Resources whose Ref is the name that their own properties give."""
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Flat:
    """A text; ``unresolved`` are the variables left in it, ``assumed`` the defaults of parameters that it took."""

    text: str
    unresolved: tuple[str, ...] = ()
    assumed: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Template:
    """Resolves references inside one template."""

    document: Mapping[str, Document]
    _path: list[str] = field(default_factory=list)

    @property
    def resources(self) -> dict[str, Document]:
        return mapping(self.document.get("Resources"))

    def flat(self, value: Document) -> Flat:
        """The text that the value stands for."""
        if isinstance(value, bool):
            return Flat(str(value).lower())
        if not isinstance(value, dict):
            return Flat(text_of(value))
        if "Fn::Sub" in value:
            return self._substituted(value["Fn::Sub"])
        if "Fn::Join" in value:
            return self._joined(value["Fn::Join"])
        if "Ref" in value:
            return self._reference(text_of(value["Ref"]))
        return _unknown(" ".join(filter(None, (_words(each) for each in value.items()))))

    def _substituted(self, body: Document) -> Flat:
        parts = sequence(body) or [body]
        text, given = text_of(parts[0]), mapping(parts[1] if len(parts) > 1 else None)
        pieces: list[Flat] = []
        at = 0
        for found in _VARIABLE.finditer(text):
            pieces.append(Flat(text[at : found.start()]))
            name = found[2].strip()
            if found[1]:
                pieces.append(Flat(f"${{{found[2]}}}"))
            else:
                pieces.append(self.flat(given[name]) if name in given else self._reference(name))
            at = found.end()
        return _concatenated((*pieces, Flat(text[at:])), "")

    def _joined(self, body: Document) -> Flat:
        parts = sequence(body)
        if len(parts) < 2 or not isinstance(parts[1], list):
            return _unknown("Fn::Join")
        return _concatenated(tuple(self.flat(item) for item in parts[1]), text_of(parts[0]))

    def _reference(self, name: str) -> Flat:
        if name in self._path or len(self._path) > _DEEPEST:
            return _unknown(name)
        self._path.append(name)
        try:
            return self._known(name) or _unknown(name)
        finally:
            self._path.pop()

    def _known(self, name: str) -> Flat | None:
        parameter = mapping(mapping(self.document.get("Parameters")).get(name))
        if "Default" in parameter and not text_of(parameter.get("Type")).startswith("AWS::SSM::"):
            default = self.flat(parameter["Default"]).text
            return Flat(default, assumed=((name, default),))
        resource = mapping(self.resources.get(name))
        own = mapping(resource.get("Properties")).get(_NAMES.get(text_of(resource.get("Type")), ""))
        return None if own is None else self.flat(own)


def _words(item: tuple[str, Document]) -> str:
    """``Fn::GetAtt: [Group, Arn]`` as ``Group.Arn``, other functions with what they are called with."""
    name, value = item
    texts = [text_of(each) for each in sequence(value)] or [text_of(value)]
    return ".".join(texts) if name == "Fn::GetAtt" else " ".join((name, *texts))


def _unknown(name: str) -> Flat:
    variable = f"${{{name}}}"
    return Flat(variable, (variable,))


def _concatenated(pieces: tuple[Flat, ...], separator: str) -> Flat:
    return Flat(
        separator.join(piece.text for piece in pieces),
        tuple(dict.fromkeys(name for piece in pieces for name in piece.unresolved)),
        tuple(dict.fromkeys(pair for piece in pieces for pair in piece.assumed)),
    )
