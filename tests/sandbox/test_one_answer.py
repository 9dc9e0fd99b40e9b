"""A program gives one answer a case, and learns nothing of other cases, at any level."""

import asyncio
import random
from collections.abc import Iterator

import pytest
from test_attacks import judge_of

from builders import task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

SAME, REACHED = "same", "REACHED"
CASES = 6
ALL = ["A", "B", "C", "D"]
WALLED = ["A", "B", "C"]


@pytest.fixture(scope="module")
def judge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxJudge]:
    """One judge of each level."""
    with judge_of(request.param, tmp_path_factory.mktemp("scratch")) as judge:
        yield judge


def verdict(judge: SandboxJudge, program: str) -> Verdict:
    """Of a program that is to print the same in every case, or say what it has found."""
    inputs = [f"input-{1000 + 37 * i}" for i in range(CASES)]
    return asyncio.run(judge.judge(task(*[(each, SAME) for each in inputs]), program))


TOLD = "print('REACHED' if told else 'same')\n"
KEEPING: dict[str, str] = {
    "in a module": "import random\ntold = getattr(random, 'told', 0)\nrandom.told = 1\n",
    "in a module that it has by another": (
        "import collections.abc\nsys = collections._sys\ntold = 'x' in sys.modules\n"
        "sys.modules['x'] = sys\n"
    ),
    "in builtins": "import builtins as b\ntold = hasattr(b, 'told')\nb.told = 1\n",
    "in a class": "from collections import Counter as C\ntold = hasattr(C, 'x')\nC.x = 1\n",
    "in a method": (
        "from collections import Counter as C\nf = C.most_common\ntold = hasattr(f, 'x')\nf.x = 1\n"
    ),
    "in a function": "from heapq import merge as f\ntold = hasattr(f, 'x')\nf.x = 1\n",
    "in a register": (
        "from fractions import Fraction\ntold = isinstance('', Fraction)\nFraction.register(str)\n"
    ),
    "in annotations": (
        "from heapq import merge as f\ntold = 'x' in f.__annotations__\n"
        "f.__annotations__['x'] = 1\n"
    ),
    "in what wraps": (
        "import functools\nfrom collections import Counter as C\ntold = hasattr(C, '__wrapped__')\n"
        "functools.update_wrapper(C, len, updated=())\n"
    ),
    "by the name of an attribute": (
        "from operator import attrgetter\nimport random\n"
        "names = attrgetter('__' + 'dict__')(random)\ntold = 'told' in names\nnames['told'] = 1\n"
    ),
    "by a pattern": (
        "import random\nmatch random:\n    case object(__dict__=names):\n"
        "        told = 'told' in names\n        names['told'] = 1\n"
    ),
    "in random's state": "import random\ntold = random.random() != 0.8444218515250481\n",
    "in a decimal context": (
        "import decimal\nc = decimal.getcontext()\ntold = c.prec != 28\nc.prec = 9\n"
    ),
    "in the limit of recursion": (
        "import sys\ntold = sys.getrecursionlimit() != 1000\nsys.setrecursionlimit(2000)\n"
    ),
    "in the environment": "import os\ntold = 'X' in os.environ\nos.environ['X'] = '1'\n",
    "in the current folder": "import os\ntold = os.getcwd() == '/'\nos.chdir('/')\n",
    "in the mask of files": "import os\ntold = os.umask(0o077) == 0o077\n",
    "in limits": (
        "from resource import *\ntold = getrlimit(RLIMIT_NOFILE)[0] == 50\n"
        "setrlimit(RLIMIT_NOFILE, (50, 50))\n"
    ),
    "in time that it may use": (
        "from resource import *\ntold = getrlimit(RLIMIT_CPU)[0] > 10\n"
        "import time\nend = time.process_time() + 0.02\nwhile time.process_time() < end: pass\n"
    ),
    "in a file": (
        "import os\ntold = bool(os.listdir())\n"
        "try:\n    open('x', 'w').close()\nexcept OSError:\n    pass\n"
    ),
    "in an attribute of the folder": (
        "import os\ntry:\n    told = bool(os.listxattr('.'))\n"
        "    os.setxattr('.', 'user.x', b'x')\nexcept OSError:\n    told = False\n"
    ),
    "in the times of the folder": (
        "import os\ntold = os.stat('.').st_mtime == 5\n"
        "try:\n    os.utime('.', (5, 5))\nexcept OSError:\n    pass\n"
    ),
    "in a folder that it closes": (
        "import os\nold = os.stat('.').st_mode\ntold = not old & 0o777\n"
        "try:\n    os.chmod('.', 0)\nexcept OSError:\n    pass\n"
    ),
    "in its input's attributes": (
        "import os\ntold = os.stat(0).st_mtime == 5\n"
        "try:\n    os.utime(0, (5, 5))\nexcept OSError:\n    pass\n"
    ),
    "in the flags of its input": (
        "import fcntl\ntold = bool(fcntl.fcntl(0, fcntl.F_GETFL) & 1024)\n"
        "fcntl.fcntl(0, fcntl.F_SETFL, 1024)\n"
    ),
    "in a process": (
        "import os, time\ntold = False\ntry:\n    pid = os.fork()\nexcept OSError:\n    pid = 1\n"
        "if not pid:\n    os.setsid()\n    time.sleep(9)\n    os._exit(0)\n"
        "try:\n    told = sum(n.isdigit() for n in os.listdir('/proc')) > 9\n"
        "except OSError:\n    pass\n"
    ),
    "in CPU time": "import time\ntold = not 0 <= time.process_time() < 0.1\n",
}
"""Where a program may leave word for its next case, and how it finds that."""


