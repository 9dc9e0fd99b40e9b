"""Several runs to rank: of hand-made records, with any names."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from comparing import SETUP, record, task_of
from findings_made import names
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.comparison.ranked import RunRanking, RunToRank
from pytest_selfrepair.estimate.comparison.ranking import run_ranking
from pytest_selfrepair.estimate.comparison.run_comparison import side
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap

FEW = Bootstrap(draws=50)
SOLVED = task_of([True, False], {"self": [[False]]}, price=1e-6)
REPAIRED = task_of([False, False], {"self": [[True], [False]]}, [False] * 4, price=1e-6)
UNSOLVED = task_of([False, False], {"self": [[False], [False]]}, [False] * 4, price=1e-6)


def run_to_rank(
    *grown: Grown | None, model: str = "gpt-4", label: str | None = None, title: str = "a run"
) -> RunToRank:
    """A run of these tasks, the later half of them interviews."""
    setup = replace(SETUP, model=model)
    kinds = [Difficulty.INTRODUCTORY, Difficulty.INTERVIEW]
    records = [
        record(number, each, kinds[2 * number >= len(grown)], setup=setup)
        for number, each in enumerate(grown)
    ]
    return RunToRank(side=side(records, title), records=records, label=label)


def ranked(*runs: RunToRank) -> RunRanking:
    """The runs, ranked."""
    return run_ranking(runs, how=FEW)


def three(words: Sequence[str] = ("good", "fair", "poor")) -> RunRanking:
    """Three runs of which the last is shown to be behind; a task is left out."""
    shares = (36, 35, 4)
    return ranked(
        *(
            run_to_rank(*[SOLVED] * many, *[UNSOLVED] * (40 - many), last, model=word)
            for word, many, last in zip(words, shares, (SOLVED, None, SOLVED), strict=True)
        )
    )


_KINDS = st.sampled_from([SOLVED, REPAIRED, UNSOLVED, None])


@st.composite
def any_ranking(draw: st.DrawFn) -> RunRanking:
    """Two to four runs of some tasks, called anything."""
    tasks = draw(st.integers(0, 6))
    return ranked(
        *(
            run_to_rank(
                *draw(st.lists(_KINDS, min_size=tasks, max_size=tasks)),
                model=draw(names),
                label=draw(st.none() | names),
                title=draw(names),
            )
            for _ in range(draw(st.integers(2, 4)))
        )
    )
