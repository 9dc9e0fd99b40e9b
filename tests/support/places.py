"""Where things lie that tests read."""

from pathlib import Path

SUPPORT = Path(__file__).parent
"""What tests have in common, also for programs that they start."""

ROOT = Path(__file__).parents[2]
"""The project's own folder."""

DATA = ROOT.parent / "shared/data/apps"
"""Real tasks and programs, where they are at hand."""
