"""What is said before a run begins: who writes, who explains, and where programs run."""

from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_process import RunProcess


class Header:
    """The hook that says it.

    Args:
        process: What this process works with.
    """

    def __init__(self, process: RunProcess) -> None:
        self._process = process

    def pytest_report_header(self) -> list[str]:
        """The lines of pytest's header."""
        process, settings = self._process, self._process.settings
        told = f"feedback {', '.join(settings.feedback)}"
        if settings.feedback_cases == FeedbackCases.PUBLIC:
            told += " (sees public cases alone)"
        budget = "no token budget" if settings.budget is None else f"{settings.budget:,} tokens"
        tree = f"n_p = {settings.programs}, {_repairs(settings)}"
        store = f"samples in {process.shown(settings.store)}, replay {settings.replay}"
        given = ""
        if process.packages is not None:
            given = f" with {', '.join(process.packages.versions) or 'the standard library alone'}"
        return [
            f"selfrepair: {settings.model}, {told}; {tree}, {budget}",
            *(f"selfrepair: {line}" for line in process.models.described),
            f"selfrepair: programs run in {process.isolation.description}{given}; {store}",
        ]


def _repairs(settings: Settings) -> str:
    """The part of a tree's shape below its programs."""
    repairs = f"n_fr = {settings.repairs}"
    if settings.feedbacks is not None:
        repairs = f"n_f = {settings.feedbacks}, n_r = {settings.repairs}"
    if settings.policy != Policy.BATCH:
        return f"{repairs}, {settings.policy} to the first pass"
    return repairs if settings.depth == 1 else f"{repairs}, depth {settings.depth}"
