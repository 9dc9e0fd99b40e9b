"""Hostile programs, each at every level of isolation that this machine has: none gets anywhere.

Level D is limits alone. There only what limits are meant to contain is run: anything else would
reach this machine.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from test_warm_sandbox import family

import pytest_selfrepair
from builders import task
from places import SUPPORT
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

ATTACKS = sorted(Path(__file__).with_name("attacks").glob("*.py"))
LIMITS = Limits(cpu_seconds=0.2, wall_factor=-6.0)  # 0.8 seconds of wall-clock time
NEVER = "never printed"
PLACES = ("/", "/tmp", "/var/tmp", "/dev/shm", "/etc")  # noqa: S108 - where they try to write
MARK = "selfrepair-attack"

OPEN_AT_D: dict[str, tuple[str, ...]] = {
    "files are open": (
        "link_out_of_scratch",
        "module_left_for_others",
        "program_file_replaced",
        "read_files_of_this_machine",
        "state_in_times_of_files",
        "write_outside_scratch",
    ),
    "the network is open": ("abstract_unix_socket", "network", "socket_of_any_family"),
    "other processes are in sight": (
        "fcntl_setown_to_the_parent",
        "memory_of_the_parent",
        "pidfd_of_the_parent",
        "read_descriptors_of_others",
    ),
    "what it makes belongs to no process, and would stay": (
        "posix_message_queue",
        "sysv_message_queue",
        "sysv_shared_memory",
    ),
    "system calls are not filtered, and it asks for one": (
        *("bpf", "clone_into_namespaces", "fcntl_setsig", "io_uring", "keyring", "memfd_flood"),
        *("other_abi", "perf_events", "personality", "pin_to_a_processor", "realtime_scheduling"),
        *("renice", "subreaper_of_orphans", "user_namespace", "userfaultfd"),
    ),
}
"""Attacks that are never run at level D, by what lets them through there."""

SAME_USER_AT_D = (
    *("change_modes_of_files", "cut_files_short", "fork_bomb", "kill_all_that_has_this_user"),
    *("kill_every_pid", "kill_minus_one", "kill_the_parent", "limits_of_what_waits", "mount"),
    *("prlimit_of_the_parent", "read_environment_of_others", "stop_what_waits"),
)
"""Attacks on what belongs to the program's user: run at level D where that user has nothing."""

OWN = "A" if os.geteuid() == 0 else "B"
"""The level of who runs the tests, where there is bubblewrap."""

NEVER_AT_D = {name for names in OPEN_AT_D.values() for name in names}
AT_D = [attack for attack in ATTACKS if attack.stem not in NEVER_AT_D]


def _level(level: str, patch: pytest.MonkeyPatch) -> Isolation:
    """The isolation of a level, whoever runs the tests."""
    module = "pytest_selfrepair.sandbox.isolation"
    if level == "D":
        return find_isolation("limits")
    if level == "C":
        patch.setattr(f"{module}.find_bubblewrap", lambda: None)
        return find_isolation("auto")
    root = os.geteuid() == 0
    if level == "A" or not root:
        return find_isolation("strict")
    # Python, bubblewrap and what runs inside, wherever they are installed.
    package = str(Path(pytest_selfrepair.__file__).parent)
    shown = (sys.base_prefix, sys.prefix, package, tempfile.gettempdir())  # programs lie there
    helper = (sys.executable, str(SUPPORT / "unprivileged.py"), *shown, "--")
    patch.setattr("os.geteuid", lambda: 65534)
    patch.setattr(f"{module}._problem", lambda _: None)
    isolation = find_isolation("strict")
    patch.undo()
    isolation = replace(isolation, command=(*helper, *isolation.command))
    patch.setattr(f"{module}._walled", lambda: [isolation])
    return find_isolation("strict")


@contextlib.contextmanager
def judge_of(level: str, scratch: Path) -> Iterator[SandboxJudge]:
    """One judge with one zygote, whose files lie in a folder; skips where a level is missing."""
    scratch.chmod(0o755)  # nobody starts the zygote of level B
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(scratch))
        try:
            isolation = _level(level, patch)
        except UsageError as error:
            pytest.skip(str(error))
        if not isolation.description.startswith(f"level {level}"):
            pytest.skip(f"here there is {isolation.description}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_KEY", "SECRET")
        patch.setattr(tempfile, "tempdir", str(scratch))
        judge = with_one_zygote(isolation)
        assert honest(judge).passed
        yield judge
        asyncio.run(judge.aclose())


def with_one_zygote(isolation: Isolation) -> SandboxJudge:
    """A judge that has no zygote for each processor: which is free depends on tests beside it."""
    judge = SandboxJudge(isolation, LIMITS, concurrency=1)
    judge._processors.numbers = ()  # noqa: SLF001 - nothing but tests has a use for that
    return judge


@pytest.fixture(scope="module")
def others() -> set[int]:
    """This process and those that it has started for other tests."""
    return family()


