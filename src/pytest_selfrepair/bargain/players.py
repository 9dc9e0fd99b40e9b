"""The players: a model, or a rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from pytest_selfrepair.bargain.rule_players import Rule, RuleView, rule_move
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName
from pytest_selfrepair.bargain.talk import Said, read_talk
from pytest_selfrepair.bargain.wording import View, player_messages
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.sample import (
    CONTENT_FILTER,
    CONTEXT_LIMIT,
    LENGTH,
    Message,
    Model,
    Sample,
    SampleRequest,
    SamplingParams,
)
from pytest_selfrepair.errors import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerReply:
    """A player's reply at its turn.

    Attributes:
        text: The reply with thoughts; empty where a filter withheld it.
        cost: What it cost.
        is_cut: Whether it ends at the token limit, so that its last line may be incomplete.
    """

    text: str
    cost: Cost = field(default_factory=Cost)
    is_cut: bool = False


class Player(Protocol):
    """A player of one side."""

    @property
    def name(self) -> str:
        """Its name in reports."""
        ...

    @property
    def thinking_tags(self) -> Sequence[str]:
        """Tags around its thoughts besides the usual ones."""
        ...

    async def reply(self, view: View, *, item: str, node: str) -> PlayerReply:
        """Reply in the form of the protocol.

        Args:
            view: What the player sees.
            item: The item, for errors.
            node: The turn's node within the item's games; distinguishes repeated draws.

        Raises:
            InfrastructureError: The reply could not be obtained.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlayer:
    """A model as a player.

    Attributes:
        model: The model.
        params: The sampling parameters of its replies.
        thinking_tags: Tags around its thoughts besides the usual ones.
    """

    model: Model
    params: SamplingParams
    thinking_tags: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    async def reply(self, view: View, *, item: str, node: str) -> PlayerReply:
        """Sample one completion."""
        sample = await sample_reply(
            self.model, self.params, player_messages(view), item=item, node=node
        )
        text = "" if sample.finish_reason == CONTENT_FILTER else sample.text
        cut = sample.finish_reason == LENGTH
        return PlayerReply(text=text, cost=Cost.of(sample), is_cut=cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePlayer:
    """A rule as a player, without memory and advice.

    Attributes:
        name: The rule's name.
        rule: The rule.
        thinking_tags: None.
    """

    name: str
    rule: Rule
    thinking_tags: Sequence[str] = ()

    async def reply(self, view: View, *, item: str, node: str) -> PlayerReply:  # noqa: ARG002 - by protocol
        """Apply the rule and reply in the protocol's form, at no cost."""
        own, rival = (
            offers_heard(view.said, role, view.protocol) for role in (view.role, view.role.other)
        )
        table = RuleView(
            scenario=view.scenario,
            role=view.role,
            turn=sum(each.role == view.role for each in view.said),
            own=own,
            rival=rival,
        )
        move = rule_move(self.rule, table)
        return PlayerReply(text=move.text if view.protocol is ProtocolName.ACTIONS else move.talk)


def offers_heard(
    said: Sequence[Said], role: BargainRole, protocol: ProtocolName
) -> tuple[Decimal, ...]:
    """One side's offers, as its protocol conveys them."""
    if protocol is ProtocolName.ACTIONS:
        lines = [each.text.rsplit("\n", 1)[-1] for each in said if each.role == role]
        return tuple(Decimal(line[6:]) for line in lines if line.startswith("OFFER "))
    found: list[Decimal] = []
    for number, each in enumerate(said, start=1):
        if each.role == role:
            standing = dict(read_talk(said[:number]).standing)
            if role in standing:
                found.append(standing[role])
    return tuple(found)


async def sample_reply(
    model: Model,
    params: SamplingParams,
    messages: tuple[Message, ...],
    *,
    item: str,
    node: str,
) -> Sample:
    """Sample one completion of a game.

    Raises:
        InfrastructureError: There is none, or the games so far exceed the model's context.
    """
    request = SampleRequest(
        model=model.name, messages=messages, params=params, task_id=item, node=node
    )
    sample = await model.sample(request)
    if sample.finish_reason == CONTEXT_LIMIT:
        raise ModelError(
            f"{item}: {node}: the games so far exceed the context of {model.name}; play "
            "fewer rounds or exchanges"
        )
    return sample
