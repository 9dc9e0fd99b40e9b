"""Hostile programs against assertions: none passes, and none finds what is expected of it."""

import asyncio
import sys
from collections.abc import Iterator

import pytest
from test_assertions import asserting

from builders import task
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

LIMITS = Limits(cpu_seconds=0.5, wall_factor=-2.0)  # one second of wall-clock time

CHECKS = (
    "assert f(1) == 'never printed'",
    "assert abs(f(2) - 0.12345) < 1e-6",
    "assert [f(i) for i in (3, 4)] == ['never', 'printed']",
    "for y in map(f, [5, 6]):\n    assert y == 'never printed'",
    "try:\n    y = f(7)\nexcept ValueError:\n    y = None\nassert y in ('never', 'printed')",
    "import random\nx = random.random()\nassert f(x) == x / 3",
    "assert sorted(f([3, 1])) == [1, 3] and isinstance(f([3, 1]), tuple)",
)

ATTACKS: dict[str, str] = {
    "an object that equals all": (
        "class Same:\n    def __eq__(self, other): return True\n    __hash__ = None\n"
        "    def __abs__(self): return 0\n    __sub__ = __rsub__ = lambda self, other: 0\n"
        "    __lt__ = __gt__ = __contains__ = lambda self, other: True\n"
        "    def __iter__(self): return iter(())\ndef f(x): return Same()"
    ),
    "a text that equals all": (
        "class Same(str):\n    def __eq__(self, other): return True\n"
        "    __hash__ = str.__hash__\ndef f(x): return Same('x')"
    ),
    "a number that is near all": (
        "class Near(float):\n    __sub__ = lambda *_: 0.0\n    __eq__ = lambda *_: True\n"
        "    __hash__ = float.__hash__\ndef f(x): return Near(1)"
    ),
    "a list that equals all": (
        "class Same(list):\n    __eq__ = lambda *_: True\n    __lt__ = lambda *_: True\n"
        "def f(x): return Same([Same()])"
    ),
    "a class that is forged": (
        "class Other:\n    __class__ = property(lambda self: str)\n    __eq__ = lambda *_: True\n"
        "def f(x): return Other()"
    ),
    "an end without an error": "import os\ndef f(x): os._exit(0)",
    "an end before the call": "import os\nos._exit(0)",
    "an exit that all is well": "def f(x): raise SystemExit(0)",
    "the end of a loop": "def f(x): raise StopIteration",
    "a failed assertion": "def f(x): raise AssertionError",
    "an error with the name of another": (
        "def f(x): raise type('__stop__', (BaseException,), {})('KeyboardInterrupt')"
    ),
    "builtins that are patched": (
        "import builtins\nclass Never(BaseException): pass\nbuiltins.AssertionError = Never\n"
        "builtins.abs = builtins.len = lambda x: 0\nbuiltins.isinstance = lambda *_: True\n"
        "builtins.all = builtins.sorted = lambda *_: True\nbuiltins.map = lambda *_: ()\n"
        "def f(x): return 0"
    ),
    "random numbers that are patched": (
        "import random\nrandom.random = lambda: 0.0\nrandom.seed = lambda *_: None\n"
        "def f(x): return 0.0"
    ),
    "the siblings of the sandbox, patched": (
        "import sys\nfor name, module in list(sys.modules.items()):\n"
        "    if name.rpartition('.')[2] in ('plain', 'standin', 'runner', 'child', 'watch'):\n"
        "        for each in list(vars(module)):\n"
        "            if callable(vars(module)[each]) and each not in ('claim', '_say'):\n"
        "                setattr(module, each, lambda *_, **__: {'end': 'passed', 'cases': []})\n"
        "def f(x): return 0"
    ),
    "json that is patched": (
        'import json\njson.dumps = lambda *_, **__: \'{"end": "passed"}\'\ndef f(x): return 0'
    ),
    "a report of its own": (
        "import os, struct\ndef f(x):\n"
        '    said = b\'{"end": "returned", "result": "[]"}\'\n'
        "    word = b'r' + struct.pack('=dQ?', 0, 0, False) + said\n"
        "    for fd in range(3, 64):\n        try:\n"
        "            os.write(fd, len(word).to_bytes(4, 'big') + word)\n"
        "        except OSError:\n            pass\n    os._exit(0)"
    ),
    "the verdict on every descriptor": (
        "import os\ndef f(x):\n    said = b'{\"run\": 1}'\n"
        "    for fd in range(256):\n        try:\n"
        "            os.write(fd, len(said).to_bytes(8, 'big') + said)\n"
        "        except OSError:\n            pass\n    return 0"
    ),
    "data that no program sends": (
        "class Odd(dict):\n    pass\nimport json\n"
        "json.dumps = lambda *_, **__: '{\"set\": [[]]}'\ndef f(x): return 0"
    ),
    "the frames of its callers": (
        "import sys\ndef f(x):\n    frame = sys._getframe()\n    while frame:\n"
        "        for held in (*frame.f_locals.values(), *frame.f_globals.values()):\n"
        "            if ' '.join(['never', 'printed']) in repr(held)[:100_000]:\n"
        "                return ' '.join(['never', 'printed'])\n"
        "        frame = frame.f_back"
    ),
    "all objects that there are": (
        "import gc\ndef f(x):\n    for held in gc.get_objects():\n"
        "        if type(held) in (list, dict) and ' '.join(['never', 'printed']) in repr(held):\n"
        "            return ' '.join(['never', 'printed'])\n"
    ),
    "what it reads from every descriptor": (
        "import os\ndef f(x):\n    found = b''\n    for fd in range(256):\n        try:\n"
        "            os.set_blocking(fd, False)\n            found += os.read(fd, 1 << 20)\n"
        "        except OSError:\n            pass\n"
        "    return 'never printed' if b'never' in found else None"
    ),
    "an answer without end": "def f(x):\n    while True:\n        yield 0",
    "a function in place of its result": "def f(x): return lambda *_: True",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxJudge]:
    judge = SandboxJudge(find_isolation("auto"), LIMITS, concurrency=1)
    yield judge
    asyncio.run(judge.aclose())


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_on_assertions_does_not_pass(sandbox: SandboxJudge, attack: str) -> None:
    checks = CHECKS[:2] if "while True" in attack else CHECKS
    for check in checks:
        verdict = asyncio.run(sandbox.judge(asserting(check), attack))
        assert not verdict.passed, check
        assert verdict.outcome is not Outcome.SANDBOX_ERROR
    honest = asyncio.run(sandbox.judge(asserting("assert f(2) == 4"), "def f(x): return 2 * x"))
    assert honest.passed


