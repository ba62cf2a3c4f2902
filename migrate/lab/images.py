"""Container images made of one program and the libraries it needs, without a container engine."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import WorldFailed

LIBRARY = re.compile(r"(?:=> )?(/\S+) \(0x")
NAMES = {
    "etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
    "etc/group": "root:x:0:\nnobody:x:65534:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}


@dataclass(frozen=True)
class ImageRecipe:
    """An image: its name as manifests have it, the program of this machine, where it lies in the image."""

    reference: str
    program: Path
    entrypoint: str


def write_image(recipe: ImageRecipe, archive: Path) -> Path:
    """Write the image as an archive that ``ctr images import`` and ``docker load`` take."""
    layer = _layer(recipe)
    settings = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": [recipe.entrypoint], "Env": ["PATH=/usr/bin:/bin"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        }
    ).encode()
    name = f"{hashlib.sha256(settings).hexdigest()}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": [recipe.reference], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(archive, "w") as written:
        for path, content in ((name, settings), ("layer.tar", layer), ("manifest.json", manifest)):
            _add(written, path, content, 0o644)
    return archive


def _layer(recipe: ImageRecipe) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        for path, text in NAMES.items():
            _add(layer, path, text.encode(), 0o644)
        _add(layer, recipe.entrypoint, recipe.program.read_bytes(), 0o755)
        for library in libraries(recipe.program):
            _add(layer, library, Path(library).read_bytes(), 0o755)
        for folder in ("tmp", "run", "etc"):
            _add_folder(layer, folder)
    return buffer.getvalue()


def libraries(program: Path) -> list[str]:
    """The shared libraries of a program, its loader included; none for a static one."""
    linked = _linked(program)
    if not linked:
        return []
    later = _opened_later()
    return sorted({*linked, *later, *(library for path in later for library in _linked(Path(path)))})


def _linked(program: Path) -> list[str]:
    answer = subprocess.run(("ldd", str(program)), capture_output=True, text=True, check=False)
    if "not a dynamic executable" in answer.stdout + answer.stderr or "statically linked" in answer.stdout:
        return []
    if answer.returncode:
        raise WorldFailed(f"ldd {program}: {answer.stderr.strip()}")
    return LIBRARY.findall(answer.stdout)


def _opened_later() -> list[str]:
    """The resolver's modules and the journal's library: Go opens them at run time."""
    folders = (Path("/lib/x86_64-linux-gnu"), Path("/lib64"), Path("/lib/aarch64-linux-gnu"))
    names = ("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2", "libsystemd.so.0")
    return [str(folder / name) for folder in folders for name in names if (folder / name).exists()]


def _add(archive: tarfile.TarFile, path: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(path.lstrip("/"))
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def _add_folder(archive: tarfile.TarFile, path: str) -> None:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
    archive.addfile(entry)
