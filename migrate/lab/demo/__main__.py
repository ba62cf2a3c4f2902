"""The main job before a new user's eyes: plan, simulate, then the same lines through real agents into a real Loki."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from migrate.errors import Answered, WorldFailed
from migrate.lab.demo.real import MANIFEST, NODE, PODS, Replayed, find_engines, replay_all, running_parts
from migrate.lab.engines.engine import EngineMissing, Unavailable
from migrate.lab.loki import Loki
from translators.diagnostics import Agent

CLUSTER = "shop-prod"
APPLICATION = f"/aws/containerinsights/{CLUSTER}/application"
WINDOW = ("--start", "2026-03-02T01:00:00Z", "--end", "2026-03-02T01:01:00Z")
QUERIES = (
    "fields @timestamp, log_processed.msg, log_processed.status"
    ' | filter log_processed.level = "error" | sort @timestamp desc | limit 3',
    "stats count(*) as lines, max(log_processed.ms) as slowest by kubernetes.pod_name",
)
SHOWN = 3
EXACT = ("--first-part-time",)
"""So that every record has a twin of the same time; without it one joined line has the time of its last part."""


class CommandFailed(Exception):
    """A command of the demo ended with another exit status than 0; it has said why itself."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit status {code}")
        self.code = code


def main(arguments: list[str]) -> int:
    """Exit status 0 when everything that could run held, 1 when a line differs in Loki, 3 when an engine failed."""
    out = Path(arguments[0] if arguments else "demo-out")
    plan = out / "plan"
    started = time.monotonic()
    try:
        _plan(plan)
        _simulate()
        code = _real(plan)
    except CommandFailed as failed:
        return failed.code
    except (Answered, WorldFailed) as failure:
        print(f"\n{failure.message}\n{failure.remedy}".rstrip(), file=sys.stderr)
        code = failure.exit_code
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    _title(f"Done in {time.monotonic() - started:.0f} s. Read the report next")
    print(f"{(plan / 'report.html').resolve()}")
    return code


def _plan(plan: Path) -> None:
    _title("1  Plan the move of a cluster whose manifest is in the style of the AWS quick start")
    _logmig("plan", "--fluent-bit", _near(MANIFEST), "--pods", _near(PODS), *EXACT, "--out", str(plan))


def _simulate() -> None:
    _title("2  Simulate both sides on the cluster's own log lines (nothing runs, nothing is sent)")
    logs = ("--logs", _near(NODE), "--pods", _near(PODS))
    _logmig("simulate", _near(MANIFEST), *logs, *EXACT, "--agent", "promtail", "--limit", str(SHOWN))


def _real(plan: Path) -> int:
    _title("3  The same lines through the real Promtail and Alloy, as planned, into a real Loki")
    agents, missing = find_engines()
    for engine in missing:
        _say_missing(engine)
    if not agents:
        print("\nWithout them this step is left out; the plan and the simulation above need no engine.")
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="logmig-demo-") as scratch, running_parts(Path(scratch)) as parts:
            replayed = replay_all(parts, plan, agents)
            for one in replayed:
                _show(one)
            _query(parts.loki, plan, agents[0])
    except Unavailable as unavailable:
        print(f"left out: {unavailable.message}\n{unavailable.remedy}".rstrip())
        return 0
    return 0 if all(one.equal == len(one.verdicts) for one in replayed) else 1


def _say_missing(missing: EngineMissing) -> None:
    print(f"missing: {missing.engine.name} {missing.engine.version}. {missing.remedy}")


def _show(replayed: Replayed) -> None:
    total = len(replayed.verdicts)
    print(
        f"{replayed.agent}: {replayed.entries} entries in {replayed.streams} streams of Loki, {replayed.seconds:.0f} s;"
    )
    print(f"  {replayed.equal} of {total} records stand in Loki as Fluent Bit sends them to CloudWatch")
    for line in replayed.differences()[:SHOWN]:
        print(f"  different: {line}")


def _query(loki: Loki, plan: Path, agent: Agent) -> None:
    _title(f"4  Logs Insights queries, run on what {agent} put into Loki")
    for query in QUERIES:
        where = ("--loki", loki.url, "--tenant", str(agent), "--catalog", str(plan), "--log-group", APPLICATION)
        _logmig("query", *where, *WINDOW, query)
        print()


def _near(path: Path) -> str:
    """The path as a person would type it here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _logmig(*arguments: str) -> None:
    """Show a command and run it as the user would."""
    print(f"{_bold('$')} {_bold(shlex.join(('logmig', *arguments)))}\n", flush=True)
    answer = subprocess.run((sys.executable, "-m", "migrate.cli.main", *arguments), check=False)
    if answer.returncode:
        raise CommandFailed(answer.returncode)


def _title(text: str) -> None:
    print(f"\n{_bold(f'── {text}')}\n", flush=True)


def _bold(text: str) -> str:
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return f"\033[1m{text}\033[0m" if wanted else text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
