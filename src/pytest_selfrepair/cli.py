"""The `selfrepair` command: parse the subcommand and run it.

Each subcommand is a module of `commands`, where `arguments` declares its arguments and the
coroutine it runs. Only the requested one is imported.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Coroutine, Sequence

from pytest_selfrepair import __version__
from pytest_selfrepair.errors import SelfRepairError

_COMMANDS = {
    "judge": ("judge", "judge programs that were sampled elsewhere"),
    "validate": ("validate", "check tasks by running their reference solutions"),
    "tasks": ("list_tasks", "count tasks and report malformed ones"),
    "runs": ("runs", "list the runs of a store"),
    "report": ("report", "report on a stored run"),
    "plot": ("plot", "draw a figure of stored runs, for a paper"),
    "table": ("table", "write the numbers of stored runs, for a spreadsheet or a paper"),
    "export": ("export", "export samples and records as JSON Lines"),
    "import": ("import_lines", "import exported lines into a store"),
    "merge": ("merge", "merge the shards of several hosts or processes"),
    "compare": ("compare", "compare runs task by task"),
    "view": ("view", "serve a local page to browse, compare and search the runs of a store"),
    "doctor": ("doctor", "check what a run needs on this machine, and suggest fixes"),
    "certify": ("certify", "write the facts that support a run's verdicts"),
    "annotate": ("annotate", "serve a page on which people write feedback, or judge it"),
    "bargain": ("bargain", "read how bargaining talks ended"),
    "study": ("study", "design a study in which people write feedback, and report its results"),
}
"""The module and the line of help of each subcommand."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The arguments after the command's name; None: the process's own.

    Returns:
        The exit status: 0 or 1 from the subcommand, 2 for an error, 130 when interrupted.
    """
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given).parse_args(given)
    import asyncio  # noqa: PLC0415 - slow, and not needed for the help

    from pytest_selfrepair.report.progress_lines import shown  # noqa: PLC0415 - likewise

    try:
        run: Callable[[argparse.Namespace], Coroutine[None, None, int]] = options.run
        with shown(_write_progress, prefix="selfrepair: ", terminal=sys.stderr.isatty()):
            return asyncio.run(run(options))
    except SelfRepairError as error:
        print(f"selfrepair: {error}", file=sys.stderr)  # noqa: T201 - what a command does
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of the output, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _write_progress(text: str) -> None:
    """Write the progress of long work to standard error, apart from the results."""
    sys.stderr.write(text)
    sys.stderr.flush()


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """A parser for these arguments; only the subcommand that they name is declared."""
    parser = argparse.ArgumentParser(
        prog="selfrepair",
        description="Report, compare and share runs of pytest-selfrepair, and judge programs.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    meant = next((argument for argument in given if not argument.startswith("-")), None)
    for name, (module, what) in _COMMANDS.items():
        command = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        if name == meant:
            found = importlib.import_module(f"pytest_selfrepair.commands.{module}")
            found.arguments(command)
    return parser
