"""How the catalog names log streams, wherever the labels file puts the name of the file."""

from __future__ import annotations

import pytest

from tests.unit.translate.test_collection import CONTAINERS, OUTPUT, translated
from translators.catalog import InLabel, InMetadata, Place
from translators.labels import Kind as LabelKind
from translators.labels import Override


@pytest.mark.parametrize(
    ("kind", "place"), [(LabelKind.METADATA, InMetadata("filename")), (LabelKind.LABEL, InLabel("filename"))]
)
def test_a_streams_name_is_told_by_where_the_labels_file_puts_the_files_name(kind: LabelKind, place: Place) -> None:
    collection = translated(CONTAINERS + OUTPUT, overrides=(Override("filename", kind),))
    assert [part.place for part in collection.catalog.groups[0].shapes[0].stream if part.place] == [place]


def test_without_the_files_name_the_catalog_does_not_say_how_streams_are_named() -> None:
    collection = translated(CONTAINERS + OUTPUT, overrides=(Override("filename", LabelKind.OFF),))
    assert collection.catalog.groups[0].shapes[0].stream == ()
