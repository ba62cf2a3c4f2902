"""The command ``logmig``: finds the verb, imports only it, and makes one screen and an exit code of failures."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from migrate.cli.verbs import VERBS
from migrate.cli.version import VERSION

INTERNAL_ERROR = 70
"""EX_SOFTWARE of sysexits.h: neither "no" nor "the world failed", but a bug of ours."""

INTERRUPTED = 130
"""What shells see of a program that Ctrl-C ended."""


class LazyVerbs(TyperGroup):
    """A group that imports a verb's module when it is asked for, since boto3 and its like are slow to import."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is the framework's
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - likewise
        if cmd_name not in VERBS:
            return None
        module, summary = VERBS[cmd_name]
        loaded = importlib.import_module(module)
        if hasattr(loaded, "app"):
            command = typer.main.get_command(loaded.app)
        else:
            single = typer.Typer(add_completion=False)
            single.command(cmd_name)(loaded.command)
            command = typer.main.get_command(single)
        command.name = cmd_name
        command.short_help = summary
        return command


def _print_version(asked: bool) -> None:
    if asked:
        print(f"logmig {VERSION}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyVerbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done · 1 the answer is no · 2 usage or input · 3 the world failed (AWS, cluster, Loki).",
)


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Move EKS logging from Fluent Bit and CloudWatch Logs to Promtail or Alloy, Loki and Grafana, and prove it."""


def collect_seldom() -> None:
    """Plans are trees without cycles: looking for some at every turn takes a fifth of the time, more as they grow."""
    gc.set_threshold(200_000, 20, 20)


def main() -> None:
    """Run the command line; never shows a traceback unless LOGMIG_DEBUG is set."""
    collect_seldom()
    try:
        app()
    except KeyboardInterrupt:
        _leave()
    except SystemExit as left:
        if left.code == INTERRUPTED:
            _leave()
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as failure:
        if os.environ.get("LOGMIG_DEBUG"):
            raise
        code = _say(failure)
    else:
        return
    sys.exit(code)


def _leave() -> NoReturn:
    """After Ctrl-C, at once: the interpreter would wait for threads, and those for an answer, for a minute and more."""
    print("\ninterrupted; nothing was left half written", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _say(failure: Exception) -> int:
    """Tell what went wrong on stderr; the exit code is the failure's own, 2 for refused input."""
    from translators.diagnostics import Refused

    if isinstance(failure, Refused):
        _tell(str(failure), failure.remedy, failure.rule)
        return 2
    code = getattr(failure, "exit_code", None)
    if isinstance(code, int):
        _tell(str(failure), getattr(failure, "remedy", ""), getattr(failure, "rule", ""))
        return code
    _tell(
        f"internal error: {type(failure).__name__}: {failure}",
        "this is a bug of logmig: run it again with LOGMIG_DEBUG=1 and report what it prints",
        "",
    )
    return INTERNAL_ERROR


def _tell(message: str, remedy: str, rule: str) -> None:
    print(f"logmig: {message}" + (f" [{rule}]" if rule else ""), file=sys.stderr)
    if remedy:
        print(f"  {remedy}", file=sys.stderr)


if __name__ == "__main__":
    main()
