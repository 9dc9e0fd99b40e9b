"""Create the judge pool of a name, without opening it."""

import importlib.util
from collections.abc import Callable

from pytest_selfrepair.core.checker import CHECKERS, Checker
from pytest_selfrepair.core.pool_name import PoolKind, pool_named
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.installed_packages import Packages, find_packages
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings

INSTALL = 'pip install "pytest-selfrepair[cluster]"'
"""The command that installs Dask."""


def make_pool(
    settings: JudgeSettings,
    *,
    isolation: Isolation | None = None,
    packages: Packages | None = None,
    concurrency: int | None = None,
    checker_of: Callable[[Task], Checker | None] = lambda _: None,
    option: Callable[[str], str] = str,
) -> JudgePool:
    """Create the pool of the settings.

    Args:
        settings: The settings of judging.
        isolation: The isolation of programs from this machine; None: found if needed.
        packages: The distributions in the settings, if found already.
        concurrency: The number of programs run at once on this machine; None: by the settings.
        checker_of: Finds a checker that overrides a task's own and the settings'.
        option: Gives the name of a setting's option, for errors.

    Raises:
        UsageError: A setting is invalid, or not available on this machine.
        SandboxError: No isolation works on this machine.
    """
    if settings.checker not in CHECKERS:
        found, accepted = settings.checker, ", ".join(CHECKERS)
        raise UsageError(f"{option('checker')}: found {found!r}; accepted: {accepted}")
    try:
        name = pool_named(settings.pool)
    except ValueError as error:
        found = f"{option('pool')}: found {settings.pool!r}"
        raise UsageError(f"{found}; accepted: {error}") from None
    if packages is None and settings.packages is not None:
        packages = find_packages(settings.packages, option("packages"))
    concurrency = concurrency or settings.jobs or usable_processors()
    if name.kind is PoolKind.LOCAL:
        return settings.judge(
            isolation or find_isolation(settings.sandbox),
            packages,
            concurrency=concurrency,
            checker_of=checker_of,
        )
    if importlib.util.find_spec("distributed") is None:
        found = f"{option('pool')}: found {settings.pool!r}, which needs Dask"
        raise UsageError(f"{found}; accepted: after {INSTALL}")
    from pytest_selfrepair.sandbox.dask_pool import DaskPool  # noqa: PLC0415 - Dask is an extra

    return DaskPool(
        name,
        settings,
        packages,
        concurrency=concurrency,
        checker_of=checker_of,
        option=option("pool"),
    )
