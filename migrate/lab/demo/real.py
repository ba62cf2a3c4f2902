"""The bundled cluster for real: its API with its pods, its node's files, the planned agent, and a Loki to look into."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from migrate.adapters.node_world import read_world
from migrate.errors import WorldFailed
from migrate.lab.agents import run_agent
from migrate.lab.control_plane import ControlPlane, running_control_plane
from migrate.lab.demo import FOLDER
from migrate.lab.engines.alloy import ALLOY
from migrate.lab.engines.engine import Engine, EngineMissing
from migrate.lab.engines.etcd import ETCD
from migrate.lab.engines.kubernetes import APISERVER
from migrate.lab.engines.loki import LOKI
from migrate.lab.engines.promtail import PROMTAIL
from migrate.lab.engines.provide import provide, provide_binary
from migrate.lab.gateway import gateway
from migrate.lab.golden_table import verdict_text
from migrate.lab.loki import FIRST_NS, Loki, running_loki, tomorrow
from migrate.lab.node import Node
from migrate.lab.pairing import Judge, entries_of, pair
from migrate.simulation import Wanted, comparable, lines_of, simulate
from translators.catalog_json import from_json
from translators.diagnostics import Agent
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.comparison import Record, Verdict
from translators.pipeline.world import World

ENGINES = {Agent.PROMTAIL: PROMTAIL, Agent.ALLOY: ALLOY}
YEAR_NS = 366 * 86_400 * 1_000_000_000
"""Syslog lines have no year: what was written in March may count as of the March to come."""
