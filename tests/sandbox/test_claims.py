"""What a program claims of itself is checked before anything else sees it."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from builders import task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox.channel import MOST_DIGITS, CaseReport, parse_json
from pytest_selfrepair.sandbox.child_reports import same_answer
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge


@pytest.fixture(scope="module")
def judge() -> Iterator[SandboxJudge]:
    judge = SandboxJudge(find_isolation(), Limits(), concurrency=1)
    yield judge
    asyncio.run(judge.aclose())


def claimed(judge: SandboxJudge, claim: str, fn_name: str | None) -> Verdict:
    """The verdict on a program that says this of itself, in the place of what is true."""
    program = (
        f"import os\nclaim = {claim}\nclaim = claim.encode()\n"
        "while claim:\n    claim = claim[os.write(3, claim):]\nimport posix\nposix._exit(0)"
    )
    return asyncio.run(judge.judge(task(([], 3), ([], 3), fn_name=fn_name), program))


RAISED = '\'{"end": "raised", "type": "X", "message": "", "line": \' + '
FORGED: dict[str, str] = {
    "a line of a million digits": RAISED + "'9' * 10**6 + '}'",
    "a line beyond the program": RAISED + "'9}'",
    "a line before it": RAISED + "'0}'",
    "a line that is true": RAISED + "'true}'",
    "a line that is a real number": RAISED + "'1.0}'",
    "a line that is a text": RAISED + "'\"1\"}'",
    "no line": '\'{"end": "raised", "type": "X", "message": ""}\'',
    "a type that is a list": '\'{"end": "raised", "type": [], "message": "", "line": 1}\'',
    "an unknown end": '\'{"end": "well"}\'',
    "an end that is a number": "'{\"end\": 1}'",
    "no object": "'[1]'",
    "half of one": "'{\"end\": '",
    "brackets without end": "'[' * 10**6",
    "no JSON": "'}{'",
    "NUL": "'\\0'",
    "a real number of a million digits": "'1.' + '1' * 10**6",
    "a result that is no text": '\'{"end": "returned", "result": 3}\'',
    "a result that is no JSON": '\'{"end": "returned", "result": "x"}\'',
    "a result with a million digits": (
        '\'{"end": "returned", "result": "\' + \'9\' * 10**6 + \'"}\''
    ),
    "a result nested without end": (
        "'{\"end\": \"returned\", \"result\": \"' + '[' * 10**5 + ']' * 10**5 + '\"}'"
    ),
}


@pytest.mark.parametrize("claim", FORGED.values(), ids=FORGED.keys())
def test_a_claim_out_of_range_is_tampering(judge: SandboxJudge, claim: str) -> None:
    for fn_name in (None, "f"):
        verdict = claimed(judge, claim, fn_name)
        assert verdict.outcome is Outcome.TAMPERED, verdict
        assert msgspec.json.encode(verdict)


WRONG: dict[str, str] = {
    "an exponent without end": '{"end": "returned", "result": "1e999999999"}',
    "not a number": '{"end": "returned", "result": "NaN"}',
    "infinity": '{"end": "returned", "result": "-Infinity"}',
    "half a character": '{"end": "returned", "result": "\\\\"\\\\ud800\\\\""}',
    "two ends": '{"end": "missing", "end": "returned", "result": "4"}',
}


@pytest.mark.parametrize("claim", WRONG.values(), ids=WRONG.keys())
def test_a_strange_answer_is_a_wrong_one(judge: SandboxJudge, claim: str) -> None:
    verdict = claimed(judge, repr(claim), "f")
    assert verdict.outcome in {Outcome.WRONG_ANSWER, Outcome.TAMPERED}, verdict
    assert msgspec.json.encode(verdict)


def test_integers_are_bounded_in_digits_before_they_are_read() -> None:
    assert parse_json("-" + "9" * MOST_DIGITS) == 1 - 10**MOST_DIGITS
    for text in ("9" * (MOST_DIGITS + 2), "1." + "1" * MOST_DIGITS, "[" * 10**5):
        with pytest.raises(ValueError, match=r"digits|deep"):
            parse_json(text)


def test_a_function_may_return_no_longer_integer(judge: SandboxJudge) -> None:
    wanted = task(([], 3), fn_name="f")
    program = "import sys\ndef f():\n    return [10 ** 30_000]"
    assert asyncio.run(judge.judge(wanted, program)).outcome is Outcome.OUTPUT_LIMIT


def test_a_result_is_the_same_whichever_process_says_it() -> None:
    shared = CaseReport(result='["<object at 0x7f>", 1]')
    apart = CaseReport(report='{"end": "returned", "result": "[\\"<object at 0x12>\\", 1]"}')
    assert same_answer(shared, apart)
    assert not same_answer(shared, CaseReport(result="[2]"))


def test_what_a_message_cannot_carry_is_said_by_a_process_of_its_own(judge: SandboxJudge) -> None:
    program = "def f(x):\n    raise ValueError('half \\ud800 a pair')"
    verdict = asyncio.run(judge.judge(task(([1], 1), ([2], 2), fn_name="f"), program))
    assert verdict.outcome is Outcome.RUNTIME_ERROR
    assert verdict.failure is not None
    assert verdict.failure.line_number == 2
    assert "ValueError: half " in (verdict.failure.error or "")
