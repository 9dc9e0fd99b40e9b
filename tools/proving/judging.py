"""Which outcomes of a program are right answers."""

from collections.abc import Sequence

from proving.building import BuildError, Built
from proving.running import Outcome, agree, run, short
from pytest_selfrepair.core.checker import CHECKERS
from pytest_selfrepair.core.task import CHECK_FUNCTION


def matches(built: Built, outcomes: Sequence[Outcome]) -> list[bool]:
    """Return for each outcome whether it says what is expected, to the letter.

    Where the task has a checker, that decides. Raises BuildError when it is broken.
    """
    if built.task.checker is not None:
        return checked(built, outcomes, built.task.checker)
    return [
        not outcome.error and agree(outcome.output, expected)
        for outcome, expected in zip(outcomes, built.outputs, strict=False)
    ]


def passes(built: Built, outcomes: Sequence[Outcome]) -> list[bool]:
    """Return for each outcome whether the plugin accepts it, with its usual checker.

    That is kinder than `matches`: to answers that are split into lines otherwise, for instance.
    """
    if built.task.checker is not None:
        return checked(built, outcomes, built.task.checker)
    tolerant = CHECKERS["tolerant"]
    return [
        not outcome.error and tolerant(built.read, case, outcome.output).accepted
        for outcome, case in zip(outcomes, built.read.cases, strict=False)
    ]


def checked(built: Built, outcomes: Sequence[Outcome], checker: str) -> list[bool]:
    """Return for each outcome whether the checker of the task accepts it.

    Raises BuildError when the checker is broken.
    """
    numbers = [number for number, outcome in enumerate(outcomes) if not outcome.error]
    cases = built.read.cases
    asked = [
        [cases[number].input, cases[number].expected, outcomes[number].output] for number in numbers
    ]
    said = run(checker, CHECK_FUNCTION, asked)
    if len(said) < len(asked):
        raise BuildError(f"{built.name}: checker: case {numbers[len(said)]}: not done in time")
    right = [False] * len(outcomes)
    for number, answer in zip(numbers, said, strict=True):
        refused = answer.error.partition(":")[0] == AssertionError.__name__
        if refused or answer.output is False:
            continue
        if answer.error or not (answer.output is True or answer.output):
            found = answer.error or short(answer.output)
            raise BuildError(f"{built.name}: checker: case {number}: found {found}")
        right[number] = answer.output is True
    return right
