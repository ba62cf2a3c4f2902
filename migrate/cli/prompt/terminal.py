"""The line editor: history, completion, many lines, Ctrl-C and Ctrl-D."""

from __future__ import annotations

from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output

from migrate.cli.prompt.completing import QueryCompleter, unfinished
from migrate.cli.prompt.history import history_file, open_history
from migrate.cli.prompt.session import COMMANDS, Leave, Prompt

GREETING = "Logs Insights on Loki. \\help says what else there is; Ctrl-D leaves."


def converse(
    prompt: Prompt, history: History | None = None, keyboard: Input | None = None, screen: Output | None = None
) -> None:
    """Ask and answer until the user leaves."""
    session = editor(prompt, history or open_history(history_file()), keyboard, screen)
    print(GREETING)
    while True:
        try:
            line = session.prompt("insights> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        try:
            prompt.answer(line)
        except Leave:
            return


def editor(prompt: Prompt, history: History, keyboard: Input | None, screen: Output | None) -> PromptSession[str]:
    """The editor of one session."""
    completer = QueryCompleter(prompt.fields, [f"\\{name}" for name in COMMANDS], prompt.groups)
    options: dict[str, Any] = {} if keyboard is None else {"input": keyboard}
    options |= {} if screen is None else {"output": screen}
    return PromptSession(
        history=history,
        completer=completer,
        complete_while_typing=False,
        multiline=True,
        key_bindings=_keys(),
        prompt_continuation="       -> ",
        enable_history_search=True,
        **options,
    )


def _keys() -> KeyBindings:
    """Enter runs what is whole and goes on where it is not; Alt-Enter always begins a line."""
    bindings = KeyBindings()

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is not None and state.current_completion is not None:
            buffer.complete_state = None
        elif unfinished(buffer.text) and not buffer.text.startswith("\\"):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @bindings.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return bindings
