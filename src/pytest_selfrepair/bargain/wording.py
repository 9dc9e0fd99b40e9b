"""The prompts of players, critics and moderators: the only place that makes chats from games."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import Template

from pytest_selfrepair.bargain.game import Game, GameEnding
from pytest_selfrepair.bargain.protocol import Illegal
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.bargain.talk import Said
from pytest_selfrepair.core.sample import Message, Role

_SYSTEM = Template(
    """You are the $role of $item. You bargain with the $other over its price, in $currency.
Known to both sides: $facts.
Known to you alone: $limit
$aim Each side has $exchanges turns; without a deal by then, $nothing.
Prices are multiples of $step.

$rules"""
)
_LIMIT = {
    BargainRole.SELLER: Template(
        "the lowest price that is worth it for you is $limit $currency. Below it you lose."
    ),
    BargainRole.BUYER: Template(
        "the highest price that is worth it for you is $limit $currency. Above it you lose."
    ),
}
_AIM = {
    BargainRole.SELLER: "You want the highest price that you can get.",
    BargainRole.BUYER: "You want the lowest price that you can get.",
}
_NOTHING = "both go home with nothing"
_OTHERWISE = Template("you are left with $disagreement $currency")
_RULES = {
    ProtocolName.ACTIONS: Template(
        """A reply is one or two short sentences to the $other, and then one last line: one of
