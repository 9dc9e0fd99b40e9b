"""The token budget of one tree: reserved before a request starts, settled when it has ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from operator import attrgetter

from pytest_selfrepair.core.sample import Sample


@dataclass(slots=True, kw_only=True)
class TokenBudget:
    """Generated tokens that one tree may cost.

    Attributes:
        limit: The most that may be generated, or None for no bound.
        spent: Tokens settled so far.
        reserved: Tokens granted to requests that have not ended.
    """

    limit: int | None
    spent: int = 0
    reserved: int = 0

    def reserve(self, wanted: int, *, minimum: int) -> int | None:
        """Grant tokens for one request.

        A request is granted less than it wants only where nothing else is under way: until then
        what others leave over may yet make room for the whole of it. So what is granted depends on
        the replies alone, never on which came first, and a replayed run asks the same.

        Returns:
            The tokens granted, at most `wanted` and at least `minimum`, or None for now.
        """
        if self.limit is None:
            granted = wanted
        else:
            left = self.limit - self.spent - self.reserved
            if left < wanted and (self.reserved or left < minimum):
                return None
            granted = min(left, wanted)
        self.reserved += granted
        return granted

    def settle(self, granted: int, used: int) -> None:
        """Give back a grant, of which `used` tokens were generated."""
        self.reserved -= granted
        self.spent += used


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What some completions cost.

    Attributes:
        tokens: Generated tokens.
        prompt_tokens: Tokens read.
        replayed_tokens: Those of `tokens` that were served from a store and cost nothing now.
        samples: Completions.
        reasoning_tokens: Those of `tokens` that a model generated for itself alone.
        cached_tokens: Those of `prompt_tokens` that an endpoint had read before.
        dollars: US dollars for the completions whose price is known.
        replayed_dollars: Those of `dollars` that were paid in another run.
        unpriced: Completions whose price is not known.
    """

    tokens: int = 0
    prompt_tokens: int = 0
    replayed_tokens: int = 0
    samples: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    dollars: float = 0.0
    replayed_dollars: float = 0.0
    unpriced: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost.total((self, other))

    @classmethod
    def total(cls, costs: Iterable["Cost"]) -> "Cost":
        """What all of some completions cost; there may be very many."""
        sums = map(sum, zip(*map(_FACTS, costs), strict=True))
        return cls(**dict(zip(_NAMES, sums, strict=False)))  # nothing where there are none

    @classmethod
    def of(cls, sample: Sample) -> "Cost":
        """What one completion cost."""
        usage, dollars = sample.usage, sample.dollars or 0.0
        return cls(
            tokens=usage.completion_tokens,
            prompt_tokens=usage.prompt_tokens or 0,
            replayed_tokens=usage.completion_tokens if sample.replayed else 0,
            samples=1,
            reasoning_tokens=usage.reasoning_tokens,
            cached_tokens=usage.cached_tokens,
            dollars=dollars,
            replayed_dollars=dollars if sample.replayed else 0.0,
            unpriced=int(sample.dollars is None),
        )


_NAMES = tuple(each.name for each in fields(Cost))
_FACTS = attrgetter(*_NAMES)


@dataclass(slots=True, kw_only=True)
class Spending:
    """What one task has cost so far; kept apart from its trees, so that it survives a failure."""

    cost: Cost = field(default_factory=Cost)

    def add(self, cost: Cost) -> None:
        """Count one completion."""
        self.cost += cost
