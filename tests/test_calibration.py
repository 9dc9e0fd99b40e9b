"""The benchmark of what is said, on few runs with fixed seeds; its figures are in the docs."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "calibration.py"


@pytest.mark.parametrize(
    ("part", "world", "runs", "lines"),
    [
        ("compare", "near misses", 60, 4),
        ("gate", "equal costs", 50, 6),
        ("same-tasks", "nearly solved", 40, 2),
        ("gain", "lengths vary", 10, 2),
    ],
)
def test_what_is_said_is_false_no_more_often_than_it_may_be(
    part: str, world: str, runs: int, lines: int
) -> None:
    given = ["--only", part, "--worlds", world, "--runs", str(runs), "--tasks=20", "--processes=1"]
    ended = subprocess.run(
        [sys.executable, str(BENCHMARK), *given], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert f"0 of {lines} lines off" in ended.stdout


def test_a_sentence_that_is_said_falsely_too_often_ends_the_benchmark_with_1() -> None:
    """Of the best of five baselines falls are shown more often than 5 %; here it counts as such."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import calibration\n"
        "line = calibration.Line(sentence='', world='', tasks=60, truth=0.0)\n"
        "for run in range(100): line.add(1 if run < 12 else 0)\n"
        "assert line.is_off\n"
        "line = calibration.Line(sentence='', world='', tasks=60, truth=0.0)\n"
        "for run in range(100): line.add(1 if run < 6 else 0)\n"
        "assert not line.is_off\n"
    )
    subprocess.run([sys.executable, "-c", script, str(BENCHMARK.parent)], check=True)
