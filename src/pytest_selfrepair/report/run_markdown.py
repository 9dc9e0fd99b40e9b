"""Summarise a run as GitHub Markdown, with its tasks and games."""

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report.bargain_markdown import games_markdown
from pytest_selfrepair.report.markdown import markdown
from pytest_selfrepair.report.run_terminal import has_tasks


def run_markdown(findings: Findings) -> str:
    """Summarise a run's tasks and games."""
    parts = [markdown(findings)] if has_tasks(findings) else []
    parts += [games_markdown(findings.bargain)] if findings.bargain is not None else []
    return "\n".join(parts)
