"""Write docs/commands.md from the commands' declarations.

python tools/describe_commands.py          # write the page
python tools/describe_commands.py --check  # exit status 1 if it is not up to date
"""

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_selfrepair.cli import _COMMANDS as COMMANDS
from written_pages import write_or_check

PAGE = Path(__file__).resolve().parents[1] / "docs/commands.md"
HEAD = """# Commands

All commands and their arguments. Run them as `selfrepair COMMAND` or \
`python -m pytest_selfrepair COMMAND`. [Reports](reports.md#stored-runs) lists what a RUN may be.

`tools/describe_commands.py` writes this page from the commands' declarations.
"""


def page() -> str:
    """The page."""
    return "\n".join([HEAD, *(line for name in COMMANDS for line in _command(name))])


def _command(name: str) -> Iterator[str]:
    module, what = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"selfrepair {name}", add_help=False)
    importlib.import_module(f"pytest_selfrepair.commands.{module}").arguments(parser)
    yield from (f"## {name}", "", f"{what[0].upper()}{what[1:]}.", "")
    yield from _table(parser)


def _table(parser: argparse.ArgumentParser) -> Iterator[str]:
    rows, steps = [], []
    for action in parser._actions:  # noqa: SLF001 - argparse tells it nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            steps.append(action)
        elif not isinstance(action, argparse._HelpAction):  # noqa: SLF001 - likewise
            rows.append(f"| `{_named(action)}` | {_text(action, parser)} |")
    if rows:
        yield from ("| argument | what it is |", "|---|---|", *rows, "")
    for action in steps:
        helps = {each.dest: each.help for each in action._choices_actions}  # noqa: SLF001 - likewise
        for name, step in action.choices.items():
            said = helps.get(name) or ""
            yield from (
                f"### {parser.prog.split()[-1]} {name}",
                "",
                f"{said[:1].upper()}{said[1:]}.",
            )
            yield ""
            yield from _table(step)


def _named(action: argparse.Action) -> str:
    meta = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
    meta = meta if isinstance(meta, str) else " ".join(meta)
    if action.choices is not None:
        meta = "|".join(map(str, action.choices))
    several = "..." if action.nargs in {"+", "*"} else ""
    names = ", ".join(action.option_strings)
    return f"{names} {meta}{several}".strip().replace("|", r"\|")


def _text(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    values = {**vars(action), "prog": parser.prog}
    return ((action.help or "") % values).replace("|", r"\|")


if __name__ == "__main__":
    sys.exit(write_or_check({PAGE: page()}, __doc__))
