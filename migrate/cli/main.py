"""The command ``logmig``: finds the verb, imports only it, and makes one screen and an exit code of failures."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from migrate.cli.verbs import VERBS
from migrate.cli.version import VERSION

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


def open_streams() -> None:
    """Streams that can take any text: a closed one is /dev/null; what a terminal cannot spell is written as escapes.

    What is no terminal gets UTF-8 whatever the locale says, since files and pipes are read on other machines.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open while we run
        elif name != "stdin":
            foreign = not stream.isatty() and "PYTHONIOENCODING" not in os.environ
            stream.reconfigure(encoding="utf-8" if foreign else None, errors="backslashreplace")


def main() -> None:
    """Run the command line; never shows a traceback unless LOGMIG_DEBUG is set."""
    collect_seldom()
    open_streams()
    try:
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        _leave()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
    except Exception as failure:
        if os.environ.get("LOGMIG_DEBUG"):
            raise
        from migrate.cli.failures import say

        code = say(failure, sys.argv)
    if code == INTERRUPTED:
        _leave()
    sys.exit(code)


def _run() -> int | str | None:
    """The exit code. A reader who went away (``| head``) is no "no", which the framework's 1 would say."""
    try:
        app()
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):
            raise left.__context__ from None
        return left.code
    return 0


def _leave() -> NoReturn:
    """After Ctrl-C, at once: the interpreter would wait for threads, and those for an answer, for a minute and more."""
    with suppress(OSError):
        print("\ninterrupted; nothing was left half written", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
