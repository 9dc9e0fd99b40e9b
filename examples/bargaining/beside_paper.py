"""Compare the paper's figures with this example's: their problems, and what neither shows.

The paper's figures come from arXiv 2305.10142 and from its authors' code and notebook.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pytest_selfrepair.estimate.assemble import findings
from pytest_selfrepair.estimate.bargain.bargain_findings import BargainFindings
from pytest_selfrepair.estimate.bargain.gains import Gain
from pytest_selfrepair.store.run_names import LoadedRun

HEADERS = (
    "",
    "the paper reports",
    "problem of that figure",
    "this example shows",
    "it cannot show",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The games of one model.

    Attributes:
        model: Its name.
        found: The findings.
    """

    model: str
    found: BargainFindings

    @classmethod
    def of(cls, model: str, run: LoadedRun) -> "Played":
        """The games of a run."""
        found = findings([], run.games).bargain
        assert found is not None  # noqa: S101 - the run has games
        return cls(model=model, found=found)

    def by_round(self, figure: str) -> str:
        """A figure in round 1, and in round 2 of each arm."""
        said = []
        for each in self.found.rounds:
            arm = "round 1" if each.round == 1 else f"round {each.round} of {each.arm}"
            value = {
                "deals": f"{each.deals} of {each.games}",
                "surplus": f"{each.surplus.value:.2f}",
                "tokens": "-" if each.reply_tokens is None else f"{each.reply_tokens:.0f}",
            }[figure]
            said.append(f"{arm} {value}")
        return f"{self.model}: {', '.join(dict.fromkeys(said))}"

    @property
    def gain(self) -> Gain:
        """The gain from its own advice over none."""
        [found] = [each for each in self.found.gains if each.against == "none"]
        return found


def rows(played: Sequence[Played]) -> list[tuple[str, str, str, str, str]]:
    """The table's rows, with a text for each of `HEADERS`."""

    def ours(figure: str) -> str:
        return "; ".join(each.by_round(figure) for each in played)

    gains = "; ".join(
        f"{each.model}: {each.gain.delta.value:+.2f} ({each.gain.delta.low or 0:+.2f} to "
        f"{each.gain.delta.high or 0:+.2f})"
        for each in played
    )
    wrong_deals = (
        "it is the share that survived all rounds, because a run ends at its first failed game; of "
        "the games that reached a round, GPT-4 closed .97 .91 .90 .90 .83"
    )
    prices = (
        "mean price, rounds 1 to 5: GPT-4 15.47 to 17.29, GPT-3.5 15.06 to 16.85, Claude-v1.3 "
        "15.42 to 16.92, Claude-instant 15.11 to 16.07"
    )
    wrong_prices = (
        "it covers only games that survived; prices are read out of prose (20 in '15 instead of "
        "20'), and a deal at exactly 10 or 20 counts as no deal"
    )
    wrong_buyers = (
        "in the -3.0, a failed game counts as a price of -1; prices of deals moved by about -1, "
        "and the buyer has no limit, so there is no surplus"
    )
    no_control = (
        "every arm is told to sell higher than last time, so there is no control; a constant "
        "sentence gains .49 of the .72 that advice gains (GPT-3.5, from their notebook)"
    )
    return [
        (
            "deals",
            '"rate of deals", rounds 1 to 5: GPT-4 .97 to .59, GPT-3.5 .98 to .21',
            wrong_deals,
            f"deals ÷ games played: {ours('deals')}",
            "whether advice makes deals rarer: there are four games per arm",
        ),
        (
            "price, seller",
            prices,
            wrong_prices,
            f"surplus share over all games, with or without a deal: {ours('surplus')}",
            "a trend: there are only two rounds, and the models repeat their first game",
        ),
        (
            "price, buyer",
            "GPT-4 15.00 to 13.14, Claude-instant 15.60 to 15.72; a change of -3.0 for GPT-4",
            wrong_buyers,
            "not played: only the seller is improved",
            "anything about buyers",
        ),
        (
            "advice",
            "the whole gain is attributed to advice",
            no_control,
            f"surplus share with own advice minus without, from the same first games: {gains}",
            "whether advice helps: the intervals include both signs",
        ),
        (
            "length",
            "characters per game, GPT-4 as the seller: 322 to 1,051",
            "length does not say how well a game ended",
            f"tokens of a reply: {ours('tokens')}",
            "whether longer talk helps",
        ),
        (
            "uncertainty",
            "500 games of 2 rounds, 200 of 5",
            "no intervals, no seed, nothing to replay, no token counts",
            "intervals, recorded completions, generated and prompt tokens",
            "anything beyond that the plugin works: the 0.5B is a control that should gain nothing",
        ),
    ]


def page(played: Sequence[Played], links: Sequence[tuple[str, str]]) -> str:
    """The table as a page.

    Args:
        played: The games of each model.
        links: The name and address of each further page.
    """
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in HEADERS)
    body = "\n".join(
        "<tr>"
        f'<th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(each)}</td>" for each in rest)
        + "</tr>"
        for first, *rest in rows(played)
    )
    further = "".join(
        f'<li><a href="{escape(target)}">{escape(name)}</a></li>' for name, target in links
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bargaining beside the paper</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 80rem; margin: auto; padding: 1rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .8rem; border-top: 1px solid; }}
</style></head><body>
<h1>Bargaining beside the paper</h1>
<p>In the paper (arXiv 2305.10142), GPT-4 and other models bargain over a balloon. Here, embedded
models sell two items to a rule.</p>
<table><thead><tr>{head}</tr></thead><tbody>
{body}
</tbody></table>
<h2>The games</h2><ul>{further}</ul>
</body></html>
"""
