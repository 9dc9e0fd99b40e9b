"""What tokens cost."""

from pathlib import Path

import pytest

from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.prices import FREE, Price, Prices


def usage(completion: int, prompt: int | None, cached: int = 0) -> Usage:
    return Usage(
        completion_tokens=completion,
        prompt_tokens=prompt,
        counted_by="endpoint",
        cached_tokens=cached,
    )


@pytest.mark.parametrize(
    ("name", "found_as"),
    [
        ("gpt-4o", "gpt-4o"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("openrouter/openai/gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4-0613", "gpt-4"),
        ("gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
        ("o3-mini-2025-01-31", "o3-mini"),
    ],
)
def test_a_model_is_found_without_its_date_and_vendor(name: str, found_as: str) -> None:
    prices = Prices.read()
    assert prices.of(name) == prices.table[found_as]


def test_a_dated_model_of_its_own_price_keeps_it() -> None:
    prices = Prices.read()
    assert prices.of("gpt-4o-2024-05-13") == Price(input=5, cached_input=5, output=15)


@pytest.mark.parametrize("name", ["gpt-4o-somebody-elses", "llama", "", "local-model", "gpt-40"])
def test_an_unknown_model_has_no_price(name: str) -> None:
    assert Prices.read().of(name) is None


@pytest.mark.parametrize("name", ["local", "local:1.5b", "local=mine", "scripted:script.json"])
def test_what_this_machine_computes_is_free(name: str) -> None:
    assert Prices.read().of(name) == FREE


@pytest.mark.parametrize(
    ("spent", "dollars"),
    [
        (usage(1_000_000, 0), 8.0),
        (usage(0, 1_000_000), 2.0),
        (usage(0, 1_000_000, cached=1_000_000), 0.5),
        (usage(500, 1_000, cached=400), (600 * 2 + 400 * 0.5 + 500 * 8) / 1e6),
        (usage(500, None), 500 * 8 / 1e6),
    ],
)
def test_tokens_cost_what_the_table_says(spent: Usage, dollars: float) -> None:
    price = Price(input=2, cached_input=0.5, output=8)
    assert price.dollars(spent) == pytest.approx(dollars)


def test_the_users_own_prices_go_first(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('["gpt-4o"]\ninput = 1\noutput = 2.5\n["mine/own"]\ninput = 0\noutput = 0\n')
    prices = Prices.read(file)
    assert prices.of("gpt-4o") == Price(input=1, cached_input=1, output=2.5)
    assert prices.of("mine/own") == FREE
    assert prices.of("gpt-4") == Prices.read().of("gpt-4")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[m]\ninput = 1\n", r"\['m'\]: found .*accepted: a table with input and output"),
        ("m = 3\n", r"\['m'\]: found 3; accepted: a table"),
        ("[m]\ninput = 1\noutput = 2\nouput = 3\n", "accepted: a table with input and output"),
        ("[m]\ninput = -1\noutput = 2\n", r"\['m'\] input: found -1.0|\['m'\] input: found -1"),
        ('[m]\ninput = "1"\noutput = 2\n', r"input: found '1'; accepted: dollars per million"),
        ("[m]\ninput = true\noutput = 2\n", "input: found True"),
        ("[m]\ninput = nan\noutput = 2\n", "input: found nan"),
        ("[m\n", r"prices\.toml: .*accepted: TOML"),
    ],
)
def test_a_price_that_is_none_is_named(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(content)
    with pytest.raises(UsageError, match=said) as caught:
        Prices.read(file)
    assert "prices.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--selfrepair-prices: .*none\.toml cannot be read"):
        Prices.read(tmp_path / "none.toml")


def test_the_day_of_the_table_is_known() -> None:
    assert Prices.read().as_of.year >= 2026


TIERED = """
[m]
input = 1
output = 10
tiers = [
  { above = 1000, input = 2, cached_input = 0.5, output = 15 },
  { above = 5000, input = 3, output = 5 },
]
"""


@pytest.mark.parametrize(
    ("prompt", "dollars"),
    [(1_000, 1_000 * 1 + 100 * 10), (1_001, 1_001 * 2 + 100 * 15), (9_000, 9_000 * 3 + 100 * 5)],
)
def test_a_long_prompt_has_the_price_of_its_tier(
    tmp_path: Path, prompt: int, dollars: float
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(TIERED)
    price = Prices.read(file).of("m")
    assert price is not None
    assert price.dollars(usage(100, prompt)) == pytest.approx(dollars / 1e6)
    # the second completion of a request is not charged for the prompt, but for its length
    shared = price.dollars(usage(100, 0), prompt=prompt)
    assert shared == pytest.approx(dollars / 1e6 - price.dollars(usage(0, prompt)))
    assert price.at_most(usage(100, prompt)) >= price.dollars(usage(100, min(prompt, 5_000)))


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ("3", r"\['m'\] tiers: found 3; accepted: a list of tables"),
        ("[{ input = 2, output = 3 }]", r"tiers\[0\] above: found None; accepted: tokens"),
        ("[{ above = 9, input = 2 }]", r"tiers\[0\]: found .*accepted: a table with input"),
        (
            "[{ above = 9, input = 2, output = 2 }, { above = 9, input = 3, output = 3 }]",
            r"tiers: found above \[9, 9\]; accepted: ascending numbers",
        ),
    ],
)
def test_a_tier_that_is_none_is_named(tmp_path: Path, tiers: str, said: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(f"[m]\ninput = 1\noutput = 2\ntiers = {tiers}\n")
    with pytest.raises(UsageError, match=said):
        Prices.read(file)
