"""What a repairing model is told of a failure is the same on every run: the key hangs on it."""

import json

import pytest

from projects import fenced, write_task

PROGRAMS = {
    "addresses": "input()\nprint(map(int, []), object())",
    "identities": "input()\nprint(id(object()))",
    "clock": "import time\ninput()\nprint(time.time())",
    "clock_in_an_error": "import time\ninput()\nraise ValueError(time.perf_counter_ns())",
    "random": "import random\nrandom.seed()\ninput()\nprint(random.random())",
    "time_limit": "input()\nx = 0\nwhile True:\n    x += 1\n    x -= 1\n    x += 2",
    "processes": "import os\ninput()\nprint(os.getpid())",
    "memory": "input()\nx = []\nwhile True:\n    x.append(bytearray(1 << 20))",
}
ARGUMENTS = (
    *("tasks", "--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "1"),
    *("--selfrepair-feedback", "none", "--selfrepair-timeout", "0.5", "--selfrepair-memory", "128"),
    *("-p", "no:xdist", "-q"),
)


@pytest.mark.thorough
def test_a_replay_asks_for_nothing_that_was_not_recorded(pytester: pytest.Pytester) -> None:
    for name in PROGRAMS:
        write_task(
            pytester.path / "tasks" / name,
            difficulty="introductory",
            inputs=["1\n"],
            outputs=["2\n"],
            statement=f"Task {name}: print the next number.",
        )
    script = {
        f"tasks/{name}": {"program": fenced(program), "repair": fenced("print(int(input()) + 1)")}
        for name, program in PROGRAMS.items()
    }
    (pytester.path / "script.json").write_text(json.dumps({"tasks": script}))
    recorded = pytester.runpytest(*ARGUMENTS)
    recorded.stdout.fnmatch_lines(["*8 repaired in*"])
    replay = ("--selfrepair-replay", "only", "--selfrepair-rejudge")
    replayed = pytester.runpytest(*ARGUMENTS, *replay)
    replayed.stdout.fnmatch_lines(["*8 repaired in*"])
