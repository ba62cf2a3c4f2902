"""What a user installs is the wheel, not this checkout: it must hold everything and work from another folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the dependencies are those of the environment that runs the tests."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def run(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from migrate.cli.main import main; sys.argv[0] = 'logmig'; main()"
    command = [installed / "bin" / "python", "-c", program, *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_wheel_holds_both_packages_the_manifests_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (entry_points,) = (archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    assert "logmig = migrate.cli.main:main" in entry_points
    for needed in ("migrate/cli/main.py", "translators/catalog.py", "migrate/lab/demo/fluent-bit.yaml"):
        assert needed in names
    assert any(name.startswith("migrate/_manifests/") for name in names)
    assert not [name for name in names if "/tests/" in name or name.startswith("tests/")]


def test_the_installed_code_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    command = [installed / "bin" / "python", "-c", "import migrate.cli.main as m; print(m.__file__)"]
    where = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert where.startswith(str(installed))


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("plan", "--help"), ("query", "--help")])
def test_the_command_answers_from_another_folder(installed: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    result = run(installed, *words, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "logmig" in result.stdout


def test_the_main_job_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    (site,) = installed.glob("lib/python*/site-packages")
    manifest = site / "migrate" / "lab" / "demo" / "fluent-bit.yaml"
    result = run(installed, "plan", "--fluent-bit", str(manifest), "--out", "plan", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for name in ("plan.json", "report.html", "promtail/promtail.yaml", "alloy/config.alloy", "catalog.json"):
        assert (tmp_path / "plan" / name).stat().st_size > 0
