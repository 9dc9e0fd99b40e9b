"""Show the progress of long work on pytest's terminal."""

from contextlib import AbstractContextManager, nullcontext

import pytest

from pytest_selfrepair.report.progress_lines import shown


def on_terminal(config: pytest.Config) -> AbstractContextManager[None]:
    """Show progress within the block, where nothing else is written or captured."""
    reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return nullcontext()
    begun = False

    def write(text: str) -> None:
        nonlocal begun
        if not begun:
            reporter.ensure_newline()
            begun = True
        reporter.write(text, flush=True)

    terminal = bool(reporter.isatty)  # a truth value in pytest 8, which may also be called in 9
    return shown(write, prefix="self-repair: ", terminal=terminal)
