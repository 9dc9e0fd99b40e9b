"""Read free talk by rules and by a model, and by the model again where these disagree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pytest_selfrepair.bargain.amounts import find_amounts, read_amount
from pytest_selfrepair.bargain.game import Reader, Vote
from pytest_selfrepair.bargain.players import sample_reply
from pytest_selfrepair.bargain.protocol import answer_of
from pytest_selfrepair.bargain.talk import Said, TalkState, read_talk
from pytest_selfrepair.bargain.wording import moderator_messages
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.sample import Model, SamplingParams

_LINE = re.compile(
    r"^[*_#\s-]*(state|price|quote)[*_\s]*[:=][*_\s]*(.*?)[*_\s]*$", re.IGNORECASE | re.MULTILINE
)
_STATES = {
    "deal": TalkState.DEAL,
    "no_deal": TalkState.NO_DEAL,
    "no deal": TalkState.NO_DEAL,
    "open": TalkState.OPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderator:
    """The model that reads free talk in addition to the rules.

    Attributes:
        model: The model.
        params: The sampling parameters of its readings.
        thinking_tags: Tags around its thoughts besides the usual ones.
    """

    model: Model
    params: SamplingParams
    thinking_tags: Sequence[str] = ()

    async def read(self, said: Sequence[Said], *, item: str, node: str) -> tuple[Vote, Cost]:
        """Read talk once; return the reading and its cost.

        Raises:
            InfrastructureError: The reading could not be obtained.
        """
        sample = await sample_reply(
            self.model, self.params, moderator_messages(said), item=item, node=node
        )
        vote = read_vote(answer_of(sample.text, self.thinking_tags), said)
        return vote, Cost.of(sample)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The combined reading of a talk.

    Attributes:
        state: The majority's state; unclear without a majority.
        price: The price of a deal.
        votes: The readings.
        cost: The cost of the readings.
    """

    state: TalkState
    price: Decimal | None
    votes: tuple[Vote, ...]
    cost: Cost


async def settle(
    said: Sequence[Said], moderator: Moderator | None, *, turn: int, item: str, node: str
) -> Settled:
    """Read talk by rules and by a model, and by the model again where these disagree.

    Args:
        said: The talk.
        moderator: Reads in addition to the rules; None: only the rules decide.
        turn: The turn before the reading, from 0.
        item: The item.
        node: The turn's node within the item's games.

    Raises:
        InfrastructureError: A reading could not be obtained.
    """
    found = read_talk(said)
    rules = Vote(
        turn=turn, reader=Reader.RULES, state=found.state, price=found.price, quote=found.quote
    )
    if moderator is None:
        return Settled(state=rules.state, price=rules.price, votes=(rules,), cost=Cost())
    vote, cost = await moderator.read(said, item=item, node=f"{node}/moderator")
    votes = (rules, replace(vote, turn=turn))
    if votes[0].agrees(votes[1]):
        return Settled(state=rules.state, price=rules.price, votes=votes, cost=cost)
    third, more = await moderator.read(said, item=item, node=f"{node}/moderator/third")
    last = replace(third, turn=turn, reader=Reader.THIRD)
    state, price = TalkState.UNCLEAR, None
    for each in votes:
        if each.agrees(last):
            state, price = last.state, last.price
    return Settled(state=state, price=price, votes=(*votes, last), cost=cost + more)


def read_vote(answer: str, said: Sequence[Said]) -> Vote:
    """Parse a moderator's three lines; unclear if malformed, or if the quote is invented.

    Args:
        answer: The moderator's reply without thoughts.
        said: The talk.
    """
    unclear = Vote(turn=0, reader=Reader.MODERATOR, state=TalkState.UNCLEAR)
    fields = {match[1].lower(): match[2] for match in _LINE.finditer(answer)}
    state = _STATES.get(fields.get("state", "").strip(" .`\"'").lower())
    if state is None:
        return unclear
    quote = fields.get("quote", "").strip(" `\"'“”")
    quote = "" if quote.lower() in {"none", "n/a", "-"} else quote
    if quote and not any(_plain(quote) in _plain(each.text) for each in said):
        return unclear
    if state is not TalkState.DEAL:
        return replace(unclear, state=state, quote=quote)
    price = _price(fields.get("price", ""))
    if price is None:
        return unclear
    return replace(unclear, state=state, price=price, quote=quote)


def _price(text: str) -> Decimal | None:
    text = text.strip(" .`\"'")
    found = read_amount(text)
    if found is None and len(amounts := find_amounts(text)) == 1:
        return amounts[0].value
    return found


def _plain(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())
