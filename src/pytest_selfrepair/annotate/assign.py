"""Assign programs or games to people at random, balanced, whenever an assignment exists.

Statements on programs and their tasks also hold for finished games and their items (a scenario with
the advised role), with zones of agreement in place of difficulties. Each of P people is shown K
programs, no two of one task, and each program is shown to R people. Programs of each difficulty are
drawn in equal numbers where there are enough, from as many tasks as possible; any two people's
numbers of each difficulty differ by at most one.

An assignment exists if and only if P·K is a multiple of R and P·K/R programs can be drawn with at
most ⌊P/R⌋ of each task. The latter is necessary, as a task's programs go to different people, R
each. It is sufficient: people, and tasks with R people for each of their programs, are the two
sides of a graph without repeated edges whose degrees on one side differ by at most one and are at
most P on the other; by the theorem of Gale and Ryser such a graph exists. It is built by the rule
of Havel and Hakimi: each task takes the people with the largest remaining needs, ties broken at
random, which keeps the others' needs level.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from pytest_selfrepair.annotate.person import StudyItem
from pytest_selfrepair.annotate.study_items import Item, Key
from pytest_selfrepair.errors import UsageError

_Place = TypeVar("_Place", bound=Hashable)


def assign(
    items: Sequence[StudyItem], *, people: int, each: int, per_program: int, seed: int
) -> list[list[StudyItem]]:
    """Draw an assignment of programs to people.

    Args:
        items: Failing programs, or finished games, with distinct keys.
        people: P, at least 1.
        each: K, the programs shown to a person; at least 1.
        per_program: R, the people shown a program; at least 1.
        seed: The seed; the same seed and items give the same assignment.

    Returns:
        A list for each person, in the order of presentation.

    Raises:
        UsageError: No assignment exists; the error says what is missing, in numbers.
    """
    check_possible(items, people=people, each=each, per_program=per_program)
    lot = random.Random(seed)  # noqa: S311 - a design must be reproducible
    chosen = _choose(items, people * each // per_program, people // per_program, lot)
    by_difficulty: dict[str, dict[str, list[StudyItem]]] = defaultdict(lambda: defaultdict(list))
    for item in chosen:
        by_difficulty[item.difficulty][item.key.task_id].append(item)
    shown: list[list[StudyItem]] = [[] for _ in range(people)]
    needs = _needs(by_difficulty, people=people, each=each, per_program=per_program, lot=lot)
    for difficulty, tasks in by_difficulty.items():
        degrees = {task: per_program * len(programs) for task, programs in tasks.items()}
        for task, persons in _spread(degrees, needs[difficulty], lot).items():
            lot.shuffle(persons)
            for place, person in enumerate(persons):
                shown[person].append(tasks[task][place // per_program])
    for mine in shown:
        lot.shuffle(mine)
    return shown


def check_possible(items: Sequence[StudyItem], *, people: int, each: int, per_program: int) -> None:
    """Raise a UsageError with the reason where no assignment exists."""
    kind = items[0] if items else Item
    noun, whole = kind.noun, kind.whole
    asked = f"{people} people with {each} {noun}s each"
    if per_program > people:
        raise UsageError(
            f"--people-per-{noun}: found {per_program}, with {people} participants; "
            f"accepted: up to {people}"
        )
    if people * each % per_program:
        fits = [
            n for n in range(people + 1, people + per_program + 1) if not n * each % per_program
        ]
        raise UsageError(
            f"--people-per-{noun}: found {per_program}: {asked} make {people * each} texts, "
            f"which is not a multiple of {per_program}; accepted: {fits[0]} participants, or a "
            f"divisor of {people * each}"
        )
    have = Counter(item.key.task_id for item in items)
    if len(have) < each:
        raise UsageError(
            f"--{noun}s: found {each}, and nobody may see two {noun}s of one {whole}, but "
            f"{len(have)} {whole}s of this run have {kind.state} {noun}s; accepted: up to "
            f"{len(have)}"
        )
    wanted, most = people * each // per_program, people // per_program
    usable = sum(min(count, most) for count in have.values())
    if usable < wanted:
        raise UsageError(
            f"impossible: {asked} and {per_program} people for each {noun} need {wanted} "
            f"{noun}s, but of the {len(items)} {kind.state} {noun}s of {len(have)} {whole}s "
            f"{usable} can be used: at most {most} of each {whole}, as nobody may see two of "
            f"one {whole}; accepted: fewer {noun}s for each person, more people for each {noun}, "
            f"or a run with more {kind.state} {noun}s"
        )


def check_assignment(
    shown: Sequence[Sequence[Key]], *, each: int, per_program: int, difficulties: Mapping[Key, str]
) -> None:
    """Check an assignment against all of its guarantees.

    Args:
        shown: The programs of each person.
        each: How many each should have.
        per_program: How many people each program should have.
        difficulties: The difficulties of all programs that may be shown.

    Raises:
        UsageError: A guarantee is broken; the error says which.
    """
    counts = Counter(key for mine in shown for key in mine)
    for number, mine in enumerate(shown, start=1):
        who = f"participant {number} of {len(shown)}"
        if len(mine) != each:
            raise UsageError(f"assignment: {who} has {len(mine)} programs; accepted: {each}")
        if len({key.task_id for key in mine}) != len(mine):
            raise UsageError(f"assignment: {who} has two programs of one task")
    for key, count in counts.items():
        if key not in difficulties:
            raise UsageError(
                f"assignment: {key.task_id} has no failing program or finished game "
                f"{key.program_hash}"
            )
        if count != per_program:
            raise UsageError(
                f"assignment: program {key.program_hash[:12]} of {key.task_id} has {count} people; "
                f"accepted: {per_program}"
            )
    for difficulty in {difficulties[key] for key in counts}:
        numbers = [sum(difficulties[key] == difficulty for key in mine) for mine in shown]
        if max(numbers) - min(numbers) > 1:
            raise UsageError(
                f"assignment: of the {difficulty} programs some people have {max(numbers)}, others "
                f"{min(numbers)}; accepted: numbers that differ by one at most"
            )


def _choose(
    items: Sequence[StudyItem], wanted: int, most: int, lot: random.Random
) -> list[StudyItem]:
    """Draw programs, with difficulties in turn, and with tasks in turn within each."""
    tasks: dict[str, dict[str, list[StudyItem]]] = defaultdict(lambda: defaultdict(list))
    for item in lot.sample(sorted(items, key=lambda item: item.key), len(items)):
        tasks[item.difficulty][item.key.task_id].append(item)
    rows = {
        difficulty: [
            programs[turn]
            for turn in range(most)
            for programs in of.values()
            if turn < len(programs)
        ]
        for difficulty, of in tasks.items()
    }
    turns = lot.sample(sorted(rows), len(rows))
    chosen: list[StudyItem] = []
    while len(chosen) < wanted:
        for difficulty in turns:
            if rows[difficulty] and len(chosen) < wanted:
                chosen.append(rows[difficulty].pop(0))
    return chosen


def _needs(
    chosen: Mapping[str, Mapping[str, Sequence[StudyItem]]],
    *,
    people: int,
    each: int,
    per_program: int,
    lot: random.Random,
) -> dict[str, list[int]]:
    """How many programs of each difficulty each person gets: level, and each person's total."""
    least: dict[str, int] = {}
    extra: dict[str, int] = {}
    for difficulty, tasks in chosen.items():
        seats = per_program * sum(map(len, tasks.values()))
        least[difficulty], extra[difficulty] = divmod(seats, people)
    more = _spread(extra, [each - sum(least.values())] * people, lot)
    return {
        difficulty: [count + (person in more[difficulty]) for person in range(people)]
        for difficulty, count in least.items()
    }


def _spread(
    degrees: Mapping[_Place, int], needs: Sequence[int], lot: random.Random
) -> dict[_Place, list[int]]:
    """Give each place its number of distinct people, and each person their number of places.

    Both numbers have the same sum, needs differ by at most one, and no place takes more than all
    people.
    """
    left = list(needs)
    spread: dict[_Place, list[int]] = {}
    for place, degree in degrees.items():
        order = sorted(range(len(left)), key=lambda person: (-left[person], lot.random()))
        spread[place] = sorted(order[:degree])
        for person in spread[place]:
            left[person] -= 1
    return spread
