"""The sandbox: honest programs are judged right, and hostile ones get nowhere."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from places import DATA
from pytest_selfrepair.core.checker import AcceptanceRule, apps
from pytest_selfrepair.core.task import Case, Difficulty, JsonValue, Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.errors import SandboxError, UsageError
from pytest_selfrepair.sandbox.inside import landlock
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

FOLDERS = DATA / "apps_folders/train"
SHORT = Limits(cpu_seconds=1.0, wall_factor=0.5)  # 2.5 seconds of wall-clock time
JUDGES: dict[tuple[tuple[str, ...], Limits], SandboxJudge] = {}
"""The judges that tests share: a zygote takes longer to start than most programs to run."""


@pytest.fixture(scope="module")
def isolation() -> Isolation:
    return find_isolation("auto")


@pytest.fixture(scope="module", params=["auto", "limits"])
def any_isolation(request: pytest.FixtureRequest) -> Isolation:
    return find_isolation(request.param)


@pytest.fixture
def contained(isolation: Isolation) -> Isolation:
    if not isolation.contained:
        pytest.skip("this machine has no bubblewrap that works")
    return isolation


def task(*cases: tuple[JsonValue, JsonValue], fn_name: str | None = None) -> Task:
    return Task(
        id="tests/task",
        difficulty=Difficulty.INTRODUCTORY,
        statement="",
        cases=tuple(Case(input=given, expected=expected) for given, expected in cases),
        fn_name=fn_name,
    )


def judge(
    isolation: Isolation,
    program: str,
    *cases: tuple[JsonValue, JsonValue],
    fn_name: str | None = None,
    limits: Limits = SHORT,
) -> Verdict:
    key = (isolation.command, limits)
    if key not in JUDGES:
        JUDGES[key] = SandboxJudge(isolation, limits)
    return asyncio.run(JUDGES[key].judge(task(*cases, fn_name=fn_name), program))


@pytest.fixture(scope="module", autouse=True)
def _judges_are_closed() -> Iterator[None]:
    yield
    for judge in JUDGES.values():
        asyncio.run(judge.aclose())
    JUDGES.clear()


def printed(isolation: Isolation, program: str, limits: Limits = SHORT) -> str:
    """What a program prints, told by the verdict that it is wrong."""
    verdict = judge(isolation, program, ("", "\0expected"), limits=limits)
    assert verdict.outcome is Outcome.WRONG_ANSWER, verdict
    assert verdict.failure is not None
    return verdict.failure.actual or ""


HONEST: dict[str, str] = {
    "a plain program": "print(sum(map(int, input().split())))",
    "exit()": "print(3)\nexit()\nprint(4)",
    "quit()": "print(3)\nquit()",
    "sys.exit()": "import sys\nprint(3)\nsys.exit(0)",
    "the main guard": "def main():\n    print(3)\nif __name__ == '__main__':\n    main()",
    "sys.stdin.buffer": "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))",
    "two reads of sys.stdin.buffer": (
        "import sys\nread = sys.stdin.buffer.readline\n"
        "print(sum(map(int, read().split())) + len(read()))"
    ),
    "sys.stdout.buffer": "import sys\nsys.stdout.buffer.write(b'3\\n')",
    "from sys import stdin, stdout": (
        "from sys import stdin, stdout\nstdout.write(str(sum(map(int, stdin.readline().split()))))"
    ),
    "open(0)": "print(sum(map(int, open(0).read().split())))",
    "/dev/stdin": "print(sum(map(int, open('/dev/stdin').read().split())))",
    "os.read": "import os\nprint(sum(map(int, os.read(0, 100).split())))",
    "a file over standard output that is never closed": "out = open(1, 'w')\nout.write('3')",
    "input() at the end": ("input()\ntry:\n    input()\nexcept EOFError:\n    print(3)"),
    "global at top level": "global total\ntotal = 3\nprint(total)",
    "a star import late in the file": "x = 9\nfrom math import *\nprint(int(sqrt(x)))",
    "a thread": (
        "import sys, threading\nthreading.stack_size(2**27)\nsys.setrecursionlimit(10**6)\n"
        "def main():\n    print(3)\nthreading.Thread(target=main).start()"
    ),
    "deep recursion": (
        "import sys\nsys.setrecursionlimit(10**6)\n"
        "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nprint(f(200_000) - 199_997)"
    ),
    "a signal handler": "import signal\nsignal.signal(signal.SIGALRM, print)\nprint(3)",
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nprint(P(3).x)"
    ),
    "an exit function": "import atexit\natexit.register(print, 3)",
    "os._exit after flushing": "import os\nprint(3, flush=True)\nos._exit(0)",
    "a standard library import": "import colorsys, heapq, decimal, fractions\nprint(3)",
    "a module of its own": "open('mine.py', 'w').write('x = 3')\nimport mine\nprint(mine.x)",
    "a scratch file": "open('x', 'w').write('3')\nprint(open('x').read())",
    "a replaced sys.stdout": (
        "import io, sys\nclass Out(io.StringIO):\n    def flush(self):\n"
        "        import os\n        os.write(1, self.getvalue().encode())\nsys.stdout = Out()\n"
        "print(3)"
    ),
    "a huge integer": "print(len(str(10**5000)) - 4998)",
}


@pytest.mark.parametrize("program", HONEST.values(), ids=HONEST.keys())
def test_an_honest_program_passes(isolation: Isolation, program: str) -> None:
    verdict = judge(isolation, program, ("1 2\n", "3\n"), limits=Limits())
    assert verdict.passed, verdict


@pytest.mark.parametrize(
    "program",
    [
        "def f(xs: List[int]) -> int:\n    return sum(xs)",
        "class Solution:\n    def f(self, xs: List[int]) -> int:\n        return reduce(add, xs)",
        "class Solution:\n    @staticmethod\n    def f(xs):\n        return math.floor(fsum(xs))",
        "def f(xs):\n    print('ignored')\n    xs.append(Counter(xs)[9])\n    return sum(xs)",
        "sys.setrecursionlimit(10**6)\ndef f(xs):\n    return xs[0] + f(xs[1:]) if xs else 0",
    ],
)
def test_an_honest_function_passes(isolation: Isolation, program: str) -> None:
    verdict = judge(isolation, program, ([[1, 2]], 3), ([[1, 2, 3]], 6), fn_name="f")
    assert verdict.passed, verdict
    assert verdict.rule == AcceptanceRule.EXACT
    assert verdict.cases_passed == 2


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("(1, (2, 3))", [1, [2, 3]]),
        ("{1: 'a'}", {"1": "a"}),
        ("0.1 + 0.2", 0.3),
        ("None", None),
        ("True", True),
    ],
)
def test_a_result_leaves_as_json(isolation: Isolation, result: str, expected: JsonValue) -> None:
    verdict = judge(isolation, f"def f():\n    return {result}", ([], expected), fn_name="f")
    assert verdict.passed, verdict


def test_integers_of_any_size_come_and_go(isolation: Isolation) -> None:
    program = "def f(x):\n    return [x + 1]"
    assert judge(isolation, program, ([10**5000], [10**5000 + 1]), fn_name="f").passed
    assert not judge(isolation, program, ([10**5000], [10**5000]), fn_name="f").passed


def test_arguments_are_fresh_in_every_case(isolation: Isolation) -> None:
    program = "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)"
    assert judge(isolation, program, ([[]], 1), ([[]], 1), fn_name="f").passed


GARBAGE = """\
import os
for fd in range(3, 256):
    try:
        os.write(fd, b'}{')
    except OSError:
        pass
