"""Which completions one HTTP request asks for, and its name in the endpoint's logs."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from endpoints import request
from pytest_selfrepair.models.grouping import grouped, request_id

nodes = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200), max_size=20)


@given(nodes, st.integers(1, 8), st.booleans())
def test_groups_keep_the_order_the_most_choices_and_whole_names(
    names: list[str], most: int, seeded: bool
) -> None:
    requests = [
        replace(request(name, seed=1 if seeded else None), task_id="tasks/1") for name in names
    ]
    groups = grouped(requests, most)
    assert [each for group in groups for each in group] == requests
    for group in groups:
        assert 1 <= len(group) <= (1 if seeded else most)
        called = request_id(group)
        assert called.isascii()
        last = request_id(group[-1:]).partition("#")[2]
        assert len(group) == 1 or called.endswith(f",{last}")


def test_the_name_of_a_request_is_cut_at_the_length_of_the_header() -> None:
    assert len(request_id([request("p" * 1_000)])) == 512
    assert request_id([request("p0"), request("p1")]) == "tasks/%C3%A4%20b#p0,p1"
