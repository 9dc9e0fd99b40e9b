"""Where things lie that tests read."""

import os
from importlib.util import find_spec
from pathlib import Path

SUPPORT = Path(__file__).parent
"""What tests have in common, also for programs that they start."""

ROOT = Path(__file__).parents[2]
"""The project's own folder."""

DATA = Path(os.environ.get("APPS_DATA", ROOT.parent / "shared/data/apps"))
"""Real tasks and programs, where they are at hand."""

_FOUND = find_spec("pytest_selfrepair")
assert _FOUND is not None
assert _FOUND.origin is not None
PACKAGE = Path(_FOUND.origin).parent
"""The package under test: the wheel that is installed, or `src`."""
