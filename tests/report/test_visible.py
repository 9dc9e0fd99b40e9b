"""Texts that nobody vouches for can be shown, and do nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.report.visible import visible

ANY = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ä, 漢字, \t and\nlines", "plain, ä, 漢字, \t and\nlines"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\u202eb\u2066c", "a⟦U+202E⟧b⟦U+2066⟧c"),
        ("one\r\ntwo\rthree", "one\ntwo␍three"),
        ("\x00\x7f\x9b", "␀␡⟦U+009B⟧"),
        ("zero\u200bwidth\ufeff", "zero⟦U+200B⟧width⟦U+FEFF⟧"),
        ("\ud800", "⟦U+D800⟧"),
        ("\U000e0041", "⟦U+E0041⟧"),
    ],
)
def test_what_a_screen_would_obey_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY)
def test_nothing_is_left_that_a_screen_would_obey(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    left = {unicodedata.category(each) for each in shown if each not in "\t\n"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(each) for each in shown} & {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"
    }  # fmt: skip


@given(ANY)
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
