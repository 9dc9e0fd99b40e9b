"""The page of a run: one HTML file with its estimates, tasks and trees.

Observable Plot draws the curves (SVG: sharp in print, themed by style sheets, no eval; ISC); with
d3 it takes half a megabyte. Prism highlights a program in the browser when it is opened: Pygments
would take two minutes for the 330,000 programs of 300 large trees, and enlarge the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.estimate.comparison.run_comparison import RunComparison
from pytest_selfrepair.estimate.findings import Curve, CurvePoint, Findings, OutcomeCounts
from pytest_selfrepair.report import comparison_words
from pytest_selfrepair.report.bargain_page import games_facts
from pytest_selfrepair.report.details import details
from pytest_selfrepair.report.document import D3, JSDIFF, PLOT, PRISM, PRISM_PYTHON, pieces
from pytest_selfrepair.report.run_terminal import has_tasks
from pytest_selfrepair.report.visible import visible

_STYLES = ("css/base.css", "css/run.css")
_SCRIPTS = (
    D3,
    PLOT,
    PRISM,
    PRISM_PYTHON,
    JSDIFF,
    "js/dom.js",
    "js/data.js",
    "js/theme.js",
    "js/curves.js",
    "js/tasks.js",
    "js/tree.js",
    "js/views.js",
)
_GAME_SCRIPTS = ("js/dom.js", "js/theme.js")


def page(
    findings: Findings,
    records: Sequence[Record],
    games: Sequence[BargainRecord] = (),
    *,
    statements: Mapping[str, str] = MappingProxyType({}),
    made: str | None = None,
    against: RunComparison | None = None,
) -> str:
    """Render the whole page of a run as HTML."""
    return "".join(
        page_pieces(findings, records, games, statements=statements, made=made, against=against)
    )


def page_pieces(
    findings: Findings,
    records: Sequence[Record],
    games: Sequence[BargainRecord] = (),
    *,
    statements: Mapping[str, str] = MappingProxyType({}),
    made: str | None = None,
    against: RunComparison | None = None,
) -> Iterator[str]:
    """Render the page of a run as HTML, in consecutive pieces, as it may be large.

    Args:
        findings: The estimates.
        records: The records behind them; those of several runs may be combined.
        games: The games of scenarios, one record for each scenario and role.
        statements: Task statements by task id, which replace those in the records.
        made: When the page is made, in words or as a date; None: not shown.
        against: The comparison of the run with its baseline, if it has one.
    """
    played = findings.bargain
    told = None if played is None else games_facts(played, games)
    if not has_tasks(findings):
        shown = {"findings": findings, "about": findings.about, "made": made, "games": told}
        return pieces("games.html", shown, styles=_STYLES, scripts=_GAME_SCRIPTS)
    tasks = details(records, statements, findings.about.sources)
    facts = {
        "findings": findings,
        "about": findings.about,
        "made": made,
        "tasks": tasks,
        "records": len(records),
        "outcomes": _outcomes(findings.tally),
        "heat_maps": [
            (heat_map, {(cell.n_p, cell.n_fr): cell for cell in heat_map.cells})
            for heat_map in findings.heat_maps
        ],
        "curves": [_curve(curve) for curve in findings.curves if curve.points],
        "intervals": _interval_names(findings),
        "against": None if against is None else _against(against),
        "games": told,
    }
    return pieces("run.html", facts, styles=_STYLES, scripts=_SCRIPTS)


def _against(found: RunComparison) -> dict[str, object]:
    """The baseline section of the page; flipped tasks link to their trees there."""
    said, whole = comparison_words.verdict(found), found.overall
    lines: list[str | None] = []
    if whole is not None:
        lines += [comparison_words.pass_at_1(whole), comparison_words.at_equal_tokens(found)]
        lines += comparison_words.flips(found.versus)[-1:]
    lines += comparison_words.costs(found.versus)
    lines += [
        comparison_words.settings(found.versus.settings),
        *comparison_words.missing(found.versus),
    ]
    return {
        "found": found,
        "verdict": said,
        "numbers": comparison_words.answer(found).removeprefix(said),
        "lines": [line for line in lines if line is not None],
    }


def _outcomes(tally: OutcomeCounts) -> list[tuple[str, int, int, int]]:
    """Outcomes with their numbers of programs, repairs and baseline programs, as enumerated."""
    named = [str(outcome) for outcome in Outcome]
    others = {*tally.programs, *tally.repairs, *tally.baseline} - set(named)
    return [
        (name, *counts)
        for name in (*named, *sorted(others))
        if any(
            counts := (
                tally.programs.get(name, 0),
                tally.repairs.get(name, 0),
                tally.baseline.get(name, 0),
            )
        )
    ]


def _curve(curve: Curve) -> dict[str, object]:
    return {
        "source": None if curve.source is None else visible(_series(curve)),
        "label": visible(curve.label),
        "baseline": curve.baseline,
        "policy": curve.policy,
        "replacement": curve.replacement,
        "difficulty": visible(curve.difficulty),
        "points": [_point(point) for point in curve.points],
    }


def _series(curve: Curve) -> str:
    """What identifies a curve in every view: its source, and its levels where it has fewer."""
    return f"{curve.source}" if curve.depth is None else f"{curve.source}, depth {curve.depth}"


def _point(point: CurvePoint) -> dict[str, object]:
    band = point.paper_band
    return {
        "tokens": point.tokens,
        "all_tokens": point.all_tokens,
        "dollars": point.dollars,
        "rate": point.pass_rate.value,
        "low": point.pass_rate.low,
        "high": point.pass_rate.high,
        "band": None if band is None else [band.low, band.high],
        "n_p": point.n_p,
        "n_fr": point.n_fr,
    }


def _interval_names(findings: Findings) -> str:
    """The methods of the curves' intervals, each once."""
    names = dict.fromkeys(
        f"{100 * rate.level:g}% {visible(rate.method or 'interval over tasks')}"
        for curve in findings.curves
        for point in curve.points
        if (rate := point.pass_rate).low is not None and rate.high is not None
    )
    return "; ".join(names)
