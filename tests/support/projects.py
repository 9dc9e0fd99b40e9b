"""A small project with three tasks and a scripted model, for whole-plugin tests."""

import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

_UNUSED = (
    *("anyio", "hypothesispytest", "pytest_cov", "syrupy"),  # what only tests of ours use
    *("debugging", "doctest", "faulthandler", "legacypath", "pastebin", "setuponly", "setupplan"),
    *("threadexception", "unittest", "unraisableexception"),
)
LEAN = " ".join(("--assert=plain", *(f"-p no:{name}" for name in _UNUSED)))
"""Options of a pytest within a test: it starts with the plugins that a run of ours needs."""

SOLVED = "tasks/introductory/0001"
REPAIRED = "tasks/interview/0002"
UNSOLVED = "tasks/competition/0003"


def fenced(program: str) -> str:
    """A reply that holds a program."""
    return f"```python\n{dedent(program).strip()}\n```"


SUM = fenced("print(sum(map(int, input().split())))")
OFF_BY_ONE = fenced(
    """
    class Solution:
        def double(self, n):
            return 2 * n + 1
    """
)
MENDED = "It adds one too many.\n\n# Repaired program\n" + fenced(
    """
    class Solution:
        def double(self, n):
            return 2 * n
    """
)
SCRIPT: dict[str, object] = {
    "tasks": {
        SOLVED: {
            "program": [SUM, fenced("print(0)")],
            "repair": "Add the numbers.\n" + SUM,
            "feedback": "Add the numbers.",
        },
        REPAIRED: {"program": OFF_BY_ONE, "repair": MENDED, "feedback": "It adds one too many."},
        UNSOLVED: {
            "program": [fenced("print(1 / 0)"), "I cannot solve this."],
            "repair": "Print nothing, perhaps.\n\n# Repaired program\n" + fenced("print()"),
            "feedback": "You divide by zero.",
        },
    }
}


def write_task(
    folder: Path,
    *,
    difficulty: str,
    inputs: list[object],
    outputs: list[object],
    statement: str = "Do what the cases say.",
    fn_name: str | None = None,
) -> None:
    """Write one task in the layout of APPS."""
    folder.mkdir(parents=True)
    cases: dict[str, object] = {"inputs": inputs, "outputs": outputs}
    if fn_name is not None:
        cases["fn_name"] = fn_name
        starter = f"class Solution:\n    def {fn_name}(self, n):\n        "
        (folder / "starter_code.py").write_text(starter)
    (folder / "question.txt").write_text(statement)
    (folder / "input_output.json").write_text(json.dumps(cases))
    (folder / "metadata.json").write_text(json.dumps({"difficulty": difficulty}))


def write_project(root: Path, script: Mapping[str, object] = SCRIPT) -> None:
    """Write three tasks, of which a program, a repair and nothing solves one each; and a script."""
    write_task(
        root / SOLVED,
        difficulty="introductory",
        inputs=["1 2\n", "4 5 6\n"],
        outputs=["3\n", "15\n"],
        statement="Print the sum of the numbers.",
    )
    write_task(
        root / REPAIRED,
        difficulty="interview",
        inputs=[[1], [4]],
        outputs=[2, 8],
        fn_name="double",
        statement="Return twice n.",
    )
    write_task(
        root / UNSOLVED,
        difficulty="competition",
        inputs=["1\n"],
        outputs=["a hidden answer\n"],
        statement="Nobody can do this.",
    )
    (root / "script.json").write_text(json.dumps(script))
