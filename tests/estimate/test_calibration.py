"""The benchmark of what is said, on few runs with fixed seeds; its figures are in the docs.

Each of its parts is also run with a procedure that was broken by hand, which it must catch.
"""

import dataclasses
import importlib
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from places import ROOT
from pytest_selfrepair.estimate.comparison import ranking
from pytest_selfrepair.estimate.comparison.gate import Decision
from pytest_selfrepair.estimate.intervals.bootstrap import Resampling
from pytest_selfrepair.estimate.intervals.decision import Evidence, alone
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.jackknife import Statistic
from pytest_selfrepair.estimate.intervals.paired_score import PairedScore, paired_score

BENCHMARKS = ROOT / "benchmarks"

JOBS = {
    "compare": ("compare", "near misses", 60, 80, 0),
    "gate": ("gate", "equal costs", 20, 40, 0),
    "rates": ("rates", "near misses", 10, 300, 0),
    "same-tasks": ("same-tasks", "nearly solved", 20, 60, 0),
    "gain": ("gain", "equal costs", 60, 20, 0),
    "sources": ("sources", "equal costs", 20, 24, 0),
    "ranking": ("ranking", "equal costs", 20, 16, 0),
    "bargain": ("bargain", "advice costs deals", 10, 24, 0),
}
"""Part, world, tasks, runs and seed."""


@pytest.fixture
def calibration(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("calibration")


@pytest.mark.parametrize("part", JOBS)
def test_what_is_said_is_false_no_more_often_than_it_may_be(
    calibration: ModuleType, part: str
) -> None:
    lines = calibration.measured(JOBS[part])
    assert lines
    assert not [line for line in lines if line.is_off]


def half_as_wide(differences: Sequence[float]) -> PairedScore:
    """The paired test with half of its standard error."""
    found = paired_score(differences)
    low, high = found.estimate + (found.low - found.estimate) / 2, found.estimate / 2
    p = 2 * (1 - NormalDist().cdf(2 * NormalDist().inv_cdf(1 - found.p / 2)))
    return dataclasses.replace(found, low=low, high=high + found.high / 2, p=p)


def by_the_estimate_alone(gate: Any, _: object, fall: Any) -> Decision:
    """A gate that asks for no proof of a fall."""
    fell = fall.fall > gate.max_regression / 4
    return Decision(objections=("it fell",) if fell else (), met=())


def plain_normal(drawn: Resampling, statistic: Statistic) -> Estimate:
    """The interval of Wald, which few tasks do not bear out."""
    value, half = drawn.value(statistic), 1.96 * drawn.standard_error(statistic)
    return Estimate(value=value, low=value - half, high=value + half)


def every_repair_by_itself(evidence: Callable[..., Evidence]) -> Callable[..., Evidence]:
    """Repair's gain as if each of a task's five repairs were a task of its own."""

    def found(run: Any) -> Evidence:
        return Evidence(values=[*evidence(run).values] * 5)

    return found


def each_pair_at_a_fifth(family: Sequence[Evidence]) -> tuple[Estimate, ...]:
    """Every order by itself, at 20 %: nothing is held together."""
    return tuple(alone(each, 0.8) for each in family)


BROKEN: dict[str, tuple[str, Callable[[ModuleType], tuple[object, str, object]]]] = {
    "a paired test with half of its error": (
        "compare",
        lambda module: (module, "paired_score", half_as_wide),
    ),
    "a gate by the estimate alone": (
        "gate",
        lambda module: (module, "decide", by_the_estimate_alone),
    ),
    "a normal interval of rates": ("rates", lambda _: (Resampling, "rate", plain_normal)),
    "orders that do not hold together": (
        "ranking",
        lambda _: (ranking, "decided", each_pair_at_a_fifth),
    ),
    "repairs that count as tasks": (
        "gain",
        lambda module: (module, "evidence", every_repair_by_itself(module.evidence)),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_procedure_that_is_broken_is_caught(
    calibration: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    part, broken = BROKEN[name]
    monkeypatch.setattr(*broken(calibration))
    assert any(line.is_off for line in calibration.measured(JOBS[part]))


def test_a_broken_run_ends_with_1_and_a_sound_one_with_0(
    calibration: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--only=rates", "--worlds=near misses", "--runs=200", "--tasks=10", "--processes=1"]
    assert calibration.main(given) == 0
    assert "0 of 2 lines off" in capsys.readouterr().out
    monkeypatch.setattr(Resampling, "rate", plain_normal)
    assert calibration.main(given) == 1


def test_a_line_is_off_beyond_twice_the_error_of_its_runs(calibration: ModuleType) -> None:
    error = math.sqrt(0.05 * 0.95 / 100)
    for false in range(20):
        line = calibration.Line(sentence="", world="", tasks=60, truth=0.0)
        for said in np.arange(100) < false:
            line.add(int(said))
        assert line.is_off == (false / 100 > 0.05 + 2 * error)
