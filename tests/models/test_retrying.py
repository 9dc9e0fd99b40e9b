"""When a request is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.models.retrying import Retries, retry_after

NOW = 784_111_777.0
"""Sun, 06 Nov 1994 08:49:37 GMT."""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "60", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "60", "retry-after-ms": "soon"}, 60),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:07 GMT"}, 30),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:07 GMT"}, 0),
        ({"retry-after": "later"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_it_reads_what_the_endpoint_asks_for(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, now=lambda: NOW) == seconds


@given(st.text())
def test_no_text_of_a_header_breaks_it(text: str) -> None:
    seconds = retry_after({"retry-after": text}, now=lambda: NOW)
    assert seconds is None or seconds >= 0


def test_waits_double_up_to_a_bound() -> None:
    retries = Retries(first=0.5, longest=10, jitter=lambda: 1.0)
    assert [retries.wait(number) for number in range(7)] == [0.5, 1, 2, 4, 8, 10, 10]


@given(st.integers(0, 2_000), st.floats(0, 1), st.floats(0, 1e6))
def test_a_wait_is_never_shorter_than_asked_for(number: int, jitter: float, asked: float) -> None:
    retries = Retries(jitter=lambda: jitter)
    assert 0 <= retries.wait(number) <= 60
    assert asked <= retries.wait(number, asked) <= max(60, asked * 1.1)
