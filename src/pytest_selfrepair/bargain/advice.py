"""The sources of advice between games: critics, people, and controls."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pytest_selfrepair.bargain.game import Game
from pytest_selfrepair.bargain.players import sample_reply
from pytest_selfrepair.bargain.protocol import LONGEST_TALK, answer_of
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.bargain.wording import (
    GOAL,
    PLACEBO,
    critic_messages,
    dialogue,
    messages_of,
    result_of,
)
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import REFERENCE, Feedback
from pytest_selfrepair.core.sample import CONTENT_FILTER, Model, SamplingParams
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.errors import UsageError


class Control(StrEnum):
    """Arms without advice on the games that were played.

    Attributes:
        NONE: The history and a restart, without words.
        GOAL: One sentence: better than last time.
        PLACEBO: Advice that fits any game.
        SWAPPED: Advice about another game.
        FRESH: No history either: as many new games as the same tokens buy.
    """

    NONE = "none"
    GOAL = "goal"
    PLACEBO = "placebo"
    SWAPPED = "swapped"
    FRESH = "fresh"


SELF = "self"
"""The arm advised by the improved player's own model."""
HUMAN_ADVICE = "human"
"""The arm advised by people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceCase:
    """The input of an adviser.

    Attributes:
        item: The item.
        scenario: The scenario.
        role: The advised side.
        games: The games of this arm so far, in order.
        other: The first game of another chain; None: there is only one.
    """

    item: str
    scenario: Scenario
    role: BargainRole
    games: tuple[Game, ...]
    other: Game | None = None


class Adviser(Protocol):
    """A source of advice, named after its arm."""

    @property
    def name(self) -> str:
        """Its name in reports."""
        ...

    async def advice(self, case: AdviceCase, *, node: str) -> Feedback | None:
        """Give advice before the next game.

        Args:
            case: The games so far.
            node: The node of the advice within the item's games.

        Returns:
            The advice, with an empty text where the arm gives none; None where advice is missing
            and the arm ends, as where a person has not written.

        Raises:
            InfrastructureError: The advice could not be obtained.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Critic:
    """A model that reads the games and advises one side.

    Attributes:
        name: The arm's name.
        model: The model.
        params: The sampling parameters of its advice.
        leak: Whether it knows the rival's limit.
        swapped: Whether it reads another game than the player's own.
        thinking_tags: Tags around its thoughts besides the usual ones.
    """

    name: str
    model: Model
    params: SamplingParams
    leak: bool = False
    swapped: bool = False
    thinking_tags: Sequence[str] = ()

    async def advice(self, case: AdviceCase, *, node: str) -> Feedback | None:
        """Sample one completion."""
        games = case.games
        if self.swapped:
            if case.other is None:
                raise UsageError(
                    f"{case.item}: the arm {self.name}: found 1 game; accepted: at least 2, since "
                    "its advice is about another one"
                )
            games = (case.other,)
        messages = critic_messages(case.scenario, case.role, games, leak=self.leak)
        sample = await sample_reply(self.model, self.params, messages, item=case.item, node=node)
        text = "" if sample.finish_reason == CONTENT_FILTER else sample.text
        return Feedback(
            text=shorten(answer_of(text, self.thinking_tags).strip(), LONGEST_TALK),
            cost=Cost.of(sample),
            finish_reason=sample.finish_reason,
            seconds=sample.seconds,
            first_byte=sample.first_byte,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAdvice:
    """The arms `none` and `fresh`: no advice."""

    name: str = Control.NONE

    async def advice(self, case: AdviceCase, *, node: str) -> Feedback | None:  # noqa: ARG002 - by protocol
        """Give no advice."""
        return Feedback(text="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SameWords:
    """The arms `goal` and `placebo`: fixed texts that do not depend on the games.

    Attributes:
        name: The arm's name.
        texts: The texts; item and node select one.
    """

    name: str
    texts: tuple[str, ...]

    async def advice(self, case: AdviceCase, *, node: str) -> Feedback | None:
        """Select one of the texts."""
        digest = hashlib.sha256(f"{case.item}/{node}".encode()).digest()
        return Feedback(text=self.texts[int.from_bytes(digest[:8], "big") % len(self.texts)])


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAdvice:
    """The arm `human`: texts by people on finished games.

    Attributes:
        name: The arm's name.
        texts: The texts, by `game_key` of the arm's last game.
    """

    texts: Mapping[str, Feedback] = field(default_factory=dict)
    name: str = HUMAN_ADVICE

    async def advice(self, case: AdviceCase, *, node: str) -> Feedback | None:  # noqa: ARG002 - by protocol
        """The text on the last game; None where nobody wrote one."""
        return self.texts.get(game_key(case.scenario, case.role, case.games[-1]))


def game_key(scenario: Scenario, role: BargainRole, game: Game) -> str:
    """The key of a finished game, for advice to one side: SHA-256 (hex)."""
    parts = (scenario.digest, role, dialogue(messages_of(game)), result_of(game, scenario))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviserMeans:
    """What advisers are made from.

    Attributes:
        model: Finds a model by name; None for the name: the improved player's own, or None where
            that is a rule.
        params: The sampling parameters of advice.
        thinking_tags: Tags around thoughts besides the usual ones.
        written: People's texts, for the arm `human`.
    """

    model: "ModelFinder"
    params: SamplingParams
    thinking_tags: Sequence[str] = ()
    written: Mapping[str, Feedback] = field(default_factory=dict)


class ModelFinder(Protocol):
    """Finds models by name."""

    def __call__(self, name: str | None) -> Model | None:
        """The model of a name; for None the improved player's own, where it is a model."""
        ...


ARMS = (SELF, *Control, HUMAN_ADVICE, f"{REFERENCE}[:MODEL]", "a model's name")
"""The accepted names of arms, for messages."""


def named_critic(arm: str) -> str | None:
    """The model that an arm needs besides the improved player's own; None: none."""
    head, _, model = arm.partition(":")
    if head == REFERENCE:
        return model or None
    return None if arm in {SELF, HUMAN_ADVICE, *Control} else arm


def adviser(arm: str, means: AdviserMeans) -> Adviser:
    """Make the adviser of an arm.

    Args:
        arm: One of `ARMS`.
        means: What it is made from.

    Raises:
        UsageError: It needs a model, and there is none.
    """
    if arm in {Control.NONE, Control.FRESH}:
        return NoAdvice(name=arm)
    if arm == Control.GOAL:
        return SameWords(name=arm, texts=(GOAL,))
    if arm == Control.PLACEBO:
        return SameWords(name=arm, texts=PLACEBO)
    if arm == HUMAN_ADVICE:
        return WrittenAdvice(texts=means.written)
    model = means.model(named_critic(arm))
    if model is None:
        raise UsageError(
            f"feedback {arm}: found a rule as the player, which cannot advise; accepted: a model's "
            f"name, or {', '.join(each for each in Control if each is not Control.SWAPPED)}"
        )
    return Critic(
        name=arm,
        model=model,
        params=means.params,
        leak=arm.partition(":")[0] == REFERENCE,
        swapped=arm == Control.SWAPPED,
        thinking_tags=means.thinking_tags,
    )
