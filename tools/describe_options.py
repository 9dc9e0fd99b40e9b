"""Write docs/options.md from the options' declarations.

python tools/describe_options.py          # write the page
python tools/describe_options.py --check  # exit status 1 if it is not up to date
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_selfrepair.plugin.flags import OPTION_GROUPS
from pytest_selfrepair.plugin.option import Option
from written_pages import write_or_check

PAGE = Path(__file__).resolve().parents[1] / "docs/options.md"
HEAD = """# Options

All options of the pytest plugin. Each can also be set in the ini file: \
`--selfrepair-max-tokens` is `selfrepair_max_tokens` there. The flag takes precedence.

`tools/describe_options.py` writes this page from the options' declarations.
"""


def page() -> str:
    """The page."""
    return "\n".join([HEAD, *(line for each in OPTION_GROUPS.items() for line in _group(*each))])


def _group(heading: str, options: tuple[Option, ...]) -> Iterator[str]:
    yield from (f"## {heading.capitalize()}", "", "| flag | default | meaning |", "|---|---|---|")
    yield from map(_row, options)
    yield ""


def _row(option: Option) -> str:
    default = (
        option.default_in_words
        if option.default is None or option.switch
        else f"`{option.default}`"
    )
    text = _text(option)
    if option.page:
        text += f": [{option.page.partition('.md')[0]}]({option.page})"
    cells = (f"{option.flag} {option.metavar}".strip().join("``"), default, text)
    return f"| {' | '.join(cells)} |"


def _text(option: Option) -> str:
    """Its meaning, with the names of other flags as code."""
    return re.sub(r"(?<!`)--selfrepair-[a-z-]*[a-z]", r"`\g<0>`", option.described)


if __name__ == "__main__":
    sys.exit(write_or_check({PAGE: page()}, __doc__))