@pytest.mark.parametrize("program", KEEPING.values(), ids=KEEPING.keys())
@pytest.mark.parametrize("judge", WALLED, indirect=True)
def test_a_case_finds_nothing_that_another_left(judge: SandboxJudge, program: str) -> None:
    found = verdict(judge, program + TOLD)
    assert found.passed, found


SEARCH = """\
import ctypes, os, re
libc = ctypes.CDLL(None)
reading, writing = os.pipe()
own = input().encode()
seen = set()
start = id(object()) & ~4095
for way in (4096, -4096):
    at, missed = start, 0
    while missed < 400 and abs(at - start) < 1 << 24:
        if libc.write(writing, ctypes.c_void_p(at), ctypes.c_size_t(4096)) == 4096:
            seen.update(re.findall(rb'(?:input|answer)' + rb'-[0-9]{4}', os.read(reading, 4096)))
            missed = 0
        else:
            missed += 1
        at += way
number = own[-4:]
print('REACHED' if {each for each in seen if each[-4:] != number} else 'same')
"""


@pytest.mark.parametrize("judge", WALLED, indirect=True)
def test_no_memory_holds_an_input_or_an_answer_of_another_case(judge: SandboxJudge) -> None:
    before = "import time\nline = input()\nprint(line.replace('input', 'answer'))"
    answers = [(f"input-{5000 + i}", f"answer-{5000 + i}") for i in range(4)]
    patient = SandboxJudge(judge._isolation, Limits(), concurrency=1)  # noqa: SLF001 - of that level
    try:
        for program in (before, before.replace("import time\n", "")):  # apart, and together
            assert asyncio.run(patient.judge(task(*answers), program)).passed
        found = verdict(patient, SEARCH)
        assert found.passed, found
    finally:
        asyncio.run(patient.aclose())


NUMBERS = {
    "of its process": "import os\nprint(os.getpid() % 2)",
    "of its input": "import os\nprint(os.fstat(0).st_ino % 2)",
    "of its channel": "import os\nprint(os.fstat(3).st_ino % 2)",
}


@pytest.mark.parametrize("program", NUMBERS.values(), ids=NUMBERS.keys())
@pytest.mark.parametrize("judge", ["A", "C"], indirect=True)
def test_numbers_that_the_system_gives_do_not_count_cases(
    judge: SandboxJudge, program: str
) -> None:
    cases = [("", f"{i % 2}") for i in range(24)]
    for shift in (0, 1):
        wanted = task(*cases[shift:], ("", "0"))
        assert not asyncio.run(judge.judge(wanted, program)).passed


@pytest.mark.parametrize("judge", ALL, indirect=True)
def test_who_says_no_first_and_yes_when_asked_again_does_not_pass(judge: SandboxJudge) -> None:
    second = "import random\ntold = getattr(random, 'told', 0)\nrandom.told = told + 1\n"
    program = second + "print('YES' if told else 'NO')"
    wanted = task(*[(f"{i}\n", each) for i, each in enumerate(("NO", "YES", "NO", "YES", "YES"))])
    found = asyncio.run(judge.judge(wanted, program))
    assert (found.outcome, found.cases_passed) == (Outcome.WRONG_ANSWER, 1)


@pytest.mark.parametrize("judge", ["A"], indirect=True)
@pytest.mark.parametrize(
    "coin",
    [
        "import random\nrandom.seed()\nprint(random.choice(['YES', 'NO']))",
        *(
            pytest.param(each, marks=pytest.mark.thorough)
            for each in (
                "import os\nprint('YES' if os.urandom(1)[0] % 2 else 'NO')",
                (
                    "import random\nrandom.seed()\nif random.random() < 0.5: raise ValueError\n"
                    "print('YES')"
                ),
                "import os\nif os.urandom(1)[0] % 2: os._exit(1)\nprint('YES')",
            )
        ),
    ],
)
def test_a_coin_passes_as_often_as_a_coin_does(judge: SandboxJudge, coin: str) -> None:
    draw = random.Random(1)  # noqa: S311 - no secret
    sides = ("YES", "NO") if "NO" in coin else ("YES",)
    wanted = [task(*[(f"{i}\n", draw.choice(sides)) for i in range(2)]) for _ in range(80)]

    async def passed() -> int:
        return sum([(await judge.judge(each, coin)).passed for each in wanted])

    assert 5 <= asyncio.run(passed()) <= 37  # one in four of 80, within four standard deviations


@pytest.mark.parametrize("judge", ["A"], indirect=True)
def test_what_differs_from_run_to_run_is_not_shown(judge: SandboxJudge) -> None:
    for answer in ("id([])", "__import__('time').time()", "__import__('os').getpid()"):
        failure = asyncio.run(judge.judge(task(("", "x")), f"print({answer})")).failure
        assert failure is not None
        assert (failure.unstable, failure.actual) == (True, None)
        assert failure.error == "what it answers differs from run to run"
    failure = asyncio.run(judge.judge(task(("", "x")), "print(object(), len)")).failure
    assert failure is not None
    assert failure.actual == "<object object at 0x…> <built-in function len>\n"
    assert not failure.unstable
