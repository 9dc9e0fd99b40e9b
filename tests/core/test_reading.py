"""Which program a reply holds, what it explains, and what is a thought."""

import textwrap
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.parsing import is_python
from pytest_selfrepair.core.reading import Reading, ReadingRule, ReplyReader
from pytest_selfrepair.core.task import Case, Difficulty, Task

DOUBLE = Task(
    id="double",
    difficulty=Difficulty.INTRODUCTORY,
    statement="Print twice the number that is read.",
    cases=(Case(input="21\n", expected="42\n"),),
)
AREA = Task(
    id="area",
    difficulty=Difficulty.INTRODUCTORY,
    statement="Compute the area.",
    cases=(Case(input=[2, 3], expected=6),),
    fn_name="area",
)
GREETING = Task(
    id="greeting",
    difficulty=Difficulty.INTRODUCTORY,
    statement="Print hello.",
    cases=(Case(input="", expected="hello\n"),),
)
PROGRAM = "n = int(input())\nprint(2 * n)\n"
DRAFT = "n = int(input())\nprint(n)\n"
FUNCTION = "def area(a, b):\n    return a * b\n"
METHOD = "class Solution:\n    def area(self, a, b):\n        return a * b\n"


def read(reply: str, task: Task = DOUBLE, *tags: str) -> Reading:
    return ReplyReader(thinking_tags=tags).program(reply, task)


def fenced(code: str, info: str = "python", fence: str = "```") -> str:
    return f"{fence}{info}\n{code}{fence}\n"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(fenced(PROGRAM), id="one fence"),
        pytest.param(f"```python\n{PROGRAM}", id="a fence that is never closed"),
        pytest.param(fenced(PROGRAM, ""), id="a fence without a language"),
        pytest.param(fenced(PROGRAM, "py", "~~~"), id="tildes"),
        pytest.param(fenced(PROGRAM, "python", "````"), id="four backticks"),
        pytest.param(fenced(PROGRAM, "Python 3"), id="a language with a version"),
        pytest.param(fenced(PROGRAM, " {.python .numberLines}"), id="attributes in braces"),
        pytest.param(fenced(PROGRAM, 'python title="double.py"'), id="a title beside the language"),
        pytest.param(fenced(PROGRAM, "double.py"), id="a file's name for a language"),
        pytest.param(f"   ```python  \n{PROGRAM}   ```  ", id="spaces around the fence"),
        pytest.param(f"Sure!\n\n{fenced(PROGRAM)}It reads n.", id="prose around it"),
        pytest.param(fenced(PROGRAM).replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"{fenced(PROGRAM)}{fenced('7', '')}", id="an example run after it"),
        pytest.param(f"{fenced('3 4', 'text')}{fenced(PROGRAM)}", id="an input block before it"),
        pytest.param(f"Input\n{fenced('3', '')}Program\n{fenced(PROGRAM, '')}", id="sample data"),
        pytest.param(
            f"```python\n{DRAFT}```python\n{PROGRAM}```", id="an opening fence closes a block"
        ),
        pytest.param(f"{fenced(DRAFT)}No: it has to double.\n{fenced(PROGRAM)}", id="a draft"),
        pytest.param(
            f"It is wrong.\n{fenced(DRAFT)}\n# Repaired program\n{fenced(PROGRAM)}",
            id="after the heading",
        ),
        pytest.param(f"**Fixed code:**\n{fenced(PROGRAM, '')}", id="another heading"),
        pytest.param(f"```python\ndef f(:\n```\n{fenced(PROGRAM)}", id="a broken block first"),
        pytest.param(PROGRAM, id="no fence"),
        pytest.param(f"Here is it:\n{PROGRAM}\nIt prints n, that's all.", id="prose, no fence"),
        pytest.param(
            f"For example: 2 gives 4.\nFrom that the program follows:\n{PROGRAM}",
            id="prose that begins like code",
        ),
        pytest.param(
            f"1. Read.\n2. Print:\n\n{textwrap.indent(fenced(PROGRAM), '   ')}", id="list"
        ),
        pytest.param(
            f"- Print:\n\n{textwrap.indent(fenced(PROGRAM), '        ')}", id="a deep indentation"
        ),
        pytest.param(f"1. Print:\n   ```python\n{PROGRAM}   ```\n", id="code out of its list item"),
        pytest.param("Here:\n\n" + textwrap.indent(PROGRAM, "    "), id="indented code"),
        pytest.param("> Print:\n" + textwrap.indent(fenced(PROGRAM), "> "), id="a quotation"),
        pytest.param(f"```python\n{PROGRAM.rstrip()}```\nDone.", id="closed behind the last line"),
        pytest.param(
            f"```python\n{DRAFT.rstrip()}```\nNo.\n```python\n{PROGRAM.rstrip()}```\nDone.",
            id="two blocks closed behind their last lines",
        ),
        pytest.param(f"{PROGRAM}```\nIt doubles the number.\n", id="the opening fence is missing"),
        pytest.param(
            f"{PROGRAM}```\nTo try it:\n{fenced('echo 21 | python3 a.py', 'sh')}",
            id="the opening fence is missing and a block follows",
        ),
        pytest.param(
            f"{PROGRAM}```\nTo try it:\n{fenced('print(double(2))')}",
            id="the opening fence is missing and a snippet follows",
        ),
        pytest.param(f"````markdown\n{fenced(PROGRAM)}````\n", id="a block within a block"),
        pytest.param(f"<answer>\n{fenced(PROGRAM)}</answer>", id="within a tag"),
        pytest.param(f"<answer>{PROGRAM}</answer>", id="within a tag, without a fence"),
        pytest.param(f"The program is `{PROGRAM.splitlines()[0]}; print(2 * n)`.", id="inline"),
        pytest.param("```python print(2 * int(input()))```", id="a block on one line"),
        pytest.param(f"```python n = int(input())\n{PROGRAM.splitlines()[1]}\n```", id="beside"),
        pytest.param(
            f"{fenced(PROGRAM)}To try it:\n{fenced('import os; os.system(chr(120))')}",
            id="a snippet that is no answer",
        ),
        pytest.param(
            f"{fenced(PROGRAM)}The second line prints:\n{fenced('print(2 * n)')}", id="an excerpt"
        ),
        pytest.param(
            f"{fenced(PROGRAM)}A test:\n"
            + fenced("import io, sys\nsys.stdin = io.StringIO('21')\nmain()\nprint('ok')\n"),
            id="a test that replaces standard input",
        ),
        pytest.param(
            f"{fenced(PROGRAM)}In JavaScript:\n{fenced('console.log(2)', 'js')}",
            id="another language after it",
        ),
        pytest.param(
            f"{fenced('def double(n):' + chr(10) + '    return 2 * n' + chr(10))}and\n"
            + fenced("print(double(int(input())))\n"),
            id="in parts",
        ),
    ],
)
def test_it_finds_the_program(reply: str) -> None:
    assert outputs(read(reply).program) == ["42"]


