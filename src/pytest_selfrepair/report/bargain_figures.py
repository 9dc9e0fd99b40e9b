"""Draw figures of games with Matplotlib: surplus shares by round, price against risk."""

from typing import TYPE_CHECKING

from pytest_selfrepair.estimate.findings import Findings
from pytest_selfrepair.report.figure_panels import GREY, GRID
from pytest_selfrepair.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pytest_selfrepair.estimate.bargain.by_round import RoundFigures

_MARKERS = ("o", "v", "s", "D", "P", "X", "^", "*")
_WIDTH, _HEIGHT = 4.2, 3.2  # inches of a panel


def rounds_figure(findings: Findings) -> "Figure | None":
    """Each arm's surplus share by round with its intervals; a panel for each role.

    Returns:
        None where no second round was played.
    """
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - an extra

    found = _drawn(findings, _by_round)
    if found is None:
        return None
    made, axes = found
    for ax in axes:
        ax.set_xlabel("Round")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].set_ylabel("Surplus share, over all games")
    return made


def risk_figure(findings: Findings) -> "Figure | None":
    """Each arm's path from round 1 on: deals ÷ games and the surplus share given a deal.

    Returns:
        None where no second round was played.
    """
    found = _drawn(findings, _by_risk)
    if found is None:
        return None
    made, axes = found
    for ax in axes:
        ax.set_xlabel("Deals ÷ games")
        ax.set_xlim(-0.02, 1.02)
    axes[0].set_ylabel("Surplus share given a deal (descriptive)")
    return made


def _drawn(
    findings: Findings, draw: "Callable[[Axes, list[RoundFigures], str], None]"
) -> "tuple[Figure, list[Axes]] | None":
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    played = findings.bargain
    if played is None or max((each.round for each in played.rounds), default=1) == 1:
        return None
    roles = list(dict.fromkeys(each.role for each in played.rounds))
    made = Figure(figsize=(_WIDTH * len(roles), _HEIGHT), layout="constrained")
    axes = list(made.subplots(1, len(roles), squeeze=False, sharey=True)[0])
    for ax, role in zip(axes, roles, strict=True):
        own = [each for each in played.rounds if each.role is role]
        for number, arm in enumerate(dict.fromkeys(each.arm for each in own)):
            rounds = [each for each in own if each.arm == arm]
            draw(ax, rounds, _MARKERS[number % len(_MARKERS)])
        ax.set_title(f"as {role}", fontsize=9)
        ax.grid(visible=True, color=GRID, linewidth=0.6)
        ax.set_axisbelow(True)
        ax.legend(loc="best")
    made.supxlabel("every game as played, no trees drawn", fontsize=7, color=GREY)
    return made, axes


def _by_round(ax: "Axes", rounds: "list[RoundFigures]", marker: str) -> None:
    values = [each.surplus.value for each in rounds]
    lows = [_or(each.surplus.low, each.surplus.value) for each in rounds]
    highs = [_or(each.surplus.high, each.surplus.value) for each in rounds]
    ax.errorbar(
        [each.round for each in rounds],
        values,
        yerr=[
            [value - low for value, low in zip(values, lows, strict=True)],
            [high - value for value, high in zip(values, highs, strict=True)],
        ],
        marker=marker,
        capsize=2,
        linewidth=1.2,
        label=visible(rounds[0].arm),
    )


def _by_risk(ax: "Axes", rounds: "list[RoundFigures]", marker: str) -> None:
    known = [each for each in rounds if each.share_given_deal is not None and each.games]
    ax.plot(
        [each.deals / each.games for each in known],
        [each.share_given_deal or 0.0 for each in known],
        marker=marker,
        linewidth=1.2,
        label=visible(rounds[0].arm),
    )
    for each in known:
        ax.annotate(
            str(each.round),
            (each.deals / each.games, each.share_given_deal or 0.0),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=7,
        )


def _or(end: float | None, value: float) -> float:
    return value if end is None else end
