"""Formulas of statements are shown as text that can be read; what is none is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.report.mathematics import readable_mathematics


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"($1 \leq n \leq 10^5$)", "(1 ≤ n ≤ 10⁵)"),
        (r"$a_1, a_2, \ldots, a_n$", "a₁, a₂, …, aₙ"),
        (r"$$$1 \le a_{i,j} \le 10^{18}$$$", "1 ≤ a_(i,j) ≤ 10¹⁸"),
        (r"$$\frac{n(n+1)}{2}$$", "(n(n+1))/2"),
        (r"$\lfloor \frac{a}{b} \rfloor \times \sqrt{x}$", "⌊ a/b ⌋ × √x"),
        (r"$\text{answer} \bmod 998\,244\,353$", "answer mod 998 244 353"),
        (r"$\{x \in S\} \neq \emptyset$", "{x ∈ S} ≠ ∅"),
        (r"$2^{k}$ of $x^{-1}$", "2^k of x⁻¹"),
        (r"\(n \geq 0\)", "n ≥ 0"),
        (r"$\unknown{x}$", r"\unknown{x}"),
        (r"$\sum_{i=1}^{n} a_i$", "∑ᵢ₌₁ⁿ aᵢ"),
    ],
)
def test_a_formula_is_shown_as_text(written: str, shown: str) -> None:
    assert readable_mathematics(written) == shown


@pytest.mark.parametrize(
    "text", ["costs $5 and $6", "a $ b $ c", "US$10 or A$20", "$5", "x_1^2", r"\leq", "$HOME:$1"]
)
def test_what_is_no_formula_stays(text: str) -> None:
    assert readable_mathematics(text) == text


@given(st.text(alphabet="$\\{}_^ab1 \n(),leqfrac", max_size=60))
def test_any_text_can_be_shown_and_lines_stay(text: str) -> None:
    shown = readable_mathematics(text)
    assert shown.count("\n") <= text.count("\n")
    if "$" not in text and "\\(" not in text:
        assert shown == text
