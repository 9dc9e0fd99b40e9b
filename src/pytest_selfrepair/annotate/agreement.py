"""Measure agreement between people who sort the same things into categories."""

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """The agreement of two people.

    Attributes:
        people: Their names, in order.
        things: The number of things that both rated.
        same: How many of them they put into the same category.
        kappa: Cohen's kappa; None where it is 0/0, as both used a single category.
    """

    people: tuple[str, str]
    things: int
    same: int
    kappa: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The agreement of any number of people.

    Attributes:
        things: The number of things rated by at least two people.
        people: The number of people who rated any of these.
        pairs: Pairs of ratings of one thing by two people.
        same: The number of pairs in the same category.
        fleiss: Fleiss' kappa; None where it is 0/0, or nothing was rated twice.
        by_pair: Every two people who rated something in common.
    """

    things: int
    people: int
    pairs: int
    same: int
    fleiss: float | None
    by_pair: tuple[Kappa, ...]

    @property
    def share(self) -> float | None:
        """The share of pairs in the same category; None without pairs."""
        return self.same / self.pairs if self.pairs else None


def agreement(ratings: Mapping[str, Mapping[str, str]]) -> Agreement:
    """Compute the agreement.

    Fleiss' kappa (Psychological Bulletin 76, 1971) is (P - P_e) / (1 - P_e): P is the mean over
    things of the share of agreeing pairs of ratings, P_e the sum of the squared shares of the
    categories among all ratings. With equally many ratings of all things it is Fleiss' own;
    otherwise each thing still counts once in P and each rating once in P_e. Things with one rating
    are excluded.

    Cohen's kappa (Educational and Psychological Measurement 20, 1960) takes P_e from each person's
    shares on the things that both rated.

    Args:
        ratings: For each thing, the category given by each person.
    """
    rated = {thing: by for thing, by in ratings.items() if len(by) > 1}
    every = Counter(category for by in rated.values() for category in by.values())
    same = pairs = 0
    shares: list[float] = []
    for by in rated.values():
        agreeing = sum(n * (n - 1) // 2 for n in Counter(by.values()).values())
        of = len(by) * (len(by) - 1) // 2
        same, pairs = same + agreeing, pairs + of
        shares.append(agreeing / of)
    people = sorted({person for by in rated.values() for person in by})
    return Agreement(
        things=len(rated),
        people=len(people),
        pairs=pairs,
        same=same,
        fleiss=_kappa(
            sum(shares) / len(shares),
            sum((n / every.total()) ** 2 for n in every.values()),
        )
        if shares
        else None,
        by_pair=tuple(
            found for pair in itertools.combinations(people, 2) if (found := _cohen(rated, *pair))
        ),
    )


def _cohen(rated: Mapping[str, Mapping[str, str]], one: str, other: str) -> Kappa | None:
    both = [(by[one], by[other]) for by in rated.values() if one in by and other in by]
    if not both:
        return None
    first, second = (Counter(column) for column in zip(*both, strict=True))
    same = sum(a == b for a, b in both)
    chance = sum(n * second[category] for category, n in first.items()) / len(both) ** 2
    return Kappa(
        people=(one, other),
        things=len(both),
        same=same,
        kappa=_kappa(same / len(both), chance),
    )


def _kappa(observed: float, chance: float) -> float | None:
    return None if chance >= 1 else (observed - chance) / (1 - chance)
