"""The sentences about games that all reports share."""

from collections.abc import Sequence

from pytest_selfrepair.core.feedback import leaks
from pytest_selfrepair.estimate.bargain.bargain_comparison import BargainChange
from pytest_selfrepair.estimate.bargain.bargain_findings import (
    BargainAbout,
    BargainFindings,
    verdict,
)
from pytest_selfrepair.estimate.bargain.by_round import RoundFigures
from pytest_selfrepair.estimate.bargain.gains import ROUND_1, Gain
from pytest_selfrepair.estimate.bargain.model_levels import LevelTest, ModelLevel
from pytest_selfrepair.estimate.intervals.decision import side
from pytest_selfrepair.report.numbers import between, p_value, percent, plural

LEAKS = "it is told the rival's limit: an upper bound, no rival of the other arms"
"""The warning on an arm whose advice reveals what the player cannot know."""

DESCRIPTIVE = (
    "price given a deal is descriptive: those who still deal are not the same in every round and "
    "arm, so its changes are no effects"
)
SHARE = (
    "surplus share: the improved player's part of the zone of agreement, over all games; no deal "
    "counts as the scenario's disagreement value"
)


def share(value: float) -> str:
    """Format a surplus share."""
    return f"{value:.2f}"


def signed(value: float) -> str:
    """Format a difference of surplus shares."""
    return f"{round(value, 3) + 0.0:+.3f}"


def heading(about: BargainAbout) -> str:
    """Name the players of a role's games."""
    read = "" if about.moderator is None else f", read by {about.moderator} and by rules"
    return (
        f"{about.role}: {about.model} against {about.rival}{read}; "
        f"{plural(about.scenarios, 'scenario')}, {plural(about.games, 'game')} of "
        f"{plural(about.rounds, 'round')}"
    )


def answer(gain: Gain) -> str:
    """Whether an arm gains."""
    return f"{gain.arm}, round {gain.round}: {verdict(gain.delta)}"


def numbers_of(gain: Gain) -> str:
    """An arm's gain, its interval and its parts."""
    ends, p = between(gain.delta, signed), gain.delta.p
    sure = "too few games for an interval"
    if ends is not None:
        tested = f", p = {p_value(p)}" if p is not None else ""
        sure = f"{gain.delta.level:.0%} interval over {gain.scope}: {ends}{tested}"
    return (
        f"surplus share {signed(gain.delta.value)} in round {gain.round} against {gain.against} "
        f"({sure}), {signed(gain.deal_part)} of it by deals and {signed(gain.price_part)} by "
        f"price; {plural(gain.games, 'pair')} of games"
    )


def trade_off(gain: Gain) -> str | None:
    """The worth of no deal at which an arm breaks even; None where both deal equally often."""
    if gain.break_even is None:
        return None
    where = "above" if gain.pays_above else "below"
    return (
        f"price against risk: it gains where no deal is worth {where} {share(gain.break_even)} of "
        "the zone, and loses otherwise"
    )


def bounds(gain: Gain) -> str | None:
    """The bounds on an arm's price effect; None where one side has no deals."""
    if gain.price_bounds is None:
        return None
    return (
        f"price effect on games that are deals either way: between "
        f"{signed(gain.price_bounds.low)} and {signed(gain.price_bounds.high)} (trimming bounds)"
    )


def unclear(gain: Gain) -> str | None:
    """The bounds on the gain, whatever the unclear games' ends; None without any."""
    if gain.unclear_low is None or gain.unclear_high is None:
        return None
    return (
        f"whatever unclear games came to: between {signed(gain.unclear_low)} and "
        f"{signed(gain.unclear_high)}"
    )


def unclear_round(figures: RoundFigures) -> str | None:
    """How many games of a round are unclear; None without any."""
    if not figures.unclear or figures.unclear_low is None or figures.unclear_high is None:
        return None
    kappa = "" if figures.kappa is None else f", kappa of the readings {figures.kappa:.2f}"
    return (
        f"{figures.role}, {figures.arm}, round {figures.round}: {plural(figures.unclear, 'game')} "
        f"unclear; surplus share between {share(figures.unclear_low)} and "
        f"{share(figures.unclear_high)} whatever they came to{kappa}"
    )


