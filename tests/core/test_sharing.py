"""Equal parts of a record are one object each, and the record says the same."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builders import RECORD
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.sharing import loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=10,
)


@given(VALUES)
def test_json_is_read_as_json_reads_it(value: Any) -> None:
    text = json.dumps(value)
    assert json.dumps(loads(text)) == text  # tells 1 from True and 1.0, and -0.0 from 0.0


def test_equal_texts_and_verdicts_of_a_record_are_held_once() -> None:
    read = Record.from_json(RECORD.to_json())
    assert read == RECORD
    assert read.grown is not None
    for nodes in (read.grown.nodes, read.grown.repairs):
        assert len({id(node.verdict) for node in nodes}) == len({node.verdict for node in nodes})
        assert len({id(node.finish_reason) for node in nodes}) == 1
