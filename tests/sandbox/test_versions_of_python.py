"""What is taken for stateless is so on every version of Python; on an unknown one nothing is."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfrepair.sandbox.inside import stateless

FOLDER = Path(stateless.__file__).parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
KEEPS_NOTHING = {
    "print(int(input()) + 1)": "5\n",
    "from math import *\nprint(sqrt(int(input())))": "2.0\n",
    "import sys\nclass A:\n    def f(self): self.x = 2\nprint(sys.stdin.read())": "4\n",
    "x = [i for i in range(3)]\nprint(x)": "[0, 1, 2]\n",
    "def f(x):\n    try:\n        return [][x]\n    except IndexError as e:\n        return e\n"
    "print(f(2))": "list index out of range\n",
    "x = int(input())\nprint(f'{x:>3}|{x!r}')": "  4|4\n",
    "import queue\nq = queue.PriorityQueue()\nq.put(2)\nq.put(1)\nprint(q.get())": "1\n",
    "from statistics import median\nprint(median([1, 4, 2]))": "2\n",
}
MAY_KEEP = (
    "import os",
    "match 3:\n    case int(real=x): pass",
    "print((1).__class__)",
    "def f(): yield\nprint(f().gi_frame)",
    "class A: pass\nprint(A.__dict__)",
    "print('{0.__class__}'.format(3))",
    "def f():\n    try:\n        yield\n    finally:\n        print(3)",
    "async def f(): pass",
    "def f(): pass\nprint(f.__globals__)",
    "def f(): pass\nprint(f.__annotations__)",
    "import queue\nqueue.Queue.seen = 3",
    "import queue\nprint(queue.threading)",
    "import statistics\nstatistics.mean.seen = 3",
    "type('x', (), {}).__base__.__subclasses__()",
    "\n".join(f"x{i} = 0" for i in range(300)) + "\nimport posix",
    "print(super.__subclasses__)",
    "getattr(3, 'x')",
)
SCRIPT = """\
import json, sys
sys.path.insert(0, sys.argv[1])
import stateless

found = []
for program in json.load(sys.stdin):
    try:
        code = compile(program, "p", "exec", dont_inherit=True)
        found.append(stateless.Stateless(program, code, {}, "p").run_script("4"))
    except stateless.NotStatelessError:
        found.append(None)
    except Exception as error:
        found.append(type(error).__name__)
print(json.dumps(found))
"""


def found_by(python: str, programs: list[str]) -> list[str | None]:
    done = subprocess.run(
        [python, "-S", "-c", SCRIPT, str(FOLDER)],
        input=json.dumps(programs), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"it does not run: {done.stderr[-200:]}")
    found: list[str | None] = json.loads(done.stdout)
    return found


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    path = sys.executable if request.param == own else shutil.which(f"python{request.param}")
    if path is None:
        pytest.skip(f"there is no Python {request.param}")
    return path


def test_what_keeps_nothing_runs_as_it_would_anywhere(python: str) -> None:
    expected = list(KEEPS_NOTHING.values())
    found = found_by(python, list(KEEPS_NOTHING))
    assert found in (expected, [None] * len(expected))  # the second where its code is not known


def test_what_may_keep_something_is_never_taken_for_it(python: str) -> None:
    assert found_by(python, list(MAY_KEEP)) == [None] * len(MAY_KEEP)


def test_on_an_unknown_version_nothing_is_taken_for_stateless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = compile("print(1)", "p", "exec")
    stateless.Stateless("print(1)", code, {}, "p")
    monkeypatch.setattr(stateless, "_READABLE", False)
    with pytest.raises(stateless.NotStatelessError):
        stateless.Stateless("print(1)", code, {}, "p")