def leak(arm: str) -> str | None:
    """The warning that an arm leaks; None where it does not."""
    return LEAKS if leaks(arm) else None


def level(found: ModelLevel) -> str:
    """Whether a level was reached."""
    of = "" if found.arm is None else f" by {found.arm}"
    return f"{found.level}{of}, {found.role}: {found.answer}"


def test(found: LevelTest) -> str:
    """One test of a level, with its figures and its limit."""
    sign = "at least" if found.at_least else "at most"
    rate = found.limit > 0
    said = percent if rate else signed
    wanted = f"{sign} {percent(found.limit)}" if rate else "above 0"
    if found.value is None:
        return f"{found.what}: {found.why or 'not measured'} (wanted: {wanted})"
    ends = ""
    if found.low is not None and found.high is not None:
        ends = f" ({said(found.low)} to {said(found.high)})"
    return f"{found.what}: {said(found.value)}{ends}, wanted {wanted}: {found.answer}"


def changed(found: Sequence[BargainChange]) -> str:
    """Whether one run's games came out better than another's."""
    if not found:
        return "no scenario was played by both runs"
    rose = [each for each in found if side(each.delta) > 0]
    fell = [each for each in found if side(each.delta) < 0]
    scenarios = max(each.scenarios for each in found)
    parts = [
        f"{what} in {', '.join(f'{each.role}, {each.arm}, round {each.round}' for each in where)}"
        for what, where in (("higher", rose), ("lower", fell))
        if where
    ]
    said = "; ".join(parts) or "cannot tell whether surplus shares changed"
    return f"games: {said} ({plural(scenarios, 'scenario')} that both runs played)"


def headline(found: BargainFindings) -> list[Gain]:
    """The gains that answer whether advice pays: against `none`, else against round 1."""
    gains: list[Gain] = []
    for role in dict.fromkeys(each.role for each in found.gains):
        own = [each for each in found.gains if each.role is role]
        for arm in dict.fromkeys(each.arm for each in own):
            of_arm = [each for each in own if each.arm == arm]
            gains += [each for each in of_arm if each.against != ROUND_1] or of_arm
    return gains


def asymmetry(found: BargainFindings) -> list[str]:
    """Compare each arm's gain in the last round between the roles, a line for each arm."""
    last: dict[str, dict[str, Gain]] = {}
    for each in headline(found):
        last.setdefault(each.arm, {})[each.role] = each
    return [
        f"{arm} in round {max(each.round for each in roles.values())}: "
        + ", ".join(f"as {role} {signed(each.delta.value)}" for role, each in roles.items())
        for arm, roles in last.items()
        if len(roles) > 1
    ]


def histogram(figures: RoundFigures) -> str:
    """A round's deals by surplus share."""
    arm = "all arms" if figures.round == 1 else figures.arm
    below, *within, above = figures.histogram
    return (
        f"{arm}, round {figures.round}: deals by surplus share: below 0: {below}; from 0 to 1 in "
        f"{len(within)} bins: {' '.join(map(str, within))}; above 1: {above}"
    )


def behaviour(figures: RoundFigures) -> str:
    """Describe the bargaining in a round."""
    parts = [f"{figures.exchanges:.1f} exchanges a game"]
    if figures.opening is not None:
        parts.append(f"opens at {share(figures.opening)}")
    if figures.slope is not None:
        parts.append(f"concedes {share(figures.slope)} an offer")
    if figures.reply_tokens is not None:
        parts.append(f"{figures.reply_tokens:.0f} tokens a reply")
    if figures.type_token_ratio is not None:
        parts.append(f"type-token ratio {figures.type_token_ratio:.2f}")
    counts = (
        (figures.broken, "game that broke a rule", "games that broke a rule"),
        (figures.oversteps, "game beyond the own limit", "games beyond the own limit"),
        (figures.false_claims, "false claim of cost", "false claims of cost"),
        (figures.contradictions, "turn against its words", "turns against their words"),
    )
    parts += [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    arm = "all arms" if figures.round == 1 else figures.arm
    return f"{arm}, round {figures.round}: {', '.join(parts)}"
