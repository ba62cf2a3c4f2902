"""``logmig --version`` is asked for by scripts: it imports nothing that is slow."""

from __future__ import annotations

import subprocess
import sys

SLOW = {"rich", "boto3", "botocore", "kubernetes", "yaml", "requests", "orjson", "re2", "prompt_toolkit"}
PROGRAM = """
import sys
sys.argv = ["logmig", "--version"]
from migrate.cli.main import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_version_imports_no_slow_package() -> None:
    ran = subprocess.run((sys.executable, "-c", PROGRAM), capture_output=True, text=True, check=True)
    version, imported = ran.stdout.splitlines()
    assert version.startswith("logmig ")
    assert {"typer", "migrate"} <= set(imported.split())
    assert SLOW & set(imported.split()) == set()
