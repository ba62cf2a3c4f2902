"""The images that manifests name, made of the engines of this machine, where no registry can be reached."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.lab.cluster import Cluster
from migrate.lab.engines.alloy import ALLOY
from migrate.lab.engines.loki import LOKI
from migrate.lab.engines.pods import CHATTER
from migrate.lab.engines.promtail import PROMTAIL
from migrate.lab.engines.provide import provide_binary
from migrate.lab.images import ImageRecipe

IMAGE = re.compile(r"""^\s*-?\s*image:\s*["']?([^\s"'#]+)""", re.M)
ENGINES = {
    "loki": (LOKI, "/usr/bin/loki"),
    "promtail": (PROMTAIL, "/usr/bin/promtail"),
    "alloy": (ALLOY, "/bin/alloy"),
    "chatter": (CHATTER, "/chatter"),
}
TOOLS = {"busybox": ("chmod", "/bin/chmod")}
"""Of such an image our manifests run this one command."""


def load_images(cluster: Cluster, manifest: str) -> None:
    """Give the node a stand-in for each image that the manifest's containers name."""
    for reference in sorted(set(IMAGE.findall(manifest))):
        cluster.load(stand_in(reference))


def stand_in(reference: str) -> ImageRecipe:
    """The image made of our program of that name; the version is ours, whatever the tag says."""
    name = reference.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if name in ENGINES:
        engine, entrypoint = ENGINES[name]
        return ImageRecipe(reference, Path(provide_binary(engine).path), entrypoint)
    if name in TOOLS:
        program, entrypoint = TOOLS[name]
        return ImageRecipe(reference, Path(shutil.which(program) or f"/bin/{program}"), entrypoint)
    raise WorldFailed(f"the lab has no program for the image {reference}")
