"""Two runs side by side that no run made: a plausible pair, and any that conform."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from findings_made import estimate, estimates, names
from pytest_selfrepair.estimate.comparison.run_changes import Change, Changes, RunDifferences
from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison, RunConclusion, Side
from pytest_selfrepair.estimate.comparison.settings import Setting
from pytest_selfrepair.estimate.exact.shape import ALL

BEFORE = Side(
    name=".selfrepair/samples.sqlite::1",
    title="run 1 of .selfrepair/samples.sqlite (2030-01-31 12:00:00 UTC)",
    models=("gpt-3.5-turbo",),
    sources=("self",),
    tasks=32,
    scored=31,
)
AFTER = Side(
    name=".selfrepair/samples.sqlite::2",
    title="run 2 of .selfrepair/samples.sqlite (2030-02-01 12:00:00 UTC)",
    models=("gpt-3.5-turbo",),
    sources=("gpt-4",),
    tasks=31,
    scored=30,
)


def change(
    before: float, after: float, half: float | None = None, p: float | None = None
) -> Change:
    """A figure of both runs; each with an interval of so much on either side."""
    return Change(
        before=estimate(before, half),
        after=estimate(after, half),
        difference=replace(estimate(after - before, half), p=p),
    )


def changes(
    difficulty: str = ALL,
    tasks: int = 30,
    *,
    half: float | None = 0.05,
    tokens: float = 1240.0,
    p: float | None = 0.0087,
) -> Changes:
    """Six points better at twice the tokens, and two at the same."""
    return Changes(
        difficulty=difficulty,
        tasks=tasks,
        pass_at_1=change(0.377, 0.381, half),
        pass_at_t=change(0.600, 0.667, half, p),
        tree_tokens=change(620.0, tokens, None if half is None else 80.0),
        at_equal_tokens=change(0.600, 0.621, half, 0.41),
        equal_tokens=620.0,
    )


def two(answer: RunConclusion = RunConclusion.BETTER, **changed: Any) -> RunComparison:
    """What two runs of thirty tasks may come to."""
    facts: dict[str, Any] = {
        "tasks": 30,
        "before_source": "self",
        "after_source": "gpt-4",
        "changes": (
            changes("introductory", 22),
            changes("interview", 8, half=None),
            changes(),
        ),
        "lost": ("tasks/0001", "tasks/0002"),
        "won": tuple(f"tasks/{number:04d}" for number in range(10, 23)),
        "tokens": change(5900.0, 6100.0, 90.0),
        "dollars": change(0.0356, 0.0301, 0.002),
        "settings": (
            Setting(name="sources", before="self", after="gpt-4"),
            Setting(name="seed", before=None, after="7"),
        ),
        "only_before": ("tasks/0500",),
        "only_after": (),
        "unscored_before": (),
        "unscored_after": ("tasks/0600", "tasks/0601", "tasks/0602", "tasks/0603"),
    }
    return RunComparison(
        before=BEFORE, after=AFTER, answer=answer, versus=RunDifferences(**(facts | changed))
    )


NOTHING = two(
    RunConclusion.CANNOT_TELL, tasks=0, changes=(), lost=(), won=(), tokens=None, dollars=None,
)  # fmt: skip
"""Two runs that scored no task both."""

_ids = st.lists(names, unique=True, max_size=14).map(tuple)
_amounts = st.floats(0, 1e12)
_sides = st.builds(
    Side,
    name=st.none() | names,
    title=names,
    models=st.lists(names, max_size=2).map(tuple),
    sources=st.lists(names, max_size=2).map(tuple),
    tasks=st.integers(0, 10**9),
    scored=st.integers(0, 10**9),
)


def _change(values: st.SearchStrategy[float], differences: st.SearchStrategy[float]) -> Any:
    return st.builds(
        Change,
        before=estimates(values),
        after=estimates(values),
        difference=estimates(differences),
    )


_rates = _change(st.floats(0, 1), st.floats(-1, 1))
_costs = _change(_amounts, st.floats(-1e12, 1e12))


@st.composite
def any_two_runs(draw: st.DrawFn) -> RunComparison:
    """Anything that conforms."""
    compared = draw(st.booleans())
    groups = [*draw(st.lists(names, unique=True, max_size=3)), ALL] if compared else []
    found = RunDifferences(
        tasks=draw(st.integers(1, 10**9)) if compared else 0,
        before_source=draw(st.none() | names),
        after_source=draw(st.none() | names),
        changes=tuple(
            draw(
                st.builds(
                    Changes,
                    difficulty=st.just(group),
                    tasks=st.integers(1, 10**9),
                    pass_at_1=_rates,
                    pass_at_t=_rates,
                    tree_tokens=_costs,
                    at_equal_tokens=_rates,
                    equal_tokens=_amounts,
                )
            )
            for group in dict.fromkeys(groups)
        ),
        lost=draw(_ids),
        won=draw(_ids),
        tokens=draw(_costs) if compared else None,
        dollars=draw(st.none() | _costs) if compared else None,
        settings=draw(
            st.lists(
                st.builds(Setting, name=names, before=st.none() | names, after=st.none() | names),
                max_size=3,
            ).map(tuple)
        ),
        only_before=draw(_ids),
        only_after=draw(_ids),
        unscored_before=draw(_ids),
        unscored_after=draw(_ids),
        same=draw(st.booleans()),
    )
    return RunComparison(
        before=draw(_sides),
        after=draw(_sides),
        answer=draw(st.sampled_from(RunConclusion)),
        versus=found,
    )
