"""Draw figures of games as SVG: surplus shares by round, and price against risk."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pytest_selfrepair.estimate.bargain.by_round import RoundFigures
from pytest_selfrepair.report.visible import visible

_WIDTH, _HEIGHT = 520, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 120, 12, 40
_SERIES = 5
"""The number of series colours in the style sheets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    """Two axes, in data and figure coordinates."""

    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A data point in figure coordinates."""
        right = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1)
        return (
            _LEFT + right * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM),
        )


def rounds_svg(rounds: Sequence[RoundFigures]) -> Markup:
    """The surplus share of every arm by round, with its intervals.

    Args:
        rounds: The rounds of one role.
    """
    values = [
        each
        for found in rounds
        for each in (found.surplus.low, found.surplus.value, found.surplus.high)
        if each is not None
    ]
    numbers = sorted({found.round for found in rounds})
    if len(numbers) < 2:  # noqa: PLR2004 - one point makes no line
        return Markup()
    axes = _Axes(x=(numbers[0], numbers[-1]), y=_span(values))
    parts = _frame(axes, "round", "surplus share", numbers)
    for number, arm in enumerate(dict.fromkeys(found.arm for found in rounds)):
        own = [found for found in rounds if found.arm == arm]
        shift = 4 * number
        points = []
        for found in own:
            x, y = axes.at(found.round, found.surplus.value)
            points.append((x + shift, y))
            if found.surplus.low is not None and found.surplus.high is not None:
                low, high = (
                    axes.at(found.round, end)[1] for end in (found.surplus.low, found.surplus.high)
                )
                parts.append(_line([(x + shift, low), (x + shift, high)], number, thin=True))
        parts += _series(points, arm, number)
    return _svg(parts, "Surplus share by round")


def risk_svg(rounds: Sequence[RoundFigures]) -> Markup:
    """Price against risk: each arm's path from round 1 on, by deal rate and price.

    Args:
        rounds: The rounds of one role.
    """
    known = [found for found in rounds if found.share_given_deal is not None and found.games]
    if not known:
        return Markup()
    shares = [found.share_given_deal or 0.0 for found in known]
    axes = _Axes(x=(0.0, 1.0), y=_span(shares))
    parts = _frame(axes, "deals ÷ games", "surplus share given a deal", (0, 0.5, 1))
    for number, arm in enumerate(dict.fromkeys(found.arm for found in known)):
        own = [found for found in known if found.arm == arm]
        points = [axes.at(each.deals / each.games, each.share_given_deal or 0.0) for each in own]
        parts += _series(points, arm, number)
    return _svg(parts, "Price against risk")


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min([0.0, *values]), max([0.0, *values])
    margin = 0.05 * ((high - low) or 1.0)
    return low - margin * (low < 0), high + margin


def _frame(axes: _Axes, x: str, y: str, ticks: Sequence[float]) -> list[Markup]:
    left, bottom = axes.at(axes.x[0], axes.y[0])
    right, top = axes.at(axes.x[1], axes.y[1])
    edge = f"M{left:.1f} {top:.1f}V{bottom:.1f}H{right:.1f}"
    parts = [Markup('<path class="edge" d="{}"/>').format(edge)]
    for tick in ticks:
        at, _ = axes.at(tick, axes.y[0])
        parts.append(_text(at, bottom + 16, f"{tick:g}", "middle"))
    for tick in (axes.y[0], (axes.y[0] + axes.y[1]) / 2, axes.y[1]):
        _, at = axes.at(axes.x[0], tick)
        parts.append(_text(left - 6, at + 4, f"{tick:.2f}", "end"))
    parts.append(_text((left + right) / 2, bottom + 32, x, "middle"))
    parts.append(_text(left + 6, top + 4, y, "start"))
    return parts


def _series(points: Sequence[tuple[float, float]], arm: str, number: int) -> list[Markup]:
    parts = [_line(points, number)]
    colour = _colour(number)
    parts += [
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="{}"/>').format(
            x, y, 3 if place else 4.5, colour
        )
        for place, (x, y) in enumerate(points)
    ]
    x, y = _WIDTH - _RIGHT + 14, _TOP + 14 + 18 * number
    parts.append(Markup('<circle cx="{}" cy="{}" r="4" fill="{}"/>').format(x, y - 4, colour))
    name = visible(arm)
    parts.append(_text(x + 10, y, name if len(name) <= 14 else f"{name[:13]}…", "start"))  # noqa: PLR2004 - the widest that fits
    return parts


def _line(points: Sequence[tuple[float, float]], number: int, *, thin: bool = False) -> Markup:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Markup('<path class="line" d="{}" stroke="{}" stroke-width="{}"/>').format(
        path, _colour(number), 1 if thin else 2
    )


def _colour(number: int) -> str:
    return f"var(--series-{1 + number % _SERIES})"


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, text
    )


def _svg(parts: Sequence[Markup], title: str) -> Markup:
    head = Markup('<svg class="games" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        _WIDTH, _HEIGHT, escape(title)
    )
    return head + Markup().join(parts) + Markup("</svg>")
