"""Looks at this machine: packages, rival distributions, engines, cluster, AWS credentials; shows no secret."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from configparser import ConfigParser, Error
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from migrate.lab.engines.catalog import ENGINES
from migrate.lab.engines.engine import Engine, EngineMissing, ways
from migrate.lab.engines.provide import present

OURS = "logmig"
ROOT_PACKAGES = ("migrate", "translators")
OLDEST_PYTHON = (3, 11)
CLUSTER_SECONDS = 3
WITHOUT_ENGINE = "needed by the rehearsal and the engine tests only"


class Status(StrEnum):
    """What a check found. Only ``broken`` keeps logmig from working."""

    OK = "ok"
    ABSENT = "absent"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing of this machine; ``remedy`` says what to install or set, empty when there is nothing to do."""

    group: str
    name: str
    status: Status
    detail: str
    remedy: str = ""


def examine(environment: Mapping[str, str], home: Path) -> Iterator[Check]:
    """Every check, in the order in which a person wants to read them."""
    yield _python()
    yield _query_translator()
    yield from packages()
    yield from rivals()
    for engine in ENGINES:
        yield look_for(engine)
    yield cluster(environment, home)
    yield aws_credentials(environment, home)
    yield aws_region(environment, home)


def _python() -> Check:
    version = platform.python_version()
    if sys.version_info >= OLDEST_PYTHON:
        return Check("python", "python", Status.OK, version)
    return Check("python", "python", Status.BROKEN, version, "install Python 3.11 or newer")


def _query_translator() -> Check:
    """Whether it is the compiled one of ``make wheel`` (docs/decisions/0005): the same, about twice as fast."""
    found = importlib.util.find_spec("translators.queries")
    compiled = bool(found and found.origin and not found.origin.endswith(".py"))
    return Check("python", "query translator", Status.OK, "compiled" if compiled else "interpreted")


def packages() -> Iterator[Check]:
    """The packages that logmig declares; extras are not asked for."""
    for requirement in importlib.metadata.requires(OURS) or []:
        if ";" in requirement:
            continue
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            yield Check("packages", name, Status.OK, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Check("packages", name, Status.BROKEN, "not installed", f"pip install '{requirement}'")


def rivals() -> Iterator[Check]:
    """Other distributions that install a package of one of our names: whichever is first on the path wins."""
    installed = importlib.metadata.packages_distributions()
    for package in ROOT_PACKAGES:
        others = sorted(set(installed.get(package, [])) - {OURS})
        if others:
            names = ", ".join(others)
            yield Check("packages", package, Status.WARNING, f"{names} installs it too", f"pip uninstall {names}")
        else:
            yield Check("packages", package, Status.OK, "no rival distribution")


def look_for(engine: Engine) -> Check:
    """The engine if it is here already; nothing is built."""
    try:
        found = present(engine)
    except EngineMissing as missing:
        return Check("engines", engine.name, Status.WARNING, missing.tried[0], missing.remedy)
    if found is None:
        return Check("engines", engine.name, Status.ABSENT, WITHOUT_ENGINE, ways(engine))
    return Check("engines", engine.name, Status.OK, f"{found.path} ({found.origin})")


def cluster(environment: Mapping[str, str], home: Path) -> Check:
    """Whether a cluster answers; its address is shown, its credentials are not."""
    name, group = "kubernetes", "world"
    named = environment.get("KUBECONFIG", "")
    inside = "KUBERNETES_SERVICE_HOST" in environment
    files = [*named.split(os.pathsep), str(home / ".kube" / "config")]
    if not inside and not any(Path(file).is_file() for file in files):
        remedy = "set KUBECONFIG, or run: aws eks update-kubeconfig --name CLUSTER"
        return Check(group, name, Status.ABSENT, "no kubeconfig", remedy)
    from kubernetes import client, config

    try:
        config.load_config()  # type: ignore[no-untyped-call]
        address = client.Configuration.get_default_copy().host
        version = client.VersionApi().get_code(_request_timeout=CLUSTER_SECONDS)
    except Exception as error:  # the client raises its own, urllib3's and yaml's errors alike
        detail = f"does not answer ({type(error).__name__})"
        return Check(group, name, Status.WARNING, detail, "look at: kubectl version")
    return Check(group, name, Status.OK, f"{version.git_version} at {address}")


def aws_credentials(environment: Mapping[str, str], home: Path) -> Check:
    """Whether credentials are to be found and where; never what they are, and nobody is asked."""
    group, name = "world", "AWS credentials"
    if environment.get("AWS_ACCESS_KEY_ID") and environment.get("AWS_SECRET_ACCESS_KEY"):
        return Check(group, name, Status.OK, "present in the environment")
    for variable in ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        if environment.get(variable):
            return Check(group, name, Status.OK, f"present through {variable}")
    profile = environment.get("AWS_PROFILE", "default")
    credentials = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE", home / ".aws" / "credentials"))
    settings = Path(environment.get("AWS_CONFIG_FILE", home / ".aws" / "config"))
    if "aws_access_key_id" in _section(credentials, (profile,)):
        return Check(group, name, Status.OK, f"present in {credentials}, profile {profile}")
    ways_in = {"sso_session", "sso_start_url", "credential_process", "role_arn", "web_identity_token_file"}
    if ways_in & set(_section(settings, (f"profile {profile}", profile))):
        return Check(group, name, Status.OK, f"configured in {settings}, profile {profile}")
    remedy = "aws configure, or aws sso login, or AWS_PROFILE=NAME; translation and simulation need none"
    return Check(group, name, Status.ABSENT, "not present", remedy)


def aws_region(environment: Mapping[str, str], home: Path) -> Check:
    """The region that the SDK would take."""
    group, name = "world", "AWS region"
    profile = environment.get("AWS_PROFILE", "default")
    settings = Path(environment.get("AWS_CONFIG_FILE", home / ".aws" / "config"))
    configured = _section(settings, (f"profile {profile}", profile)).get("region", "")
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or configured
    if region:
        return Check(group, name, Status.OK, region)
    return Check(group, name, Status.ABSENT, "not set", "export AWS_REGION=REGION")


def _section(path: Path, names: tuple[str, ...]) -> Mapping[str, str]:
    """The first section of those names; nothing when the file is absent or cannot be read."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (Error, OSError, UnicodeDecodeError):
        return {}
    return next((parser[name] for name in names if parser.has_section(name)), {})