def outputs(program: str) -> list[str]:
    """What a program prints for 21; run here, since these are ours."""
    printed: list[str] = []
    scope = {"input": lambda: "21", "print": lambda *values: printed.append(str(*values))}
    exec(compile(program, "<reply>", "exec"), scope)  # noqa: S102 - programs of this file
    return printed


@pytest.mark.parametrize(
    ("reply", "program"),
    [
        pytest.param(fenced(FUNCTION), FUNCTION, id="a function"),
        pytest.param(fenced(METHOD), METHOD, id="a method of Solution"),
        pytest.param(fenced(FUNCTION) + fenced("print(area(2, 3))"), FUNCTION, id="a usage"),
        pytest.param(
            fenced(METHOD) + fenced("s = Solution()\nassert s.area(2, 3) == 6"), METHOD, id="a test"
        ),
        pytest.param(
            fenced("def area(a, b):\n    ...\n") + fenced(FUNCTION), FUNCTION, id="a stub before"
        ),
        pytest.param(
            fenced(FUNCTION) + "Its signature:\n" + fenced("def area(a, b):\n    pass\n"),
            FUNCTION,
            id="a stub after",
        ),
        pytest.param(
            fenced(FUNCTION) + fenced("def test_area():\n    assert area(2, 3) == 6\n"),
            FUNCTION,
            id="a test function",
        ),
        pytest.param(
            fenced("from operator import mul as area\n"),
            "from operator import mul as area\n",
            id="an import",
        ),
        pytest.param(fenced("area = lambda a, b: a * b\n"), "area = lambda a, b: a * b\n", id="=a"),
        pytest.param(FUNCTION + "This multiplies a and b.", FUNCTION.rstrip(), id="no fence"),
    ],
)
def test_it_finds_the_function_that_was_asked_for(reply: str, program: str) -> None:
    assert read(reply, AREA).program == program


def test_a_program_that_need_not_read_is_an_answer_where_no_case_has_input() -> None:
    reply = fenced("print('hello')\n") + "To see it:\n" + fenced("import a\n")
    assert read(reply, GREETING).program == "print('hello')\n"


