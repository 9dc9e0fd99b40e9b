"""List the settings in which runs differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.record import Record, Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting in which two runs differ.

    Attributes:
        name: The setting's name.
        before: Its value in the run before; several where its records differ; None: not given.
        after: The same of the run after.
    """

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOfRuns:
    """A setting in which some of several runs differ.

    Attributes:
        name: The setting's name.
        values: Its value in each run, in the order of the runs; several where a run's records
            differ; None: not given.
    """

    name: str
    values: tuple[str | None, ...]


def differing(before: Sequence[Record], after: Sequence[Record]) -> tuple[Setting, ...]:
    """The settings in which two runs' records differ, in the order of `Setup`."""
    return tuple(
        Setting(name=each.name, before=each.values[0], after=each.values[1])
        for each in differing_among([before, after])
    )


def differing_among(runs: Sequence[Sequence[Record]]) -> tuple[SettingOfRuns, ...]:
    """The settings in which several runs' records differ, in the order of `Setup`."""
    of_runs = [_values(record.setup for record in run if record.setup) for run in runs]
    found = (
        SettingOfRuns(name=name, values=tuple(values.get(name) for values in of_runs))
        for name in dict.fromkeys(name for values in of_runs for name in values)
    )
    return tuple(each for each in found if len(set(each.values)) > 1)


_SHOWN_ALWAYS = frozenset({"temperature", "max_tokens", "seed"})


def _packages(setup: Setup) -> str:
    if setup.packages is None:
        return "as the tasks' source gives"
    return ", ".join(setup.packages) or "none"


def _values(setups: Iterable[Setup]) -> dict[str, str]:
    """Every setting's value in words; where records differ, all values joined by "or"."""
    found: dict[str, set[str]] = {}
    for setup in setups:
        plan, params = setup.plan, setup.plan.params
        for name, value in (
            ("model", setup.model),
            ("sources", ", ".join(setup.sources)),
            ("prompts", setup.prompts),
            ("checker", setup.checker),
            ("isolation", setup.isolation),
            ("packages", _packages(setup)),
            ("n_p", plan.n_p),
            ("n_fr", plan.n_fr),
            ("n_f", "one for each repair" if plan.n_f is None else plan.n_f),
            ("depth", plan.depth),
            ("budget", "none" if plan.budget is None else plan.budget),
            ("temperature", "none" if params.temperature is None else params.temperature),
            ("max_tokens", params.max_tokens),
            ("seed", "none" if params.seed is None else params.seed),
            *((name, value) for name, value in params.changed.items() if name not in _SHOWN_ALWAYS),
        ):
            found.setdefault(name, set()).add(str(value))
    return {name: " or ".join(sorted(values)) for name, values in found.items()}
