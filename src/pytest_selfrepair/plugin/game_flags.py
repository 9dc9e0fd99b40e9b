"""The flags of scenarios: the number of games, their players and their protocol."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

DEFAULT_RIVAL = "rule:boulware"
"""The default rival: a rule, which costs nothing."""

GAME_OPTIONS = (
    Option(
        name="rounds",
        metavar="N",
        help="rounds of every game of a scenario, the first without advice included",
        default="2",
        parse=values.whole(1),
        page="bargaining.md",
    ),
    Option(
        name="games",
        metavar="N",
        help="games of every scenario and role, each of --selfrepair-rounds rounds in every arm",
        default="1",
        parse=values.whole(1),
    ),
    Option(
        name="rival",
        metavar="NAME",
        help=(
            "the player of the other side of a scenario: a model, or a rule, as "
            "--selfrepair-model may be: rule:boulware, rule:conceder, rule:tit-for-tat or "
            "rule:fixed"
        ),
        default=None,
        otherwise=f"{DEFAULT_RIVAL}",
        parse=values.text,
    ),
    Option(
        name="moderator",
        metavar="NAME",
        help="the model that reads free talk beside the rules",
        default=None,
        otherwise="none: only the rules read it",
        parse=values.text,
    ),
    Option(
        name="protocol",
        metavar="NAME",
        help=(
            "how a price is agreed on: actions, by a last line OFFER x, ACCEPT or QUIT, "
            "or free, by talk alone"
        ),
        default=None,
        otherwise="as each scenario says",
        parse=values.one_of("actions", "free"),
        page="bargaining.md",
    ),
)
