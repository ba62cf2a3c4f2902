"""The manifests are what the plan of the smallest useful Fluent Bit holds, without templates and floating images."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from migrate.resources import manifests
from tests.unit.planning.base import BASE, expected

FILES = sorted(path for path in manifests().rglob("*.yaml"))


def test_the_bases_of_the_agents_are_what_plan_writes() -> None:
    for name, text in expected().items():
        assert (BASE / name).read_text("utf-8") == text, "run: python -m tests.unit.planning.base"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(manifests())))
def test_each_file_is_valid_yaml_without_templates_and_with_exact_images(path: Path) -> None:
    text = path.read_text("utf-8")
    assert list(yaml.safe_load_all(text))
    assert "{{" not in text or path.name in ("promtail.yaml",)
    for image in re.findall(r"image: (\S+)", text):
        assert re.fullmatch(r"[a-z0-9./-]+:v?\d+\.\d+\.\d+", image)


def test_every_resource_that_a_kustomization_names_is_there() -> None:
    for path in FILES:
        if path.name == "kustomization.yaml":
            document = yaml.safe_load(path.read_text("utf-8"))
            names = [
                *document["resources"],
                *(f for item in document.get("configMapGenerator", []) for f in item["files"]),
            ]
            assert [name for name in names if not (path.parent / name).exists()] == []
