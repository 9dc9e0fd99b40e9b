"""The protocol `actions`: a turn is talk and a last line OFFER x, ACCEPT or QUIT.

Prices are never read from prose. ACCEPT binds the rival's standing offer, its last one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pytest_selfrepair.bargain.amounts import read_amount
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.thoughts import spoken

LONGEST_TALK = 2_000
"""The longest talk of a turn passed to rival, critic and record, in characters."""
_LONGEST_READ = 100_000
"""Characters read from the end of a reply: the action is its last line."""
_DECORATION = " \t*_`\"'>#-•.!"
_LABEL = re.compile(r"\A(?:action|final action|my action|move|answer)\s*:\s*", re.IGNORECASE)
_ACTION = re.compile(r"\A(OFFER|ACCEPT|QUIT)\b[\s:]*(.*)\Z", re.IGNORECASE | re.DOTALL)

_PLAIN = re.compile(r"\A\d{1,15}(?:[.,]\d{1,6})?\Z", re.ASCII)
_THOUSANDS = re.compile(r"\A[1-9]\d{0,2}[.,]\d{3}\Z", re.ASCII)


class Act(StrEnum):
    """The action of a turn."""

    OFFER = "offer"
    ACCEPT = "accept"
    QUIT = "quit"
    TALK = "talk"


class Breach(StrEnum):
    """Why a reply is illegal.

    Attributes:
        NO_REPLY: It is empty, or ends before the answer begins.
        CUT_OFF: It ends at the token limit, so its last line may lack a digit.
        NO_ACTION: Its last line is not an action.
        SEVERAL_ACTIONS: More than one line is an action.
        OTHER_SIDE: It also speaks for the rival.
        NO_PRICE: Its offer is not an amount.
        OFF_STEP: Its offer is not a whole number of steps.
        NO_STANDING_OFFER: It accepts without a standing offer.
        OTHER_PRICE: It accepts another price than the standing offer.
    """

    NO_REPLY = "no reply"
    CUT_OFF = "cut off at the limit on tokens"
    NO_ACTION = "no action in the last line"
    SEVERAL_ACTIONS = "several actions"
    OTHER_SIDE = "speaks for the other side"
    NO_PRICE = "an offer without an amount"
    OFF_STEP = "an offer that is no multiple of the step"
    NO_STANDING_OFFER = "accepts where nothing is offered"
    OTHER_PRICE = "accepts another price than the standing one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A legal turn.

    Attributes:
        act: Its action.
        talk: The text before the action.
        price: The price offered or accepted; None where it quits or only talks.
    """

    act: Act
    talk: str = ""
    price: Decimal | None = None

    @property
    def line(self) -> str:
        """The action as a last line; empty for talk alone."""
        if self.act is Act.OFFER:
            return f"OFFER {self.price}"
        return "" if self.act is Act.TALK else self.act.upper()

    @property
    def text(self) -> str:
        """The turn as the rival sees it."""
        return "\n".join(part for part in (self.talk, self.line) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Illegal:
    """An illegal reply.

    Attributes:
        breach: The rule it breaks.
        found: The offending part, shortened.
        text: The reply without its thoughts, shortened.
    """

    breach: Breach
    found: str = ""
    text: str = ""


def read_move(  # noqa: C901, PLR0911 - one rule after another
    reply: str,
    scenario: Scenario,
    role: BargainRole,
    standing: Decimal | None,
    *,
    thinking_tags: Sequence[str] = (),
) -> Move | Illegal:
    """Parse a reply under `actions`.

    Args:
        reply: The player's reply, thoughts included.
        scenario: The scenario.
        role: The player's role.
        standing: The rival's standing offer; None without one.
        thinking_tags: Tags around thoughts besides the usual ones.
    """
    answer = answer_of(reply, thinking_tags)
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    shown = shorten(answer, LONGEST_TALK)

    def illegal(breach: Breach, found: str = "") -> Illegal:
        return Illegal(breach=breach, found=shorten(found, 80), text=shown)

    if not lines:
        return illegal(Breach.NO_REPLY)
    if speaks_for_the_other(lines, role):
        return illegal(Breach.OTHER_SIDE, lines[-1])
    actions = [found for line in lines if (found := _action(line))]
    last = _action(lines[-1])
    if last is None:
        return illegal(Breach.NO_ACTION, lines[-1])
    if len(actions) > 1:
        return illegal(Breach.SEVERAL_ACTIONS, "; ".join(" ".join(each) for each in actions))
    word, rest = last
    talk = shorten("\n".join(lines[:-1]), LONGEST_TALK)
    if word == "QUIT":
        return Move(act=Act.QUIT, talk=talk)
    price = _price(rest, scenario, role)
    if word == "OFFER":
        if price is None:
            return illegal(Breach.NO_PRICE, lines[-1])
        if not scenario.is_price(price):
            return illegal(Breach.OFF_STEP, lines[-1])
        return Move(act=Act.OFFER, talk=talk, price=scenario.as_price(price))
    if standing is None:
        return illegal(Breach.NO_STANDING_OFFER, lines[-1])
    if rest and price != standing:
        return illegal(Breach.OTHER_PRICE, lines[-1])
    return Move(act=Act.ACCEPT, talk=talk, price=standing)


def read_free_turn(
    reply: str, role: BargainRole, *, thinking_tags: Sequence[str] = ()
) -> Move | Illegal:
    """Parse a reply under `free`: any text that speaks for one side only."""
    answer = answer_of(reply, thinking_tags).strip()
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    if not lines:
        return Illegal(breach=Breach.NO_REPLY)
    if speaks_for_the_other(lines, role):
        shown = shorten(answer, LONGEST_TALK)
        return Illegal(breach=Breach.OTHER_SIDE, found=shorten(lines[-1], 80), text=shown)
    return Move(act=Act.TALK, talk=shorten("\n".join(lines), LONGEST_TALK))


def answer_of(reply: str, thinking_tags: Sequence[str] = ()) -> str:
    """The part of a reply that is read, without thoughts; empty where it ends within one."""
    said = spoken(reply[-_LONGEST_READ:], thinking_tags)
    return "" if said.cut_off else said.answer


def speaks_for_the_other(lines: Sequence[str], role: BargainRole) -> bool:
    """Whether a line begins with the rival's name and a colon."""
    label = re.compile(rf"\A[*_#\[(\s]*{role.other}[*_\])\s]*:", re.IGNORECASE)
    return any(label.match(line) for line in lines)


def _price(text: str, scenario: Scenario, role: BargainRole) -> Decimal | None:
    """The amount after OFFER or ACCEPT; None without one, or with several.

    "1.500" is 1.5 or 1,500, whichever is nearer to the player's own limit.
    """
    if not _PLAIN.match(text):
        return read_amount(text)
    readings = [Decimal(text.replace(",", "."))]
    if _THOUSANDS.match(text):
        readings.append(Decimal(re.sub("[.,]", "", text)))
    about = scenario.position(role).limit
    return min(readings, key=lambda each: abs(each - about))


def _action(line: str) -> tuple[str, str] | None:
    """The verb and the rest of an action line; None for other lines."""
    bare = _LABEL.sub("", line.strip(_DECORATION)).strip(_DECORATION)
    match = _ACTION.match(bare)
    if match is None:
        return None
    word, rest = match[1], match[2].strip(_DECORATION)
    upper = word.upper()
    if word != upper and rest and read_amount(rest) is None:
        return None  # "Offer accepted, thanks" is prose
    if upper == "QUIT" and rest:
        return None
    if upper == "ACCEPT" and rest and read_amount(rest) is None:
        return None
    return upper, rest
