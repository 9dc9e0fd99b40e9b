"""Figures for papers say what the findings say, in a file that a paper takes."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import synthetic
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.report.figure_way import HEADLINE, PAPER, FigureWay
from pytest_selfrepair.report.figures import Kind, figure
from synthetic_findings import findings as invented

RECORDS = [synthetic.record(number) for number in range(6)]
FINDINGS = invented(RECORDS)


def texts(path: Path) -> list[str]:
    """The texts of an SVG, in the order in which they are drawn."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text("utf-8"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Draws one kind of figure of the findings as SVG, each way once."""
    folder = tmp_path_factory.mktemp("figures")

    @cache
    def draw(kind: Kind, way: FigureWay = HEADLINE) -> Path:
        out = folder / f"{len(list(folder.iterdir()))}.svg"
        figure(FINDINGS, kind, out, way=way)
        return out

    return draw


@pytest.mark.parametrize("kind", ["curve", "heatmap", "sources"])
def test_each_kind_can_be_had(drawn: Callable[..., Path], kind: Kind) -> None:
    assert drawn(kind).read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(("suffix", "start"), [(".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_each_format_can_be_had(tmp_path: Path, suffix: str, start: bytes) -> None:
    out = tmp_path / f"figure{suffix}"
    figure(FINDINGS, "sources", out)
    assert out.read_bytes().startswith(start)


def test_curves_are_labelled_as_in_the_paper(drawn: Callable[..., Path]) -> None:
    found = texts(drawn("curve", PAPER))
    assert {
        "M_P = gpt-3.5-turbo (no repair)",
        "M_P = M_F = gpt-3.5-turbo",
        "M_P = gpt-3.5-turbo; M_F = gpt-4",
        "n_p = 25",
        "n_fr = 10",
        "Mean number of tokens generated",
        "Mean pass rate",
    } <= set(found)


def test_a_figure_says_how_it_was_drawn_and_agrees_with_the_headline_by_default(
    drawn: Callable[..., Path],
) -> None:
    said = "batch, drawn without replacement; sampling on only where none has passed"
    assert said in texts(drawn("curve"))
    said = "batch, drawn with replacement; sampling i.i.d. of every task"
    assert said in texts(drawn("curve", PAPER))


def test_a_curve_is_beside_the_baseline_of_its_way(tmp_path: Path) -> None:
    iid, *others = [each for each in FINDINGS.curves if not each.replacement]
    every = replace(iid, baseline=Baseline.EVERY_TASK)
    stopping = replace(iid, baseline=Baseline.STOPPING, label="on only where none passes")
    findings = replace(FINDINGS, curves=(every, stopping, *others))
    out = tmp_path / "curve.svg"
    figure(findings, "curve", out)
    assert stopping.label in texts(out)
    assert every.label not in texts(out)


def test_the_heat_map_has_the_largest_number_of_repairs_on_top(tmp_path: Path) -> None:
    out = tmp_path / "heat.svg"
    figure(invented(RECORDS, sources=("self",), gains=(0.0,)), "heatmap", out)
    found = texts(out)
    assert found.count("O.O.B.") == 6
    placed = dict(
        re.findall(
            r'<g id="ytick_\d+">.*?<text[^>]*y="([\d.]+)"[^>]*>(\d+)</text>',
            out.read_text("utf-8"),
            flags=re.DOTALL,
        )
    )
    assert [placed[y] for y in sorted(placed, key=float)] == ["10", "5", "3", "1"]


def test_sources_stand_beside_their_paired_differences(drawn: Callable[..., Path]) -> None:
    assert {"self", "gpt-4", "self less gpt-4"} <= set(texts(drawn("sources")))


def test_names_are_never_read_as_formulas(tmp_path: Path) -> None:
    findings = invented(RECORDS, sources=("$x^2$ \x1b[1m", "$"), model="a_b^c$d$")
    for kind in ("curve", "heatmap", "sources"):
        figure(findings, kind, tmp_path / "figure.svg")
    assert "$x^2$ ␛[1m" in texts(tmp_path / "figure.svg")


def test_the_same_findings_make_the_same_file(tmp_path: Path, drawn: Callable[..., Path]) -> None:
    figure(FINDINGS, "heatmap", tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == drawn("heatmap").read_bytes()


def test_without_repair_the_curve_is_the_baseline_alone(tmp_path: Path) -> None:
    out = tmp_path / "curve.svg"
    figure(invented(RECORDS, sources=(), gains=()), "curve", out)
    assert "M_P = gpt-3.5-turbo (no repair)" in texts(out)


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("curve", "x.bmp", "found suffix '.bmp'; accepted: .svg, .pdf, .png"),
        ("pie", "x.svg", "found kind 'pie'; accepted: curve, heatmap, sources"),
        ("sources", "no/folder/x.svg", "cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(
    tmp_path: Path, kind: Kind, name: str, message: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        figure(FINDINGS, kind, tmp_path / name)


@pytest.mark.parametrize("kind", ["curve", "heatmap", "sources"])
def test_findings_with_nothing_of_a_kind_are_refused(tmp_path: Path, kind: Kind) -> None:
    empty = replace(FINDINGS, curves=(), heat_maps=(), sources=())
    with pytest.raises(UsageError, match=f"has nothing to draw as '{kind}'"):
        figure(empty, kind, tmp_path / "x.svg")


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=re.escape('pip install "pytest-selfrepair[plot]"')):
        figure(FINDINGS, "curve", tmp_path / "x.svg")