@pytest.mark.parametrize(
    ("reply", "rule", "others"),
    [
        (fenced(PROGRAM), ReadingRule.ONLY_BLOCK, 0),
        (fenced(PROGRAM) + fenced("ls", "sh"), ReadingRule.ONLY_ANSWER, 0),
        (fenced(DRAFT) + fenced(PROGRAM), ReadingRule.LAST_ANSWER, 1),
        (fenced(PROGRAM) + fenced(PROGRAM), ReadingRule.ONLY_ANSWER, 0),
        (PROGRAM, ReadingRule.UNFENCED, 0),
        (fenced("x = 1\n") + fenced("y = 2\n"), ReadingRule.LAST_BLOCK, 0),
        ("Sorry.", ReadingRule.NOTHING, 0),
        ("<think>\nHm", ReadingRule.CUT_OFF, 0),
    ],
)
def test_it_says_what_decided(reply: str, rule: ReadingRule, others: int) -> None:
    found = read(reply)
    assert (found.rule, found.others) == (rule, others)


def test_a_block_that_repeats_the_failing_program_counts_as_any_other() -> None:
    assert read(f"{fenced(DRAFT)}should be\n{fenced(PROGRAM)}").program == PROGRAM
    assert read(f"{fenced(PROGRAM)}in place of\n{fenced(DRAFT)}").program == DRAFT


def test_a_final_program_that_does_not_compile_is_still_the_final_one() -> None:
    broken = "n = int(input()\nprint(2 * n)\n"
    assert read(fenced(DRAFT) + fenced(broken)).program == broken


@pytest.mark.parametrize(
    "docstring",
    [
        '    """Twice n.\n\n    ```\n    double(2) == 4\n    ```\n    """\n',
        '    """Twice n.\n\n```\ndouble(2) == 4\n```\n    """\n',
    ],
)
def test_fences_in_a_docstring_end_no_block(docstring: str) -> None:
    program = f"def double(n):\n{docstring}    return 2 * n\n\n\nprint(double(int(input())))\n"
    assert read(f"Here:\n{fenced(program)}That is all.").program == program


def test_a_comment_in_the_program_is_no_heading() -> None:
    program = f"# Fixed program\n{PROGRAM}"
    assert read(fenced(program)).program == program


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "   \n",
        "```python\n```",
        "I cannot solve this, sorry.",
        fenced("3\n", ""),
        fenced("[1, 2, 3]\n", ""),
        fenced("pip install numpy", "sh"),
        fenced('{"answer": 42}', "json"),
        "Input:\n```\n3\n```\nOutput:\n```\n6\n```\n",
    ],
)
def test_a_reply_without_code_holds_no_program(reply: str) -> None:
    assert read(reply).rule is ReadingRule.NOTHING
    assert not read(reply).program


@pytest.mark.parametrize("tag", ["think", "thinking", "reasoning", "thought", "THINK", "Thought"])
def test_what_stands_in_a_thought_is_no_answer(tag: str) -> None:
    found = read(f"<{tag}>\nPerhaps\n{fenced(DRAFT)}No.\n</{tag}>\n{fenced(PROGRAM)}")
    assert found.program == PROGRAM
    assert found.others == 0
    assert "Perhaps" in found.thoughts


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(f"Perhaps\n{fenced(DRAFT)}No.\n</think>\n\n{fenced(PROGRAM)}", id="closed"),
        pytest.param(f"Hm, doubled.</think>{fenced(PROGRAM)}", id="closed within a line"),
        pytest.param(f"Hm\n```python\nn = 1\n</think>\n{fenced(PROGRAM)}", id="an open fence"),
        pytest.param(f"<think>a <think> b</think>\n{fenced(PROGRAM)}", id="mentioned in a thought"),
        pytest.param(
            f"<think>a<think>{fenced(DRAFT)}</think>\n{fenced(DRAFT)}</think>\n{fenced(PROGRAM)}",
            id="a thought in a thought",
        ),
        pytest.param(f"<think>a</think><think>b</think>{fenced(PROGRAM)}", id="two thoughts"),
        pytest.param(f"<think>\n</think>\n{fenced(PROGRAM)}<think>ok</think>", id="one after it"),
        pytest.param(f"<think>n is first\nimport nothing\n</think>\n{PROGRAM}", id="bare code"),
        pytest.param(f"[THINK]{fenced(DRAFT)}[/THINK]{fenced(PROGRAM)}", id="square brackets"),
        pytest.param(
            "<|channel|>analysis<|message|>"
            f"{fenced(DRAFT)}<|end|><|start|>assistant<|channel|>final<|message|>{fenced(PROGRAM)}",
            id="channels",
        ),
        pytest.param(f"{fenced(PROGRAM)}I used no `<think>` here.", id="a quoted mention"),
        pytest.param(f"{fenced(PROGRAM)}It needs no <think> tags.", id="a mention in prose"),
    ],
)
def test_thoughts_are_found_however_they_are_marked(reply: str) -> None:
    assert read(reply).program.strip() == PROGRAM.strip()


