"""What a kustomization.yaml adds to the files beside it: the literals of ConfigMaps, and other images."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from translators.fluentbit.yaml_syntax import get, items, text_of

if TYPE_CHECKING:
    from yaml import Node

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(slots=True)
class Kustomized:
    """Values of generated ConfigMaps by name and key, and the images that replace others, by their name."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)

    def add(self, document: Node) -> None:
        self.values.update(_values(document))
        self.images.update(_images(document))

    def image(self, image: str) -> str:
        """The image that kustomize writes for this one."""
        name, _, tag = image.partition(":") if "/" not in image.rpartition(":")[2] else (image, "", "")
        found = self.images.get(name)
        if found is None:
            return image
        return found if ":" in found.rpartition("/")[2] or "@" in found else f"{found}:{tag}" if tag else found


def is_kustomization(name: str) -> bool:
    return posixpath.basename(name) in _NAMES


def _values(document: Node) -> Mapping[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for generator in items(get(document, "configMapGenerator")):
        for literal in items(get(generator, "literals")):
            key, _, value = text_of(literal).partition("=")
            found[text_of(get(generator, "name")), key] = value.strip("'\"")
    return found


def _images(document: Node) -> Iterator[tuple[str, str]]:
    for image in items(get(document, "images")):
        name = text_of(get(image, "name"))
        new, tag, digest = (text_of(get(image, key)) for key in ("newName", "newTag", "digest"))
        yield name, (new or name) + (f"@{digest}" if digest else f":{tag}" if tag else "")
