"""Show one item of a scenario: broken rules, and the games."""

from collections.abc import Iterator

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.game import Game, GameEnding, all_games
from pytest_selfrepair.bargain.wording import messages_of, result_of
from pytest_selfrepair.report.numbers import plural
from pytest_selfrepair.report.visible_text import harmless, harmless_lines

_LONGEST_LINE = 200
"""The longest line of talk shown, in characters."""
_MOST_LISTED = 8
"""The number of broken rules shown in short."""


def broken_text(record: BargainRecord, *, verbose: bool = False) -> str:
    """The rules that the improved player broke, with the turn; optionally with the games.

    Its text is harmless to a terminal, whatever models wrote.
    """
    broken = record.rules_broken
    games = len(all_games(record.chains))
    tokens = plural(record.cost.tokens, "token")
    where = f"{len(broken)} of {plural(games, 'game')}"
    lines = [f"{record.role} broke the rules in {where}, {tokens} generated"]
    shown = broken if verbose else broken[:_MOST_LISTED]
    lines += [f"  {harmless(each.sentence)}" for each in shown]
    if more := len(broken) - len(shown):
        lines.append(f"  … {more} more (-v shows all)")
    if verbose:
        lines += games_text(record)
    return "\n".join(lines)


def games_text(record: BargainRecord) -> Iterator[str]:
    """Every game turn by turn."""
    for arm, number, round_, game in all_games(record.chains):
        of = f" of {harmless(arm)}" if arm else ""
        yield ""
        yield f"game {number}, round {round_}{of}: {_ending(record, game)}"
        for said in messages_of(game):
            for line in harmless_lines(f"{said.role}: {said.text}"):
                yield f"  {line[:_LONGEST_LINE]}" + "…" * (len(line) > _LONGEST_LINE)
        for each in game.broken:
            yield f"  {game.broken_by}: [{each.breach}: {harmless(each.found)}]"


def unclear_text(record: BargainRecord) -> str:
    """Which games have an unclear end."""
    found = [
        f"game {number}, round {round_}{f' of {arm}' if arm else ''}"
        for arm, number, round_, game in all_games(record.chains)
        if game.ending is GameEnding.UNCLEAR
    ]
    listed = "; ".join(found[:_MOST_LISTED]) + "; …" * (len(found) > _MOST_LISTED)
    return f"unclear how {plural(len(found), 'game')} ended, its readings disagree: {listed}"


def game_properties(record: BargainRecord) -> list[tuple[str, object]]:
    """The JUnit XML properties of an item: scalars only, which strict readers accept."""
    games = all_games(record.chains)
    return [
        ("selfrepair_outcome", game_outcome(record)),
        ("selfrepair_tokens", record.cost.tokens),
        ("selfrepair_replayed_tokens", record.cost.replayed_tokens),
        ("selfrepair_games", len(games)),
        ("selfrepair_deals", sum(game.is_deal for *_, game in games)),
        ("selfrepair_rules_broken", len(record.rules_broken)),
    ]


def game_outcome(record: BargainRecord) -> str:
    """An item's result in a word."""
    if record.unscored is not None:
        return "unscored"
    if record.unclear:
        return "unclear"
    return "rules broken" if record.rules_broken else "played"


def _ending(record: BargainRecord, game: Game) -> str:
    return str(game.ending) if record.scenario is None else result_of(game, record.scenario)
