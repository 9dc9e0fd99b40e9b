"""Everything that may be wrong with one task."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from proving.building import EXAMPLES, BuildError, Built, build
from proving.judging import matches, passes
from proving.running import TIME_LIMIT, Outcome, agree, run, short
from tasks.kit import Task

REFERENCE_LIMIT = TIME_LIMIT / 4  # room for a machine four times slower
FILE_LIMIT = 1_000_000  # bytes
CASES = range(20, 61)
LEAST_REFERENCES = 2
LEAST_WRONG = 5
LEAST_BRUTE = 8
WORDS = {  # of a statement without its examples
    "introductory": range(40, 131),
    "interview": range(60, 251),
    "competition": range(60, 321),
}


def prove(name: str, task: Task, folders: Path) -> list[str]:
    """Return everything wrong with the task by itself."""
    checks = (
        case_problems,
        likeness_problems,
        reference_problems,
        brute_problems,
        checker_problems,
        wrong_problems,
        slow_problems,
    )
    problems: list[str] = []
    try:
        built = build(name, task, folders)
        problems += file_problems(built, folders)
        for check in checks:
            problems += check(built)
    except BuildError as error:
        problems.append(str(error))
    return problems


def file_problems(built: Built, folders: Path) -> Iterator[str]:
    """Yield what is wrong with the files of the task's folder."""
    task, folder = built.task, folders / built.name
    if task.difficulty != built.name.split("/", maxsplit=1)[0]:
        yield f"{built.name}: difficulty is {task.difficulty!r}, expected the folder's name"
    for file, text in built.files.items():
        path = folder / file
        if not path.is_file() or path.read_bytes() != text.encode():
            yield f"{built.name}/{file}: differs from its module; run tools/make_tasks.py"
        if (size := len(text.encode())) > FILE_LIMIT:
            yield f"{built.name}/{file}: {size} bytes, expected at most {FILE_LIMIT}"
    if (found := {path.name for path in folder.iterdir()}) != set(built.files):
        yield f"{built.name}: files are {sorted(found)}, expected {sorted(built.files)}"
    before, _, after = built.files["question.txt"].partition(EXAMPLES)
    words = len(f"{before} {after.partition('-----')[2]}".split())
    if words not in (allowed := WORDS[task.difficulty]):
        found_words = f"{words} words beside the examples"
        expected = f"{allowed.start} to {allowed.stop - 1}"
        yield f"{built.name}/question.txt: {found_words}, expected {expected}"


def case_problems(built: Built) -> Iterator[str]:
    """Yield what is wrong with the cases themselves."""
    texts = [json.dumps(case) for case in built.inputs]
    if len(texts) not in CASES:
        yield f"{built.name}: {len(texts)} cases, expected {CASES.start} to {CASES.stop - 1}"
    for number, text in enumerate(texts):
        if text in texts[:number]:
            yield f"{built.name}: case {number} repeats case {texts.index(text)}"
    if built.task.fn_name is None:
        for number, pair in enumerate(zip(built.inputs, built.outputs, strict=True)):
            if not all(isinstance(text, str) and text.endswith("\n") for text in pair):
                yield f"{built.name}: case {number}: expected texts that end in a newline"
    elif not all(isinstance(arguments, list) for arguments in built.inputs):
        yield f"{built.name}: expected a list of arguments as the input of every case"


def likeness_problems(built: Built) -> Iterator[str]:
    """Yield which of the right programs are one program but for its names and numbers."""
    programs = {f"reference {n}": text for n, text in enumerate(built.task.references)}
    programs["brute force"] = built.task.brute
    seen: dict[str, str] = {}
    for which, program in programs.items():
        shape = shape_of(program)
        if shape in seen:
            yield f"{built.name}: {which} is {seen[shape]} with other names"
        seen[shape] = which
    if len(built.task.references) < LEAST_REFERENCES:
        yield f"{built.name}: {len(built.task.references)} references, expected {LEAST_REFERENCES}"


def shape_of(program: str) -> str:
    """Return the program's syntax tree as a text, without names and constants.

    A program that is no Python is its own shape; to run it says what is wrong.
    """
    try:
        tree = ast.parse(program)
    except SyntaxError:
        return program
    return " ".join(type(node).__name__ for node in ast.walk(tree))


