"""Who plays: a model, or a rule."""

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
    """What a player said when it was to move.

    Attributes:
        text: Its reply, thoughts within it included; empty where a filter kept it back.
        cost: What it cost.
        is_cut: Whether it ends at the limit on tokens, so that its last line may lack something.
    """

    text: str
    cost: Cost = field(default_factory=Cost)
    is_cut: bool = False


class Player(Protocol):
    """Anything that plays one side."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def thinking_tags(self) -> Sequence[str]:
        """Names of tags around its thoughts beside the usual ones."""
        ...

    async def reply(self, view: View, *, item: str, node: str) -> PlayerReply:
        """Say something, in the form that the protocol asks for.

        Args:
            view: What the player sees.
            item: The item that is played, for error messages.
            node: Where in the item's games the turn belongs; tells repeated draws apart.

        Raises:
            InfrastructureError: No reply could be had.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlayer:
    """A model that plays.

    Attributes:
        model: The model.
        params: How its replies are drawn.
        thinking_tags: Names of tags around its thoughts beside the usual ones.
    """

    model: Model
    params: SamplingParams
    thinking_tags: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    async def reply(self, view: View, *, item: str, node: str) -> PlayerReply:
        """Draw one completion."""
        sample = await asked(self.model, self.params, player_messages(view), item=item, node=node)
        text = "" if sample.finish_reason == CONTENT_FILTER else sample.text
        cut = sample.finish_reason == LENGTH
        return PlayerReply(text=text, cost=Cost.of(sample), is_cut=cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePlayer:
    """A rule that plays; it remembers nothing, and takes no advice.

    Attributes:
        name: The rule's name.
        rule: The rule.
        thinking_tags: None.
    """

    name: str
    rule: Rule
    thinking_tags: Sequence[str] = ()

    async def reply(self, view: View, *, item: str, node: str) -> PlayerReply:  # noqa: ARG002 - by protocol
        """Say what the rule does, in the protocol's form; it costs nothing."""
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
    """The prices that one side has offered, as the protocol tells them."""
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


async def asked(
    model: Model,
    params: SamplingParams,
    messages: tuple[Message, ...],
    *,
    item: str,
    node: str,
) -> Sample:
    """Draw one completion of a game.

    Raises:
        InfrastructureError: There is none, or the games so far are longer than the model reads.
    """
    request = SampleRequest(
        model=model.name, messages=messages, params=params, task_id=item, node=node
    )
    sample = await model.sample(request)
    if sample.finish_reason == CONTEXT_LIMIT:
        raise ModelError(
            f"{item}: {node}: {model.name} cannot read as much as the games so far; play fewer "
            "rounds or exchanges"
        )
    return sample
