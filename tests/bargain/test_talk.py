"""Free talk is read by rules: what a window of talk has come to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_selfrepair.bargain.talk import Said, TalkReading, TalkState, read_talk
from pytest_selfrepair.cli import main

WINDOWS = Path(__file__).with_name("windows.jsonl")
HELD_OUT = 0.95
"""The least share of windows read rightly that no rule was written for."""


@dataclass(frozen=True, kw_only=True)
class Window:
    id: str
    part: str
    messages: tuple[Said, ...]
    state: TalkState
    price: Decimal | None

    @cached_property
    def reading(self) -> TalkReading:
        return read_talk(self.messages)

    @property
    def is_read(self) -> bool:
        return (self.reading.state, self.reading.price) == (self.state, self.price)


@cache
def windows(part: str) -> list[Window]:
    rows = [json.loads(line) for line in WINDOWS.read_text(encoding="utf-8").splitlines()]
    return [
        Window(
            id=row["id"],
            part=row["part"],
            messages=tuple(Said(**each) for each in row["messages"]),
            state=TalkState(row["state"]),
            price=None if row["price"] is None else Decimal(row["price"]),
        )
        for row in rows
        if row["part"] == part
    ]


def talk(*texts: str) -> list[Said]:
    return [
        Said(role=("seller", "buyer")[number % 2], text=text) for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize("state", TalkState)
def test_windows_of_talk_are_read_as_a_person_read_them(state: TalkState) -> None:
    own = [window for window in windows("development") if window.state is state]
    assert own
    assert [window.id for window in own if not window.is_read] == []


def test_windows_that_no_rule_was_written_for_are_mostly_read() -> None:
    held_out = windows("held out")
    right = sum(window.is_read for window in held_out)
    assert right / len(held_out) >= HELD_OUT, f"{right} of {len(held_out)}"


def test_there_are_windows_enough_of_every_state() -> None:
    found = [*windows("development"), *windows("held out")]
    assert len(found) >= 1_600
    assert {window.state for window in found} == set(TalkState)


@pytest.mark.parametrize(
    ("amount", "price"),
    [
        ("$1,500", "1500"),
        ("1.500,50 €", "1500.50"),
        ("15 dollars", "15"),
        ("€15", "15"),
        ("CHF 1'250", "1250"),
        ("₹1,50,000", "150000"),
        ("99 cents", "0.99"),
        ("1.2k", "1200"),
        ("two hundred and five", "205"),
        ("2 500 kr", "2500"),
    ],
)
def test_an_amount_is_read_in_any_convention(amount: str, price: str) -> None:
    assert read_talk(talk(f"{amount}?", "Deal.")).price == Decimal(price)


@given(st.lists(st.tuples(st.sampled_from(["seller", "buyer"]), st.text(max_size=60)), max_size=8))
def test_any_talk_is_read_without_a_fault(said: list[tuple[str, str]]) -> None:
    found = read_talk([Said(role=role, text=text) for role, text in said])
    assert (found.price is not None) == (found.state is TalkState.DEAL)


@given(
    st.decimals(min_value="3", max_value="99999", places=2),
    st.sampled_from(["$", "€", "£", "CHF ", "USD "]),
)
def test_what_is_offered_and_accepted_is_the_price(price: Decimal, currency: str) -> None:
    found = read_talk(talk(f"My price is {currency}{price:,}.", "I accept."))
    assert found.price == price


@given(st.integers(3, 999), st.integers(3, 999))
def test_the_price_that_was_refused_is_never_the_deal(offered: int, refused: int) -> None:
    assume(offered != refused)
    first = read_talk(talk(f"{refused} euros.", f"I'd rather pay {offered} instead of {refused}."))
    assert first.state is TalkState.OPEN
    found = read_talk(
        talk(f"{refused} euros.", f"I'd rather pay {offered} instead of {refused}.", "Deal!")
    )
    assert found.price == offered


@pytest.mark.parametrize(
    "text", ["five ", "hundred ", "1 ", "1,", "$", "'", "no ", "deal ", "from 5 to "]
)
def test_what_is_said_a_thousand_times_is_no_price(text: str) -> None:
    assert read_talk(talk(text * 1000)).state is not TalkState.DEAL


def test_the_quote_is_what_was_said() -> None:
    said = talk("That\u2019d be 20.", "No problem, deal 👍. See you!")
    assert read_talk(said).quote == "No problem, deal 👍."
    for window in (*windows("development"), *windows("held out")):
        quote = window.reading.quote
        assert not quote or any(quote in each.text for each in window.messages)


def test_a_million_characters_are_read() -> None:
    assert read_talk(talk("blah, 5 " * 125_000 + ". $20 it is.", "Deal.")).price == 20


def test_the_command_reads_lines_and_names_a_broken_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "talk.jsonl"
    lines.write_text(
        json.dumps(
            {
                "id": "a",
                "messages": [
                    {"role": "seller", "text": "How about $15.50?"},
                    {"role": "buyer", "text": "It's a deal."},
                ],
            }
        )
        + '\n{"id": "b", "messages": [{"role": "seller"}]}\n',
        encoding="utf-8",
    )
    out = tmp_path / "out.jsonl"
    assert main(["bargain", "read", str(lines), "-o", str(out)]) == 1
    assert json.loads(out.read_text()) == {
        "id": "a",
        "state": "deal",
        "price": 15.5,
        "quote": "It's a deal.",
    }
    told = capsys.readouterr().err
    assert ":2: messages[0].text: found nothing; accepted: a text" in told
