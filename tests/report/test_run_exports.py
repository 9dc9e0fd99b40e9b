"""Tables of runs, and the figures that draw the same numbers."""

import csv
import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthetic
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap
from pytest_selfrepair.report.curve_figures import curve_figure
from pytest_selfrepair.report.exports import csv_text, latex_text
from pytest_selfrepair.report.figure_way import HEADLINE, PAPER, FigureWay, RunFindings
from pytest_selfrepair.report.figures import figure_of_runs
from pytest_selfrepair.report.run_exports import TableKind, run_table


@cache
def both() -> list[RunFindings]:
    """Two runs; made when they are first wanted, since making them takes a second."""
    return [
        RunFindings(
            label=label,
            findings=findings(
                [synthetic.record(number) for number in range(first, first + 12)],
                how=Bootstrap(draws=50),
            ),
            tasks="12 tasks that both runs scored",
        )
        for label, first in (("one", 0), ("two_b", 12))
    ]


def rows(kind: TableKind, way: FigureWay = HEADLINE, *, runs: Any = None) -> list[dict[str, str]]:
    table = run_table(both() if runs is None else runs, kind, way)
    return list(csv.DictReader(io.StringIO(csv_text(table))))


def drawn(runs: list[RunFindings], way: FigureWay) -> dict[str, list[tuple[float, float]]]:
    """The points of every line of a figure, by its label."""
    made = curve_figure(runs, way)
    assert made is not None
    found: dict[str, list[tuple[float, float]]] = {}
    for line in (line for ax in made.axes for line in ax.lines):
        points = [(float(x), float(y)) for x, y in np.asarray(line.get_xydata())]
        if points:
            found.setdefault(str(line.get_label()), []).extend(points)
    return found


@pytest.mark.parametrize("way", [HEADLINE, PAPER], ids=["headline", "paper"])
def test_the_curves_of_several_runs_are_the_points_of_the_table(way: FigureWay) -> None:
    found = drawn(both(), way)
    table = [row for row in rows("curve", way) if row["best"] == "yes"]
    labels = dict.fromkeys(f"{row['run']}: {row['feedback'] or 'no repair'}" for row in table)
    assert found.keys() == labels.keys()
    for label in labels:
        points = [
            (float(row["tokens"]), float(row["pass_rate"]))
            for row in table
            if f"{row['run']}: {row['feedback'] or 'no repair'}" == label
        ]
        assert found[label] == points
    baseline = Baseline.STOPPING if way is HEADLINE else Baseline.EVERY_TASK
    assert {row["baseline"] for row in table if not row["feedback"]} == {str(baseline)}


def test_the_shapes_of_one_run_are_those_of_the_table_and_the_largest_is_the_headline() -> None:
    way = FigureWay(sources=("self",))
    found = drawn(both()[:1], way)
    table = [row for row in rows("curve", way, runs=both()[:1]) if row["feedback"]]
    points = sorted((float(row["tokens"]), float(row["pass_rate"])) for row in table)
    marked = [point for label, each in found.items() if label.startswith("_") for point in each]
    assert sorted(marked) == points
    [headline] = rows("headline", way, runs=both()[:1])
    whole = float(headline["tokens"]), float(headline["pass_at_t"])
    assert whole == pytest.approx(points[-1])


@pytest.mark.parametrize("kind", ["headline", "sources", "difficulty"])
def test_every_number_of_a_table_is_that_of_the_findings(kind: TableKind) -> None:
    for row in rows(kind):
        found = next(run.findings for run in both() if run.label == row["run"])
        if kind == "sources":
            source = next(each for each in found.sources if each.source == row["feedback"])
            assert source.repairs.rate is not None
            assert float(row["repair_rate"]) == source.repairs.rate.value
            assert int(row["repairs"]) == source.repairs.tried
            continue
        level = row.get("difficulty", "all")
        group = next(each for each in found.difficulties if each.difficulty == level)
        each = next(each for each in group.sources if each.source == row["feedback"])
        assert float(row["pass_at_1"]) == group.pass_at_1.value
        assert float(row["gain_stopping"]) == each.stopping.gain.value
        assert float(row["gain_paper"]) == each.paper.gain.value
    assert latex_text(run_table(both(), kind, HEADLINE)).count(r"\\") == len(rows(kind)) + 1


@pytest.mark.parametrize("kind", ["curve", "heatmap", "sources"])
def test_a_figure_of_several_runs_names_them_and_says_which_tasks(
    tmp_path: Path, kind: Any
) -> None:
    out = tmp_path / "figure.svg"
    figure_of_runs(both(), kind, out, way=FigureWay(sources=("self",), size=(5, 3)))
    text = out.read_text("utf-8")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", text)
    assert {"one: self", "two_b: self"} <= set(texts)
    assert not any("gpt-4" in each for each in texts)
    assert any(each.endswith("; 12 tasks that both runs scored") for each in texts)
    assert 'width="360pt" height="216pt"' in text


def test_a_style_is_a_name_or_a_file_and_names_stay_text(tmp_path: Path) -> None:
    own = tmp_path / "own.mplstyle"
    own.write_text("text.usetex: True\nfont.size: 5\n")
    for style in ("dark_background", str(own)):
        figure_of_runs(both(), "sources", tmp_path / "a.svg", way=FigureWay(style=style))
        assert "two_b: self" in (tmp_path / "a.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("way", "kind", "said"),
    [
        (FigureWay(style="plain"), "curve", "--style: found 'plain'; accepted: a file of a style"),
        (FigureWay(sources=("me",)), "curve", "--sources: found 'me'; accepted: self, gpt-4"),
        (HEADLINE, "rounds", "--kind rounds: found 2 runs; accepted: one"),
    ],
)
def test_what_no_run_has_is_refused_by_its_option(
    tmp_path: Path, way: FigureWay, kind: Any, said: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        figure_of_runs(both(), kind, tmp_path / "x.svg", way=way)
