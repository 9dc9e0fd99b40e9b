"""Build a run without pytest: its settings, models, feedback sources and judge."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeGuard

import msgspec

from pytest_selfrepair.api.task_record import Tools
from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import RULES
from pytest_selfrepair.core.record import Setup
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.core.tree import Plan, Policy
from pytest_selfrepair.core.verdicts import RememberingJudge
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.feedback import ACCEPTED, HUMAN, NAMED_MODEL, Means, Recipe, recipe_of
from pytest_selfrepair.feedback.guarded import guarded
from pytest_selfrepair.feedback.human import DEFAULT_FILE, Human
from pytest_selfrepair.models.permit import AsksPermission
from pytest_selfrepair.models.recording import RecordingModel, Replay
from pytest_selfrepair.models.slotted import slotted
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.store.run_names import DEFAULT_STORE
from pytest_selfrepair.store.sqlite_store import SqliteStore

Source = str | Model | FeedbackSource
"""A feedback source: a built-in one's name, a model that explains, or the user's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """The settings of a run apart from its model, feedback sources and plan.

    Attributes:
        store: The store of samples, verdicts and records; what it holds is not paid for again.
        replay: ``auto`` serves stored samples and pays for the rest; ``only`` never pays; ``off``
            pays for all.
        max_tokens_total: Tokens that the whole run may generate, earlier runs of the same settings
            included; None: unlimited.
        feedback_max_tokens: The longest explanation, in tokens.
        prompts: The prompt set; None: the built-in set ``default``.
        judging: The judge's settings.
        concurrency: The limit of requests in flight, and of tasks in progress.
    """

    store: Path = DEFAULT_STORE
    replay: str = Replay.AUTO
    max_tokens_total: int | None = None
    feedback_max_tokens: int = 256
    prompts: PromptSet | None = None
    judging: JudgeSettings = field(default_factory=JudgeSettings)
    concurrency: int = 16

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            UsageError: A value is not accepted.
        """
        if self.replay not in set(Replay):
            raise UsageError(f"replay: found {self.replay!r}; accepted: {', '.join(Replay)}")
        if self.concurrency < 1:
            raise UsageError(
                f"concurrency: found {self.concurrency}; accepted: a whole number from 1 up"
            )


class Equipment:
    """The models, sources and judge of one run.

    Args:
        model: Writes and repairs programs.
        plan: The plan of its trees.
        feedback: Its feedback sources.
        settings: The run's settings.
        store: The store of samples and verdicts.
        sandbox: Runs programs.

    Attributes:
        tools: What its tasks are run with.

    Raises:
        UsageError: The plan or the name of a source is not accepted, or two sources share one.
    """

    def __init__(
        self,
        model: Model,
        plan: Plan,
        feedback: Sequence[Source],
        settings: RunSettings,
        *,
        store: SqliteStore,
        sandbox: JudgePool,
    ) -> None:
        _check(plan)
        names = [each if isinstance(each, str) else each.name for each in feedback]
        if twice := [name for name in names if names.count(name) > 1]:
            raise UsageError(
                f"feedback: found two sources called {twice[0]!r}; accepted: different names"
            )
        self._plan = plan
        self._prompts = settings.prompts or PromptSet.default()
        self._judge = RememberingJudge(sandbox, store.verdicts, settings.judging.terms)
        self._settings, self._store = settings, store
        self._campaign = _campaign(model, names, plan, settings, self._prompts)
        self._slots = Slots(settings.concurrency)
        self._members: dict[int, RecordingModel] = {}
        coder = self._recorded(model)
        sources = tuple(self._source(each, coder) for each in feedback)
        self.tools = Tools(
            model=coder,
            members=tuple(self._members.values()),
            sources=sources,
            judge=self._judge,
            prompts=self._prompts,
            setup=Setup(
                model=model.name,
                sources=tuple(source.name for source in sources),
                prompts=f"{self._prompts.name}@{self._prompts.digest}",
                checker=settings.judging.checker,
                isolation=sandbox.isolation,
                plan=plan,
                packages=sandbox.given,
                reading=RULES,
            ),
        )

    async def aclose(self) -> None:
        """Close every model."""
        for each in self.tools.members:
            await each.aclose()

    def _recorded(self, model: Model) -> RecordingModel:
        if id(model) not in self._members:
            self._members[id(model)] = RecordingModel(
                model=model if isinstance(model, AsksPermission) else slotted(model, self._slots),
                store=self._store,
                replay=Replay(self._settings.replay),
                campaign=self._campaign,
                limits=RunLimits(max_tokens=self._settings.max_tokens_total),
            )
        return self._members[id(model)]

    def _source(self, given: Source, coder: Model) -> FeedbackSource:
        if isinstance(given, str):
            head, _, file = given.partition(":")
            if head == HUMAN:
                name = f"{HUMAN}:{Path(file).name}" if file else HUMAN
                return Human.read(name, Path(file or DEFAULT_FILE))
            return self._made(_recipe(given), given, coder)
        if _is_model(given):
            return self._made(NAMED_MODEL, given.name, self._recorded(given))
        if _is_source(given):
            return guarded(given)
        raise UsageError(f"feedback: found {given!r}; accepted: a source's name, a model, a source")

    def _made(self, recipe: Recipe, name: str, model: Model) -> FeedbackSource:
        settings = self._settings
        return recipe.make(
            Means(
                name=name,
                model=model,
                judge=self._judge,
                prompts=self._prompts,
                params=replace(self._plan.params, max_tokens=settings.feedback_max_tokens),
                seconds=settings.judging.timeout,
            )
        )


def _check(plan: Plan) -> None:
    """Reject a plan that grows no tree, or that nothing could be estimated from.

    Raises:
        UsageError: The plan is not accepted.
    """
    batch = plan.policy is Policy.BATCH
    for field_name, found, fits, accepted in (
        ("n_p", plan.n_p, plan.n_p >= 1, "from 1 up"),
        ("n_fr", plan.n_fr, plan.n_fr >= 0, "from 0 up"),
        ("depth", plan.depth, plan.depth >= 1, "from 1 up"),
        ("depth", plan.depth, batch or plan.depth == 1, "1, or the policy batch"),
        ("n_f", plan.n_f, batch or plan.n_f is None, "None, or the policy batch"),
        ("n_f", plan.n_f, plan.n_f is None or _divides(plan.n_f, plan.n_fr), "a divisor of n_fr"),
    ):
        if not fits:
            raise UsageError(f"plan: {field_name}: found {found}; accepted: {accepted}")


def _divides(part: int, whole: int) -> bool:
    return part >= 1 and whole % part == 0


def _is_model(given: Model | FeedbackSource) -> TypeGuard[Model]:
    return callable(getattr(given, "sample", None))


def _is_source(given: Model | FeedbackSource) -> TypeGuard[FeedbackSource]:
    return callable(getattr(given, "feedback", None))


def _recipe(name: str) -> Recipe:
    """The recipe of a built-in source that uses no model but the code model.

    Raises:
        UsageError: There is no such source.
    """
    try:
        recipe, argument = recipe_of(name)
    except ValueError:
        recipe, argument = NAMED_MODEL, name
    if argument:
        accepted = ", ".join(each for each in ACCEPTED if "MODEL" not in each and " " not in each)
        raise UsageError(
            f"feedback: found {name!r}; accepted: {accepted}, or a model or source itself"
        )
    return recipe


def _campaign(
    model: Model, names: Sequence[str], plan: Plan, settings: RunSettings, prompts: PromptSet
) -> str:
    """The name of the run's account: a hash of everything that decides its samples."""
    if settings.replay == Replay.OFF:
        return uuid.uuid4().hex
    facts = [
        *("run_tasks", model.name, list(names), msgspec.to_builtins(plan)),
        *(settings.feedback_max_tokens, prompts.name, prompts.digest),
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]
