"""Bytecode of the modules that run in the sandbox, where Python writes none.

Without it every zygote compiles some twenty modules, which is half of its start. Python itself
checks that bytecode belongs to its source, so stale files do no harm.
"""

import importlib.util
import py_compile
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def bytecode_of(module: Path) -> Path:
    """Return where Python keeps the bytecode of a module."""
    return Path(importlib.util.cache_from_source(str(module)))


def write_bytecode(modules: Iterable[Path]) -> None:
    """Write the bytecode that is missing or stale, as an import of the modules would.

    Nothing is written where Python was told to write none, or where the folder is read-only.
    """
    if sys.dont_write_bytecode:
        return
    for module in modules:
        with suppress(OSError, py_compile.PyCompileError):
            if _is_stale(module):
                py_compile.compile(str(module), doraise=True)


def _is_stale(module: Path) -> bool:
    """Whether the bytecode was not made from the module as it is: PEP 552 has the header."""
    try:
        with bytecode_of(module).open("rb") as file:
            header = file.read(16)
    except FileNotFoundError:
        return True
    status = module.stat()
    made_from = (int(status.st_mtime), status.st_size)
    current = importlib.util.MAGIC_NUMBER + bytes(4)
    return header != current + b"".join(
        (number & 0xFFFFFFFF).to_bytes(4, "little") for number in made_from
    )
