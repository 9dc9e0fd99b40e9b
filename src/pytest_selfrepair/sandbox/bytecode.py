"""Bytecode of the modules that run in the sandbox, where Python writes none.

Without it every zygote compiles some twenty modules, which is half of its start. Python itself
checks that bytecode belongs to its source, so stale files do no harm.
"""

from collections.abc import Iterable
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from pathlib import Path


def write_bytecode(modules: Iterable[Path]) -> None:
    """Write the bytecode that is missing or stale, as an import of the modules would.

    Nothing is written if Python is configured not to write bytecode, or if the folder is read-only.
    """
    for module in modules:
        with suppress(OSError, SyntaxError):
            SourceFileLoader(module.stem, str(module)).get_code(module.stem)
