"""Threads in which programs are judged, each as often as the sandbox fails, within reason."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError
from pytest_selfrepair.sandbox.zygotes import Lease, Zygotes

ATTEMPTS = 3
"""How often a program is run at most where the sandbox itself fails."""

_T = TypeVar("_T")


class JudgeThreads:
    """A thread for every program that runs.

    They are bound to no event loop, since a judge may outlive one, and kept, since bubblewrap ends
    with the thread that started it.

    Args:
        count: Programs that run at once.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="selfrepair-judge")

    async def run(self, work: Callable[[Lease], _T]) -> _T:
        """Do work in a thread; where nobody waits for it any more, it is ended.

        Args:
            work: Is given the right to zygotes.
        """
        lease = Lease()
        submitted = self._threads.submit(work, lease)
        try:
            return await asyncio.wrap_future(submitted)
        except asyncio.CancelledError:
            lease.cancel()
            if not submitted.cancel():  # it has begun; what it started must be dead before we go on
                await asyncio.gather(asyncio.wrap_future(submitted), return_exceptions=True)
            raise

    def close(self) -> None:
        """Do nothing that has not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def attempted(
    zygotes: Zygotes,
    lease: Lease,
    prepared: Callable[[], Callable[[ZygoteProcess], _T]],
    described: str,
) -> _T:
    """Do what is prepared anew for each attempt, once there is a zygote for it.

    Args:
        zygotes: Where it comes from.
        lease: The right to it.
        prepared: Prepares an attempt; it may need other zygotes.
        described: How an error begins.

    Raises:
        SandboxError: The sandbox failed again and again.
    """
    problems: list[str] = []
    while len(problems) < ATTEMPTS and not lease.cancelled:
        try:
            run = prepared()
            with zygotes.lent(lease) as zygote:
                return run(zygote)
        except BrokenZygoteError as error:
            problems.append(str(error))
    found = "; then ".join(dict.fromkeys(problems))
    raise SandboxError(f"{described}: {found}")
