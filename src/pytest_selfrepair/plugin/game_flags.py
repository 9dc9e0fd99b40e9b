"""The flags of scenarios: the number of games, their players and their protocol."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

DEFAULT_RIVAL = "rule:boulware"
"""The default rival: a rule, which costs nothing."""

GAME_OPTIONS = (
    Option(
        name="rounds",
        metavar="N",
        help="rounds of each game of a scenario, including the first, which has no advice",
        default="2",
        parse=values.whole(1),
        page="bargaining.md",
    ),
    Option(
        name="games",
        metavar="N",
        help="games of each scenario and role, each with --selfrepair-rounds rounds in every arm",
        default="1",
        parse=values.whole(1),
    ),
    Option(
        name="rival",
        metavar="NAME",
        help=(
            "the player of the other side of a scenario: a model, or a rule: rule:boulware, "
            "rule:conceder, rule:tit-for-tat or rule:fixed"
        ),
        default=None,
        otherwise=f"{DEFAULT_RIVAL}",
        parse=values.text,
    ),
    Option(
        name="moderator",
        metavar="NAME",
        help="the model that reads free talk in addition to the rules",
        default=None,
        otherwise="none: only the rules read the talk",
        parse=values.text,
    ),
    Option(
        name="protocol",
        metavar="NAME",
        help=(
            "how the sides agree on a price: actions: by a last line OFFER x, ACCEPT or QUIT; "
            "free: by talk alone"
        ),
        default=None,
        otherwise="as each scenario says",
        parse=values.one_of("actions", "free"),
        page="bargaining.md",
    ),
)