def reference_problems(built: Built) -> Iterator[str]:
    """Yield where a reference program is slow, or the others do not agree with the first."""
    for which, program in enumerate(built.task.references):
        outcomes = run(program, built.task.fn_name, built.inputs)
        where = f"{built.name}: reference {which}"
        yield from right_problems(built, where, outcomes, len(built.inputs))
        for number, outcome in enumerate(outcomes):
            if outcome.seconds > REFERENCE_LIMIT:
                found = f"{outcome.seconds:.2f} s"
                yield f"{where}, case {number}: took {found}, expected under {REFERENCE_LIMIT} s"


def brute_problems(built: Built) -> Iterator[str]:
    """Yield where the brute-force program does not agree, or on how few cases it is run."""
    where, count = f"{built.name}: brute force", built.task.brute_cases
    inputs = built.inputs[:count]
    if len(inputs) < LEAST_BRUTE:
        yield f"{where}: run on {len(inputs)} cases, expected {LEAST_BRUTE} or more"
    outcomes = run(built.task.brute, built.task.fn_name, inputs)
    yield from right_problems(built, where, outcomes, len(inputs))


def right_problems(built: Built, where: str, outcomes: list[Outcome], count: int) -> Iterator[str]:
    """Yield where a program that is right does not answer `count` cases as expected."""
    if len(outcomes) < count:
        yield f"{where}, case {len(outcomes)}: not done in {TIME_LIMIT} s; all later ones not run"
    for number, right in enumerate(matches(built, outcomes)):
        if not right:
            found = outcomes[number].error or short(outcomes[number].output)
            expected = short(built.outputs[number])
            yield f"{where}, case {number}: found {found}, expected {expected}"


def checker_problems(built: Built) -> Iterator[str]:
    """Yield that the checker is idle: that every right program gives the same answers."""
    if built.task.checker is None:
        return
    for program in (*built.task.references[1:], built.task.brute):
        outcomes = run(program, built.task.fn_name, built.inputs)
        pairs = zip(outcomes, built.outputs, strict=False)
        if not all(agree(outcome.output, expected) for outcome, expected in pairs):
            return
    yield f"{built.name}: checker: all right programs give the same answers, expected several"


def wrong_problems(built: Built) -> Iterator[str]:
    """Yield how few wrong programs there are, and which the cases do not reject."""
    task = built.task
    if (count := len(task.wrong) + len(task.slow)) < LEAST_WRONG:
        yield f"{built.name}: {count} wrong or slow programs, expected {LEAST_WRONG} or more"
    for label, program in task.wrong.items():
        outcomes = run(program, task.fn_name, built.inputs)
        if len(outcomes) < len(built.inputs):  # this machine may be slow for a while
            outcomes = run(program, task.fn_name, built.inputs)
        where = f"{built.name}: wrong program {label!r}"
        if len(outcomes) < len(built.inputs):
            yield f"{where}: case {len(outcomes)} not done in {TIME_LIMIT} s, expected all in time"
        elif all(outcome.error for outcome in outcomes):
            # A program that does not compile, for instance, says nothing about the cases.
            yield f"{where}: raises on every case: {outcomes[0].error}"
        elif all(passes(built, outcomes)):
            yield f"{where}: passes every case"


def slow_problems(built: Built) -> Iterator[str]:
    """Yield which slow programs are wrong, or done in time."""
    task = built.task
    if task.difficulty == "competition" and not task.slow and not task.why_not_slow:
        yield f"{built.name}: no slow program, expected one, or why_not_slow"
    for label, program in task.slow.items():
        outcomes = run(program, task.fn_name, built.inputs)
        where = f"{built.name}: slow program {label!r}"
        if len(outcomes) == len(built.inputs):
            yield f"{where}: does every case in time"
        elif len(outcomes) < task.examples:
            yield f"{where}: example {len(outcomes)} not done in {TIME_LIMIT} s"
        for number, right in enumerate(matches(built, outcomes)):
            if not right:
                yield f"{where}: is wrong on case {number}, not just slow"
