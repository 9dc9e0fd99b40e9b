"""Tell JSON files of scenarios from those of tasks."""

import re
from pathlib import Path

ENDINGS = (".jsonl", ".json")
"""The suffixes of files that may hold several scenarios."""

_START = 65_536
"""Characters inspected at the beginning."""

_SIGNS = re.compile(r'"(?:kbs|lowest_price|agent_info)"\s*:|"(?:seller|buyer)"\s*:\s*\{', re.ASCII)
"""The fields that distinguish a scenario, ours or a published set's, from a task."""


def holds_scenarios(path: str | Path) -> bool:
    """Whether a file holds scenarios, by its name and its beginning."""
    if not str(path).endswith(ENDINGS):
        return False
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            start = file.read(_START)
    except OSError:
        return False
    first = start if start.lstrip().startswith("[") else start.lstrip().partition("\n")[0]
    return _SIGNS.search(first) is not None
