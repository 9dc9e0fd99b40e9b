"""Equal parts of a record are one object each, and the record says the same."""

from dataclasses import replace

import pytest

from builders import RECORD
from pytest_selfrepair.core.record import Record


def test_equal_texts_and_verdicts_of_a_record_are_held_once() -> None:
    read = Record.from_json(RECORD.to_json())
    assert read == RECORD
    assert read.grown is not None
    for nodes in (read.grown.nodes, read.grown.repairs):
        assert len({id(node.verdict) for node in nodes}) == len({node.verdict for node in nodes})
        assert len({id(node.finish_reason) for node in nodes}) == 1


@pytest.mark.parametrize("program", ["", "print('\ud800')", "é\u2028\x00"])
@pytest.mark.parametrize("seconds", [1.0, -0.0, float("inf")])
def test_a_record_is_read_as_it_was_written(program: str, seconds: float) -> None:
    assert RECORD.grown is not None
    first, *others = RECORD.grown.programs
    grown = replace(RECORD.grown, programs=(replace(first, program=program), *others))
    record = replace(RECORD, grown=grown, seconds=seconds)
    assert Record.from_json(record.to_json()) == record
    assert Record.from_json(record.to_json()).to_json() == record.to_json()
