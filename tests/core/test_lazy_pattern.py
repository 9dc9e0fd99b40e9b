"""A pattern that is compiled late finds what `re` finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.lazy_pattern import LazyPattern

PATTERN = r"(a+)|b\s"


@given(st.text("ab \n", max_size=12))
def test_it_finds_what_re_finds(text: str) -> None:
    compiled = re.compile(PATTERN, re.IGNORECASE)
    lazy = LazyPattern(PATTERN, re.IGNORECASE)
    assert str(lazy.search(text, 1)) == str(compiled.search(text, 1))
    assert str(lazy.match(text)) == str(compiled.match(text))
    assert str(lazy.fullmatch(text)) == str(compiled.fullmatch(text))
    assert [str(each) for each in lazy.finditer(text)] == [
        str(each) for each in compiled.finditer(text)
    ]
    assert lazy.split(text) == compiled.split(text)
    assert lazy.sub("x", text) == compiled.sub("x", text)


def test_it_is_compiled_at_its_first_use() -> None:
    lazy = LazyPattern("(")
    with pytest.raises(re.error):
        lazy.search("")
