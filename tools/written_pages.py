"""Write the pages of docs/ that are made from the code, or check that they are up to date."""

import argparse
from collections.abc import Mapping
from pathlib import Path


def write_or_check(pages: Mapping[Path, str], usage: str | None) -> int:
    """Write pages, or with `--check` return 1 if one is not up to date.

    Args:
        pages: The texts of the pages.
        usage: The text of `--help`.
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
