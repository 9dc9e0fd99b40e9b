"""The token budget of one tree, reserved before a request starts and settled when it ends."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from operator import attrgetter

from pytest_selfrepair.core.sample import Sample


@dataclass(slots=True, kw_only=True)
class TokenBudget:
    """The generated tokens that one tree may cost.

    Attributes:
        limit: The most generated tokens; None: no bound.
        spent: Tokens settled so far.
        reserved: Tokens granted to requests under way.
    """

    limit: int | None
    spent: int = 0
    reserved: int = 0

    def reserve(self, wanted: int, *, minimum: int) -> int | None:
        """Grant tokens to one request.

        A request is granted less than it wants only if nothing else is under way, as others may
        leave enough for all of it. Grants thus depend only on the replies, never on their order in
        time, and a replayed run sends the same requests.

        Returns:
            The tokens granted, from `minimum` to `wanted`; None for none at present.
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
        """End a grant of which `used` tokens were generated."""
        self.reserved -= granted
        self.spent += used


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of some completions.

    Attributes:
        tokens: Generated tokens.
        prompt_tokens: Prompt tokens.
        replayed_tokens: The part of `tokens` replayed from a store at no cost.
        samples: The number of completions.
        reasoning_tokens: The part of `tokens` that are thoughts.
        cached_tokens: The part of `prompt_tokens` read from an endpoint's cache.
        dollars: US dollars, of completions with a known price.
        replayed_dollars: The part of `dollars` paid in another run.
        unpriced: The number of completions without a known price.
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
        """Sum costs, in one pass over many; zero without any."""
        sums = map(sum, zip(*map(_FACTS, costs), strict=True))
        return cls(**dict(zip(_NAMES, sums, strict=False)))  # without costs: the defaults, zero

    @classmethod
    def of(cls, sample: Sample) -> "Cost":
        """The cost of one completion."""
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
    """The cost of one task so far, kept outside its trees so that it survives a failure."""

    cost: Cost = field(default_factory=Cost)

    def add(self, cost: Cost) -> None:
        """Add the cost of a completion."""
        self.cost += cost
