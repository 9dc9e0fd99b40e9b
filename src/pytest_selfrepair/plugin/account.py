"""The account of a run: its identity, and its bounds."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence

from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.tree import Plan, Policy
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.recording import Replay
from pytest_selfrepair.plugin.game_flags import GAME_OPTIONS
from pytest_selfrepair.plugin.model_registry import ResolvedModel
from pytest_selfrepair.plugin.options import Settings

_ALWAYS = frozenset({"temperature", "max_tokens", "seed"})
"""Parameters that always enter an account's name; others do where they are not the default."""


def campaign_of(
    settings: Settings,
    plan: Plan,
    prompts: PromptSet,
    coder: ResolvedModel | None,
    others: Sequence[ResolvedModel],
) -> str:
    """The name of a run's account: a hash of everything that decides its samples.

    A run that ignores stored samples has an account of its own; otherwise a later run with the same
    settings continues the account, whatever its bounds.

    Args:
        settings: The run's settings; each shard has an account of its own.
        plan: How large trees may grow.
        prompts: The wording.
        coder: The model that writes programs or plays; None: a rule plays.
        others: The run's other models.
    """
    if settings.replay == Replay.OFF:
        return uuid.uuid4().hex
    facts: list[object] = [
        settings.model,
        settings.feedback,
        _plan_text(plan),
        None if coder is None else coder.explaining.max_tokens,
        _addresses(settings.base_url),
        settings.feedback_base_url,
        prompts.name,
        prompts.digest,
    ]
    later: list[object] = []
    if coder is not None and (own := _later(coder)):
        later.append([coder.asked.name, own])
    later += [
        [model.asked.name, model.explaining.changed]
        for model in others
        if coder is None or model.explaining != coder.explaining
    ]
    if plan.policy is not Policy.BATCH:
        later.append(["policy", plan.policy])
    games = [getattr(settings, option.name) for option in GAME_OPTIONS]
    if games != [option.default and option.parse(option.default) for option in GAME_OPTIONS]:
        later.append(["games", games])
    if prompts.packages:
        later.append(["packages", prompts.packages])
    if later:
        facts.append(later)
    campaign = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
    return campaign if settings.shard is None else settings.shard.account(campaign)


def unpriced(models: Iterable[ResolvedModel]) -> list[str]:
    """The names of models without a known price."""
    return list(dict.fromkeys(model.asked.name for model in models if model.price is None))


def limits_of(settings: Settings) -> RunLimits:
    """The bounds of this run; a shard gets its part of the whole.

    Raises:
        UsageError: The part is zero.
    """
    whole = RunLimits(max_tokens=settings.max_tokens_total, max_dollars=settings.max_cost)
    if settings.shard is None:
        return whole
    limits = settings.shard.limits(whole)
    if limits.max_tokens == 0 and whole.max_tokens:
        raise UsageError(
            f"--selfrepair-max-tokens-total: found {whole.max_tokens} for {settings.shard.count} "
            f"shards; accepted: {settings.shard.count} or more"
        )
    return limits


def check_limits(limits: RunLimits, unpriced: Sequence[str]) -> None:
    """Reject a bound in US dollars where the price of a model is unknown.

    Raises:
        UsageError: A price is unknown.
    """
    if limits.max_dollars is not None and unpriced:
        raise UsageError(
            f"--selfrepair-max-cost: found {limits.max_dollars:g}, but no price of "
            f"{', '.join(unpriced)} is known; accepted: a price in --selfrepair-prices, "
            "or a bound by --selfrepair-max-tokens-total"
        )


def _addresses(given: tuple[str, ...]) -> object:
    """The addresses as accounts of every version name them: one address, or None, is not a list."""
    return (given or (None,))[0] if len(given) <= 1 else sorted(given)


def _plan_text(plan: Plan) -> str:
    """A plan's text as accounts of every version have it."""
    params = plan.params
    drawn = (
        f"SamplingParams(temperature={params.temperature!r}, max_tokens={params.max_tokens!r}, "
        f"seed={params.seed!r})"
    )
    return (
        f"Plan(n_p={plan.n_p!r}, n_fr={plan.n_fr!r}, budget={plan.budget!r}, params={drawn}, "
        f"n_f={plan.n_f!r}, depth={plan.depth!r}, feedback_cases={plan.feedback_cases!r})"
    )


def _later(model: ResolvedModel) -> dict[str, object]:
    return {name: value for name, value in model.params.changed.items() if name not in _ALWAYS}
