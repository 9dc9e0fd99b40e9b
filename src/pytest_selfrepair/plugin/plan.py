"""The plan, sampling parameters and prompts of a run from its settings."""

from pathlib import Path

from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.prompt import BUILT_IN, PromptSet
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.tree import Plan, Policy
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.parameters import keyed_headers
from pytest_selfrepair.plugin.options import Settings


def plan_of(settings: Settings, params: SamplingParams) -> Plan:
    """The plan of a run's trees.

    Args:
        settings: The run's settings.
        params: The sampling parameters of programs and repairs.

    Raises:
        UsageError: The trees end at their first pass and are so large that nothing could be
            estimated from them.
    """
    policy = Policy(settings.policy)
    if policy is not Policy.BATCH and (settings.depth > 1 or settings.feedbacks is not None):
        flag, found = "--selfrepair-depth", str(settings.depth)
        if settings.feedbacks is not None:
            flag, found = "--selfrepair-feedbacks", str(settings.feedbacks)
        raise UsageError(
            f"{flag}: found {found} with --selfrepair-policy {policy}; accepted: one level of "
            "repair, each with feedback of its own, or --selfrepair-policy batch"
        )
    return Plan(
        n_p=settings.programs,
        n_fr=settings.repairs * (settings.feedbacks or 1),
        n_f=settings.feedbacks,
        depth=settings.depth,
        budget=settings.budget,
        params=params,
        feedback_cases=FeedbackCases(settings.feedback_cases),
        policy=policy,
    )


def params_of(settings: Settings, *, headers: tuple[tuple[str, str], ...]) -> SamplingParams:
    """The sampling parameters, except the length of completions.

    Args:
        settings: The run's settings.
        headers: Further headers of requests as given by the user.
    """
    return SamplingParams(
        temperature=settings.temperature,
        seed=settings.seed,
        top_p=settings.top_p,
        reasoning_effort=settings.reasoning_effort,
        stop=settings.stop,
        extra_body=settings.extra_body or "",
        headers=keyed_headers(headers),
    )


def prompts_of(settings: Settings) -> PromptSet:
    """The prompts of a run.

    Raises:
        UsageError: The user's own prompt set cannot be read.
    """
    told = settings.packages or ()
    if settings.prompts in BUILT_IN:
        return PromptSet.built_in(settings.prompts).with_packages(told)
    folder = Path(settings.prompts)
    return PromptSet.read(folder.resolve().name, folder).with_packages(told)
