"""Reports and comparisons of the runs in a store, each a whole page, made when it is asked for."""

from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path

from pytest_selfrepair.core.collector import paused
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.comparison.ranked import RunToRank
from pytest_selfrepair.estimate.comparison.ranking import run_ranking
from pytest_selfrepair.estimate.comparison.run_comparison import run_comparison, side
from pytest_selfrepair.report.comparison_html import page as comparison_page
from pytest_selfrepair.report.html import page as run_page
from pytest_selfrepair.report.ranking_html import ranking_page
from pytest_selfrepair.store import run_names

_KEPT = 4
"""Reports of runs that are kept."""
_PAIR = 2


class StoreReports:
    """Makes reports; the last few are kept. It takes seconds of a processor.

    Args:
        path: The store's file; it is only read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: OrderedDict[tuple[int, int], str] = OrderedDict()

    def of_run(self, number: int, tasks: int) -> str:
        """The report of a run.

        Args:
            number: The run.
            tasks: How many tasks it has by now: one that grows is reported anew.

        Raises:
            StoreError: The store cannot be read.
        """
        key = (number, tasks)
        if key not in self._kept:
            self._kept[key] = self._made(number)
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    def comparison(self, numbers: list[int]) -> str:
        """Two runs beside each other, or a ranking of more.

        Raises:
            StoreError: The store cannot be read.
        """
        found = [self._loaded(number) for number in numbers]
        with paused():
            if len(found) > _PAIR:
                ranked = [
                    RunToRank(
                        side=side(each.records, each.title, each.name),
                        records=each.records,
                        label=each.label,
                    )
                    for each in found
                ]
                return ranking_page(run_ranking(ranked), made=_now())
            old, new = found
            compared = run_comparison(
                (side(old.records, old.title, old.name), old.records),
                (side(new.records, new.title, new.name), new.records),
                games=(old.games, new.games),
            )
            return comparison_page(compared, old.records, new.records, made=_now())

    def _made(self, number: int) -> str:
        run = self._loaded(number)
        with paused():
            found = findings(run.records, run.games)
            made = f"{run.title}, reported {_now()}"
            return run_page(found, run.records, run.games, made=made)

    def _loaded(self, number: int) -> run_names.LoadedRun:
        return run_names.read(f"{self._path.as_posix()}::{number}", reading=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
