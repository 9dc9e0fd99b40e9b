"""The games section of a page: answers, tables, figures and dialogues."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.game import Game, Turn, all_games
from pytest_selfrepair.bargain.protocol import Act
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.bargain.wording import result_of
from pytest_selfrepair.estimate.bargain.bargain_findings import (
    BargainAbout,
    BargainFindings,
    verdict,
)
from pytest_selfrepair.estimate.bargain.gains import Gain
from pytest_selfrepair.report import bargain_words
from pytest_selfrepair.report.bargain_svg import risk_svg, rounds_svg
from pytest_selfrepair.report.bargain_tables import by_gain, by_round, once
from pytest_selfrepair.report.cost_phrases import cost as cost_words
from pytest_selfrepair.report.tables import Table

if TYPE_CHECKING:
    from decimal import Decimal

MOST_GAMES = 1_000
"""The number of games whose dialogues a page holds; of more, the first of every item in turn."""

_CLASSES = {"gains": "pays", "loses": "pays-not", "cannot tell": "open"}


def games_facts(found: BargainFindings, records: Sequence[BargainRecord]) -> dict[str, object]:
    """The template variables of a page's games section.

    Args:
        found: The estimates.
        records: The games behind them, one record for each scenario and role.
    """
    played = [each for each in records if each.scenario is not None and each.chains]
    most = max(MOST_GAMES // max(len(played), 1), 1)
    return {
        "title": found.title,
        "roles": [_role(found, about) for about in found.about],
        "asymmetry": bargain_words.asymmetry(found),
        "levels": [
            {
                "said": bargain_words.level(each),
                "tests": [bargain_words.test(test) for test in each.tests],
            }
            for each in found.levels
        ],
        "notes": [bargain_words.SHARE, bargain_words.DESCRIPTIVE],
        "unclear": [
            text for each in found.rounds if (text := bargain_words.unclear_round(each)) is not None
        ],
        "unscored": found.unscored,
        "cost": cost_words(found.cost),
        "items": [_item(each, most) for each in sorted(played, key=lambda each: each.task_id)],
    }


def _role(found: BargainFindings, about: BargainAbout) -> dict[str, object]:
    rounds = [each for each in found.rounds if each.role is about.role]
    gains = [each for each in found.gains if each.role is about.role]
    arms = (*about.arms, *(each.arm for each in rounds), *(each.arm for each in gains))
    names = {arm: arm for arm in arms}
    return {
        "heading": bargain_words.heading(about),
        "answers": [
            _answer(each) for each in bargain_words.headline(found) if each.role is about.role
        ],
        "tables": [
            _table(by_round(rounds, names), "Rounds: deals ÷ games played, never survival"),
            _table(by_gain(gains, names), "What each arm gains, and of what that is made"),
        ],
        "behaviour": [bargain_words.behaviour(each) for each in once(rounds)],
        "histograms": [bargain_words.histogram(each) for each in once(rounds)],
        "curve": rounds_svg(rounds),
        "risk": risk_svg(rounds),
    }


def _answer(gain: Gain) -> dict[str, object]:
    said = (
        bargain_words.numbers_of(gain),
        bargain_words.trade_off(gain),
        bargain_words.bounds(gain),
        bargain_words.unclear(gain),
        bargain_words.leak(gain.arm),
    )
    return {
        "said": bargain_words.answer(gain),
        "how": _CLASSES[verdict(gain.delta)],
        "lines": [text for text in said if text is not None],
        "gain": gain,
    }


def _table(table: Table, caption: str) -> dict[str, object]:
    return {"caption": caption, "headers": table.headers, "rows": table.rows}


def _item(record: BargainRecord, most: int) -> dict[str, object]:
    scenario = record.scenario
    assert scenario is not None  # noqa: S101 - such records are excluded
    games = all_games(record.chains)
    zone = f"{scenario.seller.limit} to {scenario.buyer.limit} {scenario.currency}"
    return {
        "id": record.task_id,
        "zone": zone if scenario.width >= 0 else f"none ({zone})",
        "goods": scenario.item.name,
        "broken": [each.sentence for each in record.rules_broken],
        "more": max(len(games) - most, 0),
        "games": [
            {
                "arm": arm or "all arms",
                "number": number,
                "round": round_,
                "result": result_of(game, scenario),
                "advice": _advice(record, arm, number, round_),
                "turns": turns_shown(scenario, game),
                "broken": [
                    (str(game.broken_by), str(each.breach), each.text or each.found)
                    for each in game.broken
                ],
            }
            for arm, number, round_, game in games[:most]
        ],
    }


def _advice(record: BargainRecord, arm: str, number: int, round_: int) -> str:
    """The advice before a game; empty without any."""
    for chain in record.chains:
        for play in chain.arms:
            for each in play.rounds:
                if (chain.number, play.name, each.number) == (number, arm, round_):
                    return each.advice.text if each.advice is not None else ""
    return ""


def turns_shown(scenario: Scenario, game: Game) -> list[dict[str, object]]:
    """The turns, each with the standing offers after it."""
    standing: dict[BargainRole, Decimal] = {}
    acts = scenario.protocol is ProtocolName.ACTIONS
    found: list[dict[str, object]] = []
    for turn in game.turns:
        if turn.price is not None and turn.act is not Act.ACCEPT:
            standing[turn.role] = turn.price
        found.append(
            {
                "role": str(turn.role),
                "talk": turn.talk,
                "act": _act(turn) if acts or turn.act is not Act.TALK else "",
                "scripted": turn.scripted,
                "seller": standing.get(BargainRole.SELLER),
                "buyer": standing.get(BargainRole.BUYER),
            }
        )
    return found


def _act(turn: Turn) -> str:
    return f"{turn.act} {turn.price}" if turn.price is not None else str(turn.act)
