"""The tool that makes `apps_tasks/`: what it writes, and what it finds wrong."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from proving.alike import Profile, alike, profile, shingles
from proving.building import BuildError, Built, build, starter
from proving.problems import (
    brute_problems,
    case_problems,
    checker_problems,
    file_problems,
    likeness_problems,
    prove,
    reference_problems,
    slow_problems,
    wrong_problems,
)
from proving.running import TIME_LIMIT, Outcome, run
from tasks.kit import Json, Task, lines

NAME = "introductory/0099"
STORY = (
    "Two friends put the marbles that they found at the beach into one bag, and want to know how "
    "many marbles the bag holds when both are done. They count to be sure, but they are small and "
    "it takes them all the afternoon."
)
STATEMENT = f"""\
{STORY}

-----Input-----
One line with two integers a and b from 0 to 99.

-----Output-----
Print the number of marbles.

-----Examples-----

-----Note-----
Nobody loses a marble.
"""


def cases(_: Random) -> Iterator[Json]:
    for a in range(20):
        yield lines([a, 2])


FIRST = "a, b = map(int, input().split())\nprint(a + b)\n"
SOUND = Task(
    difficulty="introductory",
    topics=("sums",),
    cases=cases,
    references=(FIRST, "print(sum(int(word) for word in input().split()))\n"),
    brute="a, b = map(int, input().split())\nprint(len(range(a)) + len(range(b)))\n",
    wrong={
        sign: FIRST.replace("a + b", f"a {sign} b") for sign in ("-", "*", "//", "|", "^", "**")
    },
)
ANY_ORDER = "def check(given, expected, answer):\n    return sorted(answer) == sorted(expected)\n"


KNOWN: dict[str, list[Outcome]] = {}


@pytest.fixture(autouse=True)
def _what_a_program_answers_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("alike", "building", "judging", "problems"):
        monkeypatch.setattr(f"proving.{module}.run", found_once)


def found_once(
    program: str, fn_name: str | None, inputs: Sequence[Json], limit: float = TIME_LIMIT
) -> list[Outcome]:
    """Run a program in a process, but for one that has answered the same already."""
    asked = json.dumps([program, fn_name, inputs, limit])
    if asked not in KNOWN:
        KNOWN[asked] = run(program, fn_name, inputs, limit)
    return KNOWN[asked]


def written(folder: Path, task: Task) -> Built:
    """Write the files of the task."""
    (folder / NAME).mkdir(parents=True)
    (folder / NAME / "question.txt").write_text(STATEMENT)
    built = build(NAME, task, folder)
    for file, text in built.files.items():
        (folder / NAME / file).write_text(text)
    return built


def test_a_sound_task_has_no_problems(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    assert prove(NAME, SOUND, tmp_path) == []


def test_the_first_cases_become_the_examples_of_the_statement(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    shown = (tmp_path / NAME / "question.txt").read_text().partition("-----Examples-----\n")[2]
    assert shown == (
        "Input\n0 2\n\nOutput\n2\n\nInput\n1 2\n\nOutput\n3\n\n"
        "-----Note-----\nNobody loses a marble.\n"
    )


@pytest.mark.parametrize(
    ("check", "task", "problem"),
    [
        (
            brute_problems,
            replace(SOUND, brute="print(int(input().split()[0]) * 2)\n"),
            r'brute force, case 0: found "0\n", expected "2\n"',
        ),
        (
            brute_problems,
            replace(SOUND, brute_cases=7),
            "brute force: run on 7 cases, expected 8 or more",
        ),
        (
            brute_problems,
            replace(SOUND, brute="print(\n"),
            "brute force, case 0: found SyntaxError: '(' was never closed",
        ),
        (likeness_problems, replace(SOUND, brute="print(\n", references=(FIRST,)), "1 references"),
        (
            likeness_problems,
            replace(SOUND, brute=FIRST.replace("a", "x").replace("mxp", "map")),
            "brute force is reference 0 with other names",
        ),
        (
            reference_problems,
            replace(SOUND, references=(FIRST, FIRST + "print()\nprint(7)\n")),
            r'reference 1, case 0: found "2\n\n7\n", expected "2\n"',
        ),
        (likeness_problems, replace(SOUND, references=(FIRST,)), "1 references, expected 2"),
        (
            wrong_problems,
            replace(SOUND, wrong={**SOUND.wrong, "in vain": FIRST.replace("minus", "plus")}),
            "wrong program 'in vain': passes every case",
        ),
        (
            wrong_problems,
            replace(SOUND, wrong={**SOUND.wrong, "torn": "print(\n"}),
            "wrong program 'torn': raises on every case: SyntaxError: '(' was never closed",
        ),
        (wrong_problems, replace(SOUND, wrong={}), "0 wrong or slow programs, expected 5 or more"),
        (
            slow_problems,
            replace(SOUND, slow={"not": FIRST}),
            "slow program 'not': does every case in time",
        ),
        (
            slow_problems,
            replace(SOUND, slow={"not": FIRST.replace("+", "-")}),
            "slow program 'not': is wrong on case 0, not just slow",
        ),
        (
            case_problems,
            replace(SOUND, cases=lambda _: iter(["1 2\n"] * 20)),
            "case 1 repeats case 0",
        ),
        (
            case_problems,
            replace(SOUND, cases=lambda rng: iter(list(cases(rng))[:19])),
            "19 cases, expected 20 to 60",
        ),
        (
            slow_problems,
            replace(SOUND, difficulty="competition"),
            "no slow program, expected one, or why_not_slow",
        ),
    ],
)
def test_what_is_unsound_is_found(
    tmp_path: Path, check: Callable[[Built], Iterator[str]], task: Task, problem: str
) -> None:
    assert any(problem in found for found in check(written(tmp_path, task)))


def test_a_task_in_the_folder_of_another_difficulty_is_found(tmp_path: Path) -> None:
    built = written(tmp_path, replace(SOUND, difficulty="competition"))
    assert next(file_problems(built, tmp_path)) == (
        f"{NAME}: difficulty is 'competition', expected the folder's name"
    )


def test_a_file_that_was_changed_by_hand_is_found(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    (tmp_path / NAME / "metadata.json").write_text("{}")
    (tmp_path / NAME / "notes.txt").touch()
    found = list(file_problems(build(NAME, SOUND, tmp_path), tmp_path))
    assert found[0] == f"{NAME}/metadata.json: differs from its module; run tools/make_tasks.py"
    assert "files are ['input_output.json', 'metadata.json', 'notes.txt'" in found[1]


def test_a_task_without_a_statement_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"question\.txt: is missing"):
        build(NAME, SOUND, tmp_path)


def test_a_task_whose_first_reference_fails_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="first reference, case 0: ZeroDivisionError"):
        written(tmp_path, replace(SOUND, references=("print(1 // 0)\n", FIRST)))


def test_the_starter_code_is_the_head_of_the_first_reference() -> None:
    method = "class Solution:\n    def add(self, a: int) -> int:\n        return a\n"
    assert starter(NAME, f"import math\n\n\n{method}", "add") == (
        "class Solution:\n    def add(self, a: int) -> int:\n        "
    )
    assert starter(NAME, "def add(a):\n    # why\n    return a\n", "add") == "def add(a):\n    "


LETTERS = Task(
    difficulty="introductory",
    topics=("strings",),
    fn_name="letters",
    cases=lambda _: ([["ab" * size + "c"]] for size in range(1, 21)),
    references=(
        "def letters(words):\n    return list(dict.fromkeys(words[0]))\n",
        "def letters(words):\n    return sorted(set(words[0]))[::-1]\n",
    ),
    brute="def letters(words):\n    return [x for x in 'abc' if x in words[0]]\n",
    checker=ANY_ORDER,
    wrong={
        f"all but {n}": f"def letters(words):\n    return list(words[0])[:{n}]\n"
        for n in (0, 1, 2, 4, 5)
    },
)


def test_a_checker_decides_what_is_right(tmp_path: Path) -> None:
    written(tmp_path, LETTERS)
    assert prove(NAME, LETTERS, tmp_path) == []
    assert (tmp_path / NAME / "checker.py").read_text() == ANY_ORDER


BROKEN_CHECKERS = [
    (ANY_ORDER.replace("return", "assert"), "checker: case 0: found null"),
    (ANY_ORDER.replace("expected)", "None)"), "checker: case 0: found TypeError"),
    (ANY_ORDER.replace("check", "cheek"), "no function check"),
]
WRONG_CHECKERS = [
    (wrong_problems, "def check(given, expected, answer):\n    return True\n", "0': passes every"),
    (
        reference_problems,
        "def check(given, expected, answer):\n    return 'no'\n",
        "0, case 0: found",
    ),
]


@pytest.mark.parametrize(("checker", "problem"), BROKEN_CHECKERS)
def test_a_broken_checker_is_found(tmp_path: Path, checker: str, problem: str) -> None:
    written(tmp_path, LETTERS)
    assert any(
        problem in found for found in prove(NAME, replace(LETTERS, checker=checker), tmp_path)
    )


@pytest.mark.parametrize(("check", "checker", "problem"), WRONG_CHECKERS)
def test_a_checker_that_is_wrong_is_found(
    tmp_path: Path, check: Callable[[Built], Iterator[str]], checker: str, problem: str
) -> None:
    task = replace(LETTERS, checker=checker)
    assert problem in next(check(written(tmp_path, task)))


def test_a_checker_without_need_is_found(tmp_path: Path) -> None:
    task = replace(LETTERS, references=LETTERS.references[:1] * 2, brute=LETTERS.references[0])
    found = list(checker_problems(written(tmp_path, task)))
    assert found == [f"{NAME}: checker: all right programs give the same answers, expected several"]


def test_a_program_is_stopped_at_the_first_case_that_takes_too_long() -> None:
    program = "n = int(input())\nwhile n == 2:\n    pass\nprint(n)\n"
    outcomes = run(program, None, ["1\n", "2\n", "3\n"], limit=0.2)
    assert [outcome.output for outcome in outcomes] == ["1\n"]


def test_a_program_may_raise_exit_or_return_what_json_cannot_hold() -> None:
    program = "def f(n):\n    if n:\n        raise SystemExit\n    return {1}\n"
    outcomes = run(program, "f", [[0], [1]])
    assert "not JSON serializable" in outcomes[0].error
    assert (outcomes[1].output, outcomes[1].error) == (None, "")


def beside(folder: Path, name: str, **changes: object) -> list[str]:
    """Return what is alike when the sound task stands beside itself, changed so."""
    written(folder, SOUND)
    one = profile(folder / NAME)
    unlike: dict[str, object] = {
        "wording": shingles("Something else entirely is told here, without any of those words."),
        "inputs": ["7 7\n", "9 9\n", "8 8\n"],
        "outputs": ["0\n", "0\n", "0\n"],
        "program": "print(0)\n",
    }
    other = replace(one, **{"name": name, **unlike, **changes})  # type: ignore[arg-type]
    with ThreadPoolExecutor() as pool:
        return list(alike([one, other], [name], pool))


def test_unlike_tasks_are_not_alike(tmp_path: Path) -> None:
    assert beside(tmp_path, "other") == []


def test_statements_that_say_nearly_the_same_are_alike(tmp_path: Path) -> None:
    wording = shingles(STATEMENT.replace("marbles", "stones"))
    assert "statements share" in beside(tmp_path, "other", wording=wording)[0]


def test_tasks_that_share_cases_are_alike(tmp_path: Path) -> None:
    shared = {"inputs": ["0 2\n", "9 9\n", "8 8\n"], "outputs": ["2\n", "0\n", "0\n"]}
    assert beside(tmp_path, "other", **shared) == [f"{NAME} and other: share 1 cases"]


def test_tasks_that_one_program_solves_are_alike(tmp_path: Path) -> None:
    found = beside(tmp_path, "other", outputs=["14\n", "18\n", "16\n"])
    assert found == [f"{NAME}: its first reference solves other"]


def test_a_program_that_hangs_on_another_task_does_not_hide_the_next(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    one = profile(tmp_path / NAME)
    program = "a, b = map(int, input().split())\nwhile a > 50:\n    pass\nprint(a + b)\n"
    hanging = replace(one, name="hanging", program=program)

    def other(name: str, first: int) -> Profile:
        return replace(
            one,
            name=name,
            program="print()\n",
            wording=shingles(name * 9),
            inputs=[f"{first + n} 1\n" for n in range(3)],
            outputs=[f"{first + n + 1}\n" for n in range(3)],
        )

    with ThreadPoolExecutor() as pool:
        found = list(alike([hanging, other("large", 90), other("small", 30)], ["hanging"], pool))
    assert found == ["hanging: its first reference solves small"]


def test_cases_are_laid_out_one_a_line(tmp_path: Path) -> None:
    written(tmp_path, LETTERS)
    text = (tmp_path / NAME / "input_output.json").read_text()
    assert text.startswith('{"fn_name": "letters",\n"inputs": [\n[["abc"]],\n')
    assert len(json.loads(text)["inputs"]) == 20
