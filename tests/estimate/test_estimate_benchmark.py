"""The benchmark of exact estimates, on a few tasks."""

import subprocess
import sys

import pytest

from places import ROOT

BENCHMARK = ROOT / "benchmarks" / "estimate.py"


@pytest.mark.thorough  # test_shapes.py holds the same numbers against enumerations and draws
def test_exact_estimates_lie_within_the_error_of_both_bootstraps() -> None:
    sizes = ["--tasks=4", "--draws=100", "--plain-tasks=2", "--rounds=1"]
    ended = subprocess.run(
        [sys.executable, str(BENCHMARK), *sizes], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert ended.stdout.count("0 of 210") == 2
