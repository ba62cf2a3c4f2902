"""Which place an engine comes from, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.errors import WorldFailed
from migrate.lab.engines import cache
from migrate.lab.engines.catalog import ENGINES
from migrate.lab.engines.engine import DebianPackage, Engine, EngineMissing, GoBuild, GoScript, PythonModule
from migrate.lab.engines.provide import present, provide, provide_binary

TALKER = Engine("logmig-talker", "3.7.8", GoBuild("pods", "example.invalid/talker"), series="3.7", minutes=4)
OURS = Engine("chatter", "1", GoBuild("pods", "./chatter"))


def program(folder: Path, version: str, name: str = TALKER.name) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {name}, version {version}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No cache, and a PATH with a shell only."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").symlink_to("/bin/sh")
    monkeypatch.setenv("LOGMIG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def test_a_binary_that_the_user_names_wins_whatever_its_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = program(tmp_path / "own", "9.9.9")
    program(tmp_path / "bin", "3.7.2")
    monkeypatch.setenv("LOGMIG_LOGMIG_TALKER", str(own))
    assert provide_binary(TALKER).command == (str(own),)


def test_a_name_that_leads_nowhere_is_an_error_not_a_reason_to_look_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "bin", "3.7.2")
    monkeypatch.setenv("LOGMIG_LOGMIG_TALKER", str(tmp_path / "typo"))
    with pytest.raises(EngineMissing, match="typo: no program is there"):
        provide(TALKER)


def test_the_program_on_path_is_taken_when_its_version_fits(tmp_path: Path) -> None:
    found = program(tmp_path / "bin", "3.7.2")
    assert provide(TALKER) == provide_binary(TALKER) == present(TALKER)
    assert provide_binary(TALKER).path == str(found)


def test_another_version_on_path_is_passed_over_and_named(tmp_path: Path) -> None:
    program(tmp_path / "bin", "2.9.1")
    with pytest.raises(EngineMissing, match=r"is version 2\.9\.1, not 3\.7") as missing:
        provide_binary(TALKER)
    assert present(TALKER) is None
    assert "no Go toolchain on PATH" in missing.value.message


def test_a_build_of_before_is_taken(tmp_path: Path) -> None:
    kept = program(tmp_path, "3.7.8")
    cache.place(TALKER).mkdir(parents=True)
    kept.rename(cache.place(TALKER) / TALKER.name)
    assert provide_binary(TALKER).origin == "built before"


def test_the_message_names_every_way_to_get_an_engine() -> None:
    image = Engine("logmig-talker", "3.7.8", TALKER.source, series="3.7", image="example/talker:3.7.8", minutes=4)
    with pytest.raises(EngineMissing) as missing:
        provide(image)
    for way in ("LOGMIG_LOGMIG_TALKER", "on PATH", "Docker", "example/talker:3.7.8", "Go 1.26"):
        assert way in missing.value.remedy
    assert "no Docker daemon answers" in missing.value.message


def test_a_debian_package_and_a_python_package_are_named_and_never_installed() -> None:
    with pytest.raises(EngineMissing, match="logmig-nothing is not installed"):
        provide_binary(Engine("logmig-nothing", "1", DebianPackage("logmig-nothing")))
    with pytest.raises(EngineMissing, match="nothing>=1 is not installed"):
        provide_binary(Engine("logmig-nothing", "1", PythonModule("logmig_nothing.main", "nothing>=1")))


def test_a_failed_build_shows_what_the_compiler_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    go = tmp_path / "bin/go"
    go.write_text("#!/bin/sh\necho 'talker.go:7: undefined: spell' >&2\nexit 1\n")
    go.chmod(0o755)
    told: list[str] = []
    with pytest.raises(WorldFailed, match=r"did not build:\n  talker\.go:7: undefined: spell"):
        provide_binary(TALKER, told.append)
    assert told == ["logmig-talker 3.7.8: building (about 4 min when nothing is cached)"]
    assert not cache.place(TALKER).exists()


def test_our_own_programs_are_never_looked_for_on_path(tmp_path: Path) -> None:
    program(tmp_path / "bin", "1.0", "chatter")
    assert present(OURS) is None


def test_what_is_built_is_kept_by_everything_that_decides_what_comes_out() -> None:
    other = Engine(TALKER.name, TALKER.version, GoBuild("pods", "example.invalid/talker", tags=("journal",)))
    assert cache.place(TALKER) != cache.place(other)
    assert cache.place(TALKER) == cache.place(Engine(TALKER.name, "any", TALKER.source))


def test_every_go_engine_has_a_recipe_with_its_module_pinned() -> None:
    from migrate.lab.engines.engine import RECIPES

    for engine in ENGINES:
        match engine.source:
            case GoBuild(recipe=recipe, package=package) if not package.startswith("./"):
                assert (RECIPES / recipe / "go.sum").exists(), engine.name
                assert package in (RECIPES / recipe / "go.mod").read_text(), engine.name
            case GoScript(recipe=recipe):
                assert f"version=v{engine.version}" in (RECIPES / recipe / "build.sh").read_text()
            case _:
                continue


def test_each_engine_has_its_own_name() -> None:
    names = [engine.name for engine in ENGINES]
    assert sorted(set(names)) == sorted(names)
