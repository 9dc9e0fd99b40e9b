"""Records and their JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import RECORD, program
from pytest_selfrepair.core.record import SCHEMA, Record
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.report.junit import properties


def test_a_record_survives_its_json() -> None:
    assert Record.from_json(RECORD.to_json()) == RECORD


@given(st.text(st.characters(codec=None)))
def test_any_text_of_a_model_survives_as_one_line_of_ascii(text: str) -> None:
    node = program("p0", passed=False)
    odd = Record(
        task_id=text,
        grown=Grown(
            programs=(
                type(node)(**{**{f: getattr(node, f) for f in node.__slots__}, "program": text}),
            ),
            trees=(),
            baseline=(),
            complete=True,
        ),
    )
    line = odd.to_json()
    assert line.isascii()
    assert "\n" not in line
    assert Record.from_json(line) == odd


def test_a_record_of_a_later_version_is_refused() -> None:
    facts = json.loads(RECORD.to_json()) | {"schema": SCHEMA + 1}
    with pytest.raises(StoreError, match=f"accepted: 1 to {SCHEMA}"):
        Record.from_json(json.dumps(facts))


def test_a_record_of_schema_1_is_upgraded() -> None:
    def as_before(part: dict[str, Any]) -> None:
        cost = part.pop("cost")
        part["tokens"], part["prompt_tokens"] = cost["tokens"], cost["prompt_tokens"]
        part["replayed"] = cost["replayed_tokens"] > 0

    facts = json.loads(RECORD.to_json()) | {"schema": 1}
    repairs = [repair for tree in facts["grown"]["trees"] for repair in tree["repairs"]]
    for part in (*facts["grown"]["programs"], *repairs, *facts["grown"]["baseline"]):
        as_before(part)
        if part["feedback"]:
            as_before(part["feedback"])
    assert Record.from_json(json.dumps(facts)) == RECORD


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"schema": 1}'])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(StoreError):
        Record.from_json(text)


def test_junit_gets_scalars_alone() -> None:
    facts = dict(properties(RECORD))
    assert facts["selfrepair_outcome"] == "solved"
    assert facts["selfrepair_repairs_passed"] == 1
    assert all(type(value) in {str, int} for value in facts.values())
