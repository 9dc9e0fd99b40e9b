"""Tables for spreadsheets and papers hold what they are given, and nothing that is obeyed."""

import csv
import io
import re

import pytest
from hypothesis import given, settings

from findings_made import names
from pytest_selfrepair.errors import ReportError
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report.exports import (
    CellKind,
    ExportColumn,
    ExportTable,
    csv_text,
    latex_escaped,
    latex_text,
)
from pytest_selfrepair.report.ranking_exports import ranking_table
from ranking_made import three

RATE = Estimate(value=0.7123456789, low=0.6, high=0.8)
GAIN = Estimate(value=-0.05, low=-0.1, high=0.02, p=0.25)
TABLE = ExportTable(
    caption="What\nit is: 5 %",
    columns=(
        ExportColumn(name="run", head="Run"),
        ExportColumn(name="rate", head="pass@1", kind=CellKind.SHARE, estimated=True),
        ExportColumn(name="gain", head="Gain", kind=CellKind.POINTS, estimated=True),
        ExportColumn(name="tokens", head="Tokens", kind=CellKind.COUNT),
        ExportColumn(name="path", csv_only=True),
    ),
    rows=(("a_b & c", RATE, GAIN, 1240.4, "x"), ("a_b & c", None, None, None, None)),
)
ESCAPED = re.compile(
    r"(?:\\(?:textbackslash|textasciitilde|textasciicircum|textless|textgreater|textbar"
    r"|textasciigrave|textquotedbl|textquotesingle)\{\}|\\[&%$#_{}]|\{[\[\]*]\}"
    r"|-\{\}(?=-)|,\{\}(?=,)|-(?!-)|,(?!,)|[^\\&%$#_{}~^<>|`\"'\[\]*,-])*"
)
"""What LaTeX sets as text: commands of ours, and characters that mean nothing to it."""


def test_csv_has_every_digit_and_the_ends_of_intervals() -> None:
    head, first, second = csv.reader(io.StringIO(csv_text(TABLE)))
    assert head == [
        *("run", "rate", "rate_low", "rate_high"),
        *("gain", "gain_low", "gain_high", "gain_p", "tokens", "path"),
    ]
    assert first == [
        *("a_b & c", "0.7123456789", "0.6", "0.8", "-0.05", "-0.1", "0.02", "0.25"),
        *("1240.4", "x"),
    ]
    assert second == ["a_b & c", *[""] * 9]


def test_latex_has_the_rules_of_booktabs_and_leaves_out_what_repeats() -> None:
    lines = latex_text(TABLE).splitlines()
    assert lines[0] == "% What it is: 5 %"
    assert lines[2:] == [
        r"\begin{tabular}{lrrr}",
        r"\toprule",
        r"Run & pass@1 (\%) & Gain (points) & Tokens \\",
        r"\midrule",
        (
            r"a\_b \& c & 71.2 {\footnotesize [60.0, 80.0]} & "
            r"$-$5.0 {\footnotesize [$-$10.0, $+$2.0]} & 1,240 \\"
        ),
        r" & -- & -- & -- \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


@given(names)
@settings(max_examples=50)
def test_any_name_is_text_in_latex(name: str) -> None:
    found = latex_escaped(name)
    assert ESCAPED.fullmatch(found)
    assert found.isprintable()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum(a1)", "\t=1+1"])
def test_no_spreadsheet_computes_a_name(name: str) -> None:
    table = ExportTable(caption="", columns=(ExportColumn(name="run"),), rows=((name,),))
    _, [cell] = csv.reader(io.StringIO(csv_text(table)))
    assert cell == f"'{name.strip()}"


def test_a_number_where_an_estimate_belongs_is_refused() -> None:
    column = ExportColumn(name="rate", estimated=True)
    with pytest.raises(ReportError, match="rate: found 'x'; accepted: an estimate"):
        csv_text(ExportTable(caption="", columns=(column,), rows=(("x",),)))


def test_the_table_of_a_ranking_has_a_row_for_each_run_and_source() -> None:
    found = three()
    rows = list(csv.DictReader(io.StringIO(csv_text(ranking_table(found)))))
    assert [(each["run"], each["rank"], each["feedback"]) for each in rows] == [
        ("good", "1-2", "self"),
        ("fair", "1-2", "self"),
        ("poor", "3", "self"),
    ]
    assert found.overall is not None
    for row, rates in zip(rows, found.overall.rates, strict=True):
        assert float(row["pass_at_t"]) == rates.at_budget.value
        assert float(row["pass_at_1_low"]) == rates.pass_at_1.low
    assert latex_text(ranking_table(found)).count(r"\\") == 4
