"""The protocol `actions`: a turn is talk and a last line OFFER x, ACCEPT or QUIT.

A price never comes from prose. ACCEPT binds the rival's standing offer, which is its last one.
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
"""Characters of a turn's talk that the rival, the critic and the record get."""
_LONGEST_READ = 100_000
"""Characters of a reply that are read, from its end: the action is its last line."""
_DECORATION = " \t*_`\"'>#-•.!"
_LABEL = re.compile(r"\A(?:action|final action|my action|move|answer)\s*:\s*", re.IGNORECASE)
_ACTION = re.compile(r"\A(OFFER|ACCEPT|QUIT)\b[\s:]*(.*)\Z", re.IGNORECASE | re.DOTALL)

_PLAIN = re.compile(r"\A\d{1,15}(?:[.,]\d{1,6})?\Z", re.ASCII)
_THOUSANDS = re.compile(r"\A[1-9]\d{0,2}[.,]\d{3}\Z", re.ASCII)


class Act(StrEnum):
    """What a turn does."""

    OFFER = "offer"
    ACCEPT = "accept"
    QUIT = "quit"
    TALK = "talk"


class Breach(StrEnum):
    """Why a reply is no legal turn.

    Attributes:
        NO_REPLY: It is empty, or ends before the answer begins.
        CUT_OFF: It ends at the limit on tokens, and its last line may lack a digit.
        NO_ACTION: Its last line is no action.
        SEVERAL_ACTIONS: More than one of its lines is.
        OTHER_SIDE: It speaks for the rival, too.
        NO_PRICE: It offers what is no amount.
        OFF_STEP: It offers what is no whole number of steps.
        NO_STANDING_OFFER: It accepts where the rival has offered nothing.
        OTHER_PRICE: It accepts another price than the one that stands.
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
        act: What it does.
        talk: The words before the action.
        price: The price that it offers or accepts; None where it quits or only talks.
    """

    act: Act
    talk: str = ""
    price: Decimal | None = None

    @property
    def line(self) -> str:
        """The action as a last line has it; empty for talk alone."""
        if self.act is Act.OFFER:
            return f"OFFER {self.price}"
        return "" if self.act is Act.TALK else self.act.upper()

    @property
    def text(self) -> str:
        """The turn as the rival hears it."""
        return "\n".join(part for part in (self.talk, self.line) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Illegal:
    """A reply that is no legal turn.

    Attributes:
        breach: Which rule it breaks.
        found: What stands there, shortened.
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
    """The turn that a reply is under `actions`.

    Args:
        reply: What the player wrote, thoughts within it included.
        scenario: What is bargained over.
        role: Who replies.
        standing: The rival's standing offer; None: there is none.
        thinking_tags: Names of tags around thoughts beside the usual ones.
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
    """The turn that a reply is under `free`: anything that is said, for one side alone."""
    answer = answer_of(reply, thinking_tags).strip()
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    if not lines:
        return Illegal(breach=Breach.NO_REPLY)
    if speaks_for_the_other(lines, role):
        shown = shorten(answer, LONGEST_TALK)
        return Illegal(breach=Breach.OTHER_SIDE, found=shorten(lines[-1], 80), text=shown)
    return Move(act=Act.TALK, talk=shorten("\n".join(lines), LONGEST_TALK))


def answer_of(reply: str, thinking_tags: Sequence[str] = ()) -> str:
    """A reply without its thoughts, as far as it is read; empty where it is cut off in one."""
    said = spoken(reply[-_LONGEST_READ:], thinking_tags)
    return "" if said.cut_off else said.answer


def speaks_for_the_other(lines: Sequence[str], role: BargainRole) -> bool:
    """Whether a line begins with the rival's name and a colon."""
    label = re.compile(rf"\A[*_#\[(\s]*{role.other}[*_\])\s]*:", re.IGNORECASE)
    return any(label.match(line) for line in lines)


def _price(text: str, scenario: Scenario, role: BargainRole) -> Decimal | None:
    """The amount behind OFFER or ACCEPT; None: there is none, or there are several.

    "1.500" is 1.5 or 1,500: whichever is nearer to the player's own limit.
    """
    if not _PLAIN.match(text):
        return read_amount(text)
    readings = [Decimal(text.replace(",", "."))]
    if _THOUSANDS.match(text):
        readings.append(Decimal(re.sub("[.,]", "", text)))
    about = scenario.position(role).limit
    return min(readings, key=lambda each: abs(each - about))


def _action(line: str) -> tuple[str, str] | None:
    """The word and the rest of a line that is an action; None: it is none."""
    bare = _LABEL.sub("", line.strip(_DECORATION)).strip(_DECORATION)
    match = _ACTION.match(bare)
    if match is None:
        return None
    word, rest = match[1], match[2].strip(_DECORATION)
    upper = word.upper()
    if word != upper and rest and read_amount(rest) is None:
        return None  # "Offer accepted, thanks": prose that begins with the word
    if upper == "QUIT" and rest:
        return None
    if upper == "ACCEPT" and rest and read_amount(rest) is None:
        return None
    return upper, rest
