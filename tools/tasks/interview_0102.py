"""Word board: adding, undoing and redoing words, where a new word forgets what was undone."""

from collections.abc import Iterator
from random import Random

from tasks.kit import Task, pick, word


def log(commands: list[str]) -> str:
    """Return the input for these commands."""
    return "\n".join([str(len(commands)), *commands]) + "\n"


def random_log(rng: Random, count: int, most: int, kinds: tuple[str, ...]) -> str:
    """Return `count` commands; at most `most` words are undone or redone by one of them."""
    commands = []
    for _ in range(count):
        kind = pick(rng, kinds)
        if kind == "add":
            kind += f" {word(rng, rng.randrange(1, 4), 'abcdefgh')}"
        elif kind != "show":
            kind += f" {rng.randrange(1, most + 1)}"
        commands.append(kind)
    return log(commands)


def cases(rng: Random) -> Iterator[str]:
    """Yield one log of commands each."""
    for text in (
        "add red,add blue,add green,undo 2,show,redo 1,show",
        "add sun,undo 5,show,add moon,redo 1,show",
        "show",
        "undo 1,show",
        "redo 3,show",
        "add a,show",
        "add a,undo 1,redo 9,show",
        "add a,add b,add c,undo 3,redo 2,show",
        "add a,add b,add c,undo 1,undo 1,redo 1,show",
        "add a,add b,add c,undo 2,redo 2,show,undo 1,show",
        "add a,add b,undo 1,add c,undo 1,redo 2,show",
        "add a,add a,add a,undo 2,show,redo 1,show",
        "add a,undo 1,undo 1,redo 1,redo 1,show",
        "add a,add b,add c,undo 4,show,redo 3,show",
        "add a,undo 1,show,show,add b,show",
    ):
        yield log(text.split(","))
    for count in (10, 20, 40, 80):
        yield random_log(rng, count, 4, ("add", "add", "undo", "redo", "show"))
    yield random_log(rng, 200, 8, ("add", "add", "add", "undo", "redo", "show"))
    yield random_log(rng, 300, 2, ("add", "undo", "undo", "redo", "show"))
    yield random_log(rng, 500, 9, ("add", "add", "add", "add", "undo", "redo", "show"))
    yield random_log(rng, 1000, 1000, ("add",) * 7 + ("undo", "redo", "show"))
    yield log(
        ["undo 1000"] * 400 + ["add abcdef"] * 595 + ["undo 90", "redo 80", "show"] + ["undo 1"] * 2
    )


FIRST = """\
words = []
undone = []
for _ in range(int(input())):
    command = input().split()
    if command[0] == "add":
        words.append(command[1])
        undone.clear()
    elif command[0] == "undo":
        for _ in range(min(int(command[1]), len(words))):
            undone.append(words.pop())
    elif command[0] == "redo":
        for _ in range(min(int(command[1]), len(undone))):
            words.append(undone.pop())
    else:
        print(" ".join(words) if words else "-")
"""

SECOND = """\
import sys

history, size = [], 0
for command, *argument in map(str.split, sys.stdin.read().splitlines()[1:]):
    if command == "add":
        history[size:] = argument
        size += 1
    elif command == "undo":
        size = max(size - int(argument[0]), 0)
    elif command == "redo":
        size = min(size + int(argument[0]), len(history))
    else:
        print(*history[:size] or "-")
"""

BRUTE = """\
import sys

commands = [line.split() for line in sys.stdin.read().splitlines()[1:]]
for now, command in enumerate(commands):
    if command == ["show"]:
        # The whole story again, one word at a time: what is to come lies right of the bar.
        row = ["|"]
        for done in commands[:now]:
            bar = row.index("|")
            if done[0] == "add":
                row[bar:] = [done[1], "|"]
            elif done[0] != "show":
                for _ in range(int(done[1])):
                    bar = row.index("|")
                    other = bar - 1 if done[0] == "undo" else bar + 1
                    if 0 <= other < len(row):
                        row[bar], row[other] = row[other], row[bar]
        print(" ".join(row[: row.index("|")]) or "-")
"""

TASK = Task(
    difficulty="interview",
    topics=("stacks", "simulation"),
    cases=cases,
    references=(FIRST, SECOND),
    brute=BRUTE,
    brute_cases=22,
    wrong={
        "remembers undone words after an add": FIRST.replace("        undone.clear()\n", ""),
        "undoes only one word": FIRST.replace("min(int(command[1]), len(words))", "bool(words)"),
        "fails on too large an undo": FIRST.replace(
            "min(int(command[1]), len(words))", "int(command[1])"
        ),
        "redoes in the wrong order": FIRST.replace("undone.pop()", "undone.pop(0)"),
        "prints an empty line for an empty board": FIRST.replace('"-"', '""'),
        "shows the board once, at the end": FIRST.replace("    else:\n        print", "print"),
    },
)