"""
LINE = "a = 1\nb = [][a]\n"
FATES: dict[str, tuple[str, Outcome, str | None, int | None]] = {
    "a wrong answer": ("print(4)", Outcome.WRONG_ANSWER, None, None),
    "nothing printed": ("pass", Outcome.WRONG_ANSWER, None, None),
    "an exception": (LINE, Outcome.RUNTIME_ERROR, "IndexError: list index out of range", 2),
    "an exception in a library": (
        "import json\njson.loads('x')", Outcome.RUNTIME_ERROR, "JSONDecodeError: Exp", 2
    ),
    "an exception in a thread": (
        "import threading\ndef g():\n    a = 1\n    b = [][a]\nthreading.Thread(target=g).start()",
        Outcome.RUNTIME_ERROR, "IndexError", 4
    ),
    "an exit status": ("import sys\nsys.exit(2)", Outcome.RUNTIME_ERROR, "SystemExit: 2", 2),
    "a crash": (
        "import os\nos.kill(os.getpid(), 11)", Outcome.RUNTIME_ERROR, "ended by SIGSEGV", None
    ),
    "an endless loop": (
        "x = 1\nwhile x:\n    x += 1", Outcome.TIME_LIMIT, "it took more than ", None
    ),
    "an endless sleep": (
        "import time\ntime.sleep(99)", Outcome.TIME_LIMIT, "it took more than 2.5 seconds", None
    ),
    "3 GB at once": ("x = bytearray(3 * 2**30)", Outcome.MEMORY_LIMIT, "MemoryError", 1),
    "3 GB bit by bit": (
        "x = []\nwhile True:\n    x.append(bytes(10**6))", Outcome.MEMORY_LIMIT, "MemoryError", 3
    ),
    "endless output": (
        "while True:\n    print('x' * 10**6)", Outcome.OUTPUT_LIMIT, "more than 16 MiB", None
    ),
    "a syntax error": (
        "a = 1\nb = (", Outcome.SYNTAX_ERROR, "'(' was never closed", 2
    ),
    "a NUL": ("print(1)\0", Outcome.SYNTAX_ERROR, "null bytes", None),
    "half a surrogate pair": ("x = '\ud800'", Outcome.SYNTAX_ERROR, "surrogates", None),
    "an exhausted compiler": ("x = " + "(" * 90 + "1" * 9**6, Outcome.SYNTAX_ERROR, "", None),
    "nothing": (" \n", Outcome.NO_PROGRAM, "there is nothing to run", None),
    "garbage on every descriptor": (
        GARBAGE, Outcome.TAMPERED, "it wrote into the report", None
    ),
}  # fmt: skip


@pytest.mark.parametrize(("program", "outcome", "error", "line"), FATES.values(), ids=FATES.keys())
def test_a_program_that_fails_is_told_why(
    isolation: Isolation, program: str, outcome: Outcome, error: str | None, line: int | None
) -> None:
    verdict = judge(isolation, program, ("1 2\n", "3\n"))
    assert verdict.outcome is outcome, verdict
    assert verdict.failure is not None
    assert (error or "") in (verdict.failure.error or "")
    assert (verdict.failure.error is None) is (error is None)
    if line is not None:
        assert verdict.failure.line_number == line
        assert verdict.failure.line == program.split("\n")[line - 1]


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("def g():\n    return 3", Outcome.MISSING_FUNCTION),
        ("f = 3", Outcome.MISSING_FUNCTION),
        ("def f():\n    return {3}", Outcome.WRONG_ANSWER),
        ("def f():\n    x = []\n    x.append(x)\n    return x", Outcome.WRONG_ANSWER),
        ("def f():\n    return True", Outcome.WRONG_ANSWER),
        ("def f(x):\n    return 3", Outcome.RUNTIME_ERROR),
        ("import sys\nsys.exit(0)", Outcome.RUNTIME_ERROR),
        ("def f():\n    return 'x' * 2**25", Outcome.OUTPUT_LIMIT),
        ("import os\nos._exit(0)", Outcome.TAMPERED),
        ("import os\ndef f():\n    os._exit(0)", Outcome.TAMPERED),
    ],
)
def test_a_function_that_fails_is_told_apart(
    isolation: Isolation, program: str, outcome: Outcome
) -> None:
    assert judge(isolation, program, ([], 3), fn_name="f").outcome is outcome


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ("posix._exit(0)", Outcome.TAMPERED),
        ("ctypes.CDLL(None)._exit(0)", Outcome.TAMPERED),
        ("posix._exit(3)", Outcome.RUNTIME_ERROR),
        ("os._exit(3)", Outcome.RUNTIME_ERROR),
        ("sys.exit(3)", Outcome.RUNTIME_ERROR),
        ("os.kill(os.getpid(), 9)", Outcome.RUNTIME_ERROR),
        ("os.abort()", Outcome.RUNTIME_ERROR),
        ("os._exit(status=0)", Outcome.PASSED),
        ("threading.Thread(target=os._exit, args=(0,)).start(); time.sleep(9)", Outcome.PASSED),
        ("sys.exit(0)", Outcome.PASSED),
    ],
)
def test_right_output_passes_only_with_an_end_of_run_message(
    isolation: Isolation, end: str, outcome: Outcome
) -> None:
    program = f"import ctypes, os, posix, sys, threading, time\nprint(3, flush=True)\n{end}"
    assert judge(isolation, program, ("", "3"), ("", "3")).outcome is outcome


def test_a_function_that_starter_code_would_import_is_still_missing(isolation: Isolation) -> None:
    verdict = judge(isolation, "x = 1", ([4], 2.0), fn_name="sqrt")
    assert verdict.outcome is Outcome.MISSING_FUNCTION
    assert verdict.failure is not None
    assert "sqrt" in (verdict.failure.error or "")


def test_a_result_that_json_cannot_carry_is_wrong_for_a_clear_reason(isolation: Isolation) -> None:
    verdict = judge(isolation, "def f():\n    return {3}", ([], 3), fn_name="f")
    assert verdict.failure is not None
    assert verdict.failure.actual == "{3} (of type set, which JSON cannot carry)"


def test_the_first_failing_case_ends_the_run_and_is_shown(isolation: Isolation) -> None:
    program = "x = int(input())\nprint(x if x < 2 else 'z' * 9000)"
    verdict = judge(isolation, program, ("1\n", "1"), ("2\n", "2"), ("3\n", "3"))
    assert (verdict.cases_run, verdict.cases_passed) == (2, 1)
    failure = verdict.failure
    assert failure is not None
    assert (failure.index, failure.input, failure.expected) == (1, "2\n", "2")
    assert failure.actual is not None
    assert len(failure.actual) <= 400


def test_all_cases_are_run_where_that_is_asked_for(isolation: Isolation) -> None:
    cases = (("1\n", "1"), ("2\n", "0"), ("3\n", "3"))
    judge = SandboxJudge(isolation, SHORT, all_cases=True)
    verdict = asyncio.run(judge.judge(task(*cases), "print(input())"))
    assert (verdict.outcome, verdict.cases_run, verdict.cases_passed) == ("wrong_answer", 3, 2)
    assert verdict.failure is not None
    assert verdict.failure.index == 1


BUSY = "import time\nwhile time.process_time() < 1.5: pass\nprint(1)"


def test_a_task_may_set_limits_of_its_own(isolation: Isolation) -> None:
    judge = SandboxJudge(isolation, SHORT)
    hungry = "print(len(bytearray(300_000_000)) // 300_000_000)"

    def judged(program: str, seconds: float | None = None, megabytes: int | None = None) -> Verdict:
        own = replace(task(("", "1")), seconds=seconds, megabytes=megabytes)
        return asyncio.run(judge.judge(own, program))

    assert judged(BUSY).outcome == "time_limit"
    assert judged(BUSY, seconds=4.0).outcome == "passed"
    assert judged(hungry).outcome == "passed"
    assert judged(hungry, megabytes=128).outcome == "memory_limit"
    assert judged("print(1)", megabytes=32).outcome == "passed"
    assert judged(hungry).outcome == "passed"  # in the zygote that ran those before
    asyncio.run(judge.aclose())


@pytest.mark.parametrize(("last", "flips"), [("4 3", True), ("5", False)])
def test_a_verdict_knows_whether_another_checker_would_flip_it(
    isolation: Isolation, last: str, *, flips: bool
) -> None:
    judge = SandboxJudge(isolation, SHORT, other=apps)
    wanted = task(("1 2\n", "2 1"), ("3 4\n", last))
    verdict = asyncio.run(judge.judge(wanted, "print(input())"))
    assert (verdict.outcome, verdict.cases_run, verdict.flips) == ("wrong_answer", 1, flips)


def test_binary_output_becomes_valid_text(isolation: Isolation) -> None:
    text = printed(isolation, r"import sys; sys.stdout.buffer.write(b'\xff\0\xed\xa0\x80')")
    assert "\ufffd" in text
    assert "\0" not in text
    text.encode()


def test_expected_outputs_never_enter_the_sandbox(any_isolation: Isolation) -> None:
    program = (
        "import sys, gc, glob\nfound = []\nframe = sys._getframe()\nwhile frame:\n"
        "    found.append(repr(frame.f_locals))\n    frame = frame.f_back\n"
        "found.append(repr([o for o in gc.get_objects() if type(o) in (dict, list, tuple)]))\n"
        "for path in ['/proc/self/environ', '/proc/1/environ', *glob.glob('*')]:\n"
        "    try:\n        found.append(open(path).read())\n    except OSError:\n        pass\n"
        "print(str(int('48151622') + 1) in ''.join(found))"
    )
    verdict = judge(any_isolation, program, ("", "48151623"))
    assert verdict.failure is not None
    assert verdict.failure.actual == "False\n", verdict


def test_the_environment_is_cleared(
    any_isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    JUDGES.clear()  # a new zygote has to start in this environment
    text = printed(any_isolation, "import os\nprint(sorted(os.environ))")
    assert "OPENAI_API_KEY" not in text
    assert set(json.loads(text.replace("'", '"'))) <= {
        *any_isolation.environment,
        "PWD",
        "LC_CTYPE",
    }


def may_become_another_user() -> bool:
    program = "import os; os.setgroups([]); os.setgid(10**9); os.setuid(10**9)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may do it")
def test_root_gives_a_program_a_user_of_its_own_without_rights(any_isolation: Isolation) -> None:
    if not may_become_another_user():
        pytest.skip("this root may not become another user")
    program = (
        "import os\nstatus = open('/proc/self/status').read()\n"
        "rights = int(status.partition('CapPrm:')[2].split()[0], 16)\n"
        "print(os.getuid() >= 10**9, os.getgid() >= 10**9, os.getgroups(), rights & ~4)"
    )
    assert printed(any_isolation, program) == "True True [] 0\n"  # 4: to read in closed folders


def test_hashes_and_random_numbers_repeat(isolation: Isolation) -> None:
    program = "import random\nprint(hash('a'), random.random(), list({'x', 'y', 'z'}))"
    first = printed(isolation, program)
    JUDGES.clear()
    assert printed(isolation, program) == first


def test_nothing_of_this_machine_is_seen(contained: Isolation) -> None:
    places = [
        Path(__file__),
        Path(__file__).parent,
        Path(sys.prefix, "pyvenv.cfg"),
        Path("/bin/sh"),
    ]
    places += [Path("/etc/passwd"), Path("/tmp"), Path("/home"), Path("/var")]  # noqa: S108
    places += [Path(pytest.__file__)]
    program = f"import os\nprint([p for p in {list(map(str, places))} if os.path.exists(p)])"
    assert printed(contained, program) == "[]\n"


def test_only_the_scratch_folder_can_be_written(contained: Isolation) -> None:
    program = (
        "import os, sys\ndone = []\nfor folder, *_ in os.walk('/'):\n"
        "    if folder.startswith('/proc'): continue\n    try:\n"
        "        open(folder + '/mark', 'w').close()\n        done.append(folder)\n"
        "    except OSError:\n        pass\nprint(done)"
    )
    assert printed(contained, program, Limits()) == "['/scratch']\n"


def test_the_scratch_folder_is_bounded_and_empty_in_every_case(contained: Isolation) -> None:
    program = (
        "import os\nprint(os.listdir())\ntry:\n    for i in range(99):\n"
        "        open(str(i), 'wb').write(bytes(2**23))\nexcept OSError:\n    pass\n"
        "os.makedirs('a/b', mode=0o000)"
    )
    limits = replace(SHORT, cpu_seconds=4.0)
    assert judge(contained, program, ("", "[]"), ("", "[]"), limits=limits).passed


def test_there_is_no_network(contained: Isolation) -> None:
    program = (
        "import socket\nfor family in range(50):\n    try:\n        socket.socket(family)\n"
        "        print(family)\n    except PermissionError:\n        pass\n"
        "print('none')"
    )
    assert printed(contained, program) == "none\n"


def test_other_processes_are_not_reached(contained: Isolation) -> None:
    program = (
        "import os, signal\nreached = []\n"
        "others = [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]\n"
        "for place in [(p, f) for p in others for f in ('environ', 'mem', 'fd/1', 'maps')]:\n"
        "    try:\n        open('/proc/' + '/'.join(place), 'rb').read(1)\n"
        "        reached.append(place)\n    except OSError:\n        pass\n"
        "for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):\n"
        "    try:\n        os.kill(1, number)\n    except OSError:\n        pass\n"
        "print(reached)"
    )
    assert printed(contained, program) == "[]\n"


def test_a_fork_bomb_is_bounded_and_the_next_program_passes(isolation: Isolation) -> None:
    if not isolation.contained:
        pytest.skip("only a user of its own bounds the processes of a program for certain")
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    assert judge(isolation, bomb, ("", "")).outcome is Outcome.TIME_LIMIT
    assert judge(isolation, "print(3)", ("", "3")).passed


def test_a_daemon_does_not_outlive_the_verdict(any_isolation: Isolation) -> None:
    mark = f"daemon-{time.monotonic_ns()}"
    program = (
        "import ctypes, os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        ctypes.CDLL(None).prctl(15, b'{mark[-15:]}', 0, 0, 0)\n"
        "        time.sleep(60)\n    os._exit(0)\ntime.sleep(0.2)\nprint(3)"
    )
    assert judge(any_isolation, program, ("", "3")).passed
    names = [_name(folder) for folder in Path("/proc").glob("[0-9]*")]
    assert mark[-15:] not in names


def _name(folder: Path) -> str:
    try:
        return (folder / "comm").read_text().strip()
    except OSError:
        return ""


FORGERIES = {
    "an __eq__ that is always true": (
        "class Same(int):\n    __eq__ = __le__ = lambda *_: True\n    __hash__ = None\n"
        "def f():\n    return Same(7)"
    ),
    "an object that equals all": (
        "class Same:\n    def __eq__(self, other): return True\ndef f():\n    return Same()"
    ),
    "a patched json": (
        "import json\njson.dumps = lambda *_, **__: '{\"end\": \"returned\", \"result\": \"7\"}'\n"
        "def f():\n    return 7"
    ),
    "a verdict on every descriptor": (
        GARBAGE.replace("range(3,", "range(").replace("}{", '{"end": 1}') + "os._exit(0)"
    ),
    "a report of its own": (
        "import os\nos.write(3, b'{\"end\": \"finished\"}')\nos._exit(0)"
    ),
    "a frame walk to the zygote": (
        "import sys\nframe = sys._getframe()\nwhile frame:\n    for name in list(frame.f_locals):\n"
        "        frame.f_locals[name] = None\n    frame = frame.f_back\ndef f():\n    return 7"
    ),
    "a raise through the zygote": "raise KeyboardInterrupt",
}  # fmt: skip


@pytest.mark.parametrize("program", FORGERIES.values(), ids=FORGERIES.keys())
def test_no_forgery_passes(any_isolation: Isolation, program: str) -> None:
    verdict = judge(any_isolation, program, ([], 3), fn_name="f")
    assert verdict.outcome in {Outcome.WRONG_ANSWER, Outcome.TAMPERED, Outcome.RUNTIME_ERROR}
    assert not judge(any_isolation, program, ("", "3")).passed


@pytest.mark.parametrize("answer", ["exit 9", "echo garbage of more than eight bytes", "cat"])
def test_a_zygote_that_breaks_is_replaced_and_then_an_error(
    isolation: Isolation, tmp_path: Path, answer: str
) -> None:
    count = tmp_path / "count"
    script = f"echo x >> {count}; echo broken >&2; {answer}"
    broken = replace(isolation, command=("/bin/sh", "-c", script))
    with pytest.raises(SandboxError, match=r"tests/task: no verdict after 3 attempts"):
        judge(broken, "print(3)", ("", "3"))
    assert count.read_text() == "x\n" * 3


def test_a_zygote_that_breaks_once_spoils_no_verdict(isolation: Isolation, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = f'if [ -e {mark} ]; then exec "$@"; fi; touch {mark}; kill -9 $$'
    broken = replace(isolation, command=("/bin/sh", "-c", script, "sh", *isolation.command))
    assert judge(broken, "print(3)", ("", "3")).passed


def test_a_sandbox_that_cannot_start_is_an_error(isolation: Isolation) -> None:
    with pytest.raises(SandboxError, match="no-such-command"):
        judge(replace(isolation, command=("/no-such-command",)), "print(3)", ("", "3"))


@pytest.mark.parametrize("after", [0.0, 0.01, 0.03, 0.5])
def test_a_cancelled_judgement_leaves_nothing_running(
    any_isolation: Isolation, after: float
) -> None:
    """Not even where the sandbox has hardly begun to start, so that it misses a signal."""

    async def cancel() -> None:
        judge = SandboxJudge(any_isolation, Limits(cpu_seconds=600.0))
        work = asyncio.create_task(judge.judge(task(("", "")), "while True: pass"))
        await asyncio.sleep(after)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(work, 60.0)

    before = _descendants(os.getpid())
    asyncio.run(cancel())
    assert _descendants(os.getpid()) <= before


def _descendants(pid: int) -> set[int]:
    if shutil.which("ps") is None:
        pytest.skip("there is no ps to list processes with")
    with subprocess.Popen(["ps", "-eo", "pid=,ppid="], stdout=subprocess.PIPE, text=True) as ps:  # noqa: S607
        assert ps.stdout is not None
        pairs = [tuple(map(int, line.split())) for line in ps.stdout]
    pairs = [(child, parent) for child, parent in pairs if child != ps.pid]
    found = {pid}
    while more := {child for child, parent in pairs if parent in found} - found:
        found |= more
    return found - {pid}


def test_no_more_programs_than_allowed_run_at_once(isolation: Isolation) -> None:
    program = (
        "import time\nbegan = time.monotonic()\ntime.sleep(0.5)\nprint(began, time.monotonic())"
    )

    async def most_at_once(allowed: int) -> int:
        judge = SandboxJudge(isolation, SHORT, concurrency=allowed)
        judge._processors.numbers = ()  # noqa: SLF001 - others judge on this machine, too
        runs = (judge.run_once(task(("", "")), program, "") for _ in range(4))
        spans = [tuple(map(float, str(ran.output).split())) for ran in await asyncio.gather(*runs)]
        await judge.aclose()
        return max(sum(began <= each < ended for began, ended in spans) for each, _ in spans)

    assert asyncio.run(most_at_once(1)) == 1
    assert asyncio.run(most_at_once(2)) == 2


def test_a_judge_outlives_its_event_loop(isolation: Isolation) -> None:
    judge = SandboxJudge(isolation, SHORT, concurrency=1)
    for _ in range(2):
        assert asyncio.run(judge.judge(task(("", "3")), "print(3)")).passed


def test_isolation_is_described_in_a_few_words() -> None:
    limits = find_isolation("limits")
    assert limits.description == "level D: limits only, no isolation of files or network"
    assert SandboxJudge(limits).isolation == limits.description


def test_an_unknown_mode_is_refused_with_what_is_accepted() -> None:
    with pytest.raises(UsageError, match=r"--selfrepair-sandbox: found 'none'; .*auto, strict"):
        find_isolation("none")


def test_without_bubblewrap_strict_refuses_and_auto_takes_landlock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pytest_selfrepair.sandbox.isolation.find_bubblewrap", lambda: None)
    with pytest.raises(UsageError, match=r"--selfrepair-sandbox: strict .* accepted here: auto"):
        find_isolation("strict")
    monkeypatch.setattr("pytest_selfrepair.sandbox.inside.landlock.version", lambda: 0)
    with pytest.raises(UsageError, match=r"--selfrepair-sandbox: auto .* accepted here: limits"):
        find_isolation("auto")


def test_programs_pass_without_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_selfrepair.sandbox.isolation.find_bubblewrap", lambda: None)
    if landlock.version() < landlock.OLDEST:
        pytest.skip("this machine has no Landlock")
    verdict = judge(find_isolation("auto"), "print(int(input()) + 1)", ("1\n", "2"), ("2\n", "3"))
    assert verdict.cases_passed == 2, verdict


def test_a_bubblewrap_that_does_not_work_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho bubblewrap 99.0; echo no namespaces >&2\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(UsageError, match=r"bubblewrap 99\.0 .*no namespaces"):
        find_isolation("strict")


def test_a_windows_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UsageError, match="Windows Subsystem for Linux"):
        find_isolation("auto")


@pytest.mark.thorough
@pytest.mark.skipif(not FOLDERS.is_dir(), reason="the published APPS data are not here")
def test_published_programs_get_their_official_verdicts(isolation: Isolation) -> None:
    judge = SandboxJudge(isolation, Limits(cpu_seconds=1.0))

    async def disagreements(folder: Path) -> list[str]:
        tests = json.loads((folder / "input_output.json").read_text())
        programs = json.loads((folder / "gen_solutions.json").read_text())
        outputs = tests["outputs"]
        if all(isinstance(output, list) and len(output) == 1 for output in outputs):
            outputs = [output[0] for output in outputs]  # as APPS wraps what a function returns
        wanted = task(*zip(tests["inputs"], outputs, strict=True), fn_name=tests.get("fn_name"))
        verdicts = await asyncio.gather(*(judge.judge(wanted, p["code"]) for p in programs))
        return [
            f"{folder.name}, program {number}: {verdict.outcome}, officially {program['result']}"
            for number, (verdict, program) in enumerate(zip(verdicts, programs, strict=True))
            if verdict.passed is not (program["result"] is True)
        ]

    async def disagree() -> list[str]:
        found = await asyncio.gather(*map(disagreements, sorted(FOLDERS.glob("[0-9]*"))))
        return [one for several in found for one in several]

    assert asyncio.run(disagree()) == []