@pytest.fixture(scope="module")
def judge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, others: set[int]
) -> Iterator[SandboxJudge]:
    """The judge that all attacks of a level meet."""
    del others  # which are counted first
    with judge_of(request.param, tmp_path_factory.mktemp("scratch")) as judge:
        yield judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What the judge's processes are while nothing is judged.

    Attributes:
        others: Processes that are not the judge's.
        count: How many of the judge's there are once it has judged an honest program.
    """

    others: set[int]
    count: int

    def await_it(self, judge: SandboxJudge) -> None:
        """Wait until nothing more runs; the process of the next program may still have to come.

        Honest programs bring back what the judge has at rest. On a busy machine one of them may
        share no process, in whose place something could be left: so three of them must agree.
        """
        agreed = 0
        for _ in range(150):
            assert honest(judge).passed
            left = family() - self.others
            agreed = agreed + 1 if len(left) == self.count else 0
            if agreed == 3:
                return
            time.sleep(0.02)
        commands = {pid: _command(pid) for pid in left}
        pytest.fail(f"a process is left: instead of {self.count} there are {commands}")


@pytest.fixture(scope="module")
def rest(judge: SandboxJudge, others: set[int]) -> Rest:
    """That of the judge."""
    return rest_of(judge, others)


def rest_of(judge: SandboxJudge, others: set[int]) -> Rest:
    """What is there of a judge, beside other processes, when it has judged an honest program.

    Its zygote then has two processes and no more: the one that such programs share and the one that
    waits for a program of another kind. Nothing else is without children.
    """
    for _ in range(500):
        assert honest(judge).passed
        own = family() - others
        if sum(family(pid) == {pid} for pid in own) == 2:
            return Rest(others=others, count=len(own))
        time.sleep(0.02)
    pytest.fail(f"the zygote never rests: {own}")


def honest(judge: SandboxJudge) -> Verdict:
    program = "import math, heapq\nprint(sum(map(int, input().split())) + math.floor(0.5))"
    return asyncio.run(judge.judge(task(("1 2\n", "3"), ("3 4\n", "7")), program))


def test_there_are_many_attacks() -> None:
    assert len(ATTACKS) >= 60


def test_what_level_d_leaves_open_is_named_once_and_exists() -> None:
    named = [*SAME_USER_AT_D, *(name for names in OPEN_AT_D.values() for name in names)]
    assert len(set(named)) == len(named)
    assert set(named) < {path.stem for path in ATTACKS}
    assert len(AT_D) == len(ATTACKS) - len(NEVER_AT_D)


@pytest.mark.parametrize("attack", ATTACKS, ids=[path.stem for path in ATTACKS])
@pytest.mark.parametrize(
    "judge",
    [
        OWN,
        *(
            pytest.param(each, marks=pytest.mark.thorough)
            for each in ("A", "B", "C")
            if each != OWN
        ),
    ],
    indirect=True,
)
def test_an_attack_gets_nowhere(judge: SandboxJudge, rest: Rest, attack: Path) -> None:
    attempt(judge, rest, attack)


@pytest.mark.thorough
@pytest.mark.parametrize("attack", AT_D, ids=[path.stem for path in AT_D])
@pytest.mark.parametrize("judge", ["D"], indirect=True)
def test_an_attack_on_limits_gets_nowhere(judge: SandboxJudge, rest: Rest, attack: Path) -> None:
    if attack.stem in SAME_USER_AT_D:
        _require_a_user_of_its_own(judge)
    attempt(judge, rest, attack)


@pytest.mark.thorough
@pytest.mark.parametrize("judge", ["D"], indirect=True)
def test_a_process_that_outlives_an_attack_is_seen(judge: SandboxJudge, rest: Rest) -> None:
    daemon = next(attack for attack in ATTACKS if attack.stem == "daemon_that_outlives_its_program")
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as outliving,
        pytest.raises(pytest.fail.Exception, match=rf"is left.*{outliving.pid}"),
    ):
        attempt(judge, rest, daemon)
    rest.await_it(judge)


def attempt(judge: SandboxJudge, rest: Rest, attack: Path) -> None:
    """Judge an attack, after which no process, no file and no harm is left."""
    program = attack.read_text(encoding="utf-8")
    for fn_name in (None, "solve") if "def solve" in program else (None,):
        wanted = task(([], NEVER), ([], NEVER), fn_name=fn_name)
        files = _files()
        verdict = asyncio.run(judge.judge(wanted, program))
        assert _files() <= files, "a file is left"
        assert not verdict.passed
        assert verdict.outcome is not Outcome.SANDBOX_ERROR
        assert "REACHED" not in str(verdict.failure and verdict.failure.actual)
        rest.await_it(judge)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")[:80]
    except OSError:
        return "ended"


def _require_a_user_of_its_own(judge: SandboxJudge) -> None:
    """Skip unless a program shows that it is nobody here: not this user, and without its rights."""
    program = (
        f"import os\nassert os.getuid() not in (0, {os.getuid()})\n"
        "for pid in (1, os.getppid()):\n    try:\n        os.kill(pid, 0)\n"
        "    except PermissionError:\n        print('refused')"
    )
    verdict = asyncio.run(judge.judge(task(("", "refused\nrefused")), program))
    if not verdict.passed:
        pytest.skip("programs run as the user of the tests, to whom this would do harm")


def _files() -> set[str]:
    """What lies in the zygote's scratch folder, and what attacks write elsewhere."""
    # By name: a zygote that an attack has broken is replaced by one with a folder of its own.
    scratch = {path.name for path in Path(tempfile.gettempdir()).glob("*/*")}
    return scratch | {str(path) for place in PLACES for path in Path(place).glob(MARK)}