SPY = """
import ctypes, os, re

def f(x):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
    near = {id(x) for x in (object(), f, [], os, bytes(600), bytes(3000))}
    places = {
        place
        for start in near
        for place in range(max(0, (start & ~0xffff) - (24 << 20)), start + (24 << 20), 1 << 16)
    }
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    seen = 0
    for place in places:
        if libc.write(writing, place, 1 << 16) > 0:
            seen += 1
            found = re.search(rb'secr[e]t-[0-9]+', os.read(reading, 1 << 16))
            if found:
                return found.group().decode()
    return 'nothing in ' + ('many' if seen > 50 else str(seen)) + ' places'
"""

SECRETIVE: dict[str, tuple[Task, str]] = {
    "assertions": (asserting("assert f(1) == 'secret-4711'"), "def f(x): return 'secret-4711'"),
    "a checker": (
        task(
            ([1], "secret-4711"),
            fn_name="f",
            checker="def check(given, expected, answer):\n    return answer == expected",
        ),
        "def f(x): return 1",
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="it reads memory as Linux lets it")
@pytest.mark.parametrize(("secretive", "first"), SECRETIVE.values(), ids=SECRETIVE)
def test_no_memory_that_a_program_can_read_has_held_what_is_expected(
    secretive: Task, first: str
) -> None:
    """Two spies at once after one judgement: processes for checks must not become theirs."""

    async def run() -> list[Verdict]:
        judge = SandboxJudge(find_isolation("auto"), Limits(), concurrency=2)
        try:
            if secretive.checker is not None:  # the first program must not hold it either
                await judge.judge(secretive, first)
            await judge.judge(secretive, "def f(x): return 2")
            return await asyncio.gather(*(judge.judge(secretive, SPY) for _ in range(4)))
        finally:
            await judge.aclose()

    for verdict in asyncio.run(run()):
        assert verdict.failure is not None
        assert "'nothing in many places'" in str(verdict.failure.actual), verdict
