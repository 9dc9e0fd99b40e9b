"""The paper's experiments in miniature, from the recording in the repository."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from places import ROOT
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.store import run_names


class Texts(HTMLParser):
    """The words of a page, and how many images it has."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.images += tag == "img" and str(dict(attrs)["src"]).startswith("data:image/svg+xml")

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@pytest.mark.slow  # CI replays the examples in a step of its own
def test_the_recording_replays_to_the_paper_s_four_experiments(tmp_path: Path) -> None:
    out = tmp_path / "paper"
    command = [sys.executable, "examples/paper/run.py", "--out", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = findings(run_names.load(str(out / "samples.sqlite")).records)
    assert (found.about.scored, found.unscored) == (12, ())
    assert [each.source.partition(":")[0] for each in found.sources] == [
        "self",
        "local",
        "none",
        "human",
    ]
    assert all(each.repairs.tried for each in found.sources)
    assert found.cost.tokens == found.cost.replayed_tokens
    page = Texts()
    page.feed((out / "paper.html").read_text(encoding="utf-8"))
    text = " ".join(page.words)
    for part in ("1. Self-repair", "2. A stronger", "3. A person", "4. By difficulty", "O.O.B."):
        assert part in text
    assert page.images >= 6
    assert (out / "run.html").exists()
