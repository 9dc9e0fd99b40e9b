"""What long work says of how far it is, on pytest's terminal."""

from contextlib import AbstractContextManager, nullcontext

import pytest

from pytest_selfrepair.report.progress_lines import shown


def on_terminal(config: pytest.Config) -> AbstractContextManager[None]:
    """Show how far long work is, while nothing else is written and nothing is captured."""
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

    return shown(write, prefix="self-repair: ", terminal=reporter.isatty())