@pytest.mark.parametrize(
    "program",
    ['print("<think>", 2 * int(input()))\n', 'n = input()\nprint("""\n</think> a""", n)\n'],
)
def test_a_tag_in_a_program_is_part_of_it(program: str) -> None:
    assert read(fenced(program)).program == program
    assert read(program).program == program


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>\nPerhaps\n{fenced(PROGRAM)}but let me see",
        "<reasoning>Twice",
        f"<think>a</think>Now\n<think>{fenced(PROGRAM)}",
        f"<|channel|>analysis<|message|>{fenced(PROGRAM)}",
    ],
)
def test_a_thought_that_never_ends_leaves_no_program(reply: str) -> None:
    assert read(reply).rule is ReadingRule.CUT_OFF
    assert not read(reply).program
    assert not ReplyReader().words(reply)


def test_a_tag_of_the_users_own_marks_thoughts() -> None:
    reply = f"<ponder>\n{fenced(DRAFT)}</ponder>\n{fenced(PROGRAM)}"
    assert read(reply, DOUBLE, "ponder").others == 0
    assert read(reply).others == 1


@pytest.mark.parametrize(
    ("reply", "explanation"),
    [
        ("It adds 1.\n\n# Repaired program\n```python\nx = 1\n```", "It adds 1."),
        ("It adds 1.\n```python\nx = 1\n```", "It adds 1."),
        ("# What is wrong\nIt adds 1.\n\n# Repaired program\n```python\nx = 1\n```", "It adds 1."),
        ("**What is wrong:** It adds 1.\n```python\nx = 1\n```", "It adds 1."),
        ("```python\nx = 1\n```", ""),
        ("print(1)", ""),
        ("Sorry, no program at all.", "Sorry, no program at all."),
        ("<think>Hm.</think>\nIt adds 1.\n```python\nx = 1\n```", "It adds 1."),
    ],
)
def test_the_explanation_is_what_stands_before_the_program(reply: str, explanation: str) -> None:
    assert read(reply).explanation == explanation


def test_words_are_without_thoughts_and_on_demand_without_code() -> None:
    reply = f"<think>Hm.</think>\nIt adds 1.\n{fenced(PROGRAM)}So."
    assert ReplyReader().words(reply) == f"It adds 1.\n{fenced(PROGRAM)}So."
    assert ReplyReader().words(reply, code=False) == "It adds 1.\nSo."


@pytest.mark.parametrize("code", ['print("\\d")\n', "print(1if 1else 0)\n", 'b"\\u"\n', '"\\8"\n'])
def test_the_users_warning_filters_decide_nothing(code: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert is_python(code)
        assert read(fenced(PROGRAM + code)).program == PROGRAM + code


DOCUMENTED = """def f(n):
    \"\"\"Twice.

    ```
    f(1)
    ```
    \"\"\"
    return 2 * n


print(f(int(input())))
"""
CODE = st.sampled_from(
    [
        PROGRAM,
        "import sys\nfor line in sys.stdin:\n    print(line * 2)\n",
        DOCUMENTED,
        's = input()\nprint("`" * 3, s)\n',
        "# a comment\n\n\nn = int(input())\nif n > 1:\n    print(n)\n",
    ]
)


@given(
    program=CODE,
    fence=st.sampled_from(["```", "~~~", "`````"]),
    info=st.sampled_from(["python", "", "py", "Python3", "python copy"]),
    indent=st.sampled_from(["", "  ", "   "]),
    before=st.sampled_from(["", "Here it is:\n\n", "1. First, read.\n2. Then:\n\n", "# Answer\n"]),
    after=st.sampled_from(["", "Done.\n", "```sh\nls\n```\n", "```\n7\n```\n"]),
    closed=st.booleans(),
)
def test_a_program_fenced_in_any_way_comes_back_whole(
    program: str, fence: str, info: str, indent: str, before: str, after: str, *, closed: bool
) -> None:
    block = f"{fence}{info}\n{program}" + (f"{fence}\n{after}" if closed else "")
    found = read(before + textwrap.indent(block, indent, lambda line: line != "\n"))
    assert found.program.strip("\n") == program.strip("\n")


@given(st.text())
def test_any_reply_can_be_read(reply: str) -> None:
    assert isinstance(read(reply).program, str)
    assert isinstance(ReplyReader().words(reply, code=False), str)


@given(
    st.lists(
        st.sampled_from(
            [
                *("```python", "```", "~~~", "x = 1", "# Repaired program", "é", "def f("),
                *("<think>", "</think>", "print(input())", "   ```", '"""', "a```", "> ```"),
            ]
        ),
        max_size=30,
    )
)
def test_any_mixture_of_fences_and_tags_can_be_read(lines: list[str]) -> None:
    assert isinstance(read("\n".join(lines)).program, str)
