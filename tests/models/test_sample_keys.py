"""What a sample is filed under: the same settings give the same key, others another one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.sample import Message, Role, SampleRequest, SamplingParams
from pytest_selfrepair.models.parameters import extra_body

TEXTS = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
PARAMS = st.builds(
    SamplingParams,
    temperature=st.none() | st.sampled_from([0.0, 0.8, 1.0]),
    max_tokens=st.sampled_from([9, 1024]),
    seed=st.none() | st.integers(0, 2),
    top_p=st.none() | st.sampled_from([0.5, 1.0]),
    reasoning_effort=st.none() | st.sampled_from(["low", "high"]),
    stop=st.sampled_from([(), ("END",), ("END", "\n\n")]),
    extra_body=st.sampled_from(["", '{"top_k":4}', '{"top_k":5}']),
    headers=st.sampled_from([(), (("x-tenant", "$TENANT"),)]),
    wire_name=st.none() | st.just("gpt-4-turbo"),
    system_role=st.booleans(),
)


def asked(params: SamplingParams) -> SampleRequest:
    return SampleRequest(
        model="gpt-4",
        messages=(
            Message(role=Role.SYSTEM, content="Write Python."),
            Message(role=Role.USER, content="Add ä \ud800."),
        ),
        params=params,
        task_id="t",
        node="p0/self/r1",
    )


@pytest.mark.parametrize(
    ("params", "key"),
    [
        (
            SamplingParams(),
            "5ab2856698629978ec2efba3e95dea4ef0a34df495eb46c0e3bdad5febbbbd11",
        ),
        (
            SamplingParams(temperature=0.2, max_tokens=300, seed=7),
            "897c0a5d85689424cc3815c3b05c1f1970575893dd032b5d494eb6c3e4bbe950",
        ),
        (
            SamplingParams(temperature=1, max_tokens=4096),
            "e59884425481e84d9272fbc8e05097c56ef0f85612c912211d612e8c9dbb2174",
        ),
    ],
)
def test_stores_of_the_first_version_still_serve_what_they_hold(
    params: SamplingParams, key: str
) -> None:
    assert asked(params).key == key


@given(PARAMS, PARAMS)
def test_keys_are_equal_exactly_where_settings_are(
    one: SamplingParams, other: SamplingParams
) -> None:
    assert (asked(one).key == asked(other).key) == (one == other)
    assert asked(one).key == asked(replace(one)).key


def test_a_whole_number_is_the_same_setting() -> None:
    assert asked(SamplingParams(top_p=1)).key == asked(SamplingParams(top_p=1.0)).key


@given(st.dictionaries(TEXTS.filter(lambda name: name != "n"), JSON, max_size=4))
def test_the_order_of_an_extra_body_does_not_matter(body: dict[str, object]) -> None:
    turned = dict(reversed(body.items()))
    assert extra_body(body) == extra_body(turned)
    assert bool(extra_body(body)) == bool(body)
