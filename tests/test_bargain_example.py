"""Embedded models bargain with a rule, from the recording in the repository."""

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfrepair.bargain.game import all_games
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.store import run_names

ROOT = Path(__file__).parents[1]


@pytest.mark.slow  # CI replays the examples in a step of its own
def test_the_recording_replays_to_the_games_of_both_models(tmp_path: Path) -> None:
    out = tmp_path / "bargaining"
    command = [sys.executable, "examples/bargaining/run.py", "--out", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for number, model in enumerate(("local:1.5b", "local"), start=1):
        games = run_names.load(f"{out}/samples.sqlite::{number}").games
        assert {each.setup and each.setup.model for each in games} == {model}
        assert all(each.unscored is None for each in games)
        assert all(each.cost.tokens == each.cost.replayed_tokens > 0 for each in games)
        assert all(len(all_games(each.chains)) == 2 * 3 for each in games)
        found = findings([], games).bargain
        assert found is not None
        assert {each.arm for each in found.rounds} == {"self", "none"}
        page = (out / f"{model.replace(':', '-')}.html").read_text(encoding="utf-8")
        assert "Does advice gain?" in page
        assert "balloon" in page
    beside = (out / "index.html").read_text(encoding="utf-8")
    assert ".97 .91 .90 .90 .83" in beside
    assert "local:1.5b: round 1 4 of 4, round 2 of self 4 of 4, round 2 of none 4 of 4" in beside
    assert 'href="local-1.5b.html"' in beside