OFFER x   (you offer the price x, a plain number)
ACCEPT    (there is a deal at the $other's last offer)
QUIT      (you leave; there is no deal)

Two examples, of another item:
It hardly ever left its box, so I cannot give it away.
OFFER $example

That is a fair price for both of us.
ACCEPT"""
    ),
    ProtocolName.FREE: Template(
        """A reply is one or two short sentences to the $other, in your own words, and no more. Say
clearly when you offer a price, when you agree to one, and when you leave without a deal."""
    ),
}
_EXAMPLE_STEPS = 7
_BEGIN = Template("You speak first.")
_ILLEGAL = Template(
    "That was no legal reply: $breach$found. Reply once more, in the form that is asked for."
)
_OVER = Template("[The game is over: $result.]")
_AGAIN = (
    "[A new game begins: the same item, the same limit, another $other who knows nothing of the"
    " games before.]"
)
_ADVICE = Template("[Advice for the next game:]\n$advice")
GOAL = "Get a better result than last time."
"""The whole text of the arm `goal`."""
PLACEBO = (
    "Stay calm and polite. Read each message carefully before you answer it. Keep going.",
    "Bargaining is a matter of practice. Take your time, and trust yourself.",
    "Every game is different. Be attentive, be friendly, and give each turn a thought.",
    "A good bargainer listens. Keep your sentences short, and remember what this is about.",
)
"""Advice that fits any game and says nothing about this one."""
_CRITIC = Template(
    """You advise the $role of $item, who bargains with a $other over its price, in $currency.
Known to both sides: $facts.
Known to your side alone: $limit
$aim Without a deal, $nothing.$leak

You read the games that the $role has played. Then you give three suggestions for the next game,
each in one or two sentences. Speak to the $role. Rivals are new in each game, and bargain alike."""
)
_LEAK = {
    BargainRole.SELLER: Template(
        "\nYou also know what the seller does not: the buyer pays up to $limit $currency."
    ),
    BargainRole.BUYER: Template(
        "\nYou also know what the buyer does not: the seller sells from $limit $currency on."
    ),
}
_PLAYED = Template("Game $number:\n$talk\n[Result: $result.]")
_ASK_ADVICE = "What are your three suggestions for the next game?"
_MODERATOR = """You read how a seller and a buyer bargain, and say what it has come to.
Answer with three lines and nothing else:
STATE: deal, no_deal or open
PRICE: the price that both sides agreed on, or none
QUOTE: the words of the talk that decide it, copied exactly, or none
There is a deal only where one side has accepted the price that the other has named, without a
further condition. There is no_deal only where one side has left for good. All else is open."""


def _digest() -> str:
    parts = [
        _SYSTEM.template,
        *(each.template for each in (*_LIMIT.values(), *_RULES.values(), *_LEAK.values())),
        *_AIM.values(),
        _NOTHING,
        *(
            each.template
            for each in (_OTHERWISE, _BEGIN, _ILLEGAL, _OVER, _ADVICE, _CRITIC, _PLAYED)
        ),
        _AGAIN,
        GOAL,
        *PLACEBO,
        _ASK_ADVICE,
        _MODERATOR,
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


DIGEST = _digest()
"""SHA-256 (first 12 hex digits) of the wording, stored in every record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastGame:
    """A game that a player remembers, with the advice after it.

    Attributes:
        game: The game.
        advice: The advice; empty without any.
    """

    game: Game
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a player sees at its turn.

    Attributes:
        scenario: The scenario; only the position of the player's own side is shown.
        role: Its role.
        protocol: The protocol.
        said: The turns of this game, in order, as both sides saw them.
        past: The remembered games, in order.
        illegal: Its illegal reply just before; None: this is its first try.
    """

    scenario: Scenario
    role: BargainRole
    protocol: ProtocolName
    said: tuple[Said, ...] = ()
    past: tuple[PastGame, ...] = ()
    illegal: Illegal | None = None


def player_messages(view: View) -> tuple[Message, ...]:
    """The chat of a player at its turn: its games so far, the advice, and this game."""
    parts: list[tuple[Role, str]] = []
    for past in view.past:
        parts += _turn_messages(messages_of(past.game), view.role)
        after = [_OVER.substitute(result=result_of(past.game, view.scenario))]
        if past.advice:
            after.append(_ADVICE.substitute(advice=past.advice))
        after.append(Template(_AGAIN).substitute(other=view.role.other))
        parts.append((Role.USER, "\n\n".join(after)))
    parts += _turn_messages(view.said, view.role)
    if not view.said or not parts or parts[-1][0] is Role.ASSISTANT:
        parts.append((Role.USER, _BEGIN.substitute()))
    if view.illegal is not None:
        found = f" ({view.illegal.found})" if view.illegal.found else ""
        told = _ILLEGAL.substitute(breach=view.illegal.breach, found=found)
        parts += [(Role.ASSISTANT, view.illegal.text or "…"), (Role.USER, told)]
    system = Message(role=Role.SYSTEM, content=_system(view))
    return (system, *_joined(parts))


def critic_messages(
    scenario: Scenario, role: BargainRole, games: Sequence[Game], *, leak: bool = False
) -> tuple[Message, ...]:
    """The chat of a critic: the talk of some games, the last acceptance included.

    Args:
        scenario: The scenario.
        role: The advised side; the rival's private facts are not shown.
        games: The games, in order.
        leak: Whether the critic sees the rival's limit nevertheless.
    """
    told = _LEAK[role].substitute(
        limit=scenario.position(role.other).limit, currency=scenario.currency
    )
    system = _CRITIC.substitute(**_described(scenario, role), leak=told if leak else "")
    played = [
        _PLAYED.substitute(
            number=number, talk=dialogue(messages_of(game)), result=result_of(game, scenario)
        )
        for number, game in enumerate(games, start=1)
    ]
    return (
        Message(role=Role.SYSTEM, content=system),
        Message(role=Role.USER, content="\n\n".join((*played, _ASK_ADVICE))),
    )


def moderator_messages(said: Sequence[Said]) -> tuple[Message, ...]:
    """The chat of a moderator, who sees only what was said."""
    return (
        Message(role=Role.SYSTEM, content=_MODERATOR),
        Message(role=Role.USER, content=dialogue(said)),
    )


def messages_of(game: Game) -> tuple[Said, ...]:
    """The talk of a game, as both sides saw it."""
    return tuple(
        Said(role=turn.role, text=turn_text(turn.talk, turn.act, turn.price)) for turn in game.turns
    )


def turn_text(talk: str, act: str, price: Decimal | None) -> str:
    """A turn as both sides saw it: the talk, and the action line if there is one."""
    line = {"offer": f"OFFER {price}", "accept": "ACCEPT", "quit": "QUIT"}.get(act, "")
    return "\n".join(part for part in (talk, line) if part)


def dialogue(said: Sequence[Said]) -> str:
    """Talk as a text, each turn labelled with its role."""
    return "\n".join(f"{each.role}: {each.text}" for each in said)


def result_of(game: Game, scenario: Scenario) -> str:
    """The ending of a game, in facts that both sides know."""
    if game.ending is GameEnding.DEAL:
        return f"a deal at {game.price} {scenario.currency}"
    if game.ending is GameEnding.RULE_BROKEN:
        return f"no deal, since the {game.broken_by} broke the rules"
    if game.ending is GameEnding.QUIT:
        last = game.turns[-1].role if game.turns else "other side"
        return f"no deal, the {last} left"
    if game.ending is GameEnding.OUT_OF_TURNS:
        return "no deal, the turns were used up"
    return "no clear agreement"


def _turn_messages(said: Sequence[Said], role: BargainRole) -> list[tuple[Role, str]]:
    return [(Role.ASSISTANT if each.role == role else Role.USER, each.text) for each in said]


def _joined(parts: Sequence[tuple[Role, str]]) -> list[Message]:
    """Join adjacent messages of one role, so that roles alternate and the user's comes first."""
    found: list[Message] = []
    for role, text in parts:
        if found and found[-1].role is role:
            found[-1] = Message(role=role, content=f"{found[-1].content}\n\n{text}")
        elif not found and role is Role.ASSISTANT:
            found += [
                Message(role=Role.USER, content=_BEGIN.substitute()),
                Message(role=role, content=text),
            ]
        else:
            found.append(Message(role=role, content=text))
    return found


def _system(view: View) -> str:
    described = _described(view.scenario, view.role)
    example = view.scenario.as_price(view.scenario.step * _EXAMPLE_STEPS)
    rules = _RULES[view.protocol].substitute(other=view.role.other, example=example)
    return _SYSTEM.substitute(**described, rules=rules)


def limit_told(scenario: Scenario, role: BargainRole) -> str:
    """State a side's limit, which only this side knows."""
    own = scenario.position(role)
    return _LIMIT[role].substitute(limit=own.limit, currency=scenario.currency)


def nothing_told(scenario: Scenario, role: BargainRole) -> str:
    """State, as part of a sentence, what a side gets without a deal."""
    own = scenario.position(role)
    if own.disagreement:
        return _OTHERWISE.substitute(disagreement=own.disagreement, currency=scenario.currency)
    return _NOTHING


def _described(scenario: Scenario, role: BargainRole) -> dict[str, object]:
    return {
        "role": role.value,
        "other": role.other.value,
        "item": scenario.item.name,
        "currency": scenario.currency,
        "facts": "; ".join(scenario.item.facts) or "nothing beyond its name",
        "limit": limit_told(scenario, role),
        "aim": _AIM[role],
        "exchanges": scenario.exchanges,
        "nothing": nothing_told(scenario, role),
        "step": scenario.step,
    }
