"""Engines for tests: each is started once a session, and a missing one fails in CI and skips on a laptop."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from migrate.lab.cluster import Cluster, running_cluster
from migrate.lab.control_plane import ControlPlane, running_control_plane
from migrate.lab.engines.engine import Unavailable
from migrate.lab.loki import Loki, Tenant, running_loki
from migrate.lab.moto import Moto, running_moto
from translators.diagnostics import Agent

IN_CI = os.environ.get("CI", "").lower() == "true"

os.environ.pop("COLUMNS", None)  # an exported width of the terminal that runs the tests would fold the tables
# What a clock says of an example is about the machine and its other work, not about the code.
settings.register_profile("logmig", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("logmig")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    yield from _skipping_where_it_cannot_run()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    yield from _skipping_where_it_cannot_run()


def _skipping_where_it_cannot_run() -> Generator[None]:
    try:
        yield
    except Unavailable as missing:
        if IN_CI:
            raise
        pytest.skip(f"{missing.message}\n{missing.remedy}")


@pytest.fixture(scope="session")
def loki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loki]:
    with running_loki(tmp_path_factory.mktemp("loki")) as running:
        yield running


@pytest.fixture
def tenant(loki: Loki, request: pytest.FixtureRequest) -> Tenant:
    """A tenant of the session's Loki that only this test has."""
    return loki.tenant(re.sub(r"[^A-Za-z0-9]+", "-", request.node.name)[:60] + uuid4().hex[:8])


@pytest.fixture(params=list(Agent), ids=str)
def agent(request: pytest.FixtureRequest) -> Agent:
    """Each of the two agents."""
    chosen: Agent = request.param
    return chosen


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with running_control_plane(tmp_path_factory.mktemp("control-plane")) as running:
        yield running


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """The one-node cluster. A machine holds one, so its tests stand in one file."""
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    with running_moto(tmp_path_factory.mktemp("moto")) as running:
        yield running


@pytest.fixture(scope="session")
def shared() -> Path:
    """The project's shared folder beside the repository: samples that are not ours to copy."""
    path = Path(__file__).parents[2] / "shared"
    if not path.exists():
        pytest.skip("the shared samples are not beside this repository")
    return path
