"""Findings as JSON, and the page that documents it."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given

from examples import examples
from findings_made import any_findings, sample
from places import ROOT
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.errors import ReportError
from pytest_selfrepair.estimate.findings import SCHEMA, Findings
from pytest_selfrepair.report.data import from_json, to_json


@given(any_findings())
@examples(12)
def test_findings_survive_their_json(findings: Findings) -> None:
    text = to_json(findings)
    assert text.isascii()
    assert from_json(text) == findings


def test_each_of_many_shapes_stands_on_one_line() -> None:
    [shape] = sample().shapes
    shapes = tuple(replace(shape, n_p=number) for number in range(500))
    text = to_json(sample(shapes=shapes))
    assert len([line for line in text.splitlines() if '"n_fr": 1, "depth": 1' in line]) == 500
    assert [each["n_p"] for each in json.loads(text)["shapes"]] == list(range(500))


def test_fields_stand_in_the_order_of_their_class() -> None:
    assert list(json.loads(to_json(sample()))) == list(Findings.__slots__)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused_by_its_place(number: float) -> None:
    with pytest.raises(ReportError, match=r"findings\.cost\.dollars: found -?(nan|inf)"):
        to_json(sample(cost=Cost(dollars=number)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": SCHEMA + 1}, f"schema: found {SCHEMA + 1}; accepted: {SCHEMA}"),
        ({"schema": "1"}, f'schema: found "1"; accepted: {SCHEMA}'),
        ({"schema": True}, f"schema: found true; accepted: {SCHEMA}"),
        ({"cost": {"tokens": "many"}}, r"Expected `int`, got `str` - at `\$\.cost\.tokens`"),
        ({"about": {}}, r"missing required field `title` - at `\$\.about`"),
        ({"cost": {"dollars": math.inf}}, r"findings\.cost\.dollars: found inf"),
        ({"headline": [1]}, r"Expected `object`, got `int` - at `\$\.headline"),
    ],
)
def test_what_is_no_report_is_refused_by_its_field(change: dict[str, object], said: str) -> None:
    facts = json.loads(to_json(sample())) | change
    with pytest.raises(ReportError, match=said):
        from_json(json.dumps(facts))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "nonsense", "[" * 100_000, f'{{"schema": {SCHEMA}}}']
)
def test_what_is_no_json_of_findings_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match="not a report of pytest-selfrepair"):
        from_json(text)


def test_a_field_that_is_not_known_is_passed_over() -> None:
    facts = json.loads(to_json(sample())) | {"later": {"more": 1}}
    assert from_json(json.dumps(facts)) == sample()


def test_the_page_says_what_the_classes_say() -> None:
    command = [sys.executable, "-B", str(ROOT / "tools" / "describe_json.py"), "--check"]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0
