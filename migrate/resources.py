"""Finds ``manifests/``, which lies beside the packages in a checkout and inside ``migrate`` in a wheel."""

from pathlib import Path


def manifests() -> Path:
    """The folder of manifests that came with this logmig."""
    packed = Path(__file__).parent / "_manifests"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "manifests"
