"""The wheel of ``make wheel``, its query translator compiled, unpacked for those who test and measure it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from migrate.lab.engines.engine import Unavailable

ROOT = Path(__file__).parents[1]


def unpacked(folder: Path) -> Path:
    """The wheel's content in ``folder``. Its extension modules are built once for the same sources, then cached."""
    header = Path(sysconfig.get_path("include"), "Python.h")
    if not (shutil.which("cc") and header.exists()):
        lacking = f"a C compiler and {header} are needed to compile the query translator"
        raise Unavailable(lacking, remedy="apt-get install gcc python3-dev, or the headers of this Python")
    environment = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_CUSTOM": "true"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheel")]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    (wheel,) = (folder / "wheel").glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(site: Path, program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Python from the repository's root, with the wheel's packages before the repository's."""
    program = f"import sys\nsys.path[:] = [{str(site)!r}, {str(ROOT)!r}, *sys.path[1:]]\n{program}"
    return subprocess.run(
        [sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
