"""Pages of docs/ that are written from the code: written, or compared with what would be."""

import argparse
from collections.abc import Mapping
from pathlib import Path


def write_or_check(pages: Mapping[Path, str], usage: str | None) -> int:
    """Write pages, or with `--check` say by the exit status whether they are up to date.

    Args:
        pages: The texts of the pages.
        usage: What `--help` says.
    """
    parser = argparse.ArgumentParser(
        description=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    for path, text in pages.items():
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            return 1
    return 0
