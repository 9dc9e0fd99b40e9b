"""How long completions took: from records to the summary."""

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.estimate.findings import CompletionContents, Latency
from pytest_selfrepair.estimate.run.latency import latencies
from pytest_selfrepair.report.cost_phrases import latency

ONE = Cost(tokens=5, samples=1)


def program(
    node: str,
    seconds: float | None,
    first_byte: float | None = None,
    *,
    told: Feedback | None = None,
) -> ProgramNode:
    return ProgramNode(
        node=node,
        program="",
        verdict=Verdict(outcome=Outcome.NO_PROGRAM, cases_run=0, cases_passed=0),
        cost=ONE,
        finish_reason="stop",
        feedback=told,
        seconds=seconds,
        first_byte=first_byte,
    )


def record(*repairs: ProgramNode) -> Record:
    tree = RepairTree(source="critic", repairs=repairs, complete=True)
    programs = (program("p0", 1.0, 0.25), program("p1", 3.0))
    baseline = (program("p2", None),)
    grown = Grown(programs=programs, trees=(tree,), baseline=baseline, complete=True)
    return Record(task_id="t", grown=grown)


def test_completions_are_counted_once_and_people_are_not() -> None:
    told = Feedback(text="a", cost=ONE, seconds=4.0)
    again = Feedback(text="a", seconds=4.0)  # a further repair on the same text
    person = Feedback(text="b", author="somebody", seconds=600.0)
    repairs = [program(f"r{at}", 2.0, told=each) for at, each in enumerate((told, again, person))]
    programs, words = latencies([record(*repairs)])
    assert programs == Latency(
        of=CompletionContents.PROGRAM,
        samples=5,
        median=2.0,
        p90=2.6,
        first_byte_samples=1,
        first_byte_median=0.25,
        first_byte_p90=0.25,
    )
    assert words == Latency(of=CompletionContents.FEEDBACK, samples=1, median=4.0, p90=4.0)
    assert latency(programs) == (
        "latency of 5 completions (programs and repairs): median 2.00 s, 90th percentile 2.60 s; "
        "to the first byte 0.25 and 0.25 s (1 streamed)"
    )
    assert latency(words) == (
        "latency of 1 completion (explanations): median 4.00 s, 90th percentile 4.00 s"
    )


def test_nothing_is_said_where_nothing_was_measured() -> None:
    assert latencies([Record(task_id="t")]) == ()


def test_times_go_through_a_record_and_old_records_have_none() -> None:
    kept = record(program("r0", 2.0, 0.5))
    assert Record.from_json(kept.to_json()) == kept
